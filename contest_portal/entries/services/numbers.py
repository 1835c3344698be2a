"""Entry numbers: given once at the first submission, never given again. Called within a unit of work."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from contest_portal.contests.models import Contest, NumberCounter
from contest_portal.contests.rules import CategoryRules, format_number
from contest_portal.core.database import Work
from contest_portal.entries.models import Entry


def next_number(work: Work, entry: Entry, rules: CategoryRules) -> str:
    """The next number of the contest's pattern for the entry's category and stage group."""
    return next_numbers(work, [(entry, rules)])[0]


def next_numbers(work: Work, entries: Sequence[tuple[Entry, CategoryRules]]) -> list[str]:
    """The next numbers of entries of one contest, in their order; each counter is looked at once."""
    # Entries whose numbers differ in nothing but the running part share a counter, whatever the pattern names.
    series = [_number(entry.contest, rules, entry.stage_code, 0)[:40] for entry, rules in entries]
    counters = {one: _locked_counter(work, entries[0][0].contest.id, one) for one in sorted(set(series))}
    numbers = []
    for (entry, rules), one in zip(entries, series, strict=True):
        counters[one].last += 1
        numbers.append(_number(entry.contest, rules, entry.stage_code, counters[one].last))
    return numbers


def _number(contest: Contest, rules: CategoryRules, stage_code: str, seq: int) -> str:
    return format_number(
        contest.number_pattern,
        prefix=contest.number_prefix,
        year=contest.year,
        category=rules.number_code,
        stage=stage_code,
        seq=seq,
    )


def _locked_counter(work: Work, contest_id: int, series: str) -> NumberCounter:
    statement = (
        select(NumberCounter)
        .where(NumberCounter.contest_id == contest_id, NumberCounter.series == series)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    counter = work.session.scalar(statement)
    if counter is None:
        try:
            with work.session.begin_nested():
                work.session.execute(insert(NumberCounter).values(contest_id=contest_id, series=series, last=0))
        except IntegrityError:
            pass  # another submission made it first: it is there now
        counter = work.session.scalars(statement).one()
    return counter

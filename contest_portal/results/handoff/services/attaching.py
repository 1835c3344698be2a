"""An answer from above is attached to the works that were handed up: what became of each, its awards."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from contest_portal.contests.rules_codec import encode
from contest_portal.core.clock import local, now
from contest_portal.core.database import Work
from contest_portal.core.text import N_, Message
from contest_portal.results.handoff.models import Handoff, HandoffLine
from contest_portal.results.handoff.package.content import ResultPart, Results
from contest_portal.results.handoff.queries.corrections import day_of
from contest_portal.results.handoff.services.returns import tell_school, tell_school_of_awards
from contest_portal.results.records.models import ExternalResult

MOST_AWARD = 30
"""Characters of an award in the records of a year."""


def attach(work: Work, row: Handoff, results: Results, contest_name: str, year: int, *, by_file: bool = False) -> None:
    """Within a unit of work: note what became of each entry, and its awards as results from above, each once.

    An award that a later answer does not name any more is taken away again: it was corrected above. `by_file`: nobody here
    was told yet which works came back.
    """
    by_number = {one.number: one for one in results.results}
    lines: list[HandoffLine] = list(row.lines)
    for line in lines:
        one = by_number.get(line.source_number)
        if one is not None:
            if by_file and line.entry is not None and one.state == "returned" != line.answer.get("state"):
                tell_school(work, line.entry, one.words, day_of(one.fix_until))
            line.answer = {**encode(one), "receipt": results.receipt, "receipt_at": results.receipt_at}
            if line.entry_id is not None:
                _attach_awards(work, row, line, one)
    if results.state == "returned":
        row.state, row.return_reason = "returned", results.why
    row.options = {
        **row.options,
        "answered_by": contest_name,
        "answered_year": year,
        "answered_at": local(now()).isoformat(timespec="seconds"),
        "their_receipt": results.receipt,
        "their_receipt_at": results.receipt_at,
    }
    row.version += 1
    work.session.flush()


def _attach_awards(work: Work, row: Handoff, line: HandoffLine, one: ResultPart) -> None:
    note = str(Message.of(N_("上报 %(number)s 的结果"), number=row.receipt_number or ""))
    there: dict[tuple[Any, ...], ExternalResult] = {
        (own.contest_name, own.year, own.award): own
        for own in work.session.scalars(select(ExternalResult).where(ExternalResult.entry_id == line.entry_id))
    }
    wanted = {(award.contest, award.year, award.award[:MOST_AWARD]): award.level for award in one.awards}
    for contest, year, award in sorted(set(wanted) - set(there)):
        work.session.add(
            ExternalResult(
                office_id=row.office_id,
                year=year,
                contest_name=contest,
                award=award,
                count=1,
                level=wanted[contest, year, award],
                entry_id=line.entry_id,
                note=note,
                recorded_at=now(),
            )
        )
    if line.entry is not None and (new := sorted(set(wanted) - set(there))):
        awards = "；".join(f"{contest} {award}" for contest, _year, award in new)
        tell_school_of_awards(work, line.entry, awards)
    for key, own in there.items():
        if key not in wanted and own.note == note:
            gone = {"entry_id": own.entry_id, "contest": own.contest_name, "year": own.year, "award": own.award}
            work.record(own, action="results.withdraw_award_from_above", before={**gone, "level": own.level})
            work.session.delete(own)

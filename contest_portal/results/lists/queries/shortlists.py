"""Reads of recommendation lists and their making."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload

from contest_portal.contests.models import Category, Contest
from contest_portal.contests.queries import was_published
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import translate
from contest_portal.core.text import Message
from contest_portal.entries.models import Author, Entry
from contest_portal.judging.certainty import chance_percent, chance_words, is_open
from contest_portal.results.lists.models import Shortlist, ShortlistLine
from contest_portal.results.lists.queries.certainty import ListCertainty
from contest_portal.results.lists.queries.counts import EntryCounts, entry_counts
from contest_portal.results.loading import category_by_id
from contest_portal.results.naming import author_names
from contest_portal.results.quotas.allocation import Contradiction, Decision
from contest_portal.results.quotas.models import CommitteeDecision
from contest_portal.results.quotas.queries.tables import list_now, ranked_categories, stored_table, tables_of


@dataclass(frozen=True)
class CategoryState:
    """Where a category stands on its way to the approved list.

    `tally` counts the newest list's lines by decision, those whose entries still stand; `fallen` the lines of the
    approved list that go up and whose entries have been withdrawn since.
    """

    category: Category
    collected: int
    is_ranked: bool
    quota: int | None
    has_quota: bool
    draft: Shortlist | None
    approved: Shortlist | None
    tally: Mapping[str, int]
    fallen: int = 0


@dataclass(frozen=True)
class LineView:
    """One line as the office's page shows it; `se` and `chance` (0–1) as they were frozen with the ranking."""

    entry_id: int
    number: str
    title: str
    names: str
    school: str
    stage: str
    rank: int | None
    score: float | None
    decision: str
    reason: str
    state: str
    se: float | None = None
    chance: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether the scores cannot tell if it belongs inside the places."""
        return is_open(self.chance)

    @property
    def chance_words(self) -> tuple[Message, Message] | None:
        """The chance in words and in percent."""
        return None if self.chance is None else (chance_words(self.chance), chance_percent(self.chance))

    @property
    def stands(self) -> bool:
        """Whether the entry still takes part: what was withdrawn later stays on the list's version, but does not count."""
        return self.state == "accepted"


def shortlist_by_id(shortlist_id: int) -> Shortlist:
    """The shortlist with its category and contest. Raises NotFound."""
    row = db.session.scalar(
        select(Shortlist)
        .where(Shortlist.id == shortlist_id)
        .options(joinedload(Shortlist.contest), joinedload(Shortlist.category))
    )
    if row is None:
        raise NotFound
    return row


def category_states(contest: Contest) -> list[CategoryState]:
    """Every category of the contest with its numbers, in a constant number of statements."""
    counts: EntryCounts = entry_counts(contest.id)
    ids = [category.id for category in contest.categories]
    ranked = ranked_categories(ids)
    quotas = tables_of(ids)
    lists = db.session.scalars(
        select(Shortlist)
        .where(Shortlist.contest_id == contest.id, Shortlist.state.in_(("draft", "approved")))
        .order_by(Shortlist.version)
    ).all()
    drafts = {row.category_id: row for row in lists if row.state == "draft"}
    approved = {row.category_id: row for row in lists if row.state == "approved"}
    tallies, fallen = _tallies([row.id for row in lists])
    found = []
    for category in contest.categories:
        newest = drafts.get(category.id) or approved.get(category.id)
        found.append(
            CategoryState(
                category=category,
                collected=counts.collected_in(category.id),
                is_ranked=category.id in ranked,
                quota=quotas[category.id].most if category.id in quotas else None,
                has_quota=category.id in quotas,
                draft=drafts.get(category.id),
                approved=approved.get(category.id),
                tally=tallies.get(newest.id, {}) if newest else {},
                fallen=fallen.get(approved[category.id].id, 0) if category.id in approved else 0,
            )
        )
    return found


def _tallies(shortlist_ids: Sequence[int]) -> tuple[dict[int, dict[str, int]], dict[int, int]]:
    """By list: the standing lines by decision, and how many lines that go up have fallen."""
    tallies: dict[int, dict[str, int]] = {}
    fallen: dict[int, int] = {}
    stands = (Entry.state == "accepted").label("stands")
    rows = db.session.execute(
        select(ShortlistLine.shortlist_id, ShortlistLine.decision, stands, func.count())
        .join(Entry, Entry.id == ShortlistLine.entry_id)
        .where(ShortlistLine.shortlist_id.in_(shortlist_ids))
        .group_by(ShortlistLine.shortlist_id, ShortlistLine.decision, stands)
    )
    for shortlist_id, decision, stands_, count in rows:
        if stands_:
            tallies.setdefault(shortlist_id, {})[decision] = count
        elif decision == "in":
            fallen[shortlist_id] = count
    return tallies, fallen


def versions_of(category_id: int) -> list[Shortlist]:
    """All versions of the category's list, newest first."""
    return list(
        db.session.scalars(
            select(Shortlist).where(Shortlist.category_id == category_id).order_by(Shortlist.version.desc())
        )
    )


def lines_of(shortlist: Shortlist, stage_names: Mapping[str, str], certainty: ListCertainty) -> list[LineView]:
    """The list's lines in order, with what the page shows of each entry."""
    entry = contains_eager(ShortlistLine.entry)
    rows = db.session.scalars(
        select(ShortlistLine)
        .join(Entry, Entry.id == ShortlistLine.entry_id)
        .where(ShortlistLine.shortlist_id == shortlist.id)
        .options(
            entry,
            entry.joinedload(Entry.school),
            entry.subqueryload(Entry.authors).options(joinedload(Author.student), joinedload(Author.teacher)),
        )
        .order_by(ShortlistLine.position)
    ).unique()
    return [_view(row, stage_names, certainty) for row in rows]


def decisions_of(category_id: int) -> list[tuple[CommitteeDecision, str, str]]:
    """(decision, entry number, entry title) of all recorded decisions, newest first."""
    rows = db.session.execute(
        select(CommitteeDecision, Entry.number, Entry.title)
        .outerjoin(Entry, Entry.id == CommitteeDecision.entry_id)
        .where(CommitteeDecision.category_id == category_id)
        .order_by(CommitteeDecision.id.desc())
    )
    return [(decision, number or "", title or "") for decision, number, title in rows]


def decisions_in_force(newest_first: Sequence[CommitteeDecision]) -> int:
    """Of how many entries the last decision still moves the entry."""
    last: dict[int, str] = {}
    for row in newest_first:
        if row.entry_id is not None:
            last.setdefault(row.entry_id, row.decision)
    return sum(decision in {"in", "out", "veto"} for decision in last.values())


def next_in_line(category_id: int, without_entry_id: int) -> list[tuple[int, Message]]:
    """(entry, reason) of who would come in by the quota table if this entry went, best first: whoever is on the list then
    and is not on the approved one. Of works that are tied for the place all are named. Empty when nobody follows.
    """
    category = category_by_id(category_id)
    stored = stored_table(category_id)
    found = list_now(category, stored.table, without=without_entry_id) if stored.is_there else None
    if found is None or isinstance(found[0], Contradiction):
        return []
    before = set(
        db.session.scalars(
            select(ShortlistLine.entry_id)
            .join(Shortlist, Shortlist.id == ShortlistLine.shortlist_id)
            .where(Shortlist.category_id == category_id, Shortlist.state == "approved", ShortlistLine.decision == "in")
        )
    )
    if not before:
        return []
    return [
        (int(str(line.entry_id)), line.message)
        for line in found[0].lines
        if line.decision in {Decision.IN, Decision.TIED} and line.entry_id not in before
    ]


def _view(row: ShortlistLine, stage_names: Mapping[str, str], certainty: ListCertainty) -> LineView:
    params: dict[str, Any] = dict(row.reason_params)
    return LineView(
        entry_id=row.entry_id,
        number=row.entry.number or "",
        title=row.entry.title,
        names=author_names(row.entry),
        school=row.entry.school.name,
        stage=stage_names.get(row.stage_code, ""),
        rank=row.rank,
        score=row.score,
        decision=row.decision,
        reason=translate(Message(row.reason, params)),
        state=row.entry.state,
        se=certainty.errors.get(row.entry_id),
        chance=certainty.chances.get(row.entry_id),
    )


def contests_of(office_id: int) -> list[Contest]:
    """The office's contests that were opened, newest first."""
    return list(
        db.session.scalars(
            select(Contest)
            .where(Contest.office_id == office_id, was_published())
            .order_by(Contest.year.desc(), Contest.id)
        )
    )


def lists_to_approve(office_id: int | None) -> Select[int]:
    """Counts the drafts of the office's contests in which no tie waits any more, for the navigation."""
    tied = exists().where(ShortlistLine.shortlist_id == Shortlist.id, ShortlistLine.decision == "tied")
    return (
        select(func.count(Shortlist.id))
        .join(Contest, Contest.id == Shortlist.contest_id)
        .where(Contest.office_id == office_id, Shortlist.state == "draft", ~tied)
    )


def entry_choices(category_id: int) -> list[tuple[int, str]]:
    """(id, number and title) of the category's accepted entries."""
    rows = db.session.execute(
        select(Entry.id, Entry.number, Entry.title)
        .where(Entry.category_id == category_id, Entry.state == "accepted")
        .order_by(Entry.number)
    )
    return [(entry_id, f"{number} {title}") for entry_id, number, title in rows]

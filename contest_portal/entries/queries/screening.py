"""The office's queue: how many entries stand where, which comes next, what was decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, Subquery, case, func, select
from sqlalchemy.orm import contains_eager, joinedload

from contest_portal.contests.models import Category, Contest
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.listing import Listing, Page, paginate
from contest_portal.entries.models import Entry, ScreeningDecision
from contest_portal.entries.queries.blind import has_open_traces
from contest_portal.entries.queries.office import OfficeRow, rows_of
from contest_portal.people.models import Account, School

QUEUE_FILTERS = ("mark",)
STATES = ("submitted", "returned", "accepted", "rejected", "withdrawn", "draft")


@dataclass(frozen=True)
class CategoryCounts:
    """How many entries of a category are in each state; of the returned, how many are past their new deadline."""

    category: Category
    counts: Mapping[str, int] = field(default_factory=dict)
    overdue: int = 0

    def __getitem__(self, state: str) -> int:
        return self.counts.get(state, 0)

    @property
    def handed_in(self) -> int:
        """Entries that came in and were not withdrawn. More than 征集, which leaves out the returned and the rejected."""
        return sum(count for state, count in self.counts.items() if state not in {"draft", "withdrawn"})

    @property
    def screened(self) -> int:
        """Entries with a result that stands."""
        return self["accepted"] + self["rejected"]


def counts_by_category(contest: Contest) -> list[CategoryCounts]:
    """The counts of the contest's categories in their order, in one statement."""
    late = func.sum(case(((Entry.state == "returned") & (Entry.fix_until < now()), 1), else_=0))
    rows = db.session.execute(
        select(Entry.category_id, Entry.state, func.count(), late)
        .where(Entry.contest_id == contest.id)
        .group_by(Entry.category_id, Entry.state)
    )
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    overdue: dict[int, int] = defaultdict(int)
    for category_id, state, count, late_count in rows:
        counts[category_id][state] = count
        overdue[category_id] += late_count or 0
    return [CategoryCounts(one, counts[one.id], overdue[one.id]) for one in contest.categories]


def total_of(counts: Sequence[CategoryCounts], state: str) -> int:
    """The sum of a state over the categories."""
    return sum(one[state] for one in counts)


def waiting_in_open_contests(office_id: int) -> Select[int]:
    """Counts the entries that await screening in the office's open contests, for the navigation."""
    return (
        select(func.count(Entry.id))
        .join(Contest, Contest.id == Entry.contest_id)
        .where(Contest.office_id == office_id, Contest.state == "open", Entry.state == "submitted")
    )


def current_contest_id(office_id: int, asked: int | None = None) -> int | None:
    """The asked contest if it is the office's; else an open one with something to screen, else the newest with entries,
    else the open one; of several the one with most entries. Practice comes last. None where the office has no contest."""
    came_in = _entry_counts()
    waiting, entries = func.coalesce(came_in.c.waiting, 0), func.coalesce(came_in.c.entries, 0)
    rank = case(
        (Contest.id == (asked or 0), 0),
        (Contest.is_practice, 5),
        ((Contest.state == "open") & (waiting > 0), 1),
        (entries > 0, 2),
        (Contest.state == "open", 3),
        else_=4,
    )
    return db.session.scalar(
        select(Contest.id)
        .outerjoin(came_in, came_in.c.contest_id == Contest.id)
        .where(Contest.office_id == office_id)
        .order_by(rank, Contest.year.desc(), entries.desc(), Contest.id.desc())
        .limit(1)
    )


def contests_with_waiting(office_id: int) -> list[tuple[int, str, int]]:
    """(id, name, entries that await screening) of the office's contests, newest first, practice last."""
    came_in = _entry_counts()
    rows = db.session.execute(
        select(Contest.id, Contest.name, func.coalesce(came_in.c.waiting, 0))
        .outerjoin(came_in, came_in.c.contest_id == Contest.id)
        .where(Contest.office_id == office_id)
        .order_by(Contest.is_practice, Contest.year.desc(), Contest.id.desc())
    )
    return [(contest_id, name, waiting) for contest_id, name, waiting in rows]


def _entry_counts() -> Subquery:
    """By contest: the entries that came in, and those of them that await screening."""
    return (
        select(
            Entry.contest_id,
            func.count().label("entries"),
            func.count().filter(Entry.state == "submitted").label("waiting"),
        )
        .where(Entry.state != "draft")
        .group_by(Entry.contest_id)
        .subquery()
    )


def category_of_contest(contest_id: int, category_id: int) -> Category:
    """The category with its contest. Raises NotFound where it is another contest's."""
    found = db.session.scalar(
        select(Category)
        .where(Category.id == category_id, Category.contest_id == contest_id)
        .options(joinedload(Category.contest))
    )
    if found is None:
        raise NotFound
    return found


def _waiting(category_id: int, contest_id: int) -> tuple[object, ...]:
    return Entry.contest_id == contest_id, Entry.state == "submitted", Entry.category_id == category_id


def next_waiting(category: Category, after: int = 0) -> int | None:
    """The entry of the category that awaits screening next after that one, from the beginning again at the end; never
    the same one again."""
    return db.session.scalar(
        select(Entry.id)
        .where(*_waiting(category.id, category.contest_id), Entry.id != after)  # type: ignore[arg-type]
        .order_by(case((Entry.id > after, 0), else_=1), Entry.id)
        .limit(1)
    )


def place_in_queue(entry: Entry) -> tuple[int, int]:
    """(place from 1, length) of a waiting entry in its category's queue."""
    place, length = db.session.execute(
        select(func.sum(case((Entry.id <= entry.id, 1), else_=0)), func.count()).where(
            *_waiting(entry.category_id, entry.contest_id)  # type: ignore[arg-type]
        )
    ).one()
    return place or 0, length


def waiting_page(category: Category, listing: Listing) -> Page[OfficeRow]:
    """A page of the category's queue in its order, with first pictures."""
    page = paginate(_queue(category, listing), listing)
    rows = rows_of([category], page.rows, [entry.id for entry in page.rows], pictures=True)
    return Page(rows, page.total, listing)


def waiting_to_export(category: Category, listing: Listing) -> list[OfficeRow]:
    """All of the category's queue that the filter shows, without pictures."""
    statement = _queue(category, listing)
    ids = statement.order_by(None).with_only_columns(Entry.id)
    return rows_of([category], db.session.scalars(statement).all(), ids)


def _queue(category: Category, listing: Listing) -> Select[Entry]:
    statement = (
        select(Entry)
        .join(School, School.id == Entry.school_id)
        .options(contains_eager(Entry.school).load_only(School.name))
        .where(*_waiting(category.id, category.contest_id))  # type: ignore[arg-type]
        .order_by(Entry.id)
    )
    return statement.where(has_open_traces()) if listing.get("mark") == "names" else statement


@dataclass(frozen=True)
class DecisionLine:
    """One decision as histories show it; `version` is the number of the submitted version it is about."""

    id: int
    decision: str
    version: int
    reasons: Sequence[str]
    words: str
    fix_until: datetime | None
    decided_by: str
    decided_at: datetime


def decisions_of(entry_id: int) -> list[DecisionLine]:
    """The decisions on an entry with the names of who made them, the newest first."""
    rows = db.session.execute(
        select(ScreeningDecision, Account.name)
        .outerjoin(Account, ScreeningDecision.decided_by == Account.id)
        .where(ScreeningDecision.entry_id == entry_id)
        .order_by(ScreeningDecision.id.desc())
    )
    return [
        DecisionLine(
            one.id,
            one.decision,
            one.entry_version,
            [str(reason) for reason in one.reasons],
            one.words,
            one.fix_until,
            name or "",
            one.decided_at,
        )
        for one, name in rows
    ]

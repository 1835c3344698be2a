"""The pairs of alike entries as the office reads them: the list, one pair side by side, those of one entry, how many wait."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, case, func, or_, select
from sqlalchemy.orm import aliased

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import db, found
from contest_portal.core.listing import Listing, Page, paginate, sorted_by
from contest_portal.entries.likeness_models import EntryContent, LikenessPair
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.submitted import submitted_snapshots
from contest_portal.people.models import Account, School

FILTERS = ("q", "contest", "category", "state", "kind")
STATES = ("open", "same_work", "copied", "coincidence")
KINDS = ("picture", "text")


@dataclass(frozen=True)
class Side:
    """One of the two: the entry, and which of its materials. `blob_id` is None for what was typed into the form."""

    entry_id: int
    number: str
    title: str
    authors: str
    school: str
    year: int
    contest: str
    category: str
    version: int
    blob_id: int | None
    slot_code: str
    file_name: str
    is_current: bool


@dataclass(frozen=True)
class PairRow:
    """A pair in a list. `a` came in later; `score` 0 to 1; `estimate` is the comparison's own: same or unsure."""

    id: int
    kind: str
    score: float
    estimate: str
    state: str
    found_at: datetime
    words: str
    judged_at: datetime | None
    judged_by: str
    a: Side
    b: Side


def pair_by_id(pair_id: int) -> LikenessPair:
    """Raises NotFound."""
    return found(LikenessPair, pair_id)


def pairs_page(office_id: int, listing: Listing) -> Page[PairRow]:
    """A page of the office's pairs, in three statements."""
    page = paginate(_listed(office_id, listing), listing, scalars=False)
    return Page(_rows(page.rows), page.total, listing)


def pairs_to_export(office_id: int, listing: Listing) -> list[PairRow]:
    """All that the list's filters show, in its order."""
    return _rows(db.session.execute(_listed(office_id, listing)).all())


_Tables = tuple[Any, Any, Any, Any, Any]


def _side_tables() -> _Tables:
    return aliased(Entry), aliased(Contest), aliased(Category), aliased(School), aliased(EntryContent)


def _joined() -> tuple[Select[Any], _Tables, _Tables]:
    a, b = _side_tables(), _side_tables()
    pair = LikenessPair
    columns = [
        *(pair.id, pair.kind, pair.score, pair.estimate, pair.state, pair.found_at, pair.words, pair.judged_at),
        Account.name.label("judged_by"),
    ]
    for side, (entry, contest, category, school, content) in (("a", a), ("b", b)):
        named = {
            "entry_id": entry.id,
            "number": entry.number,
            "school": school.name,
            "year": contest.year,
            "contest": contest.name,
            "category": category.name,
            "version": content.entry_version,
            "blob_id": content.blob_id,
            "slot_code": content.slot_code,
            "file_name": content.file_name,
            "is_current": content.is_current,
        }
        columns += [column.label(f"{side}_{name}") for name, column in named.items()]
    statement: Any = select(*columns).outerjoin(Account, Account.id == pair.judged_by)
    for (entry, contest, category, school, content), entry_id, content_id in (
        (a, pair.entry_a_id, pair.content_a_id),
        (b, pair.entry_b_id, pair.content_b_id),
    ):
        statement = (
            statement.join(entry, entry.id == entry_id)
            .join(contest, contest.id == entry.contest_id)
            .join(category, category.id == entry.category_id)
            .join(school, school.id == entry.school_id)
            .join(content, content.id == content_id)
        )
    return statement, a, b


def _listed(office_id: int, listing: Listing) -> Select[Any]:
    statement, a, b = _joined()
    (entry_a, _contest_a, category_a, _school_a, _content_a), (entry_b, _contest_b, category_b, _, _) = a, b
    statement = statement.where(LikenessPair.office_id == office_id)
    statement = statement.where(entry_a.state != "withdrawn", entry_b.state != "withdrawn")
    if (contest_id := listing.get_int("contest")) is not None:
        statement = statement.where(or_(entry_a.contest_id == contest_id, entry_b.contest_id == contest_id))
    if code := listing.get("category"):
        statement = statement.where(or_(category_a.code == code, category_b.code == code))
    for name, column, known in (("state", LikenessPair.state, STATES), ("kind", LikenessPair.kind, KINDS)):
        if listing.get(name) in known:
            statement = statement.where(column == listing.get(name))
    if words := listing.get("q"):
        named = [
            column.icontains(words, autoescape=True) for one in (entry_a, entry_b) for column in (one.number, one.title)
        ]
        statement = statement.where(or_(*named))
    waiting = case((LikenessPair.state == "open", 0), else_=1)
    # Scores of pictures and of texts say different things: what is taken for the same comes before what is not sure.
    sure = case((LikenessPair.estimate == "same", 0), else_=1)
    columns = {
        "waiting": (waiting, sure, -LikenessPair.score),
        "score": LikenessPair.score,
        "found": LikenessPair.found_at,
        "number": entry_a.number,
        "earlier": entry_b.number,
        "state": LikenessPair.state,
    }
    return sorted_by(statement, listing, columns, tie=LikenessPair.id)


def _rows(rows: Sequence[Row[Any]]) -> list[PairRow]:
    ids = {row[f"{side}_entry_id"] for row in (one._mapping for one in rows) for side in "ab"}
    snapshots = submitted_snapshots(ids) if ids else {}
    return [_row(one._mapping, snapshots) for one in rows]


def _row(row: Any, snapshots: dict[int, dict[str, Any]]) -> PairRow:
    names = ("id", "kind", "score", "estimate", "state", "found_at", "words", "judged_at")
    a, b = (_side(row, side, snapshots) for side in "ab")
    return PairRow(**{name: row[name] for name in names}, judged_by=row["judged_by"] or "", a=a, b=b)


def _side(row: Any, side: str, snapshots: dict[int, dict[str, Any]]) -> Side:
    names = ("entry_id", "school", "year", "contest", "category", "version", "blob_id", "slot_code", "file_name")
    snapshot = snapshots.get(row[f"{side}_entry_id"], {})
    authors = "、".join(one["name"] for one in snapshot.get("authors", ())) or snapshot.get("group_name", "")
    return Side(
        **{name: row[f"{side}_{name}"] for name in names},
        number=row[f"{side}_number"] or "",
        title=snapshot.get("title", ""),
        authors=authors,
        is_current=row[f"{side}_is_current"],
    )


@dataclass(frozen=True)
class PairSheet:
    """A pair side by side: the row, what the comparison found, the other pairs of the same two entries, the open pair
    that comes next (None: there is none)."""

    row: PairRow
    details: dict[str, Any]
    beside: Sequence[PairRow]
    next_id: int | None


def sheet_of(pair: LikenessPair) -> PairSheet:
    """Everything that the page of a pair shows, in four statements."""
    statement, _a, _b = _joined()
    same = (LikenessPair.entry_a_id == pair.entry_a_id) & (LikenessPair.entry_b_id == pair.entry_b_id)
    rows = _rows(db.session.execute(statement.where(same).order_by(-LikenessPair.score, LikenessPair.id)).all())
    row = next(one for one in rows if one.id == pair.id)
    return PairSheet(row, pair.details, [one for one in rows if one.id != pair.id], next_waiting(pair))


def next_waiting(pair: LikenessPair) -> int | None:
    """The most alike of the office's other pairs that await a verdict."""
    return db.session.scalar(
        waiting_count(pair.office_id)
        .with_only_columns(LikenessPair.id)
        .where(LikenessPair.id != pair.id)
        .order_by(-LikenessPair.score, LikenessPair.id)
        .limit(1)
    )


def waiting_count(office_id: int) -> Select[Any]:
    """Counts the office's pairs that await a verdict, for the navigation; those of withdrawn entries do not."""
    a, b = aliased(Entry), aliased(Entry)
    return (
        select(func.count(LikenessPair.id))
        .join(a, a.id == LikenessPair.entry_a_id)
        .join(b, b.id == LikenessPair.entry_b_id)
        .where(LikenessPair.office_id == office_id, LikenessPair.state == "open")
        .where(a.state != "withdrawn", b.state != "withdrawn")
    )


def waiting_by_contest(office_id: int, contest_ids: Collection[int]) -> dict[int, int]:
    """How many pairs await a verdict, by the contest of the entry that came in later."""
    a, b = aliased(Entry), aliased(Entry)
    rows = db.session.execute(
        select(a.contest_id, func.count(LikenessPair.id).label("pairs"))
        .join(LikenessPair, LikenessPair.entry_a_id == a.id)
        .join(b, b.id == LikenessPair.entry_b_id)
        .where(LikenessPair.office_id == office_id, LikenessPair.state == "open", a.contest_id.in_(contest_ids))
        .where(a.state != "withdrawn", b.state != "withdrawn")
        .group_by(a.contest_id)
    )
    return {row.contest_id: row.pairs for row in rows}


@dataclass(frozen=True)
class AlikeEntry:
    """What an entry's own sheet says of a pair: the other entry, and where the verdict stands."""

    pair_id: int
    kind: str
    state: str
    score: float
    number: str
    year: int
    school: str


def alike_entries(entry_id: int) -> list[AlikeEntry]:
    """The pairs that an entry is in, those that await a verdict first, in one statement."""
    other_id = case((LikenessPair.entry_a_id == entry_id, LikenessPair.entry_b_id), else_=LikenessPair.entry_a_id)
    rows = db.session.execute(
        select(
            LikenessPair.id,
            LikenessPair.kind,
            LikenessPair.state,
            LikenessPair.score,
            Entry.number,
            Contest.year,
            School.name,
        )
        .join(Entry, Entry.id == other_id)
        .join(Contest, Contest.id == Entry.contest_id)
        .join(School, School.id == Entry.school_id)
        .where(
            or_(LikenessPair.entry_a_id == entry_id, LikenessPair.entry_b_id == entry_id), Entry.state != "withdrawn"
        )
        .order_by(case((LikenessPair.state == "open", 0), else_=1), -LikenessPair.score, LikenessPair.id)
    )
    return [AlikeEntry(*row[:4], row.number or "", row.year, row.name) for row in rows]


def category_choices(office_id: int) -> list[tuple[str, str]]:
    """(code, name) of the categories of all the office's contests, the newest names."""
    rows = db.session.execute(
        select(Category.code, Category.name)
        .join(Contest, Contest.id == Category.contest_id)
        .where(Contest.office_id == office_id, ~Contest.is_practice)
        .order_by(Contest.year, Contest.id, Category.position)
    )
    names: dict[str, str] = {row.code: row.name for row in rows}
    return list(names.items())

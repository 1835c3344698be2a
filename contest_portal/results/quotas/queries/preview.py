"""What a quota table would do while it is still edited: who comes in and who goes, and how far each row is used."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from contest_portal.contests.models import Category
from contest_portal.core.database import db
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.people.models import School
from contest_portal.results.quotas.allocation import (
    Allocation,
    Candidate,
    Contradiction,
    Decision,
    Line,
    Options,
    QuotaTable,
    RowKind,
    contradiction_of,
    list_of,
    row_words,
    school_cap,
)
from contest_portal.results.quotas.allocation.row_words import asked
from contest_portal.results.quotas.queries.tables import candidates_of, collected, newest_ranking, rulings_of


@dataclass(frozen=True)
class RowUse:
    """One row (from 0): its words, how many works it is about, how many of them are in (None before a ranking), and notes."""

    number: int
    words: Message
    works: int
    used: int | None
    notes: Sequence[Message] = ()


@dataclass(frozen=True)
class Change:
    """A work that would come in or go, with the reason that its line would have."""

    number: str
    title: str
    school: str
    rank: int | None
    reason: Message


@dataclass(frozen=True)
class Preview:
    """`contradiction`: rows that cannot hold together with the works and decisions there are. `alone`: rows that could not if
    there were works enough; with fewer a list may come out all the same. `chosen`,
    `tied` and `pending` count the list that would come out; `coming` and `going` compare with the saved table's."""

    is_ranked: bool
    works: int
    contradiction: Contradiction | None = None
    alone: Contradiction | None = None
    chosen: int = 0
    tied: int = 0
    pending: int = 0
    coming: Sequence[Change] = ()
    going: Sequence[Change] = ()
    compared: bool = False
    rows: Sequence[RowUse] = field(default_factory=list)


def preview_of(category: Category, table: QuotaTable, saved: QuotaTable | None, options: Options) -> Preview:
    """The preview of a table without mistakes, compared with the saved one where there is a ranking."""
    ranking = newest_ranking(category.id)
    candidates = candidates_of(category.id, ranking) if ranking else collected(category.id)
    alone = contradiction_of(table, options)
    if ranking is None:
        return Preview(False, len(candidates), alone=alone, rows=_uses(table, options, candidates, None))
    rulings = rulings_of(category.id)
    outcome = list_of(table, candidates, options, rulings)
    if isinstance(outcome, Contradiction):
        return Preview(True, len(candidates), outcome, rows=_uses(table, options, candidates, None))
    before: Allocation | Contradiction | None = None
    if saved is not None:
        before = outcome if saved == table else list_of(saved, candidates, options, rulings)
    chosen, was = _ids(outcome, Decision.IN), _ids(before, Decision.IN)
    shown = _changes(outcome, candidates, chosen ^ was) if before is not None else {}
    return Preview(
        True,
        len(candidates),
        alone=alone,
        chosen=len(chosen),
        tied=len(_ids(outcome, Decision.TIED)),
        pending=outcome.pending_places,
        coming=[one for entry_id, one in shown.items() if entry_id in chosen],
        going=[one for entry_id, one in shown.items() if entry_id in was],
        compared=isinstance(before, Allocation),
        rows=_uses(table, options, candidates, chosen),
    )


def _ids(outcome: Allocation | Contradiction | None, decision: Decision) -> set[int]:
    if not isinstance(outcome, Allocation):
        return set()
    return {int(str(line.entry_id)) for line in outcome.lines if line.decision is decision}


def _changes(outcome: Allocation, candidates: Iterable[Candidate], ids: Collection[int]) -> dict[int, Change]:
    """Those works with their titles, by rank. One statement."""
    if not ids:
        return {}
    lines: dict[int, Line] = {int(str(line.entry_id)): line for line in outcome.lines}
    rows = db.session.execute(
        select(Entry.id, Entry.title, School.name)
        .join(School, School.id == Entry.school_id)
        .where(Entry.category_id == select(Entry.category_id).where(Entry.id == next(iter(ids))).scalar_subquery())
    )
    named = {entry_id: (title, school) for entry_id, title, school in rows if entry_id in ids}
    own = [one for one in candidates if one.entry_id in named]
    by_rank = sorted(own, key=lambda one: (one.rank is None, one.rank or 0, one.entry_id))
    return {
        one.entry_id: Change(one.name, *named[one.entry_id], one.rank, lines[one.entry_id].message) for one in by_rank
    }


def _uses(
    table: QuotaTable, options: Options, candidates: Sequence[Candidate], chosen: Collection[int] | None
) -> list[RowUse]:
    uses = []
    for number, row in enumerate(table.rows):
        own = [one for one in candidates if one.counts_for(row)]
        used = None if chosen is None else sum(one.entry_id in chosen for one in own)
        notes: list[Message] = []
        if row.kind in {RowKind.FLOOR, RowKind.SHARE} and len(own) < asked(table, row):
            words = N_("只有 %(works)s 件，少于应有的 %(asked)s 件：这些作品会全部列入，其余名额给别的作品。")
            notes.append(Message.of(words, works=len(own), asked=asked(table, row)))
        if row.kind in {RowKind.CAP, RowKind.SCHOOL}:
            notes += _full_schools(table, number, options, candidates, chosen)
        uses.append(RowUse(number, row_words(table, row, options), len(own), used, notes))
    return uses


def _full_schools(
    table: QuotaTable,
    number: int,
    options: Options,
    candidates: Sequence[Candidate],
    chosen: Collection[int] | None,
) -> list[Message]:
    """The schools that this row limits and that have reached their number, or before a ranking have more works than that."""
    classes = {one.school_id: one.school_class for one in candidates}
    full = []
    for school_id, school_class in classes.items():
        row, most = school_cap(table, school_id, school_class)
        if row != number or most is None:
            continue
        works = [one for one in candidates if one.school_id == school_id]
        count = len(works) if chosen is None else sum(one.entry_id in chosen for one in works)
        if (chosen is None and count > most) or (chosen is not None and count >= most and len(works) > most):
            full.append(f"{options.name_of(school_id) or school_id} {count}/{most}")
    if not full:
        return []
    shown = "、".join(full[:10]) + ("等" if len(full) > 10 else "")
    words = N_("作品多于上限的学校：%(schools)s") if chosen is None else N_("已到上限的学校：%(schools)s")
    return [Message.of(words, schools=shown)]

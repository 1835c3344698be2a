"""What cases mean for works, for those who ask through `results.cases`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute

from contest_portal.core.database import db
from contest_portal.entries.models import Entry
from contest_portal.results.cases import Answers, provide_answers
from contest_portal.results.objections.models import Objection
from contest_portal.results.objections.states import OPEN
from contest_portal.results.publishing.models import Publication


def _open_entry_ids(contest_id: int, kind: str | None) -> set[int]:
    rows = db.session.execute(
        select(Objection.entry_id, Objection.state, Objection.outcome, Entry.number, Publication.kind)
        .join(Entry, Entry.id == Objection.entry_id)
        .join(Publication, Publication.id == Objection.publication_id)
        .where(Objection.contest_id == contest_id)
    ).all()
    waiting = {row.entry_id for row in rows if row.state in OPEN and kind in (None, row.kind)}
    upheld = {row.number: row.entry_id for row in rows if row.outcome == "upheld" and row.state not in OPEN}
    if upheld:
        contents = db.session.scalars(
            select(Publication.content).where(
                Publication.contest_id == contest_id, Publication.state.in_(("public", "final"))
            )
        )
        listed = {line.get("entry_number") for one in contents for part in one["sections"] for line in part["lines"]}
        waiting |= {entry_id for number, entry_id in upheld.items() if number in listed}
    return waiting


def _upheld_numbers(category_id: int) -> Sequence[tuple[int, str]]:
    rows = db.session.execute(
        select(Objection.entry_id, Objection.number)
        .join(Entry, Entry.id == Objection.entry_id)
        .where(Entry.category_id == category_id, Objection.outcome == "upheld", Objection.decided_at.is_not(None))
        .order_by(Objection.id)
    )
    return [(entry_id, number) for entry_id, number in rows]


def _upheld_entry_ids(contest_id: int) -> set[int]:
    rows = db.session.execute(
        select(Objection.entry_id, Objection.state, Objection.outcome).where(Objection.contest_id == contest_id)
    ).all()
    upheld = {row.entry_id for row in rows if row.outcome == "upheld" and row.state not in OPEN}
    return upheld - {row.entry_id for row in rows if row.state in OPEN}


def _has_open_case(entry_id: InstrumentedAttribute[int]) -> ColumnElement[Any]:
    return exists().where(Objection.entry_id == entry_id, Objection.state.in_(OPEN))


provide_answers(Answers(_open_entry_ids, _upheld_numbers, _upheld_entry_ids, _has_open_case))

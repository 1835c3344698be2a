"""Reads for the quality of a round's sheets: the sheets of one category, names, and when they came in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from contest_portal.contests.models import Category
from contest_portal.core.clock import local
from contest_portal.core.database import db
from contest_portal.entries.models import Entry
from contest_portal.judging.diagnostics import SheetFacts
from contest_portal.judging.models import Assignment, Judge, Round, RoundCategory, ScoreSheet
from contest_portal.judging.queries.tasks import frozen_rubric
from contest_portal.judging.states import LIVE
from contest_portal.people.models import School


@dataclass(frozen=True)
class CategorySheets:
    """The sheets of one category that count, and what their judges, works and schools are called."""

    category: Category
    sheets: Sequence[SheetFacts]
    judges: Mapping[int, str]
    entries: Mapping[int, tuple[str, str]]  # number, title
    schools: Mapping[int, str]


def categories_with_sheets(round_id: int) -> list[tuple[Category, int]]:
    """The round's categories in their order, each with how many sheets are in: one statement."""
    rows = db.session.execute(
        select(Category, ScoreSheet.id)
        .join(RoundCategory, RoundCategory.category_id == Category.id)
        .outerjoin(Entry, Entry.category_id == Category.id)
        .outerjoin(Assignment, (Assignment.entry_id == Entry.id) & (Assignment.round_id == RoundCategory.round_id))
        .outerjoin(
            ScoreSheet,
            (ScoreSheet.assignment_id == Assignment.id) & ScoreSheet.is_current & (Assignment.state == "submitted"),
        )
        .where(RoundCategory.round_id == round_id)
        .order_by(Category.position)
    )
    counted: dict[Category, int] = {}
    for category, sheet_id in rows:
        counted[category] = counted.get(category, 0) + (sheet_id is not None)
    return list(counted.items())


def sheets_of_category(row: Round, category: Category) -> CategorySheets:
    """Two statements."""
    most = {one.code: one.max_points for one in frozen_rubric(row.id, category.id)}
    rows = db.session.execute(
        select(
            Entry.id,
            Entry.number,
            Entry.title,
            School.id.label("school_id"),
            School.name.label("school"),
            Judge.id.label("judge_id"),
            Judge.name.label("judge"),
            ScoreSheet.total,
            ScoreSheet.marks,
            ScoreSheet.seconds_spent,
        )
        .join(Assignment, Assignment.entry_id == Entry.id)
        .join(School, School.id == Entry.school_id)
        .join(Judge, Judge.id == Assignment.judge_id)
        .join(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(
            Assignment.round_id == row.id,
            Assignment.state == "submitted",
            ScoreSheet.is_current,
            Entry.category_id == category.id,
            Entry.state == "accepted",
        )
        .order_by(Entry.id, Judge.id)
    ).all()
    sheets = [
        SheetFacts(
            r.id,
            r.judge_id,
            r.total,
            {code: mark / most[code] for code, mark in r.marks.items() if most.get(code)},
            r.school_id,
            r.seconds_spent,
        )
        for r in rows
    ]
    return CategorySheets(
        category,
        sheets,
        {r.judge_id: r.judge for r in rows},
        {r.id: (r.number or "", r.title) for r in rows},
        {r.school_id: r.school for r in rows},
    )


def sheets_by_day(round_id: int) -> dict[date, int]:
    """Local day → sheets submitted on it (first versions): one statement."""
    moments = db.session.scalars(
        select(ScoreSheet.submitted_at)
        .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
        .where(Assignment.round_id == round_id, Assignment.state == "submitted", ScoreSheet.version == 1)
    )
    return dict(Counter(local(moment).date() for moment in moments))


def living_tasks(round_id: int) -> int:
    """How many sheets the round waits for in all."""
    statement = select(func.count(Assignment.id)).where(Assignment.round_id == round_id, Assignment.state.in_(LIVE))
    return db.session.scalar(statement) or 0

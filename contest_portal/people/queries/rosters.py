"""Reads of uploaded rosters and of steps into new school years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import defer

from contest_portal.core.clock import now, today
from contest_portal.core.database import db, found
from contest_portal.people.models import Account, RollOver, RosterImport, School, Student
from contest_portal.people.school_year import Step, school_year_of, step_into

IMPORTS_SHOWN = 20


@dataclass(frozen=True)
class StepLine:
    """Pupils of one grade and school year, and where the step into the running school year takes them."""

    grade: int
    school_year: int
    count: int
    step: Step


@dataclass(frozen=True)
class RollOverPreview:
    """What a step into `to_year` would do. `settled`: how many pupils are in that school year already."""

    to_year: int
    lines: Sequence[StepLine]
    settled: int
    done: RollOver | None

    @property
    def moving(self) -> int:
        return sum(line.count for line in self.lines if line.step.state == "active")

    @property
    def graduating(self) -> int:
        return sum(line.count for line in self.lines if line.step.state == "graduated")


def roster_import(import_id: int) -> RosterImport:
    """The uploaded roster. Raises NotFound."""
    return found(RosterImport, import_id)


def imports_of(school_id: int, kind: str) -> list[tuple[RosterImport, str]]:
    """The newest uploads of the school with the names of who made them."""
    rows = db.session.execute(
        select(RosterImport, Account.name)
        .outerjoin(Account, Account.id == RosterImport.created_by)
        .where(RosterImport.school_id == school_id, RosterImport.kind == kind)
        .order_by(RosterImport.id.desc())
        .limit(IMPORTS_SHOWN)
    )
    return [(row, name or "") for row, name in rows]


def roll_over_preview(school: School) -> RollOverPreview:
    """What the step into the running school year would do to the school's pupils."""
    to_year = school_year_of(today())
    groups = db.session.execute(
        select(Student.grade, Student.school_year, func.count())
        .where(Student.school_id == school.id, Student.state == "active")
        .group_by(Student.grade, Student.school_year)
        .order_by(Student.grade, Student.school_year)
    ).all()
    lines = [
        StepLine(grade, year, count, step_into(grade, year, to_year, school.kind))
        for grade, year, count in groups
        if year < to_year
    ]
    done = db.session.scalar(
        select(RollOver).where(
            RollOver.school_id == school.id, RollOver.to_year == to_year, RollOver.state == "applied"
        )
    )
    return RollOverPreview(to_year, lines, sum(count for _grade, year, count in groups if year >= to_year), done)


def roll_overs_of(school_id: int) -> list[tuple[RollOver, str, bool]]:
    """The school's steps, newest first: (record, who made it, whether it can still be undone)."""
    rows = db.session.execute(
        select(RollOver, Account.name)
        .outerjoin(Account, Account.id == RollOver.applied_by)
        .where(RollOver.school_id == school_id)
        .options(defer(RollOver.before))
        .order_by(RollOver.id.desc())
    )
    return [(row, name or "", row.state == "applied" and now() <= row.undo_until) for row, name in rows]


def roll_over_record(roll_over_id: int) -> RollOver:
    """The step. Raises NotFound."""
    return found(RollOver, roll_over_id)

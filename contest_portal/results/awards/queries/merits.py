"""Reads of the points and awards of tutors and schools."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from contest_portal.contests.models import Category
from contest_portal.core.database import db
from contest_portal.entries.models import Entry, Tutor
from contest_portal.people.models import School, Teacher
from contest_portal.results.awards.merits import (
    DEFAULT_SCHOOL_RULE,
    DEFAULT_TUTOR_RULE,
    Merit,
    MeritRule,
    WorkOf,
    merits,
    read_merit_rule,
)
from contest_portal.results.awards.models import MeritAward, MeritTable
from contest_portal.results.awards.queries.given import awards_by_entry
from contest_portal.results.records.models import Participation

DEFAULTS = {"tutor": DEFAULT_TUTOR_RULE, "school": DEFAULT_SCHOOL_RULE}


@dataclass(frozen=True)
class MeritLine:
    """One tutor or school with its sum. `id` is the teacher's or the school's."""

    id: int
    name: str
    school: str
    merit: Merit


def merit_awards(contest_id: int) -> Sequence[MeritAward]:
    """The confirmed awards of tutors and schools."""
    return db.session.scalars(
        select(MeritAward)
        .where(MeritAward.contest_id == contest_id, MeritAward.superseded_at.is_(None))
        .options(joinedload(MeritAward.teacher).joinedload(Teacher.school), joinedload(MeritAward.school))
        .order_by(MeritAward.id)
    ).all()


def confirmed_mark(contest_id: int, kind: str) -> int:
    """What changes whenever the tutors or schools are confirmed anew; 0 while none are."""
    column = MeritAward.teacher_id if kind == "tutor" else MeritAward.school_id
    statement = select(func.max(MeritAward.id)).where(
        MeritAward.contest_id == contest_id, column.is_not(None), MeritAward.superseded_at.is_(None)
    )
    return db.session.scalar(statement) or 0


def merit_counts(contest_id: int) -> dict[str, int]:
    """How many tutors and schools were confirmed."""
    teachers, schools = db.session.execute(
        select(func.count(MeritAward.teacher_id), func.count(MeritAward.school_id)).where(
            MeritAward.contest_id == contest_id, MeritAward.superseded_at.is_(None)
        )
    ).one()
    return {"tutor": teachers, "school": schools}


def stored_merit_rule(contest_id: int, kind: str) -> tuple[MeritRule, int]:
    """(rule, version) as last saved; version 0: the default."""
    row = db.session.scalar(
        select(MeritTable)
        .where(MeritTable.contest_id == contest_id, MeritTable.kind == kind)
        .execution_options(populate_existing=True)
    )
    return (read_merit_rule(row.document), row.version) if row else (DEFAULTS[kind], 0)


def merit_lines(contest_id: int, kind: str, rule: MeritRule) -> list[MeritLine]:
    """All tutors or schools of works that stand, by points, best first."""
    return _schools(contest_id, rule) if kind == "school" else _tutors(contest_id, rule)


def _tutors(contest_id: int, rule: MeritRule) -> list[MeritLine]:
    rows = db.session.execute(
        select(Tutor.entry_id, Teacher.id, Teacher.name, School.name)
        .join(Teacher, Teacher.id == Tutor.teacher_id)
        .join(School, School.id == Teacher.school_id)
        .join(Entry, Entry.id == Tutor.entry_id)
        .join(Category, Category.id == Entry.category_id)
        .where(Entry.contest_id == contest_id, Entry.state == "accepted")
        .order_by(School.name, Teacher.name, Teacher.id)
    ).all()
    awards = awards_by_entry([row[0] for row in rows])
    among = Counter(row[0] for row in rows)
    works: dict[int, list[WorkOf]] = {}
    names = {}
    for entry_id, teacher_id, name, school in rows:
        works.setdefault(teacher_id, []).append(WorkOf(awards.get(entry_id, ""), among[entry_id]))
        names[teacher_id] = (name, school)
    return [
        MeritLine(int(str(one.key)), *names[int(str(one.key))], one)
        for one in merits(rule, [(key, own, 0) for key, own in works.items()])
    ]


def _schools(contest_id: int, rule: MeritRule) -> list[MeritLine]:
    rows = db.session.execute(
        select(Entry.id, School.id, School.name)
        .join(School, School.id == Entry.school_id)
        .where(Entry.contest_id == contest_id, Entry.state == "accepted")
        .order_by(School.name, Entry.id)
    ).all()
    counted = select(Participation.school_id, Participation.students).where(Participation.contest_id == contest_id)
    reported = {row.school_id: row.students for row in db.session.execute(counted)}
    awards = awards_by_entry([row[0] for row in rows])
    works: dict[int, list[WorkOf]] = {}
    names = {}
    for entry_id, school_id, name in rows:
        works.setdefault(school_id, []).append(WorkOf(awards.get(entry_id, "")))
        names[school_id] = name
    people = [(key, own, reported.get(key, 0)) for key, own in works.items()]
    return [MeritLine(int(str(one.key)), names[int(str(one.key))], "", one) for one in merits(rule, people)]

"""A year's works with their pupils and schools, and who has how much to do: what statistics are counted from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import joinedload

from contest_portal.contests.models import Category, Contest
from contest_portal.contests.queries import counts_for_the_year
from contest_portal.core.database import db
from contest_portal.entries.models import Author, Entry, Tutor
from contest_portal.entries.queries.office import stage_names
from contest_portal.entries.states import COLLECTED_STATES
from contest_portal.events.booking.models import Booking, BookingPlace
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.judging.models import Assignment, Judge, Round
from contest_portal.people.models import Enrolment, School, Student, Teacher
from contest_portal.people.school_year import school_year_of
from contest_portal.reports.grouping import Pupil, SchoolFacts, Work
from contest_portal.results.lists.queries.counts import recommended_ids
from contest_portal.results.records.models import Participation

QUIET_YEARS = 3


def contest_ids(office_id: int, year: int) -> Select[Any]:
    """The year's contests of the office that count: made public, not for practice."""
    return select(Contest.id).where(Contest.office_id == office_id, Contest.year == year, counts_for_the_year())


def works_of(office_id: int, year: int) -> list[Work]:
    """What was collected in the year, in three statements."""
    ids = contest_ids(office_id, year)
    categories = db.session.scalars(
        select(Category).where(Category.contest_id.in_(ids)).options(joinedload(Category.contest))
    ).all()
    names = {one.id: (one.name, stage_names(one)) for one in categories}
    pupils: defaultdict[int, list[Pupil]] = defaultdict(list)
    collected = (Entry.contest_id.in_(ids), Entry.state.in_(COLLECTED_STATES))
    for entry_id, student_id, sex, ethnic in db.session.execute(
        select(Author.entry_id, Student.id, Student.sex, Student.ethnic_group)
        .join(Student, Student.id == Author.student_id)
        .join(Entry, Entry.id == Author.entry_id)
        .where(*collected)
    ):
        pupils[entry_id].append(Pupil(student_id, sex, ethnic))
    rows = db.session.execute(
        select(
            Entry.id, Entry.school_id, Entry.category_id, Entry.stage_code, Entry.id.in_(recommended_ids(ids))
        ).where(*collected)
    )
    return [
        Work(school_id, names[category_id][0], names[category_id][1].get(stage, ""), bool(up), pupils[entry_id])
        for entry_id, school_id, category_id, stage, up in rows
    ]


def schools_of(office_id: int, year: int) -> dict[int, SchoolFacts]:
    """The office's schools with their rosters and what they reported, in three statements.

    A roster counts as it stood in the school year to which the spring of `year` belongs or, where the school had none
    then, in the one that began in its autumn.
    """
    spring, autumn = school_year_of(date(year, 3, 1)), school_year_of(date(year, 10, 1))
    enrolled: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for school_id, school_year, count in db.session.execute(
        select(Enrolment.school_id, Enrolment.school_year, func.count())
        .join(School, School.id == Enrolment.school_id)
        .where(School.office_id == office_id, Enrolment.school_year.in_((spring, autumn)))
        .group_by(Enrolment.school_id, Enrolment.school_year)
    ):
        enrolled[school_id][school_year] = count
    reported = dict(
        db.session.execute(
            select(Participation.school_id, func.sum(Participation.students))
            .where(Participation.contest_id.in_(contest_ids(office_id, year)))
            .group_by(Participation.school_id)
        ).all()
    )
    rows = db.session.execute(
        select(School.id, School.name, School.township, School.is_urban).where(
            School.office_id == office_id, School.state == "approved"
        )
    )
    return {
        school_id: SchoolFacts(
            school_id,
            name,
            township,
            is_urban,
            enrolled[school_id].get(spring) or enrolled[school_id].get(autumn, 0),
            reported.get(school_id, 0),
        )
        for school_id, name, township, is_urban in rows
    }


@dataclass(frozen=True)
class TutorLoad:
    """A tutor with the works that he or she tutored, and how many of them went up."""

    name: str
    school: str
    works: int
    recommended: int


def tutor_loads(office_id: int, year: int) -> list[TutorLoad]:
    """Every tutor of a collected work, most works first; one statement."""
    ids = contest_ids(office_id, year)
    works, recommended = func.count(), func.sum(case((Entry.id.in_(recommended_ids(ids)), 1), else_=0))
    rows = db.session.execute(
        select(Teacher.name, School.name, works, recommended)
        .join(Tutor, Tutor.teacher_id == Teacher.id)
        .join(Entry, Entry.id == Tutor.entry_id)
        .join(School, School.id == Teacher.school_id)
        .where(Entry.contest_id.in_(ids), Entry.state.in_(COLLECTED_STATES))
        .group_by(Teacher.id, Teacher.name, School.name)
        .order_by(works.desc(), School.name, Teacher.name)
    )
    return [TutorLoad(*row) for row in rows]


@dataclass(frozen=True)
class JudgeLoad:
    """A judge's tasks of the year: how many, how many of them scored, in how many rounds."""

    name: str
    employer: str
    tasks: int
    scored: int
    rounds: int


def judge_loads(office_id: int, year: int) -> list[JudgeLoad]:
    """Every judge with tasks that count, most tasks first; one statement."""
    tasks = func.count()
    rows = db.session.execute(
        select(
            Judge.name,
            Judge.employer,
            tasks,
            func.sum(case((Assignment.state == "submitted", 1), else_=0)),
            func.count(Assignment.round_id.distinct()),
        )
        .join(Assignment, Assignment.judge_id == Judge.id)
        .join(Round, Round.id == Assignment.round_id)
        .where(Round.contest_id.in_(contest_ids(office_id, year)), Assignment.state.in_(("todo", "submitted")))
        .group_by(Judge.id, Judge.name, Judge.employer)
        .order_by(tasks.desc(), Judge.name)
    )
    return [JudgeLoad(*row) for row in rows]


@dataclass(frozen=True)
class QuietSchool:
    """A school of which nothing came for years. `last_year`: when it last had a work or a booking; None: never here."""

    name: str
    township: str
    pupils: int
    last_year: int | None


def quiet_schools(office_id: int, year: int, years: int = QUIET_YEARS) -> list[QuietSchool]:
    """Schools without a collected work and without places at an event in the `years` up to `year`; five statements."""
    last: dict[int, int] = {}
    works = (
        select(Entry.school_id, func.max(Contest.year))
        .join(Contest, Contest.id == Entry.contest_id)
        .where(
            Contest.office_id == office_id,
            Contest.year <= year,
            counts_for_the_year(),
            Entry.state.in_(COLLECTED_STATES),
        )
        .group_by(Entry.school_id)
    )
    visits = (
        select(Booking.school_id, func.max(EventSession.day))
        .join(BookingPlace, BookingPlace.booking_id == Booking.id)
        .join(EventSession, EventSession.id == BookingPlace.session_id)
        .join(Event, Event.id == Booking.event_id)
        .where(Event.office_id == office_id, Booking.state == "booked", EventSession.day <= date(year, 12, 31))
        .group_by(Booking.school_id)
    )
    for school_id, when in [*db.session.execute(works), *db.session.execute(visits)]:
        at = when if isinstance(when, int) else when.year
        last[school_id] = max(at, last.get(school_id, at))
    found = [
        QuietSchool(one.name, one.township, one.pupils, last.get(one.id))
        for one in schools_of(office_id, year).values()
        if last.get(one.id, 0) <= year - years
    ]
    return sorted(found, key=lambda one: (-one.pupils, one.name))

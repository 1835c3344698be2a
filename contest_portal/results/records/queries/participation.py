"""Reads of what schools reported."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select

from contest_portal.contests.models import Contest
from contest_portal.contests.queries import counts_for_the_year
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.listing import Listing, Page, paginate, sorted_by
from contest_portal.people.models import School
from contest_portal.results.records.models import Participation

NOBODY = (0, 0, 0)


@dataclass(frozen=True)
class ReportLine:
    """A contest that a school may report on, with its own last report."""

    contest_id: int
    contest_name: str
    students: int | None
    teachers: int | None
    reported_at: datetime | None


def reports_of_school(school_id: int, office_id: int) -> list[ReportLine]:
    """The office's contests, newest first, with what the school reported; those for practice are not reported on."""
    own = and_(Participation.contest_id == Contest.id, Participation.school_id == school_id)
    statement = (
        select(Contest.id, Contest.name, Participation.students, Participation.teachers, Participation.reported_at)
        .outerjoin(Participation, own)
        .where(Contest.office_id == office_id, counts_for_the_year())
        .order_by(Contest.year.desc(), Contest.id)
    )
    return [ReportLine(*row) for row in db.session.execute(statement)]


def contest_by_id(contest_id: int) -> Contest:
    """The contest. Raises NotFound."""
    row = db.session.get(Contest, contest_id)
    if row is None:
        raise NotFound
    return row


def participation_page(contest: Contest, listing: Listing) -> Page:
    """Every approved school of the contest's office with its report, or none yet."""
    own = and_(Participation.school_id == School.id, Participation.contest_id == contest.id)
    statement = (
        select(
            School.name.label("school"),
            School.township,
            Participation.students,
            Participation.teachers,
            Participation.reported_at,
        )
        .outerjoin(Participation, own)
        .where(School.office_id == contest.office_id, School.state == "approved")
    )
    if listing.get("reported") == "no":
        statement = statement.where(Participation.id.is_(None))
    columns = {"school": School.name, "students": Participation.students, "teachers": Participation.teachers}
    return paginate(sorted_by(statement, listing, columns, tie=School.id), listing, scalars=False)


def participation_sums(contest_id: int) -> tuple[int, int, int]:
    """(schools that reported, pupils, teachers) of a contest."""
    return participation_by_contest([contest_id]).get(contest_id, NOBODY)


def participation_by_contest(contest_ids: Collection[int]) -> dict[int, tuple[int, int, int]]:
    """Contest → (schools that reported, pupils, teachers), of those that have reports; one statement."""
    rows = db.session.execute(
        select(
            Participation.contest_id, func.count(), func.sum(Participation.students), func.sum(Participation.teachers)
        )
        .where(Participation.contest_id.in_(contest_ids))
        .group_by(Participation.contest_id)
    )
    return {contest_id: (schools, int(students), int(teachers)) for contest_id, schools, students, teachers in rows}

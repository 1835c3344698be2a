"""Schools report how many took part; the last report counts."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import found, unit_of_work
from contest_portal.core.errors import Invalid, NotFound
from contest_portal.core.text import N_, Message
from contest_portal.people.models import School
from contest_portal.results.records.models import Participation

MOST_PEOPLE = 100_000


def report_participation(actor: Actor, contest_id: int, school_id: int, students: int, teachers: int) -> Participation:
    """Record the school's head-counts for the contest. Raises Invalid for numbers that cannot be."""
    for field, number in (("students", students), ("teachers", teachers)):
        if not 0 <= number <= MOST_PEOPLE:
            message = Message.of(N_("人数应在 0 到 %(most)s 之间，请核对后重新填写。"), most=MOST_PEOPLE)
            raise Invalid("results.head_count", message, field=field)
    with unit_of_work(actor, "results.report_participation") as work:
        contest, school = found(Contest, contest_id), found(School, school_id)
        if contest.office_id != school.office_id or contest.state == "draft":
            raise NotFound
        row = work.session.scalar(
            select(Participation)
            .where(Participation.contest_id == contest_id, Participation.school_id == school_id)
            .with_for_update()
        )
        before = {"students": row.students, "teachers": row.teachers} if row else {}
        if row is None:
            row = Participation(contest_id=contest_id, school_id=school_id)
            work.session.add(row)
        row.students, row.teachers = students, teachers
        row.reported_by, row.reported_at = actor.account_id, now()
        work.record(row, before=before, after={"students": students, "teachers": teachers})
    return row

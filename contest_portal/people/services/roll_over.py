"""Verbs on the step into a new school year: everybody a grade up, the last grade graduates; undone within a week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, exists, select, update

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now, today
from contest_portal.core.database import db, locked, unit_of_work
from contest_portal.core.errors import Conflict, TooLate
from contest_portal.core.text import N_, Message
from contest_portal.people.models import Enrolment, RollOver, School, Student
from contest_portal.people.school_year import Step, school_year_name, school_year_of, step_into
from contest_portal.people.services.enrolments import sync_enrolments

_PLACE = (Student.id, Student.grade, Student.school_year)


def roll_over(actor: Actor, school_id: int) -> RollOver:
    """Move the school's pupils who are still in an earlier school year into the running one.

    Raises Conflict when that was done for this school year already, or when nobody is left to move.
    """
    to_year = school_year_of(today())
    with unit_of_work(actor, "people.roll_over") as work:
        school = locked(School, school_id)
        if _applied(school_id, to_year) is not None:
            raise Conflict(
                "people.rolled_over",
                Message.of(N_("%(year)s的升级已经办理过，不能重复办理。"), year=school_year_name(to_year)),
            )
        places = db.session.execute(
            select(*_PLACE)
            .where(Student.school_id == school_id, Student.state == "active", Student.school_year < to_year)
            .order_by(Student.id)
        ).all()
        if not places:
            raise Conflict("people.nobody_to_move", N_("没有需要升级的学生：在册学生都已在本学年。"))
        moment = now()
        steps = {place.id: step_into(place.grade, place.school_year, to_year, school.kind) for place in places}
        db.session.execute(
            update(Student),
            [
                {
                    "id": id_,
                    "grade": step.grade,
                    "school_year": step.school_year,
                    "state": step.state,
                    "updated_at": moment,
                }
                for id_, step in steps.items()
            ],
        )
        sync_enrolments(school_id, to_year)
        row = RollOver(
            school_id=school_id,
            to_year=to_year,
            state="applied",
            before={"kind": school.kind, "students": [list(place) for place in places]},
            applied_by=actor.account_id,
            applied_at=moment,
            undo_until=moment + timedelta(days=current_app.config["SETTINGS"].roll_over_undo_days),
        )
        work.session.add(row)
        graduates = sum(step.state == "graduated" for step in steps.values())
        work.record(row, after={"to_year": to_year, "moved": len(steps) - graduates, "graduated": graduates})
    return row


def undo_roll_over(actor: Actor, roll_over_id: int) -> int:
    """Put everybody back whom nobody has changed since; gives how many were left as they are now.

    Raises Conflict when it was undone already, TooLate after the days that the settings allow.
    """
    with unit_of_work(actor, "people.undo_roll_over") as work:
        row = locked(RollOver, roll_over_id)
        if row.state != "applied":
            raise Conflict("people.roll_over_state", N_("这次升级已经撤销过了。"))
        if now() > row.undo_until:
            raise TooLate("people.roll_over_undo", N_("已超过可以撤销的期限，不能撤销这次升级。"))
        locked(School, row.school_id)
        back, kept = _unchanged_since(row)
        moment = now()
        if back:
            db.session.execute(update(Student), [{**place, "state": "active", "updated_at": moment} for place in back])
        _forget_enrolments(row)
        row.state, row.undone_at = "undone", moment
        work.record(row, before={"state": "applied"}, after={"state": "undone", "restored": len(back), "kept": kept})
    return kept


def _applied(school_id: int, to_year: int) -> RollOver | None:
    return db.session.scalar(
        select(RollOver).where(
            RollOver.school_id == school_id, RollOver.to_year == to_year, RollOver.state == "applied"
        )
    )


def _unchanged_since(row: RollOver) -> tuple[list[dict[str, Any]], int]:
    """The places to go back to, and how many pupils are no longer where the step had put them."""
    now_there = {
        place.id: Step(place.grade, place.school_year, place.state)
        for place in db.session.execute(select(*_PLACE, Student.state).where(Student.school_id == row.school_id))
    }
    before: Sequence[tuple[int, int, int]] = row.before["students"]
    back = [
        {"id": id_, "grade": grade, "school_year": school_year}
        for id_, grade, school_year in before
        if now_there.get(id_) == step_into(grade, school_year, row.to_year, row.before["kind"])
    ]
    return back, len(before) - len(back)


def _forget_enrolments(row: RollOver) -> None:
    """The year's enrolments of those who are back in an earlier one."""
    db.session.execute(
        delete(Enrolment)
        .where(
            Enrolment.school_id == row.school_id,
            Enrolment.school_year == row.to_year,
            exists().where(Student.id == Enrolment.student_id, Student.school_year < row.to_year),
        )
        .execution_options(synchronize_session=False)
    )

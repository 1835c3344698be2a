"""Verbs on single pupils: add, change, leave, come back, open the numbers."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import insert, select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now, today
from contest_portal.core.database import Work, db, found, locked, on_breach, unit_of_work
from contest_portal.core.errors import Conflict, Stale
from contest_portal.core.sealing import person_digest
from contest_portal.core.text import N_
from contest_portal.people.id_number import normalise_id_number
from contest_portal.people.models import School, Student, Transfer
from contest_portal.people.roster import StudentValues
from contest_portal.people.school_year import school_year_of
from contest_portal.people.services.enrolments import sync_enrolments
from contest_portal.people.services.erased import refuse_erased
from contest_portal.people.services.number_misses import count_misses
from contest_portal.people.services.one_person import (
    count_number_of_another,
    outcome_of,
    read_person,
    refuse_known,
    version_of,
)
from contest_portal.people.services.roster_writing import changed_columns, student_row
from contest_portal.people.services.transfers import Asked, ask_transfers

on_breach(
    "uq_student_office_id_id_digest",
    lambda: Conflict(
        "people.id_taken",
        N_("这个身份证号已登记在另一名学生名下，请核对号码。"),
        field="id_number",
    ),
)

_EDITED = ("name", "sex", "birth_on", "ethnic_group", "grade", "class_name", "guardian_phone")


def add_student(
    actor: Actor, school_id: int, texts: Mapping[str, str], *, doubt_accepted: bool = False
) -> Student | Transfer:
    """A pupil typed by hand; `texts` by field as in a roster's row. A pupil of another school is asked for there.

    Raises Invalid naming the fields, Conflict for who is on the roster already or may be.
    """
    reading = read_person("students", texts, found(School, school_id))
    count_number_of_another(actor, reading, found(School, school_id))
    with unit_of_work(actor, "people.add_student") as work:
        school = locked(School, school_id)
        outcome = outcome_of(reading, school)
        refuse_known(outcome, doubt_accepted=doubt_accepted)
        values = reading.rows[0].values
        assert isinstance(values, StudentValues)
        if outcome.kind == "moved":
            assert outcome.person_id is not None
            asked = Asked(outcome.person_id, values.grade, values.class_name)
            transfer = ask_transfers(work, school, [asked])[0]
            work.record(transfer, after={"state": transfer.state, "student_id": outcome.person_id})
            return transfer
        year = school_year_of(today())
        row = student_row(school, values, year, now())
        student: Student = work.session.scalars(insert(Student).returning(Student), [row]).one()
        sync_enrolments(school.id, year, student.id)
        work.record(student, after={"school_id": school.id, "grade": values.grade})
    return student


def edit_student(actor: Actor, student_id: int, texts: Mapping[str, str], seen_version: int) -> Student:
    """Change a pupil's data. An empty ID or telephone number leaves what is known. Raises Invalid, Conflict, Stale."""
    _count_number_of_another(actor, found(Student, student_id), texts.get("id_number", ""))
    with unit_of_work(actor, "people.edit_student") as work:
        student = locked(Student, student_id)
        refuse_erased(student)
        if version_of(student.updated_at) != seen_version:
            raise Stale
        known = student.id_number or ""
        reading = read_person(
            "students",
            {**texts, "id_number": texts.get("id_number", "").strip() or known},
            found(School, student.school_id),
            id_required=bool(known),
        )
        values = reading.rows[0].values
        assert isinstance(values, StudentValues)
        changes = {name: (getattr(student, name), getattr(values, name)) for name in _EDITED}
        if not values.guardian_phone:
            del changes["guardian_phone"]
        if values.id_number and values.id_number != known:
            changes["id_number"] = (known, values.id_number)
        changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
        for name, value in changed_columns(changes).items():
            setattr(student, name, value)
        student.updated_at = now()
        work.record(student, after={"changed": sorted(changes)})
        sync_enrolments(student.school_id, student.school_year, student.id)
    return student


def _count_number_of_another(actor: Actor, student: Student, typed: str) -> None:
    """That a number is taken tells that another school has it: so it is counted, before the act is rolled back."""
    taken = select(Student.id).where(
        Student.office_id == student.office_id,
        Student.school_id != student.school_id,
        Student.id_digest == person_digest(normalise_id_number(typed)),
    )
    count_misses(actor, found(School, student.school_id), int(db.session.scalar(taken) is not None))


def mark_student_left(actor: Actor, student_id: int) -> Student:
    """The pupil is no longer at the school. Raises Conflict unless on the roster."""
    return _change_state(actor, "people.mark_student_left", student_id, to="left")


def restore_student(actor: Actor, student_id: int) -> Student:
    """Who had left or graduated is back at the school, in the same grade. Raises Conflict when not away."""
    return _change_state(actor, "people.restore_student", student_id, to="active")


def open_student_numbers(actor: Actor, student_id: int) -> Student:
    """The pupil, with the numbers to be shown in full; that they were opened is recorded."""
    with unit_of_work(actor, "people.open_student_numbers") as work:
        student = found(Student, student_id)
        work.record(student)
    return student


def _change_state(actor: Actor, action: str, student_id: int, *, to: str) -> Student:
    with unit_of_work(actor, action) as work:
        student = locked(Student, student_id)
        refuse_erased(student)
        if (student.state == "active") is (to == "active"):
            raise Conflict("people.student_state", N_("该生的状态已被他人更改。请刷新页面查看。"))
        before, student.state, student.updated_at = student.state, to, now()
        if to == "active":
            _enrol_now(work, student)
        work.record(student, before={"state": before}, after={"state": to})
    return student


def _enrol_now(work: Work, student: Student) -> None:
    student.school_year = school_year_of(today())
    work.session.flush()
    sync_enrolments(student.school_id, student.school_year, student.id)

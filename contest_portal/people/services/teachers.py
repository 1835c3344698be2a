"""Verbs on single teachers of a roster: add, change, leave, come back, open the numbers."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import insert, select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import db, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, Stale
from contest_portal.core.sealing import person_digest
from contest_portal.core.text import N_
from contest_portal.people.models import School, Teacher
from contest_portal.people.roster import TeacherValues
from contest_portal.people.services.erased import refuse_erased
from contest_portal.people.services.one_person import (
    count_number_of_another,
    outcome_of,
    read_person,
    refuse_known,
    version_of,
)
from contest_portal.people.services.roster_writing import changed_columns, same_persons, teacher_row

_EDITED = ("name", "sex", "birth_on", "ethnic_group", "phone", "position", "job_title", "subject")


def add_teacher(actor: Actor, school_id: int, texts: Mapping[str, str], *, doubt_accepted: bool = False) -> Teacher:
    """A teacher typed by hand. Who teaches at another school too stays one person. Raises Invalid, Conflict."""
    reading = read_person("teachers", texts, found(School, school_id))
    count_number_of_another(actor, reading, found(School, school_id))
    with unit_of_work(actor, "people.add_teacher") as work:
        school = locked(School, school_id)
        outcome = outcome_of(reading, school)
        refuse_known(outcome, doubt_accepted=doubt_accepted)
        values = reading.rows[0].values
        assert isinstance(values, TeacherValues)
        key = same_persons([outcome]).get(outcome.person_id or 0)
        row = teacher_row(school, values, key, now())
        teacher: Teacher = work.session.scalars(insert(Teacher).returning(Teacher), [row]).one()
        work.record(teacher, after={"school_id": school.id})
    return teacher


def edit_teacher(actor: Actor, teacher_id: int, texts: Mapping[str, str], seen_version: int) -> Teacher:
    """Change a teacher's data. An empty ID or telephone number leaves what is known. Raises Invalid, Conflict, Stale."""
    with unit_of_work(actor, "people.edit_teacher") as work:
        teacher = locked(Teacher, teacher_id)
        refuse_erased(teacher)
        if version_of(teacher.updated_at) != seen_version:
            raise Stale
        kept = {"id_number": teacher.id_number or "", "phone": teacher.phone or ""}
        texts = {**texts, **{name: texts.get(name, "").strip() or old for name, old in kept.items()}}
        values = read_person("teachers", texts, found(School, teacher.school_id)).rows[0].values
        assert isinstance(values, TeacherValues)
        changes = {name: (getattr(teacher, name), getattr(values, name)) for name in _EDITED}
        if values.id_number != kept["id_number"]:
            _refuse_taken(teacher, values.id_number)
            changes["id_number"] = (kept["id_number"], values.id_number)
        changes = {name: (old, new) for name, (old, new) in changes.items() if (old or "") != (new or "")}
        for name, value in changed_columns(changes).items():
            setattr(teacher, name, value)
        teacher.updated_at = now()
        work.record(teacher, after={"changed": sorted(changes)})
    return teacher


def mark_teacher_left(actor: Actor, teacher_id: int) -> Teacher:
    """The teacher is no longer at the school. Raises Conflict unless on the roster."""
    return _change_state(actor, "people.mark_teacher_left", teacher_id, to="left")


def restore_teacher(actor: Actor, teacher_id: int) -> Teacher:
    """Who had left is back at the school. Raises Conflict when not away."""
    return _change_state(actor, "people.restore_teacher", teacher_id, to="active")


def open_teacher_numbers(actor: Actor, teacher_id: int) -> Teacher:
    """The teacher, with the numbers to be shown in full; that they were opened is recorded."""
    with unit_of_work(actor, "people.open_teacher_numbers") as work:
        teacher = found(Teacher, teacher_id)
        work.record(teacher)
    return teacher


def _change_state(actor: Actor, action: str, teacher_id: int, *, to: str) -> Teacher:
    with unit_of_work(actor, action) as work:
        teacher = locked(Teacher, teacher_id)
        refuse_erased(teacher)
        if teacher.state == to:
            raise Conflict("people.teacher_state", N_("该教师的状态已被他人更改。请刷新页面查看。"))
        before, teacher.state, teacher.updated_at = teacher.state, to, now()
        work.record(teacher, before={"state": before}, after={"state": to})
    return teacher


def _refuse_taken(teacher: Teacher, id_number: str) -> None:
    taken = select(Teacher.id).where(
        Teacher.school_id == teacher.school_id, Teacher.id_digest == person_digest(id_number), Teacher.id != teacher.id
    )
    if db.session.scalar(taken.limit(1)) is not None:
        raise Conflict("people.id_taken", N_("这个身份证号已登记在另一名教师名下，请核对号码。"), field="id_number")

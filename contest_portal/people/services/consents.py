"""Verbs on guardians' consent: record, for one pupil or a whole class, and withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now, today
from contest_portal.core.database import db, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotFound
from contest_portal.core.sealed_files import keep_sealed
from contest_portal.core.text import N_, Message
from contest_portal.core.virus_scan import refuse_virus
from contest_portal.people.consent_rules import ConsentInput, day_problem, relation_problem, scan_kind, scan_problem
from contest_portal.people.models import Consent, Student
from contest_portal.people.services.checked import Problems, checking
from contest_portal.people.services.erased import refuse_erased
from contest_portal.people.signals import consent_withdrawn

NAME_LENGTH = 200


def record_consents(actor: Actor, school_id: int, inputs: Sequence[ConsentInput]) -> list[Consent]:
    """Record the consents of guardians of the school's pupils, all or none. Done again it records nothing twice.

    Raises Invalid with a problem for each wrong value, its field `guardian-STUDENT_ID`, `relation-…`, `signed_on-…`
    or `scan-…`; NotFound for a pupil of another school.
    """
    checked = _checked(inputs)
    stored = {one.student_id: _store(one) for one in checked if one.scan}
    with unit_of_work(actor, "people.record_consents") as work:
        students = _students(school_id, checked)
        refuse_erased(*students.values())
        _refuse_own_names(students, checked)
        living = _living(students)
        fresh = [one for one in checked if _key(one.student_id, one) not in living]
        rows = [
            Consent(
                student_id=one.student_id,
                guardian_name=one.guardian_name,
                relation=one.relation,
                signed_on=one.signed_on,
                form=one.form,
                file_sha256=stored.get(one.student_id),
                file_name=one.scan_name[-NAME_LENGTH:] if one.scan else "",
                covers_showing=one.covers_showing,
                recorded_by=actor.account_id,
                recorded_at=now(),
            )
            for one in fresh
        ]
        work.session.add_all(rows)
        work.session.flush()
        if len(rows) == 1:
            work.record(
                rows[0],
                after={"student_id": rows[0].student_id, "form": rows[0].form, "showing": rows[0].covers_showing},
            )
        elif rows:
            work.record(("school", school_id), after={"consents": [row.id for row in rows]})
    return rows


def withdraw_consent(actor: Actor, consent_id: int, why: str) -> Consent:
    """The guardian takes the consent back; the record stays. Raises Invalid without a reason, Conflict when over."""
    with checking("people.consent_withdrawal") as check:
        why = check.text(why, "why", 500, label=N_("撤回原因"), required=True)
    with unit_of_work(actor, "people.withdraw_consent") as work:
        row = locked(Consent, consent_id)
        if row.withdrawn_at is not None:
            raise Conflict("people.consent_state", N_("这份同意已经撤回。请刷新页面查看。"))
        row.withdrawn_at, row.withdrawn_why = now(), why
        work.record(row, before={"state": "given"}, after={"state": "withdrawn", "student_id": row.student_id}, why=why)
        consent_withdrawn.send(row, work=work, actor=actor)
    return row


def _checked(inputs: Sequence[ConsentInput]) -> list[ConsentInput]:
    if not inputs:
        raise Invalid("people.consents_empty", N_("没有填写任何一名学生的监护人。请填写后再保存。"))
    with checking("people.consent") as check:
        return [_checked_one(check, one) for one in inputs]


def _checked_one(check: Problems, one: ConsentInput) -> ConsentInput:
    name = check.name(one.guardian_name, f"guardian-{one.student_id}", required=False)
    if not one.guardian_name.strip():
        check.add(f"guardian-{one.student_id}", N_("请填写监护人姓名。"))
    for field, problem in (
        ("relation", relation_problem(one.relation)),
        ("signed_on", day_problem(one.signed_on, today())),
        ("scan", scan_problem(one.scan)),
    ):
        if problem:
            check.add(f"{field}-{one.student_id}", problem)
    return replace(one, guardian_name=name)


def _students(school_id: int, inputs: Sequence[ConsentInput]) -> dict[int, Student]:
    ids = {one.student_id for one in inputs}
    rows = db.session.scalars(select(Student).where(Student.school_id == school_id, Student.id.in_(ids)))
    students = {row.id: row for row in rows}
    if len(students) != len(ids):
        raise NotFound
    return students


def _refuse_own_names(students: dict[int, Student], inputs: Sequence[ConsentInput]) -> None:
    with checking("people.consent") as check:
        for one in inputs:
            if one.guardian_name == students[one.student_id].name:
                check.add(
                    f"guardian-{one.student_id}",
                    Message.of(N_("监护人姓名与学生「%(name)s」相同，请核对。"), name=one.guardian_name),
                )


def _living(students: dict[int, Student]) -> set[tuple[object, ...]]:
    rows = db.session.scalars(select(Consent).where(Consent.student_id.in_(students), Consent.withdrawn_at.is_(None)))
    return {_key(row.student_id, row) for row in rows}


def _key(student_id: int, consent: Consent | ConsentInput) -> tuple[object, ...]:
    return (
        student_id,
        consent.guardian_name,
        consent.relation,
        consent.signed_on,
        consent.form,
        consent.covers_showing,
    )


def _store(one: ConsentInput) -> str:
    assert scan_kind(one.scan)
    refuse_virus(one.scan, one.scan_name)
    return keep_sealed(one.scan)

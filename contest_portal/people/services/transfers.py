"""Verbs on transfers: a pupil named by a new school moves once the old school or the office agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now, today
from contest_portal.core.database import Work, db, locked, unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.people.models import School, Student, Transfer
from contest_portal.people.queries.recipients import managers_of
from contest_portal.people.school_year import school_year_of
from contest_portal.people.services.enrolments import sync_enrolments


@dataclass(frozen=True)
class Asked:
    """A pupil whom a school claims, and where the pupil is to sit there."""

    student_id: int
    grade: int
    class_name: str


def ask_transfers(work: Work, school: School, asked: Sequence[Asked]) -> list[Transfer]:
    """The school asks for pupils of other schools, inside the caller's unit of work.

    Whom the old school has let go already (graduated, left) moves at once; for the others it is asked. Asked again,
    an open question only takes the new grade and class.
    """
    if not asked:
        return []
    wanted = {one.student_id: one for one in asked}
    students = list(db.session.scalars(select(Student).where(Student.id.in_(wanted)).order_by(Student.id)))
    open_ones = {
        row.student_id: row
        for row in db.session.scalars(
            select(Transfer).where(
                Transfer.student_id.in_(wanted), Transfer.to_school_id == school.id, Transfer.state == "pending"
            )
        )
    }
    found: list[Transfer] = []
    fresh: list[Transfer] = []
    for student in students:
        place = wanted[student.id]
        row = open_ones.get(student.id)
        if row is None:
            row = Transfer(
                student_id=student.id,
                from_school_id=student.school_id,
                to_school_id=school.id,
                state="pending",
                asked_by=work.actor.account_id,
                asked_at=now(),
            )
            work.session.add(row)
            fresh.append(row)
        row.grade, row.class_name = place.grade, place.class_name
        found.append(row)
    work.session.flush()
    let_go = {student.id: student for student in students if student.state != "active"}
    for row in found:
        if row.student_id in let_go:
            _move(work, row, let_go[row.student_id])
    if any(row.student_id in let_go for row in found):
        sync_enrolments(school.id, school_year_of(today()))
    _tell_old_schools(work, school, fresh)
    return found


def confirm_transfer(actor: Actor, transfer_id: int) -> Transfer:
    """The old school (or the office) agrees: the pupil changes school, grade and class; entries stay as they are.

    Raises Conflict when it was decided already, or when the pupil has gone elsewhere meanwhile.
    """
    with unit_of_work(actor, "people.confirm_transfer") as work:
        row = _pending(transfer_id)
        student = locked(Student, row.student_id)
        if student.school_id != row.from_school_id:
            raise Conflict("people.student_moved", N_("该生已不在转出学校，这项转学申请不能再确认。请刷新页面查看。"))
        _move(work, row, student)
        sync_enrolments(row.to_school_id, student.school_year, student.id)
        work.record(
            row,
            before={"state": "pending", "school_id": row.from_school_id},
            after={"state": "confirmed", "school_id": row.to_school_id, "student_id": student.id},
        )
        _tell_new_school(work, row, N_("一名学生转入本校的申请已确认"))
    return row


def refuse_transfer(actor: Actor, transfer_id: int) -> Transfer:
    """The old school (or the office) says no: nothing changes. Raises Conflict when it was decided already."""
    with unit_of_work(actor, "people.refuse_transfer") as work:
        row = _pending(transfer_id)
        row.state, row.decided_by, row.decided_at = "refused", actor.account_id, now()
        work.record(row, before={"state": "pending"}, after={"state": "refused", "student_id": row.student_id})
        _tell_new_school(work, row, N_("一名学生转入本校的申请未被同意"))
    return row


def _pending(transfer_id: int) -> Transfer:
    row = locked(Transfer, transfer_id)
    if row.state != "pending":
        raise Conflict("people.transfer_state", N_("这项转学申请已经处理过了。请刷新页面查看结果。"))
    return row


def _move(work: Work, row: Transfer, student: Student) -> None:
    moment = now()
    student.school_id, student.grade, student.class_name = row.to_school_id, row.grade, row.class_name
    student.school_year, student.state, student.updated_at = school_year_of(today()), "active", moment
    row.state, row.decided_by, row.decided_at = "confirmed", work.actor.account_id, moment
    work.session.flush()
    work.session.execute(
        update(Transfer)
        .where(Transfer.student_id == student.id, Transfer.state == "pending")
        .values(state="refused", decided_by=work.actor.account_id, decided_at=moment)
        .execution_options(synchronize_session=False)
    )


def _tell_old_schools(work: Work, school: School, rows: Sequence[Transfer]) -> None:
    counts: dict[tuple[int, str], int] = {}
    for row in rows:
        key = (row.from_school_id, row.state)
        counts[key] = counts.get(key, 0) + 1
    titles: Mapping[str, str] = {
        "pending": N_("%(school)s的名册中有 %(count)s 名本校学生，请确认是否转学"),
        "confirmed": N_("本校 %(count)s 名已毕业或已离校的学生转入%(school)s"),
    }
    for (school_id, state), count in sorted(counts.items()):
        title = Message.of(titles[state], school=school.name, count=count)
        notify(work, managers_of(school_id), title, url="/transfers")


def _tell_new_school(work: Work, row: Transfer, title: str) -> None:
    """Without the name: a notice lives for two years, and whoever is erased meanwhile must not stand in it."""
    notify(work, managers_of(row.to_school_id), Message(title), url="/transfers")

"""Verbs on declared relations: who must keep away from what, entered by the office or declared by the judge."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, found, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotFound
from contest_portal.core.text import N_, Message
from contest_portal.judging.models import ConflictOfInterest, Judge
from contest_portal.judging.queries.judges import entry_by_number, judge_of_account
from contest_portal.judging.services.reassigning import Moved, move_conflicting_tasks
from contest_portal.people.models import School, Student
from contest_portal.people.services.checked import checking

MOST_WHY = 300


def add_relation(
    actor: Actor,
    judge_id: int,
    *,
    why: str,
    school_id: int | None = None,
    student_id: int | None = None,
    entry_id: int | None = None,
) -> Moved:
    """The office notes what a judge must keep away from: exactly one of the three. Unfinished tasks that it forbids go
    to other judges at once. Raises Invalid, NotFound, Conflict when it stands there already."""
    why = checked_why(why)
    if [school_id, student_id, entry_id].count(None) != 2:
        raise Invalid("judging.relation_target", N_("请选择要回避的学校、学生或作品。"), field="target")
    with unit_of_work(actor, "judging.add_relation") as work:
        judge = found(Judge, judge_id)
        return _add(work, judge, "office", why, school_id, student_id, entry_id)


def add_named_relation(
    actor: Actor, judge_id: int, target: str, *, why: str, school_id: int | None, student_name: str, entry_number: str
) -> Moved:
    """The same by what staff type: a school, a pupil's name at that school, or an entry's number. Raises Invalid."""
    office_id = found(Judge, judge_id).office_id
    if target == "entry":
        entry = entry_by_number(office_id, entry_number.strip())
        if entry is None:
            raise Invalid("judging.no_such_entry", N_("没有找到这个编号的作品，请核对。"), field="entry_number")
        return add_relation(actor, judge_id, why=why, entry_id=entry.id)
    if school_id is None:
        raise Invalid("judging.no_school", N_("请选择学校。"), field="school_id")
    if found(School, school_id).office_id != office_id:
        raise NotFound
    if target == "school":
        return add_relation(actor, judge_id, why=why, school_id=school_id)
    return add_relation(actor, judge_id, why=why, student_id=_student(school_id, student_name.strip()))


def declare_school(actor: Actor, school_id: int, why: str) -> Moved:
    """A judge declares a relation to a school. Raises Invalid, NotFound, Conflict."""
    why = checked_why(why)
    with unit_of_work(actor, "judging.declare_school") as work:
        judge = judge_of_account(actor.account_id, actor.office_id)
        if judge is None or found(School, school_id).office_id != judge.office_id:
            raise NotFound
        return _add(work, judge, "relation", why, school_id, None, None)


def remove_relation(actor: Actor, relation_id: int, why: str) -> None:
    """Take a wrong entry out; that it stood there stays in the trail. Raises Invalid, NotFound."""
    why = checked_why(why)
    with unit_of_work(actor, "judging.remove_relation") as work:
        row = found(ConflictOfInterest, relation_id)
        before = {name: getattr(row, name) for name in ("judge_id", "kind", "school_id", "student_id", "entry_id")}
        work.session.delete(row)
        work.record(("conflict_of_interest", relation_id), before=before, why=why)


def checked_why(why: str) -> str:
    """The reason, cleaned. Raises Invalid without one."""
    with checking("judging.why") as check:
        return check.text(why, "why", MOST_WHY, label=N_("原因"), required=True)


def _add(
    work: Work,
    judge: Judge,
    kind: str,
    why: str,
    school_id: int | None,
    student_id: int | None,
    entry_id: int | None,
) -> Moved:
    row = ConflictOfInterest(
        judge_id=judge.id,
        kind=kind,
        school_id=school_id,
        student_id=student_id,
        entry_id=entry_id,
        why=why,
        recorded_by=work.actor.account_id,
        recorded_at=now(),
    )
    known = select(ConflictOfInterest.id).where(
        ConflictOfInterest.judge_id == judge.id,
        ConflictOfInterest.school_id.is_(None) if school_id is None else ConflictOfInterest.school_id == school_id,
        ConflictOfInterest.student_id.is_(None) if student_id is None else ConflictOfInterest.student_id == student_id,
        ConflictOfInterest.entry_id.is_(None) if entry_id is None else ConflictOfInterest.entry_id == entry_id,
    )
    if work.session.scalar(known.limit(1)) is not None:
        raise Conflict("judging.relation_known", N_("这条回避关系已经登记过了。"), field="target")
    work.session.add(row)
    targets = {"school_id": school_id, "student_id": student_id, "entry_id": entry_id}
    work.record(row, after={"judge_id": judge.id, "kind": kind, **targets})
    return move_conflicting_tasks(work, judge)


def _student(school_id: int, name: str) -> int:
    if not name:
        raise Invalid("judging.no_student", N_("请填写学生姓名。"), field="student_name")
    ids = db.session.scalars(select(Student.id).where(Student.school_id == school_id, Student.name == name)).all()
    if len(ids) == 1:
        return ids[0]
    if not ids:
        raise Invalid(
            "judging.no_student", Message.of(N_("该校名册中没有「%(name)s」。"), name=name), field="student_name"
        )
    raise Invalid(
        "judging.many_students",
        Message.of(N_("该校名册中有 %(count)s 名「%(name)s」，请改为登记作品编号。"), count=len(ids), name=name),
        field="student_name",
    )

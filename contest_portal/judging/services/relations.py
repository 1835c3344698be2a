"""Verbs on declared relations: who must keep away from what, entered by the office or declared by the judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotFound
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.judging.models import ConflictOfInterest, Judge
from contest_portal.judging.queries.judges import entry_by_number, judge_of_account
from contest_portal.judging.services.conflict_guard import hold_rounds_of
from contest_portal.judging.services.reassigning import Moved, move_conflicting_tasks
from contest_portal.people.models import School, Student
from contest_portal.people.services.checked import checking

MOST_WHY = 300
KINDS_BY_OFFICE = ("school", "tutoring", "kin", "office")
"""What the office can say a relation is: works or worked there, tutored, kin, anything else."""


def add_relation(
    actor: Actor,
    judge_id: int,
    *,
    why: str,
    school_id: int | None = None,
    student_id: int | None = None,
    entry_id: int | None = None,
    kind: str = "office",
) -> Moved:
    """The office notes what a judge must keep away from: exactly one of the three. Unfinished tasks that it forbids go
    to other judges at once. Raises Invalid, NotFound, Conflict when it stands there already."""
    why = checked_why(why)
    if kind not in KINDS_BY_OFFICE:
        raise Invalid("judging.relation_kind", N_("请选择回避的缘由。"), field="kind")
    if [school_id, student_id, entry_id].count(None) != 2:
        raise Invalid("judging.relation_target", N_("请选择要回避的学校、学生或作品。"), field="target")
    with unit_of_work(actor, "judging.add_relation") as work:
        judge = found(Judge, judge_id)
        return _add(work, judge, kind, "office", why, school_id, student_id, entry_id)


def add_named_relation(
    actor: Actor,
    judge_id: int,
    target: str,
    *,
    why: str,
    school_id: int | None,
    student_name: str,
    entry_number: str,
    kind: str = "office",
) -> Moved:
    """The same by what staff type: a school, a pupil's name at that school, or an entry's number. Raises Invalid."""
    office_id = found(Judge, judge_id).office_id
    if target == "entry":
        entry = entry_by_number(office_id, entry_number.strip())
        if entry is None:
            raise Invalid("judging.no_such_entry", N_("没有找到这个编号的作品，请核对。"), field="entry_number")
        return add_relation(actor, judge_id, why=why, entry_id=entry.id, kind=kind)
    if school_id is None:
        raise Invalid("judging.no_school", N_("请选择学校。"), field="school_id")
    if found(School, school_id).office_id != office_id:
        raise NotFound
    if target == "school":
        return add_relation(actor, judge_id, why=why, school_id=school_id, kind=kind)
    student_id = _student(school_id, student_name.strip())
    return add_relation(actor, judge_id, why=why, student_id=student_id, kind=kind)


def declare_school(actor: Actor, school_id: int, why: str) -> Moved:
    """A judge declares a relation to a school. Raises Invalid, NotFound, Conflict."""
    why = checked_why(why)
    with unit_of_work(actor, "judging.declare_school") as work:
        judge = judge_of_account(actor.account_id, actor.office_id)
        if judge is None or found(School, school_id).office_id != judge.office_id:
            raise NotFound
        return _add(work, judge, "relation", "judge", why, school_id, None, None)


@dataclass(frozen=True)
class NewRelation:
    """One relation of an imported matrix: a judge and a school or an entry."""

    judge_id: int
    school_id: int | None
    entry_id: int | None
    why: str


def import_relations(actor: Actor, office_id: int, rows: Sequence[NewRelation]) -> tuple[int, Moved]:
    """Add the relations of a matrix that are not there yet, all or none. Gives how many, and what became of tasks.

    Raises NotFound where something belongs to another office.
    """
    with unit_of_work(actor, "judging.import_relations") as work:
        hold_rounds_of({row.judge_id for row in rows})
        added: dict[Judge, int] = {}
        for row in rows:
            judge = found(Judge, row.judge_id)
            other_school = row.school_id is not None and found(School, row.school_id).office_id != office_id
            other_entry = row.entry_id is not None and found(Entry, row.entry_id).contest.office_id != office_id
            if judge.office_id != office_id or other_school or other_entry:
                raise NotFound
            if _is_known(judge.id, row.school_id, None, row.entry_id):
                continue
            _note(work, judge, "office", "matrix", checked_why(row.why), row.school_id, None, row.entry_id)
            added[judge] = added.get(judge, 0) + 1
        done = [move_conflicting_tasks(work, judge) for judge in added]
        work.record(("office", office_id), after={"relations": sum(added.values())})
    return sum(added.values()), Moved(
        sum(one.moved for one in done), sum(one.stranded for one in done), sum(one.submitted for one in done)
    )


def end_relation(actor: Actor, relation_id: int, why: str) -> None:
    """A relation holds no longer, or was entered by mistake: it stays on record. Raises Invalid, NotFound, Conflict."""
    why = checked_why(why)
    with unit_of_work(actor, "judging.end_relation") as work:
        row = locked(ConflictOfInterest, relation_id)
        if row.ended_at is not None:
            raise Conflict("judging.relation_ended", N_("这条回避关系已经解除。"))
        row.ended_at, row.ended_by, row.ended_why = now(), actor.account_id, why
        targets = {name: getattr(row, name) for name in ("judge_id", "kind", "school_id", "student_id", "entry_id")}
        work.record(row, before=targets, after={"ended": True}, why=why)


def checked_why(why: str) -> str:
    """The reason, cleaned. Raises Invalid without one."""
    with checking("judging.why") as check:
        return check.text(why, "why", MOST_WHY, label=N_("原因"), required=True)


def _add(
    work: Work,
    judge: Judge,
    kind: str,
    source: str,
    why: str,
    school_id: int | None,
    student_id: int | None,
    entry_id: int | None,
) -> Moved:
    """Note a relation; unfinished tasks that it forbids go to other judges at once."""
    hold_rounds_of([judge.id])
    _note(work, judge, kind, source, why, school_id, student_id, entry_id)
    return move_conflicting_tasks(work, judge)


def _note(
    work: Work,
    judge: Judge,
    kind: str,
    source: str,
    why: str,
    school_id: int | None,
    student_id: int | None,
    entry_id: int | None,
) -> None:
    row = ConflictOfInterest(
        judge_id=judge.id,
        kind=kind,
        source=source,
        school_id=school_id,
        student_id=student_id,
        entry_id=entry_id,
        why=why,
        recorded_by=work.actor.account_id,
        recorded_at=now(),
    )
    if _is_known(judge.id, school_id, student_id, entry_id):
        raise Conflict("judging.relation_known", N_("这条回避关系已经登记过了。"), field="target")
    work.session.add(row)
    targets = {"school_id": school_id, "student_id": student_id, "entry_id": entry_id}
    work.record(row, after={"judge_id": judge.id, "kind": kind, "source": source, **targets})


def _is_known(judge_id: int, school_id: int | None, student_id: int | None, entry_id: int | None) -> bool:
    """Whether the same relation stands already and holds."""
    same = select(ConflictOfInterest.id).where(
        ConflictOfInterest.judge_id == judge_id,
        ConflictOfInterest.ended_at.is_(None),
        ConflictOfInterest.school_id.is_not_distinct_from(school_id),
        ConflictOfInterest.student_id.is_not_distinct_from(student_id),
        ConflictOfInterest.entry_id.is_not_distinct_from(entry_id),
    )
    return db.session.scalar(same.limit(1)) is not None


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

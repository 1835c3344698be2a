"""Verbs on judges: import, add, edit, invite, let go; and what happens when one accepts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import func, select

from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, found, locked, on_breach, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotFound
from contest_portal.core.sealing import person_digest
from contest_portal.core.text import N_, Message
from contest_portal.judging.conflicts import plain_name
from contest_portal.judging.judge_table import LONGEST_FIELD, JudgeData
from contest_portal.judging.models import Assignment, Judge
from contest_portal.judging.queries.judges import known_judges
from contest_portal.judging.services.availability import JudgeTime, checked_time
from contest_portal.judging.services.conflict_guard import hold_rounds_of
from contest_portal.judging.services.reassigning import move_conflicting_tasks
from contest_portal.people.models import Account, Invitation, School
from contest_portal.people.services.accounts import membership_at
from contest_portal.people.services.checked import checking
from contest_portal.people.services.invitations import Issued, invite_judge
from contest_portal.people.signals import invitation_accepted

MOST_FIELDS = 40
LET_GO = ("declined", "left")

on_breach(
    "uq_judge_office_id_phone_digest",
    lambda: Conflict("judging.judge_known", N_("这个手机号已登记为评委，请在评委名单中查找。"), field="phone"),
)


@dataclass(frozen=True)
class Imported:
    """How many judges a table added, changed and left as they were."""

    added: int
    changed: int
    unchanged: int


def checked_judge(data: JudgeData) -> JudgeData:
    """The data, mended. Raises Invalid naming each field."""
    with checking("judging.judge") as check:
        _name, mobile = check.login("", data.phone)
        items = [check.text(item, "expertise", LONGEST_FIELD, label=N_("学科")) for item in data.expertise]
        if len(items) > MOST_FIELDS:
            check.add("expertise", Message.of(N_("最多填写 %(most)s 项。"), most=MOST_FIELDS))
        return JudgeData(
            name=check.name(data.name),
            phone=mobile or "",
            employer=check.text(data.employer, "employer", 100, label=N_("单位")),
            job_title=check.text(data.job_title, "job_title", 50, label=N_("职务/职称")),
            expertise=tuple(dict.fromkeys(items)),
            **asdict(checked_time(check, JudgeTime(data.most_tasks, data.available_from, data.available_until))),
        )


def import_judges(actor: Actor, office_id: int, rows: Sequence[JudgeData]) -> Imported:
    """Add the table's judges and change those who are known by their phone number; all or none. Unfinished tasks that a
    new employer forbids go to others. Raises Invalid."""
    rows = [checked_judge(data) for data in rows]
    if len({data.phone for data in rows}) < len(rows):
        raise Invalid("judging.judge_twice", N_("表中有重复的手机号。"), field="file")
    with unit_of_work(actor, "judging.import_judges") as work:
        known = {judge.phone_digest: judge for judge in known_judges(office_id)}
        schools = _schools_by_name(office_id)
        hold_rounds_of([judge.id for judge in known.values()])
        added, changed = 0, []
        for data in rows:
            judge = known.get(person_digest(data.phone))
            if judge is None:
                judge = Judge(office_id=office_id, state="invited", created_at=now())
                work.session.add(judge)
                added += 1
            elif data.beside(data_of(judge)) == data_of(judge):
                continue
            else:
                changed.append(judge)
            _write(judge, data.beside(data_of(judge)), schools)
        for judge in changed:
            move_conflicting_tasks(work, judge)
        unchanged = len(rows) - added - len(changed)
        work.record(("office", office_id), after={"added": added, "changed": len(changed), "unchanged": unchanged})
    return Imported(added, len(changed), unchanged)


def add_judge(actor: Actor, office_id: int, data: JudgeData) -> Judge:
    """Register one judge. Raises Invalid, Conflict when the phone number is known."""
    data = checked_judge(data)
    with unit_of_work(actor, "judging.add_judge") as work:
        judge = Judge(office_id=office_id, state="invited", created_at=now())
        _write(judge, data, _schools_by_name(office_id))
        work.session.add(judge)
        work.record(judge, after={"state": "invited", "school_id": judge.school_id})
    return judge


def edit_judge(actor: Actor, judge_id: int, data: JudgeData) -> Judge:
    """Mend a judge's data; unfinished tasks that the new employer forbids go to others. An empty telephone number leaves
    what is known. Raises Invalid, Conflict."""
    data = checked_judge(replace(data, phone=data.phone.strip() or found(Judge, judge_id).phone or ""))
    with unit_of_work(actor, "judging.edit_judge") as work:
        hold_rounds_of([judge_id])
        judge = locked(Judge, judge_id)
        before = _public(judge)
        _write(judge, data, _schools_by_name(judge.office_id))
        work.record(judge, before=before, after=_public(judge))
        move_conflicting_tasks(work, judge)
    return judge


def invite_judges(actor: Actor, office_id: int, judge_ids: Sequence[int]) -> list[Issued]:
    """A one-time link for each judge who has not joined. Who has an account accepts it with that: a telephone number
    alone proves nothing, since people enter their own.

    Raises NotFound for another office's judge, Conflict for one who was let go.
    """
    with unit_of_work(actor, "judging.invite_judges") as work:
        judges = [locked(Judge, judge_id) for judge_id in sorted(set(judge_ids))]
        if any(judge.office_id != office_id for judge in judges):
            raise NotFound
        issued = []
        for judge in judges:
            if judge.account_id is not None and judge.state == "active":
                continue
            if judge.state in LET_GO:
                raise Conflict(
                    "judging.judge_let_go", Message.of(N_("%(name)s已谢绝或退出，请先恢复。"), name=judge.name)
                )
            issued.append(invite_judge(actor, office_id, judge.id, judge.name))
        if issued:
            work.record(("office", office_id), after={"invited": len(issued)})
    return issued


def release_judge(actor: Actor, judge_id: int, state: str, why: str) -> Judge:
    """Note that a judge declined or left. Raises Invalid, Conflict while there are unfinished tasks."""
    with checking("judging.release") as check:
        why = check.text(why, "why", 500, label=N_("原因"))
        if state not in LET_GO:
            check.add("state", N_("请选择谢绝或退出。"))
    with unit_of_work(actor, "judging.release_judge") as work:
        judge = locked(Judge, judge_id)
        if judge.state in LET_GO:
            raise Conflict("judging.judge_state", N_("这名评委的状态已被他人更改。请刷新页面查看。"))
        todo = work.session.scalar(
            select(func.count(Assignment.id)).where(Assignment.judge_id == judge.id, Assignment.state == "todo")
        )
        if todo:
            raise Conflict(
                "judging.judge_busy",
                Message.of(N_("%(name)s还有 %(count)s 件待评作品，请先改派给其他评委。"), name=judge.name, count=todo),
            )
        before, judge.state, judge.answer_why = judge.state, state, why
        _switch_membership(judge, active=False)
        work.record(judge, before={"state": before}, after={"state": state}, why=why)
    return judge


def restore_judge(actor: Actor, judge_id: int) -> Judge:
    """Take a judge back who declined or left. Raises Conflict."""
    with unit_of_work(actor, "judging.restore_judge") as work:
        judge = locked(Judge, judge_id)
        if judge.state not in LET_GO:
            raise Conflict("judging.judge_state", N_("这名评委的状态已被他人更改。请刷新页面查看。"))
        before = judge.state
        judge.state = "active" if judge.account_id else "invited"
        judge.accepted_at, judge.answer_why = judge.accepted_at if judge.account_id else None, ""
        _switch_membership(judge, active=True)
        work.record(judge, before={"state": before}, after={"state": judge.state})
    return judge


@invitation_accepted.connect
def on_invitation_accepted(invitation: Invitation, *, account: Account, actor: Actor) -> None:
    """Give the judge of an accepted link the account that accepted it, in the same transaction."""
    if invitation.judge_id is None:
        return
    with unit_of_work(actor, "judging.join") as work:
        hold_rounds_of([invitation.judge_id])
        judge = locked(Judge, invitation.judge_id)
        if judge.state in LET_GO or (judge.account_id is not None and judge.account_id != account.id):
            raise Conflict("judging.judge_let_go", N_("这份评委邀请已失效，请联系主办单位。"))
        _join(work, judge, account)


def data_of(judge: Judge) -> JudgeData:
    """The judge's record as data."""
    return JudgeData(
        judge.name or "",
        judge.phone or "",
        judge.employer or "",
        judge.job_title or "",
        tuple(judge.expertise or ()),
        judge.most_tasks,
        judge.available_from,
        judge.available_until,
    )


def _join(work: Work, judge: Judge, account: Account) -> None:
    other = work.session.scalar(
        select(Judge.name).where(
            Judge.office_id == judge.office_id, Judge.account_id == account.id, Judge.id != judge.id
        )
    )
    if other:
        raise Conflict(
            "judging.account_taken",
            Message.of(N_("这个账号已经是评委「%(name)s」，不能再接受另一份评委邀请。"), name=other),
        )
    judge.account_id, judge.state, judge.accepted_at = account.id, "active", judge.accepted_at or now()
    work.record(judge, action="judging.join", after={"account_id": account.id, "state": "active"})
    # The account may belong to a school, or tutor a work, that nobody knew of when tasks were drawn.
    move_conflicting_tasks(work, judge)


def _switch_membership(judge: Judge, *, active: bool) -> None:
    row = membership_at(judge.account_id or 0, str(Role.JUDGE), judge.office_id, None)
    if row is not None:
        row.is_active = active


def _schools_by_name(office_id: int) -> dict[str, int]:
    rows = db.session.execute(select(School.name, School.id).where(School.office_id == office_id))
    return {plain_name(name): school_id for name, school_id in rows}


def _write(judge: Judge, data: JudgeData, schools: dict[str, int]) -> None:
    judge.name, judge.employer, judge.job_title = data.name, data.employer, data.job_title
    judge.phone, judge.phone_digest = data.phone, person_digest(data.phone)
    judge.school_id = schools.get(plain_name(data.employer))
    judge.expertise = list(data.expertise)
    judge.most_tasks = data.most_tasks
    judge.available_from, judge.available_until = data.available_from, data.available_until


def _public(judge: Judge) -> dict[str, object]:
    own = {"employer": judge.employer, "school_id": judge.school_id, "expertise": list(judge.expertise)}
    return own | JudgeTime.of(judge).public()

"""An invited judge's answer by the link or slip, without an account."""

from __future__ import annotations

from sqlalchemy import func, select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Conflict, NotFound
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.judging.models import Assignment, Judge
from contest_portal.people.models import Invitation
from contest_portal.people.queries.recipients import staff_of
from contest_portal.people.services.checked import checking
from contest_portal.people.services.invitations import refuse_when_over
from contest_portal.people.services.joining import invitation_to_accept

MOST_WHY = 300


def accept_invitation(actor: Actor, code: str) -> Judge:
    """The judge will come; an account can be opened by the same link later. The office is told, once.

    Raises NotFound, LinkOver, Conflict for who has declined or left.
    """
    with unit_of_work(actor, "judging.accept_invitation") as work:
        invitation, judge = _held(code)
        if judge.accepted_at is None:
            judge.accepted_at = now()
            title = Message.of(N_("评委%(name)s接受了邀请"), name=judge.name)
            _tell_office(work, invitation, judge, title, Message(""))
        work.record(judge, after={"answer": "accepted"})
    return judge


def decline_invitation(actor: Actor, code: str, why: str) -> Judge:
    """The judge will not come: no round gives tasks to this judge any more; unread ones wait for the office's repair.

    Raises Invalid without a reason, NotFound, LinkOver, Conflict for who has declined or left.
    """
    _invited(code)
    with checking("judging.decline") as check:
        why = check.text(why, "why", MOST_WHY, label=N_("原因"), required=True)
    with unit_of_work(actor, "judging.decline_invitation") as work:
        invitation, judge = _held(code)
        judge.state, judge.answer_why, judge.accepted_at = "declined", why, None
        todo = work.session.scalar(
            select(func.count(Assignment.id)).where(Assignment.judge_id == judge.id, Assignment.state == "todo")
        )
        title = Message.of(N_("评委%(name)s谢绝了邀请"), name=judge.name)
        body = Message.of(N_("原因：%(why)s"), why=why)
        if todo:
            words = N_("原因：%(why)s。还有 %(count)s 件待评作品，请用「调整任务」转给其他评委。")
            body = Message.of(words, why=why, count=todo)
        _tell_office(work, invitation, judge, title, body)
        work.record(judge, before={"state": "invited"}, after={"state": "declined"}, why=why)
    return judge


def _invited(code: str) -> tuple[int, int]:
    """The living link of that code and its judge, by their ids. Raises NotFound, LinkOver."""
    invitation = invitation_to_accept(code, "join")
    if invitation.judge_id is None:
        raise NotFound
    return invitation.id, invitation.judge_id


def _held(code: str) -> tuple[Invitation, Judge]:
    """Both locked. The link stays: by it the judge opens the account, or sees what was answered."""
    invitation_id, judge_id = _invited(code)
    invitation, judge = locked(Invitation, invitation_id), locked(Judge, judge_id)
    refuse_when_over(invitation)
    if judge.state != "invited":
        raise Conflict("judging.answered", N_("您已经答复过这份邀请。要更改答复，请联系主办单位。"))
    return invitation, judge


def _tell_office(work: Work, invitation: Invitation, judge: Judge, title: Message, body: Message) -> None:
    staff = {*staff_of(judge.office_id), *([invitation.created_by] if invitation.created_by else [])}
    notify(work, staff, title, body, url=f"/office/judges/{judge.id}")

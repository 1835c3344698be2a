"""Verbs of those who make one-time links: invite, issue anew, withdraw, print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select, update

from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.clock import now
from contest_portal.core.database import Work, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, DomainError, Invalid, NotFound
from contest_portal.core.sealing import digest
from contest_portal.core.text import N_, Message
from contest_portal.people.invitation_codes import new_code
from contest_portal.people.models import Account, Invitation, Membership, Office, School, Teacher
from contest_portal.people.queries.invitations import InvitationView, invitation_of_code, invitation_views
from contest_portal.people.services.checked import checking
from contest_portal.people.services.erased import refuse_erased

MOST_AT_ONCE = 300


@dataclass(frozen=True)
class Issued:
    """A link that was just made. `code` is known only now: the database keeps its digest."""

    invitation: Invitation
    code: str


class LinkOver(DomainError):
    """The link was used, withdrawn, or is too old."""

    status = 410


def invite_manager(actor: Actor, school_id: int, name: str = "") -> Issued:
    """A link for the manager of an approved school; one made before is withdrawn. Raises Conflict."""
    with unit_of_work(actor, "people.invite") as work:
        school = open_school(school_id)
        _withdraw_pending(work, Invitation.school_id == school.id, Invitation.role == Role.SCHOOL_MANAGER)
        return _issue(work, "join", school.office_id, name=name, role=str(Role.SCHOOL_MANAGER), school_id=school.id)


def invite_managers(actor: Actor, school_ids: Sequence[int]) -> list[Issued]:
    """A link for each school's manager, all or none; one transaction."""
    with unit_of_work(actor, "people.invite"):
        schools = [open_school(school_id) for school_id in sorted(set(school_ids))[:MOST_AT_ONCE]]
        return [invite_manager(actor, school.id, school.contact_name) for school in schools]


def invite_teachers(
    actor: Actor, school_id: int, *, names: Sequence[str] = (), teacher_ids: Sequence[int] = ()
) -> list[Issued]:
    """A link for each teacher, given by name or by their place on the school's roster. Raises Invalid, NotFound."""
    with checking("people.invite") as check:
        named = [check.name(name, "names") for name in names if name.strip()]
        if not named and not teacher_ids:
            check.add("names", N_("请填写或选择要邀请的教师。"))
        if len(named) + len(teacher_ids) > MOST_AT_ONCE:
            check.add("names", Message.of(N_("一次最多邀请 %(most)s 人，请分批。"), most=MOST_AT_ONCE))
    with unit_of_work(actor, "people.invite") as work:
        school = open_school(school_id)
        place: dict[str, Any] = {"role": str(Role.TEACHER), "school_id": school.id}
        issued = [_issue(work, "join", school.office_id, name=name, **place) for name in named]
        for teacher_id in sorted(set(teacher_ids)):
            teacher = found(Teacher, teacher_id)
            if teacher.school_id != school.id:
                raise NotFound
            refuse_erased(teacher)
            _refuse_when_joined(work, teacher)
            _withdraw_pending(work, Invitation.teacher_id == teacher.id)
            issued.append(_issue(work, "join", school.office_id, name=teacher.name, teacher_id=teacher.id, **place))
        return issued


def invite_staff(actor: Actor, office_id: int, role: Role | str, name: str) -> Issued:
    """A link for a member of the office: staff, leader or supervisor."""
    with checking("people.invite") as check:
        name = check.name(name)
        if role not in OFFICE_ROLES:
            check.add("role", N_("请选择身份。"))
    with unit_of_work(actor, "people.invite") as work:
        return _issue(work, "join", found(Office, office_id).id, name=name, role=str(Role(role)))


def invite_judge(actor: Actor, office_id: int, judge_id: int, name: str) -> Issued:
    """A link for a judge of the judging room; when it is accepted, `signals.invitation_accepted` carries `judge_id`."""
    with unit_of_work(actor, "people.invite") as work:
        _withdraw_pending(work, Invitation.judge_id == judge_id)
        return _issue(work, "join", found(Office, office_id).id, name=name, role=str(Role.JUDGE), judge_id=judge_id)


def invite_from_console(
    actor: Actor, role: Role | str, office_id: int, name: str, school_id: int | None = None
) -> Issued:
    """A link for anybody but judges, made at the console. Raises Invalid."""
    if school_id is None:
        return invite_staff(actor, office_id, role, name)
    if role == Role.SCHOOL_MANAGER:
        return invite_manager(actor, school_id, name)
    if role != Role.TEACHER:
        raise Invalid("people.membership_place", N_("学校管理员和教师须指定学校，其他身份不指定学校。"), field="school")
    return invite_teachers(actor, school_id, names=[name])[0]


def invite_to_reset(work: Work, account: Account, office_id: int, school_id: int | None) -> Issued:
    """Inside the verb that resets a password: the link by which a new one is chosen, with the place to hand it out."""
    _withdraw_pending(work, Invitation.account_id == account.id, Invitation.purpose == "reset")
    return _issue(work, "reset", office_id, name=account.name, account_id=account.id, school_id=school_id)


def reissue_invitation(actor: Actor, invitation_id: int) -> Issued:
    """A new link in place of one that was lost or is too old. Raises Conflict when it was used, or resets a password."""
    with unit_of_work(actor, "people.invite") as work:
        old = locked(Invitation, invitation_id)
        if old.used_at:
            raise Conflict("people.invitation_used", N_("这份邀请已被接受，无需重新生成。"))
        if old.purpose == "reset":
            # Who may reset whom is decided by all roles that the account has by now; see access.reset_password.
            raise Conflict("people.reset_anew", N_("重置密码的链接不能重新生成，请在人员名单中再点一次「重置密码」。"))
        old.revoked_at = old.revoked_at or now()
        place = {name: getattr(old, name) for name in ("role", "school_id", "teacher_id", "judge_id", "account_id")}
        return _issue(work, old.purpose, old.office_id, name=old.name, **place)


def revoke_invitation(actor: Actor, invitation_id: int) -> Invitation:
    """Withdraw a link that has not been used. Raises Conflict."""
    with unit_of_work(actor, "people.revoke_invitation") as work:
        invitation = locked(Invitation, invitation_id)
        if invitation.used_at or invitation.revoked_at:
            raise Conflict("people.invitation_over", N_("这份邀请已被接受或已撤回。请刷新页面查看。"))
        invitation.revoked_at = now()
        work.record(invitation)
    return invitation


def refuse_when_over(invitation: Invitation) -> None:
    """Raise LinkOver unless the link may still be used."""
    if invitation.used_at:
        raise LinkOver(
            "people.link_used", N_("这个链接已经用过了，每个链接只能使用一次。如果是您本人用的，请直接登录。")
        )
    if invitation.revoked_at:
        raise LinkOver("people.link_revoked", N_("这个链接已作废，可能已为您生成了新的邀请单。请使用最新的一份。"))
    if invitation.expires_at < now():
        raise LinkOver("people.link_expired", N_("这个链接已过有效期。请联系给您邀请单的人重新生成。"))


def open_school(school_id: int) -> School:
    """The school, when it is approved: only then can its people have accounts. Raises Conflict."""
    school = found(School, school_id)
    if school.state != "approved":
        raise Conflict("people.school_not_open", N_("这所学校尚未批准或已停用，不能开通账号。请联系主办单位。"))
    return school


def _refuse_when_joined(work: Work, teacher: Teacher) -> None:
    joined = select(Membership.id).where(Membership.teacher_id == teacher.id, Membership.is_active)
    if work.session.scalar(joined) is not None:
        raise Conflict("people.teacher_joined", Message.of(N_("%(name)s已开通账号，无需再邀请。"), name=teacher.name))


def _issue(work: Work, purpose: str, office_id: int, *, name: str, **place: Any) -> Issued:
    code, settings = new_code(), current_app.config["SETTINGS"]
    life = timedelta(hours=settings.reset_hours) if purpose == "reset" else timedelta(days=settings.invitation_days)
    moment = now()
    invitation = Invitation(
        token_digest=digest(code),
        purpose=purpose,
        office_id=office_id,
        name=name,
        created_by=work.actor.account_id,
        created_at=moment,
        expires_at=moment + life,
        **place,
    )
    work.session.add(invitation)
    work.record(invitation, after={"purpose": purpose, **{k: v for k, v in place.items() if v is not None}})
    return Issued(invitation, code)


def _withdraw_pending(work: Work, *conditions: Any) -> None:
    work.session.execute(
        update(Invitation)
        .where(Invitation.used_at.is_(None), Invitation.revoked_at.is_(None), *conditions)
        .values(revoked_at=now())
        .execution_options(synchronize_session=False)
    )


def printable(actor: Actor, codes: Sequence[str]) -> list[tuple[InvitationView, str]]:
    """The links of these codes for printing: only living ones that the actor has made. Raises NotFound, LinkOver."""
    found_ids = {}
    for code in codes[:MOST_AT_ONCE]:
        invitation = invitation_of_code(code)
        if invitation.created_by != actor.account_id:
            raise NotFound
        refuse_when_over(invitation)
        found_ids[invitation.id] = code
    return [(view, found_ids[view.invitation.id]) for view in invitation_views(list(found_ids))]

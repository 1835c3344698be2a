"""Taking a lost second factor off somebody else's account."""

from __future__ import annotations

from sqlalchemy import delete, select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import db, locked, unit_of_work
from contest_portal.core.errors import Conflict, NotAllowed
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.people.models import (
    Account,
    CodeApp,
    FactorReset,
    Invitation,
    Membership,
    Passkey,
    RecoveryCode,
)
from contest_portal.people.services import tries
from contest_portal.people.services.access import BOTH_WITHIN, has_charge
from contest_portal.people.services.checked import checking
from contest_portal.people.services.confirming import require_confirmed
from contest_portal.people.services.factors import ALARM, has_factor
from contest_portal.people.sessions import end_sessions_of


def reset_factor(actor: Actor, account_id: int, why: str) -> None:
    """Take another's lost second factor off, with the reason; all sessions of the account end.

    Never one's own, and never by who has lately reset the password as well: one person alone could then enter in
    another's name. Who may is decided by all roles of the account, as for its password; the console may for anybody.
    Raises NotAllowed, Conflict, Invalid on `why`, NotConfirmed.
    """
    require_confirmed(actor)
    with checking("people.reset_factor") as check:
        why = check.text(why, "why", 200, label=N_("原因"), required=True)
    with unit_of_work(actor, "people.reset_factor") as work:
        account = locked(Account, account_id)
        if not actor.is_console:
            _refuse(actor, account_id)
        if not has_factor(account_id):
            raise Conflict("people.no_factor_there", N_("该账号没有设置二次验证，无需重置。"))
        for model in (CodeApp, Passkey, RecoveryCode):
            work.session.execute(delete(model).where(model.account_id == account_id))
        tries.forget(tries.factor_of(account_id))
        end_sessions_of(account_id)
        work.session.add(FactorReset(account_id=account_id, reset_by=actor.account_id, reset_at=now(), why=why))
        work.record(account, why=why)
        title = (
            Message(N_("您的二次验证已从控制台重置"))
            if actor.is_console
            else Message.of(N_("%(name)s重置了您的二次验证"), name=actor.name)
        )
        notify(work, [account_id], title, ALARM, url="/account/second-factor", kind="security")


def _refuse(actor: Actor, account_id: int) -> None:
    if account_id == actor.account_id:
        raise Conflict("people.reset_own_factor", N_("不能重置自己的二次验证，请由同事办理。"))
    living = db.session.scalars(
        select(Membership).where(Membership.account_id == account_id, Membership.is_active)
    ).all()
    if not has_charge(actor, living):
        raise NotAllowed(
            "people.reset_factor_beyond",
            N_("该账号还有您管理范围以外的身份，不能由您重置二次验证，请联系科协办理。"),
        )
    recent = select(Invitation.id).where(
        Invitation.account_id == account_id,
        Invitation.purpose == "reset",
        Invitation.created_by == actor.account_id,
        Invitation.created_at > now() - BOTH_WITHIN,
    )
    if db.session.scalar(recent.limit(1)) is not None:
        raise Conflict(
            "people.reset_both_factor",
            N_("该账号的密码刚由您重置。为防止一个人就能进入他人账号，二次验证须由另一位工作人员重置。"),
        )

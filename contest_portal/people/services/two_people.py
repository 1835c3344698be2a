"""Acts that take two people: the second is somebody else than the first, and not one whom the first has let in just now."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import DomainError, NotAllowed
from contest_portal.core.text import N_
from contest_portal.people.models import FactorReset, Invitation

LET_IN_WITHIN = timedelta(days=1)
"""So long the colleagues, who were told of a new account or a reset, have to ask whose it is."""


def require_second_person(actor: Actor, first_id: int | None, refusal: DomainError) -> None:
    """Raises `refusal` where the actor is who did the first half; NotAllowed where one of the two let the other in, or
    reset the other's password or second factor, within the last day: one person could be both.

    `first_id`: the account of the first half; None where it was the console or a job, which is nobody here.
    """
    if first_id is None or actor.is_console:
        return
    if first_id == actor.account_id:
        raise refusal
    if _has_let_in(first_id, actor.account_id) or _has_let_in(actor.account_id, first_id):
        words = N_(
            "您与前一位经办人中，一人的账号是另一人在一天之内邀请开通或重置的。为防止一个人用两个账号办理，"
            "请由另一位同志办理，或满一天后再办。"
        )
        raise NotAllowed("people.let_in_just_now", words)


def _has_let_in(by: int | None, account_id: int | None) -> bool:
    since = now() - LET_IN_WITHIN
    link = select(Invitation.id).where(
        Invitation.account_id == account_id,
        Invitation.created_by == by,
        or_(Invitation.used_at > since, Invitation.created_at > since),
    )
    factor = select(FactorReset.id).where(
        FactorReset.account_id == account_id, FactorReset.reset_by == by, FactorReset.reset_at > since
    )
    return any(db.session.scalar(statement.limit(1)) is not None for statement in (link, factor))

"""Confirming again that it is you: before what cannot be undone or shows what few may see.

    confirming.confirm(actor, password=form.password.data)   # or code=…, or passkey=…, site=…
    confirming.require_confirmed(actor)                      # raises NotConfirmed when that was too long ago

Signing in confirms as well. The moment is kept with the session: it does not reach over to another browser.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select, update

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.errors import DomainError, Invalid
from contest_portal.core.sealing import digest
from contest_portal.core.step_up import Act
from contest_portal.core.text import N_, Message
from contest_portal.people.models import LoginSession
from contest_portal.people.services import second_factor
from contest_portal.people.services.passkeys import Site
from contest_portal.people.services.signing_in import prove

LEAST_PURPOSE, MOST_PURPOSE = 2, 100


def fresh_for() -> timedelta:
    """So long a confirmation holds, and a purpose that was said: a minute at least, in which the act itself is done."""
    return timedelta(minutes=max(1, current_app.config["SETTINGS"].confirm_minutes))


class NotConfirmed(DomainError):
    """The person has to confirm again who they are before they may do this."""

    status = 403

    def __init__(self) -> None:
        super().__init__("people.not_confirmed", N_("为确认是您本人，请再次输入密码或验证码。"))


def confirm(actor: Actor, *, password: str = "", code: str = "", passkey: str = "", site: Site | None = None) -> None:
    """Prove it by the password, or by a code of the second factor, or by the answer of a passkey (JSON, with the site
    that it was asked for). Raises Invalid on the field that was used, SignInRefused after too many tries."""
    if passkey and site is not None:
        second_factor.check_passkey(actor, actor.account_id or 0, actor.session_token, passkey, site, alone=True)
    elif code:
        second_factor.check_code(actor, actor.account_id or 0, code)
    else:
        prove(actor, password, "password")
    with unit_of_work(actor, "people.confirm") as work:
        work.session.execute(
            update(LoginSession)
            .where(LoginSession.token_digest == digest(actor.session_token))
            .values(confirmed_at=now())
            .execution_options(synchronize_session=False)
        )
        work.record(("account", actor.account_id))


def confirmed_at(actor: Actor) -> datetime | None:
    """When the person last proved in this browser to be who they are."""
    return db.session.scalar(
        select(LoginSession.confirmed_at).where(
            LoginSession.token_digest == digest(actor.session_token), ~LoginSession.awaits_factor
        )
    )


def is_confirmed(actor: Actor, within: timedelta | None = None) -> bool:
    """Whether that was no longer ago than `within`, else than the setting says. The console needs no confirming."""
    moment = None if actor.is_console else confirmed_at(actor)
    return actor.is_console or (moment is not None and moment >= now() - (within or fresh_for()))


def require_confirmed(actor: Actor, within: timedelta | None = None) -> None:
    """Raise NotConfirmed unless it was no longer ago than `within`."""
    if not is_confirmed(actor, within):
        raise NotConfirmed


def state_purpose(actor: Actor, act: Act, purpose: str) -> str:
    """Say what acts of this kind are done for from now on, in this browser. Gives it as it is kept. Raises Invalid."""
    purpose = " ".join(purpose.split())
    if not LEAST_PURPOSE <= len(purpose) <= MOST_PURPOSE:
        words = N_("请写明%(what)s，%(least)s 至 %(most)s 个字，例如：%(example)s。")
        said = {
            "what": Message(act.asks),
            "example": Message(act.example),
            "least": LEAST_PURPOSE,
            "most": MOST_PURPOSE,
        }
        raise Invalid("people.purpose", Message.of(words, **said), field="purpose")
    with unit_of_work(actor, "people.state_purpose") as work:
        work.session.execute(
            update(LoginSession)
            .where(LoginSession.token_digest == digest(actor.session_token))
            .values(purpose=purpose, purpose_for=act.code, purpose_at=now())
            .execution_options(synchronize_session=False)
        )
        work.record(("account", actor.account_id), why=purpose)
    return purpose


def purpose_of(actor: Actor, act: Act) -> str:
    """What was said last for acts of this kind, while that holds; else an empty text."""
    return (
        db.session.scalar(
            select(LoginSession.purpose).where(
                LoginSession.token_digest == digest(actor.session_token),
                LoginSession.purpose_at >= now() - fresh_for(),
                LoginSession.purpose_for == act.code,
            )
        )
        or ""
    )

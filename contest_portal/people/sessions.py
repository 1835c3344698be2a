"""Signed-in browsers: a session is a row found by its token's digest; the cookie holds nothing but the token."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta

from flask import Flask, current_app, g, has_request_context, request
from flask_login import LoginManager, login_user, logout_user
from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import joinedload

from contest_portal.core.actor import OFFICE_ROLES, Actor, MembershipInfo, Role
from contest_portal.core.clock import now
from contest_portal.core.database import begin_writing, db, unit_of_work
from contest_portal.core.errors import NotFound
from contest_portal.core.networks import connection_of
from contest_portal.core.sealing import digest
from contest_portal.people.models import Account, CodeApp, LoginSession, Membership, Passkey, TrustedDevice

SEEN_EVERY = timedelta(minutes=5)
LATELY = timedelta(days=30)
FACTOR_WITHIN = timedelta(minutes=10)
"""So long after the password the second factor may come."""
HAS_FACTOR = or_(
    exists().where(CodeApp.account_id == Account.id),
    exists().where(Passkey.account_id == Account.id),
)
"""In a statement on accounts: whether the account has a second factor."""

login_manager = LoginManager()


def init_sessions(app: Flask) -> None:
    """Let Flask-Login find the actor of each request by its session token.

    Tests, as for the limits on repeated requests, ask for the second factor only where they say so.
    """
    app.config["SECOND_FACTOR_REQUIRED"] = app.config["SETTINGS"].requires_second_factor and not app.testing
    login_manager.init_app(app)
    login_manager.user_loader(actor_of_token)


def actor_of_token(token: str) -> Actor | None:
    """The actor whose living session has this token, in the membership chosen last."""
    moment = now()
    found = db.session.execute(
        select(LoginSession, Account, HAS_FACTOR)
        .join(Account, Account.id == LoginSession.account_id)
        .where(LoginSession.token_digest == digest(token), ~LoginSession.awaits_factor, Account.is_active)
    ).one_or_none()
    if found is None:
        return None
    session, account, has_factor = found
    idle = timedelta(minutes=current_app.config["SETTINGS"].session_idle_minutes)
    if session.ended_at or session.expires_at < moment or session.seen_at < moment - idle:
        g.former_account_id = account.id  # what this browser was sending is kept for this account
        return None
    if session.seen_at < moment - SEEN_EVERY:
        begin_writing()  # several requests of one page come at once: the first notes it, the others find it noted
        unnoted = (LoginSession.id == session.id, LoginSession.seen_at < moment - SEEN_EVERY)
        seen = update(LoginSession).where(*unnoted).values(seen_at=moment)
        db.session.execute(seen.execution_options(synchronize_session=False))
        db.session.commit()
    return actor_of(account, session.membership_id, token, has_factor=has_factor)


def actor_of(account: Account, membership_id: int | None = None, token: str = "", *, has_factor: bool = True) -> Actor:
    """The account as an actor, in the given membership if it still holds it, else in its first."""
    infos = tuple(_info(row) for row in _memberships(account.id))
    chosen = next((info for info in infos if info.id == membership_id), infos[0] if infos else None)
    return Actor(
        account_id=account.id,
        name=account.name,
        memberships=infos,
        membership=chosen,
        session_token=token,
        address=request.remote_addr or "" if has_request_context() else "",
        request_id=g.get("request_id", "") if has_request_context() else "",
        must_change_password=account.must_change_password,
        must_add_factor=not has_factor and needs_factor(infos),
    )


def needs_factor(memberships: Iterable[MembershipInfo]) -> bool:
    """Whether who holds these memberships has to sign in with a second factor."""
    required: bool = current_app.config["SECOND_FACTOR_REQUIRED"]
    return required and any(info.role in OFFICE_ROLES for info in memberships)


def accounts_lately_at(address: str) -> int:
    """How many accounts have been signed in from this address within the last weeks; of IPv6, from its connection."""
    connection = connection_of(address)
    # Texts of one connection begin alike; how they go on depends on which of their groups are zero.
    begins = address.partition(":")[0] + ":%" if connection.endswith("/64") else address
    rows = db.session.execute(
        select(LoginSession.account_id, LoginSession.address)
        .where(
            LoginSession.address.like(begins) if begins != address else LoginSession.address == address,
            LoginSession.created_at > now() - LATELY,
            ~LoginSession.awaits_factor,
        )
        .distinct()
    )
    return len({row.account_id for row in rows if connection_of(row.address) == connection})


def visitor() -> Actor:
    """Nobody signed in: who fills in a public form."""
    return Actor(
        account_id=None,
        name="",
        address=request.remote_addr or "" if has_request_context() else "",
        request_id=g.get("request_id", "") if has_request_context() else "",
    )


def _memberships(account_id: int) -> list[Membership]:
    statement = (
        select(Membership)
        .where(Membership.account_id == account_id, Membership.is_active)
        .options(joinedload(Membership.office), joinedload(Membership.school))
        .order_by(Membership.id)
    )
    rows = db.session.scalars(statement)
    return [row for row in rows if row.school is None or row.school.state == "approved"]


def _info(row: Membership) -> MembershipInfo:
    return MembershipInfo(
        id=row.id,
        role=Role(row.role),
        office_id=row.office_id,
        place_name=row.school.name if row.school else row.office.name,
        school_id=row.school_id,
        teacher_id=row.teacher_id,
    )


def begin_session(
    account: Account,
    *,
    browser: str = "",
    address: str = "",
    membership_id: int | None = None,
    awaits_factor: bool = False,
) -> str:
    """Make a session row for the account, in that membership or its first. Gives its token. The caller commits.

    `awaits_factor`: the row signs nobody in; it only remembers for some minutes that the password was right.
    """
    token = secrets.token_urlsafe(32)
    moment, days = now(), timedelta(days=current_app.config["SETTINGS"].session_days)
    db.session.add(
        LoginSession(
            token_digest=digest(token),
            account_id=account.id,
            membership_id=membership_id,
            created_at=moment,
            seen_at=moment,
            expires_at=moment + (FACTOR_WITHIN if awaits_factor else days),
            awaits_factor=awaits_factor,
            confirmed_at=None if awaits_factor else moment,
            address=address,
            browser=browser[:200],
        )
    )
    return token


def sign_in_browser(account: Account, token: str) -> None:
    """Put the token of a committed session into the browser's cookie."""
    login_user(actor_of(account, token=token))


def renew_session(actor: Actor) -> str:
    """A new token for this browser's session, in place of one that somebody else may have seen."""
    token = secrets.token_urlsafe(32)
    with unit_of_work(actor, "people.renew_session") as work:
        work.session.execute(
            update(LoginSession)
            .where(LoginSession.token_digest == digest(actor.session_token))
            .values(token_digest=digest(token))
        )
    return token


def sign_out_browser(actor: Actor) -> None:
    """End this browser's session."""
    with unit_of_work(actor, "people.sign_out") as work:
        work.session.execute(
            update(LoginSession).where(LoginSession.token_digest == digest(actor.session_token)).values(ended_at=now())
        )
        work.record(("account", actor.account_id))
    logout_user()


def choose_membership(actor: Actor, membership_id: int) -> None:
    """Act in another of one's memberships from now on, in this browser. Raises NotFound for somebody else's."""
    if membership_id not in {info.id for info in actor.memberships}:
        raise NotFound
    with unit_of_work(actor, "people.switch_membership") as work:
        work.session.execute(
            update(LoginSession)
            .where(LoginSession.token_digest == digest(actor.session_token))
            .values(membership_id=membership_id)
        )
        work.record(("membership", membership_id))


def end_sessions_of(account_id: int, *, but: str = "") -> None:
    """End all sessions of an account but the one of the token `but`, inside the caller's unit of work.

    With them ends that its devices are not asked for the second factor.
    """
    moment = now()
    others = [LoginSession.token_digest != digest(but)] if but else []
    for model, conditions in ((LoginSession, others), (TrustedDevice, [])):
        db.session.execute(
            update(model)
            .where(model.account_id == account_id, model.ended_at.is_(None), *conditions)
            .values(ended_at=moment)
        )

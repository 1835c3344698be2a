"""Signing in, and proving again who one is: every try counts, failures slow down."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import db, found, locked, unit_of_work
from contest_portal.core.errors import DomainError, Invalid
from contest_portal.core.i18n import second
from contest_portal.core.sealing import digest
from contest_portal.core.text import N_, Message
from contest_portal.people import login_delay
from contest_portal.people.login_names import normal_login_name
from contest_portal.people.models import Account, LoginFailure
from contest_portal.people.passwords import hash_password, is_outdated, is_password
from contest_portal.people.phones import MOBILE, normal_mobile
from contest_portal.people.sessions import actor_of, begin_session


class SignInRefused(DomainError):
    """Name and password do not fit, or too many tries came before. It never says whether the name exists."""


def sign_in(actor: Actor, name: str, password: str, *, browser: str = "") -> tuple[Account, str]:
    """(account, token of its new session) by mobile number or user name. Raises SignInRefused.

    Every try is counted before the password is looked at, so that many at once do not get around the delay; a name
    that nobody has is counted, delayed and answered in the same words and the same time.
    """
    account = account_by_login(name)
    who = _digest_of(account.id) if account else digest(f"name:{normal_login_name(name)}")
    until = _count_try(actor, who)
    fits = is_password(account.password_hash if account else None, password)
    if account is None or not fits or not account.is_active:
        _note_delay(actor, account, until)
        raise _refused(until)
    new_hash = hash_password(password) if is_outdated(account.password_hash or "") else account.password_hash
    with unit_of_work(actor_of(account), "people.sign_in") as work:
        account = locked(Account, account.id)
        account.password_hash = new_hash
        forget_failures(account.id)
        token = begin_session(account, browser=browser, address=actor.address)
        work.record(account)
    return account, token


def open_session(actor: Actor, account_id: int, membership_id: int, *, browser: str = "") -> str:
    """The token of a session of an account that has just joined, in that membership."""
    with unit_of_work(actor, "people.sign_in") as work:
        account = locked(Account, account_id)
        token = begin_session(account, browser=browser, address=actor.address, membership_id=membership_id)
        work.record(account)
    return token


def account_by_login(name: str) -> Account | None:
    """The account that signs in under this mobile number or user name."""
    mobile = normal_mobile(name)
    if MOBILE.fullmatch(mobile):
        return db.session.scalar(select(Account).where(Account.phone_digest == digest(mobile)))
    return db.session.scalar(select(Account).where(Account.login_name == normal_login_name(name)))


def prove(actor: Actor, password: str, field: str) -> Account:
    """The actor's account, once its password was given again. Raises Invalid on `field`, SignInRefused."""
    account = found(Account, actor.account_id or 0)
    until = _count_try(actor, _digest_of(account.id))
    if not is_password(account.password_hash, password):
        _note_delay(actor, account, until)
        raise Invalid("people.wrong_password", N_("密码不正确。"), field=field)
    with unit_of_work(actor, "people.prove"):
        forget_failures(account.id)
    return account


def forget_failures(account_id: int) -> None:
    """Let the account sign in without delay again, inside the caller's unit of work."""
    db.session.execute(
        delete(LoginFailure)
        .where(LoginFailure.who_digest == _digest_of(account_id))
        .execution_options(synchronize_session=False)
    )


def _digest_of(account_id: int) -> str:
    return digest(f"account:{account_id}")


def _count_try(actor: Actor, who: str) -> datetime | None:
    """Count one more try. Gives until when the next has to wait (None: not at all). Raises SignInRefused while waiting.

    Written by statements, not as objects: a try alone is no act that the trail needs.
    """
    settings, moment = current_app.config["SETTINGS"], now()
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    with unit_of_work(actor, "people.sign_in") as work:
        work.session.execute(delete(LoginFailure).where(LoginFailure.last_at < moment - login_delay.FORGOTTEN_AFTER))
        work.session.execute(
            insert(LoginFailure).values(who_digest=who, count=0, last_at=moment).on_conflict_do_nothing()
        )
        count, blocked_until = work.session.execute(
            select(LoginFailure.count, LoginFailure.blocked_until)
            .where(LoginFailure.who_digest == who)
            .with_for_update()
        ).one()
        if blocked_until and blocked_until > moment:
            raise _refused(blocked_until, tried=False)
        wait = login_delay.delay_after(
            count + 1,
            free=settings.login_failures_before_delay,
            first=timedelta(seconds=settings.login_delay_seconds),
        )
        until = moment + wait if wait else None
        work.session.execute(
            update(LoginFailure)
            .where(LoginFailure.who_digest == who)
            .values(count=count + 1, last_at=moment, blocked_until=until)
            .execution_options(synchronize_session=False)
        )
    return until


def _note_delay(actor: Actor, account: Account | None, until: datetime | None) -> None:
    """Record the failure that makes the next try wait; for a name that nobody has, without an account."""
    if until is not None:
        with unit_of_work(actor, "people.sign_in_failed") as work:
            work.record(("account", account.id if account else None), after={"waits_until": until.isoformat()})


def _refused(until: datetime | None, *, tried: bool = True) -> SignInRefused:
    if until is None:
        return SignInRefused("people.sign_in_refused", N_("手机号（用户名）或密码不正确。请核对后重试。"))
    at = second(until).partition(" ")[2]
    if not tried:
        return SignInRefused(
            "people.sign_in_waits",
            Message.of(N_("连续输错次数较多，请在 %(at)s 之后再试。忘记密码请联系学校管理员或科协重置。"), at=at),
        )
    return SignInRefused(
        "people.sign_in_refused",
        Message.of(
            N_("手机号（用户名）或密码不正确。连续输错次数较多，请在 %(at)s 之后再试。"),
            at=at,
        ),
    )

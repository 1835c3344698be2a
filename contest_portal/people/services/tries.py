"""Counting tries of what could be guessed: who fails again and again waits, longer each time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import second
from contest_portal.core.sealing import digest
from contest_portal.core.text import N_, Message
from contest_portal.people import login_delay
from contest_portal.people.models import Account, LoginFailure
from contest_portal.people.sessions import actor_of


class SignInRefused(DomainError):
    """Name and password do not fit, or too many tries came before. It never says whether the name exists."""


def password_by(login: str) -> str:
    """Under what tries of a password are counted: the name alone, so that the wait does not tell whether anybody has
    it, nor whose two names are one account. `login` is normal (`login_names.normal_login`)."""
    return digest(f"name:{login}")


def password_from_device(account_id: int, device: str) -> str:
    """The same from a browser that has been signed in to the account before: strangers' tries do not slow it down."""
    return digest(f"device:{account_id}:{device}")


def proof_in(account_id: int, session_token: str) -> str:
    """The same for giving it again where one is signed in already."""
    return digest(f"proof:{account_id}:{session_token}")


def factor_of(account_id: int) -> str:
    """Under what tries of the account's second factor are counted; a right password does not forget them."""
    return digest(f"factor:{account_id}")


def numbers_missed(school_id: int, day: date) -> str:
    """Under what the numbers are counted that a school gave that day and that belong to somebody else."""
    return digest(f"numbers:{school_id}:{day.isoformat()}")


def count_within(actor: Actor, who: str, times: int, *, most: int) -> bool:
    """Count so many more, unless that makes more than `most`; whether they were counted."""
    with unit_of_work(actor, "people.count_tries") as work:
        work.session.execute(_first_of(who, now()))
        counted = work.session.execute(
            update(LoginFailure)
            .where(LoginFailure.who_digest == who, LoginFailure.count + times <= most)
            .values(count=LoginFailure.count + times, last_at=now())
            .execution_options(synchronize_session=False)
        )
    return bool(counted.rowcount)  # type: ignore[attr-defined]


def count_try(actor: Actor, who: str) -> datetime | None:
    """Count one more try. Gives until when the next has to wait (None: not at all). Raises SignInRefused while waiting.

    It is counted before it is looked at, so that many at once do not get around the delay. Written by statements, not
    as objects: a try alone is no act that the trail needs.
    """
    settings, moment = current_app.config["SETTINGS"], now()
    with unit_of_work(actor, "people.sign_in") as work:
        work.session.execute(delete(LoginFailure).where(LoginFailure.last_at < moment - login_delay.FORGOTTEN_AFTER))
        work.session.execute(_first_of(who, moment))
        count, blocked_until = work.session.execute(
            select(LoginFailure.count, LoginFailure.blocked_until)
            .where(LoginFailure.who_digest == who)
            .with_for_update()
        ).one()
        # A longer wait than the longest was written before the clock stepped back.
        if blocked_until and moment < blocked_until <= moment + login_delay.MOST:
            raise waits(blocked_until)
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


def _first_of(who: str, moment: datetime) -> Any:
    """The statement that begins to count where nothing was counted yet."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    return insert(LoginFailure).values(who_digest=who, count=0, last_at=moment).on_conflict_do_nothing()


def forget(*who: str) -> None:
    """Let these try again without delay, inside the caller's unit of work."""
    db.session.execute(
        delete(LoginFailure).where(LoginFailure.who_digest.in_(who)).execution_options(synchronize_session=False)
    )


def note_delay(actor: Actor, action: str, account_id: int | None, until: datetime | None) -> None:
    """Record the failure that makes the next try wait; for a name that nobody has, without an account."""
    if until is not None:
        with unit_of_work(actor, action) as work:
            account = work.session.get(Account, account_id) if account_id else None
            office_id = actor_of(account).office_id if account else None
            work.record(("account", account_id), after={"waits_until": until.isoformat()}, office_id=office_id)


def waits(until: datetime) -> SignInRefused:
    """The refusal of a try that came too early."""
    at = second(until).partition(" ")[2]
    return SignInRefused(
        "people.sign_in_waits",
        Message.of(N_("连续输错次数较多，请在 %(at)s 之后再试。忘记密码请联系学校管理员或科协重置。"), at=at),
    )

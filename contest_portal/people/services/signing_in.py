"""Signing in by name and password, and giving the password again: every try counts, failures slow down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import db, found, locked, unit_of_work
from contest_portal.core.errors import Invalid
from contest_portal.core.i18n import second
from contest_portal.core.sealing import person_digest
from contest_portal.core.text import N_, Message
from contest_portal.people.login_names import normal_login
from contest_portal.people.models import Account
from contest_portal.people.passwords import hash_password, is_outdated, is_password
from contest_portal.people.phones import MOBILE
from contest_portal.people.services import tries
from contest_portal.people.services.tries import SignInRefused
from contest_portal.people.services.trusted_devices import trusted_device
from contest_portal.people.sessions import HAS_FACTOR, actor_of, begin_session

__all__ = ["SignInRefused", "account_by_login", "forget_failures", "open_session", "prove", "sign_in"]


def sign_in(
    actor: Actor,
    name: str,
    password: str,
    *,
    browser: str = "",
    known_as: Mapping[int, str] | None = None,
    trusted: Sequence[str] = (),
) -> tuple[Account, str]:
    """(account, token of its new session) by mobile number or user name. Raises SignInRefused.

    An account with a second factor gets a session that still awaits it (`second_factor.is_awaited`), except from a
    device that it trusts: `trusted` are that device's tokens. `known_as` says by what names the browser is known to the
    accounts that were signed in in it before: its tries are counted by themselves, so that a stranger's do not lock the
    owner out.

    A name that nobody has is counted, delayed and answered in the same words and after the same work.
    """
    account = account_by_login(name)
    who = _counted_as(account, name, known_as or {})
    until = tries.count_try(actor, who)
    fits = is_password(account.password_hash if account else None, password)
    if account is None or not fits or not account.is_active:
        tries.note_delay(actor, "people.sign_in_failed", account.id if account else None, until)
        raise _refused(until)
    new_hash = hash_password(password) if is_outdated(account.password_hash or "") else account.password_hash
    with unit_of_work(actor_of(account), "people.sign_in") as work:
        account = locked(Account, account.id)
        account.password_hash = new_hash
        tries.forget(*_names_of(account), who)
        has_factor = db.session.scalar(select(HAS_FACTOR).where(Account.id == account.id))
        device = trusted_device(account.id, trusted) if has_factor else None
        awaits = bool(has_factor) and device is None
        token = begin_session(account, browser=browser, address=actor.address, awaits_factor=awaits)
        if device is not None:
            device.seen_at, device.address = now(), actor.address
        work.record(account, action="people.give_password" if awaits else None)
    return account, token


def open_session(actor: Actor, account_id: int, membership_id: int, *, browser: str = "") -> str:
    """The token of a session of an account that has just joined, in that membership."""
    with unit_of_work(actor, "people.sign_in") as work:
        account = locked(Account, account_id)
        token = begin_session(account, browser=browser, address=actor.address, membership_id=membership_id)
        work.record(account, office_id=actor_of(account, membership_id).office_id)
    return token


def account_by_login(name: str) -> Account | None:
    """The account that signs in under this mobile number or user name."""
    login = normal_login(name)
    if MOBILE.fullmatch(login):
        return db.session.scalar(select(Account).where(Account.phone_digest == person_digest(login)))
    return db.session.scalar(select(Account).where(Account.login_name == login))


def prove(actor: Actor, password: str, field: str) -> Account:
    """The actor's account, once its password was given again. Raises Invalid on `field`, SignInRefused.

    Tries are counted for this browser's session: a stranger's at the login page are no hindrance here.
    """
    account = found(Account, actor.account_id or 0)
    who = tries.proof_in(account.id, actor.session_token)
    until = tries.count_try(actor, who)
    if not is_password(account.password_hash, password):
        tries.note_delay(actor, "people.sign_in_failed", account.id, until)
        raise Invalid("people.wrong_password", N_("密码不正确。"), field=field)
    with unit_of_work(actor, "people.prove"):
        tries.forget(who)
    return account


def forget_failures(account_id: int) -> None:
    """Let the account sign in without delay again, inside the caller's unit of work."""
    tries.forget(*_names_of(found(Account, account_id)))


def _counted_as(account: Account | None, name: str, known_as: Mapping[int, str]) -> str:
    device = known_as.get(account.id) if account else None
    if account is None or device is None:
        return tries.password_by(normal_login(name))
    return tries.password_from_device(account.id, device)


def _names_of(account: Account) -> list[str]:
    return [tries.password_by(login) for login in (account.phone, account.login_name) if login]


def _refused(until: datetime | None) -> SignInRefused:
    if until is None:
        return SignInRefused("people.sign_in_refused", N_("手机号（用户名）或密码不正确。请核对后重试。"))
    return SignInRefused(
        "people.sign_in_refused",
        Message.of(
            N_("手机号（用户名）或密码不正确。连续输错次数较多，请在 %(at)s 之后再试。"),
            at=second(until).partition(" ")[2],
        ),
    )

"""The second step of signing in: a code of the app, a code on paper, or a passkey."""

from __future__ import annotations

from sqlalchemy import select, update

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, locked, unit_of_work
from contest_portal.core.errors import DomainError, Invalid
from contest_portal.core.notices import notify
from contest_portal.core.sealing import digest
from contest_portal.core.text import N_, Message
from contest_portal.people import code_apps, recovery_codes
from contest_portal.people.models import Account, CodeApp, LoginSession, Passkey, RecoveryCode
from contest_portal.people.services import passkeys, tries
from contest_portal.people.services.passkeys import Site
from contest_portal.people.services.trusted_devices import trust
from contest_portal.people.sessions import actor_of, begin_session


class SignInOver(DomainError):
    """The second step came too late, or after something changed: sign in again from the start."""

    status = 409

    def __init__(self) -> None:
        super().__init__("people.sign_in_over", N_("这次登录已超时，请重新输入密码。"))


def awaiting(token: str) -> LoginSession | None:
    """The session of that token, while it waits for the second factor."""
    return db.session.scalar(
        select(LoginSession)
        .join(Account, Account.id == LoginSession.account_id)
        .where(
            LoginSession.token_digest == digest(token),
            LoginSession.awaits_factor,
            LoginSession.ended_at.is_(None),
            LoginSession.expires_at > now(),
            Account.is_active,
        )
    )


def pass_by_code(
    actor: Actor, token: str, code: str, *, browser: str = "", trusts: bool = False
) -> tuple[Account, str, str]:
    """(account, token of the session that is signed in now, token of the trusted device or nothing).

    Raises SignInOver, Invalid on `code`, SignInRefused.
    """
    account_id = _awaiting(token).account_id
    check_code(actor, account_id, code)
    return _enter(actor, token, browser=browser, trusts=trusts)


def pass_by_passkey(
    actor: Actor, token: str, answer: str, site: Site, *, browser: str = "", trusts: bool = False
) -> tuple[Account, str, str]:
    """The same by a passkey's answer. Raises SignInOver, Invalid on `passkey`, SignInRefused."""
    account_id = _awaiting(token).account_id
    check_passkey(actor, account_id, token, answer, site)
    return _enter(actor, token, browser=browser, trusts=trusts)


def check_code(actor: Actor, account_id: int, code: str) -> None:
    """Use a code of the account's app, or one of its codes on paper. Raises Invalid on `code`, SignInRefused."""
    until = tries.count_try(actor, tries.factor_of(account_id))
    with unit_of_work(actor, "people.use_factor") as work:
        locked(Account, account_id)
        fits = _use_app_code(work, account_id, code) or _use_paper_code(work, account_id, code)
        if fits:
            tries.forget(tries.factor_of(account_id))
    if not fits:
        tries.note_delay(actor, "people.factor_failed", account_id, until)
        raise Invalid(
            "people.wrong_code",
            N_("验证码不正确或已用过。请输入验证器中最新的 6 位数字，或一个没有用过的恢复码。"),
            field="code",
        )


def check_passkey(actor: Actor, account_id: int, token: str, answer: str, site: Site, *, alone: bool = False) -> None:
    """Use a passkey of the account; `alone`: without a password before it. Raises Invalid on `passkey`, SignInRefused."""
    until = tries.count_try(actor, tries.factor_of(account_id))
    try:
        key_id, count = passkeys.signed_by(actor, account_id, token, answer, site, alone=alone)
    except Invalid:
        tries.note_delay(actor, "people.factor_failed", account_id, until)
        raise
    with unit_of_work(actor, "people.use_factor") as work:
        work.session.execute(
            update(Passkey)
            .where(Passkey.id == key_id)
            .values(sign_count=count, used_at=now())
            .execution_options(synchronize_session=False)
        )
        tries.forget(tries.factor_of(account_id))


def _use_app_code(work: Work, account_id: int, code: str) -> bool:
    app = work.session.scalar(select(CodeApp).where(CodeApp.account_id == account_id).with_for_update())
    step = code_apps.step_of(code, app.secret, now(), after=app.last_step) if app else None
    if app is None or step is None:
        return False
    app.last_step, app.used_at = step, now()
    work.record(app)
    return True


def _use_paper_code(work: Work, account_id: int, code: str) -> bool:
    plain = recovery_codes.normal_code(code)
    if plain is None:
        return False
    rows = work.session.scalars(
        select(RecoveryCode).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    ).all()
    row = next((one for one in rows if one.code_digest == digest(f"recovery:{account_id}:{plain}")), None)
    if row is None:
        return False
    row.used_at = now()
    work.record(row)
    left = len(rows) - 1
    title = Message.of(N_("您用了一个恢复码，还剩 %(left)s 个"), left=left)
    body = Message(N_("如果不是您本人用的，请立即修改密码。恢复码快用完时，可在「我的账号」重新生成。"))
    notify(work, [account_id], title, body, url="/account/second-factor")
    return True


def _awaiting(token: str) -> LoginSession:
    session = awaiting(token)
    if session is None:
        raise SignInOver
    return session


def _enter(actor: Actor, token: str, *, browser: str, trusts: bool) -> tuple[Account, str, str]:
    known = db.session.get_one(Account, _awaiting(token).account_id)
    with unit_of_work(actor_of(known), "people.sign_in") as work:
        account = locked(Account, known.id)
        waiting = _awaiting(token)
        waiting.ended_at = now()
        fresh = begin_session(account, browser=browser, address=actor.address)
        device = trust(work, account.id, browser=browser, address=actor.address) if trusts else ""
        work.record(account, after={"trusts_device": True} if trusts else None)
    return account, fresh, device

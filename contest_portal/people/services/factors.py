"""What people do with their own second factor: add one, take one off, make codes on paper."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, locked, on_breach, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotFound
from contest_portal.core.notices import notify
from contest_portal.core.sealing import digest, sealer
from contest_portal.core.text import N_, Message
from contest_portal.people import code_apps, recovery_codes
from contest_portal.people.models import Account, CodeApp, Passkey, RecoveryCode
from contest_portal.people.services import passkeys, tries
from contest_portal.people.services.checked import checking
from contest_portal.people.services.confirming import require_confirmed
from contest_portal.people.services.passkeys import Site
from contest_portal.people.sessions import HAS_FACTOR, end_sessions_of, needs_factor

MOST_PASSKEYS = 10
ALARM = Message(N_("如果不是您本人操作，请立即修改密码，并联系主办单位。"))

on_breach(
    "uq_passkey_credential_id",
    lambda: Conflict("people.passkey_known", N_("这个通行密钥已经登记过了。"), field="passkey"),
)


@dataclass(frozen=True)
class Offer:
    """A secret for an app that is not registered yet: for the person to read, and sealed for the form to bring back."""

    secret: str
    sealed: str


def offer_app(actor: Actor, sealed: str = "") -> Offer:
    """A fresh secret, or the one that was offered to this very account and comes back with the form."""
    if sealed:
        with suppress(Exception):  # it is not as it was offered: another one is
            account, _colon, secret = sealer().open(urlsafe_b64decode(sealed)).partition(":")
            if account == str(actor.account_id):
                return Offer(secret, sealed)
    secret = code_apps.new_secret()
    return Offer(secret, urlsafe_b64encode(sealer().seal(f"{actor.account_id}:{secret}")).decode())


def add_app(actor: Actor, sealed: str, code: str) -> list[str]:
    """Register the app whose secret was offered, in place of the one before, once its first code was right.

    Gives the new codes on paper when it is the account's first factor, else nothing. Raises NotConfirmed, Invalid on
    `code`, SignInRefused.
    """
    require_confirmed(actor)
    account_id, secret = actor.account_id or 0, offer_app(actor, sealed).secret
    until = tries.count_try(actor, tries.factor_of(account_id))
    step = code_apps.step_of(code, secret, now())
    if step is None:
        tries.note_delay(actor, "people.factor_failed", account_id, until)
        raise Invalid(
            "people.wrong_first_code",
            N_("验证码不正确。请核对手机的时间是否准确，再输入验证器中最新的 6 位数字。"),
            field="code",
        )
    with unit_of_work(actor, "people.add_code_app") as work:
        locked(Account, account_id)
        tries.forget(tries.factor_of(account_id))
        is_first = not has_factor(account_id)
        work.session.execute(delete(CodeApp).where(CodeApp.account_id == account_id))
        app = CodeApp(account_id=account_id, secret=secret, last_step=step, added_at=now())
        work.session.add(app)
        work.record(app)
        return _changed(work, N_("您的账号设置了验证器"), is_first=is_first)


def add_passkey(actor: Actor, name: str, answer: str, site: Site) -> list[str]:
    """Register a passkey under a name; gives codes on paper as `add_app` does. Raises NotConfirmed, Invalid, Conflict."""
    require_confirmed(actor)
    account_id = actor.account_id or 0
    with checking("people.passkey") as check:
        name = check.text(name, "name", 50, label=N_("名称"), required=True)
    values = passkeys.made_key(actor, answer, site)
    with unit_of_work(actor, "people.add_passkey") as work:
        locked(Account, account_id)
        is_first = not has_factor(account_id)
        count = work.session.scalar(select(func.count()).where(Passkey.account_id == account_id)) or 0
        if count >= MOST_PASSKEYS:
            raise Conflict(
                "people.passkeys_full",
                Message.of(N_("一个账号最多登记 %(most)s 个通行密钥，请先移除不用的。"), most=MOST_PASSKEYS),
            )
        key = Passkey(account_id=account_id, name=name, added_at=now(), **values)
        work.session.add(key)
        work.record(key)
        return _changed(work, N_("您的账号添加了一个通行密钥"), is_first=is_first)


def remove_app(actor: Actor) -> None:
    """Take one's authenticator app off. Raises NotConfirmed, Conflict when it is the last factor of who needs one."""
    require_confirmed(actor)
    with unit_of_work(actor, "people.remove_code_app") as work:
        account = locked(Account, actor.account_id or 0)
        app = work.session.scalar(select(CodeApp).where(CodeApp.account_id == account.id))
        if app is None:
            raise NotFound
        work.record(app)
        work.session.delete(app)
        _removed(work, N_("您的账号移除了验证器"))


def remove_passkey(actor: Actor, passkey_id: int) -> None:
    """Take one of one's passkeys off. Raises NotFound, NotConfirmed, Conflict as `remove_app`."""
    require_confirmed(actor)
    with unit_of_work(actor, "people.remove_passkey") as work:
        account = locked(Account, actor.account_id or 0)
        key = work.session.get(Passkey, passkey_id)
        if key is None or key.account_id != account.id:
            raise NotFound
        work.record(key)
        work.session.delete(key)
        _removed(work, N_("您的账号移除了一个通行密钥"))


def make_codes(actor: Actor) -> list[str]:
    """Fresh codes on paper; those before are void. Raises NotConfirmed, Conflict without a second factor."""
    require_confirmed(actor)
    with unit_of_work(actor, "people.make_recovery_codes") as work:
        account = locked(Account, actor.account_id or 0)
        if not has_factor(account.id):
            raise Conflict("people.no_factor", N_("请先设置验证器或通行密钥。"))
        codes = _new_codes(work, account.id)
        work.record(account)
        notify(work, [account.id], Message(N_("您的账号重新生成了恢复码")), ALARM, url="/account/second-factor")
        return codes


def has_factor(account_id: int) -> bool:
    """Whether the account has a second factor."""
    return bool(db.session.scalar(select(HAS_FACTOR).where(Account.id == account_id)))


def _changed(work: Work, title: str, *, is_first: bool) -> list[str]:
    """After a factor was added: tell the owner, sign other browsers out, and give the first codes on paper."""
    _told(work, title)
    return _new_codes(work, work.actor.account_id or 0) if is_first else []


def _removed(work: Work, title: str) -> None:
    """After a factor was taken off: refuse it where none is left and one is needed; the codes on paper go with it."""
    account_id = work.actor.account_id or 0
    work.session.flush()
    if not has_factor(account_id):
        if needs_factor(work.actor.memberships):
            raise Conflict(
                "people.last_factor",
                N_("您的身份必须使用二次验证。请先添加另一种验证方式，再移除这一种。"),
            )
        work.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    _told(work, title)


def _told(work: Work, title: str) -> None:
    account_id = work.actor.account_id or 0
    end_sessions_of(account_id, but=work.actor.session_token)
    notify(work, [account_id], Message(title), ALARM, url="/account/second-factor")


def _new_codes(work: Work, account_id: int) -> list[str]:
    codes = recovery_codes.new_codes()
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    work.session.add_all(
        RecoveryCode(account_id=account_id, code_digest=digest(f"recovery:{account_id}:{code}"), made_at=now())
        for code in codes
    )
    work.session.flush()
    return codes

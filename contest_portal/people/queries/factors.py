"""Reads of second factors for their owner's pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from contest_portal.core.clock import now
from contest_portal.core.database import db, found
from contest_portal.people.browser_names import browser_name
from contest_portal.people.models import CodeApp, LoginSession, Passkey, RecoveryCode, TrustedDevice


@dataclass(frozen=True)
class Device:
    """A browser that is not asked for the second factor."""

    row: TrustedDevice
    name: str


@dataclass(frozen=True)
class Factors:
    """All that an account has. `codes_left`: codes on paper that were not used yet."""

    app: CodeApp | None
    passkeys: Sequence[Passkey]
    codes_left: int
    devices: Sequence[Device]

    @property
    def is_any(self) -> bool:
        """Whether signing in asks for a second factor."""
        return self.app is not None or bool(self.passkeys)


def factors_of(account_id: int) -> Factors:
    """The account's second factors; four statements."""
    devices = db.session.scalars(
        select(TrustedDevice)
        .where(
            TrustedDevice.account_id == account_id,
            TrustedDevice.ended_at.is_(None),
            TrustedDevice.expires_at > now(),
        )
        .order_by(TrustedDevice.seen_at.desc())
    )
    left = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return Factors(
        app=db.session.scalar(select(CodeApp).where(CodeApp.account_id == account_id)),
        passkeys=db.session.scalars(select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)).all(),
        codes_left=db.session.scalar(left) or 0,
        devices=[Device(row, browser_name(row.browser)) for row in devices],
    )


def passkey(passkey_id: int) -> Passkey:
    """The passkey. Raises NotFound."""
    return found(Passkey, passkey_id)


def trusted_device(device_id: int) -> TrustedDevice:
    """The device that somebody trusts. Raises NotFound."""
    return found(TrustedDevice, device_id)


def login_session(login_id: int) -> LoginSession:
    """Somebody's session. Raises NotFound."""
    return found(LoginSession, login_id)

"""Codes of an authenticator app: six digits that change every 30 seconds (TOTP, RFC 6238). Pure."""

from __future__ import annotations

import unicodedata
from datetime import datetime

import pyotp
from pyotp.exceptions import OTPVerificationError

DIGITS = 6
DRIFT = 1
"""Steps of 30 s that the clock of a phone may be off."""


def new_secret() -> str:
    """A fresh secret: 160 bits in base 32, as RFC 4226 §4 asks."""
    return pyotp.random_base32()


def app_address(secret: str, *, account: str, site: str) -> str:
    """The `otpauth:` address that an app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=site)


def normal_code(typed: str) -> str:
    """The digits of what was typed: spaces between them and full-width digits are fine."""
    return "".join(character for character in unicodedata.normalize("NFKC", typed) if not character.isspace())


def step_of(code: str, secret: str, moment: datetime, *, after: int = -1) -> int | None:
    """The time step whose code this is, when it is one about now and later than `after`; None for any other code.

    A code is good once: whoever accepts it keeps its step and gives it as `after` the next time (RFC 6238 §5.2).
    """
    plain = normal_code(code)
    if len(plain) != DIGITS or not plain.isascii() or not plain.isdigit():
        return None
    try:
        step: int = pyotp.TOTP(secret).verify_and_get_timecode(plain, for_time=moment, valid_window=DRIFT)
    except OTPVerificationError:
        return None
    return step if step > after else None

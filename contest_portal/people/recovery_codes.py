"""Codes on paper that stand for the second factor once each. Pure.

Ten characters of Crockford's base 32 are 50 bits: too many to be guessed at a handful of tries, short enough to type.
"""

from __future__ import annotations

import secrets
import unicodedata

from contest_portal.people.invitation_codes import ALPHABET

COUNT = 10
LENGTH = 10
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_codes() -> list[str]:
    """A fresh set: 7K3M0-QXZ94, …"""
    codes: set[str] = set()
    while len(codes) < COUNT:
        codes.add(_grouped("".join(secrets.choice(ALPHABET) for _ in range(LENGTH))))
    return sorted(codes)


def normal_code(typed: str) -> str | None:
    """What was typed as such a code is kept: small letters, spaces, O for 0 are mended. None when it can be none."""
    plain = unicodedata.normalize("NFKC", typed).upper().translate(_READ_AS)
    plain = "".join(character for character in plain if not character.isspace() and character != "-")
    return _grouped(plain) if len(plain) == LENGTH and set(plain) <= set(ALPHABET) else None


def _grouped(code: str) -> str:
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"

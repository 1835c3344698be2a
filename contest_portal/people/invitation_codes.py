"""The code of a one-time link: short enough to be typed from paper, too long to be guessed. Pure.

Sixteen characters of Crockford's base 32 (no I, L, O, U) are 80 bits.
"""

from __future__ import annotations

import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
GROUP = 4
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> str:
    """A fresh code, in groups: 7K3M-0QXZ-94TB-HVWA."""
    return grouped("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def grouped(code: str) -> str:
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def normal_code(text: str) -> str:
    """What was typed, as the code is kept: small letters, spaces and O for 0 are mended. May still be no code."""
    plain = unicodedata.normalize("NFKC", text).upper().translate(_READ_AS)
    return grouped("".join(character for character in plain if character in ALPHABET)[: LENGTH + 1])

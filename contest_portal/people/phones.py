"""Mobile numbers to sign in with, and numbers as staff see them. Pure."""

from __future__ import annotations

import re
import unicodedata

from contest_portal.core.text import N_, Message

MOBILE = re.compile(r"1[3-9]\d{9}")
_NOISE = re.compile(r"[\s\-－—·()（）]+")


def normal_mobile(text: str) -> str:
    """The digits of a mobile number: full-width digits, spaces, hyphens and +86 are mended. What is left may be no number."""
    plain = _NOISE.sub("", unicodedata.normalize("NFKC", text))
    return plain.removeprefix("+86") if plain.startswith("+86") else plain


def mobile_problem(text: str) -> Message | None:
    """What is wrong with a mobile number, or None. `text` is already normal."""
    if MOBILE.fullmatch(text):
        return None
    return Message(N_("手机号应为 11 位数字，以 13–19 开头，如 13812345678。"))


def masked(text: str | None) -> str:
    """As staff see it unless they open it: 138****5678; nothing gives an empty text."""
    if not text:
        return ""
    if len(text) < 8:
        return "*" * len(text)
    return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}"

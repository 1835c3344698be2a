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


def mask_phone(phone: str | None) -> str:
    """As people see it unless they open it: 138****5678; of a short number only the last two digits stay."""
    phone = phone or ""
    if len(phone) >= 11:
        return f"{phone[:3]}{'*' * (len(phone) - 7)}{phone[-4:]}"
    return f"{'*' * (len(phone) - 2)}{phone[-2:]}" if len(phone) > 2 else "*" * len(phone)

"""What may not stand in a log: numbers of people, the secret in an address, what follows its question mark. Pure.

The program's own lines carry ids and no names. This is the net under them, for what libraries write and what stands in
the message of an error.
"""

from __future__ import annotations

import re

MASK = "***"
_ID_NUMBER = re.compile(r"(?<!\d)(?:\d{17}[\dXxＸｘ]|\d{15})(?!\d)")
_TELEPHONE = re.compile(r"(?<!\d)(?:(?:\+|00)?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PASSWORD = re.compile(r"(?<=://)[^/\s@]+(?=@)")
_QUERY = re.compile(r"(?<=[\w/.-])\?[^\s'\"<>」]+")
_SECRET_STEP = re.compile(r"(?<=/)(?=[^/\s]*\d)(?=[^/\s]*[A-Z])[A-Za-z0-9_-]{20,}(?![\w.-])")


def without_people(text: str) -> str:
    """The text with ID numbers, telephones, mail addresses, passwords, queries and secret parts of addresses masked."""
    text = _PASSWORD.sub(MASK, text)
    text = _SECRET_STEP.sub(MASK, text)
    text = _QUERY.sub(f"?{MASK}", text)
    text = _ID_NUMBER.sub(MASK, text)
    text = _TELEPHONE.sub(MASK, text)
    return _MAIL.sub(MASK, text)

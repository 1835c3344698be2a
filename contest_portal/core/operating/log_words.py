"""What may not stand in a log: names and numbers of people, the secret in an address, what follows its question mark. Pure.

The program's own lines are English, carry ids and no names. This is the net under them, for what libraries write and
what stands in the message of an error: a database tells in its own words which value it refused.
"""

from __future__ import annotations

import re

MASK = "***"
_ID_NUMBER = re.compile(r"(?<!\d)(?:\d{17}[\dXxＸｘ]|\d{15})(?!\d)")
_TELEPHONE = re.compile(r"(?<!\d)(?:(?:\+|00)?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PASSWORD = re.compile(r"(?<=://)[^/\s@]+(?=@)")
_QUERY = re.compile(r"(?<=[\w/.-])\?[^\s'\"<>」]+")
_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{2,}(?:·[\u3400-\u9fff]+)*")
"""A name can be told from no other word. Nothing in a log has to be Chinese, so nothing is."""
_SECRET_STEP = re.compile(r"(?<=/)(?=[^/\s]*\d)(?=[^/\s]*[A-Z])[A-Za-z0-9_-]{20,}(?![\w.-])")


def without_people(text: str) -> str:
    """The text with Chinese words (names among them), ID numbers, telephones, mail addresses, passwords, queries and secret
    parts of addresses masked."""
    text = _PASSWORD.sub(MASK, text)
    text = _SECRET_STEP.sub(MASK, text)
    text = _QUERY.sub(f"?{MASK}", text)
    text = _ID_NUMBER.sub(MASK, text)
    text = _TELEPHONE.sub(MASK, text)
    text = _MAIL.sub(MASK, text)
    return _CHINESE.sub(MASK, text)

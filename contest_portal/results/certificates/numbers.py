"""Numbers of certificates: made from an office's pattern, and found again however somebody types them."""

from __future__ import annotations

import re
import unicodedata

from contest_portal.core.text import N_, Message

YEAR, SERIAL = "{年}", "{序号}"
SERIAL_DIGITS = 4
LONGEST_PATTERN = 60


def default_pattern(region_name: str) -> str:
    """The customary pattern: 甘州区 gives 「甘区科青创〔{年}〕第{序号}号」."""
    name = region_name.strip()
    short = name[0] + name[-1] if len(name) > 2 else name
    return f"{short}科青创〔{YEAR}〕第{SERIAL}号"


def pattern_problem(pattern: str) -> Message | None:
    """What is wrong with the pattern, or None."""
    if pattern.count(SERIAL) != 1:
        return Message.of(N_("编号规则里要有一处「{序号}」，程序在那里填上第几张。"))
    if len(pattern) > LONGEST_PATTERN:
        return Message.of(
            N_("编号规则太长：%(count)s 个字，最多 %(limit)s 个。"), count=len(pattern), limit=LONGEST_PATTERN
        )
    unknown = re.findall(r"\{[^{}]*\}?|\}", pattern.replace(YEAR, "").replace(SERIAL, ""))
    if unknown:
        return Message.of(N_("编号规则里只能用「{年}」和「{序号}」，不认识「%(word)s」。"), word=unknown[0])
    return None


def format_number(pattern: str, year: int, serial: int) -> str:
    """The number of the `serial`th certificate (from 1), e.g. 甘区科青创〔2018〕第0001号."""
    return pattern.replace(YEAR, str(year)).replace(SERIAL, f"{serial:0{SERIAL_DIGITS}d}")


def number_key(number: str) -> str:
    """What a number is found by: brackets, blanks, full-width signs and leading zeros make no difference."""
    tokens = re.findall(r"\d+|[^\W\d_]+", unicodedata.normalize("NFKC", number).upper())
    key = ""
    for token in tokens:
        digits = token.isdecimal()
        if digits and key and key[-1].isdecimal():
            key += "-"
        key += (token.lstrip("0") or "0") if digits else token
    return key


def name_key(name: str) -> str:
    """A name without blanks, dots and differences of width, as two people may write it."""
    plain = unicodedata.normalize("NFKC", name)
    return "".join(letter for letter in plain if not letter.isspace() and letter not in "·•・‧.").casefold()

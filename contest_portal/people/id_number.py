"""Citizens' ID numbers (GB 11643—1999): checked, read and shown in part. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

from contest_portal.core.text import N_, Message

IdProblem = Literal["missing", "characters", "length", "date", "checksum", "years"]
Sex = Literal["男", "女"]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_IGNORED = re.compile(
    r"[\s\u200b-\u200f\u2060\ufeff'‘’`]+"
)  # spaces, invisible signs, the apostrophe that keeps digits text


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A checked ID number: 18 characters with a capital X, and what it says of its holder."""

    number: str
    birth_on: date
    sex: Sex


@dataclass(frozen=True, slots=True)
class IdNumberProblem:
    """Why a text is no acceptable ID number: a stable code and a sentence that says what to do."""

    code: IdProblem
    message: Message


def normalise_id_number(text: str) -> str:
    """Half-width digits, capital X, no spaces."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text)).upper()


def check_character(first_seventeen: str) -> str:
    """The 18th character for 17 digits: ISO 7064 MOD 11-2."""
    return _CHECK_CHARACTERS[
        sum(int(digit) * weight for digit, weight in zip(first_seventeen, _WEIGHTS, strict=True)) % 11
    ]


def age_on(birth_on: date, day: date) -> int:
    """Full years of age on a day; who is born on 29 February has a birthday on 1 March in other years."""
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def check_id_number(text: str, *, today: date, min_age: int = 0, max_age: int = 100) -> IdNumber | IdNumberProblem:
    """The ID number that `text` holds, or what is wrong with it.

    Codes: `missing`; `characters`, not 17 digits and a digit or X; `length`; `date`, no such day of birth;
    `checksum`; `years`, a good number whose holder would be younger than `min_age` or older than `max_age` full years.
    """
    number = normalise_id_number(text)
    if not number:
        return _problem("missing", Message.of(N_("请填写身份证号。")))
    if not re.fullmatch(r"[0-9X]+", number):
        return _problem("characters", Message.of(N_("身份证号只能由 17 位数字和末位的数字或 X 组成，请核对。")))
    if len(number) == 15:
        return _problem("length", Message.of(N_("这是 15 位的旧身份证号，请填写 18 位的身份证号。")))
    if len(number) != 18:
        return _problem(
            "length", Message.of(N_("身份证号应为 18 位，这里有 %(count)s 位，请核对。"), count=len(number))
        )
    if not _SHAPE.fullmatch(number):
        return _problem("characters", Message.of(N_("身份证号中字母 X 只能在末位，请核对。")))
    try:
        birth_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return _problem(
            "date",
            Message.of(N_("身份证号第 7 至 14 位「%(digits)s」不是有效的出生日期，请核对。"), digits=number[6:14]),
        )
    if check_character(number[:17]) != number[17]:
        return _problem(
            "checksum", Message.of(N_("身份证号的末位校验码与前 17 位不符，可能有数字填错，请对照户口簿或身份证核对。"))
        )
    if not min_age <= age_on(birth_on, today) <= max_age or birth_on > today:
        return _problem(
            "years",
            Message.of(N_("按身份证号，出生日期为 %(day)s，不在合理范围内，请核对。"), day=birth_on.isoformat()),
        )
    return IdNumber(number, birth_on, "男" if int(number[16]) % 2 else "女")


def mask_id_number(number: str) -> str:
    """620702********1234: the place and the last four stay, the birth date does not."""
    return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}" if len(number) > 10 else "*" * len(number)


def _problem(code: IdProblem, message: Message) -> IdNumberProblem:
    return IdNumberProblem(code, message)

"""One cell of a roster, as people write it, to the value that is kept. Pure.

Every function gives the value, or a `Flaw` that says what is wrong and what to do.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contest_portal.core.spreadsheets.sheet import Value, is_lossy, text_of
from contest_portal.core.text import N_, Message
from contest_portal.people.ethnic_groups import ethnic_group_of
from contest_portal.people.id_number import Sex

NAME_MAX_CHARACTERS = 50
TEXT_MAX_CHARACTERS = 50

_SEXES: dict[str, Sex] = {
    "男": "男", "男性": "男", "男生": "男", "m": "男", "male": "男", "1": "男",
    "女": "女", "女性": "女", "女生": "女", "f": "女", "female": "女", "2": "女",
}  # fmt: skip
_DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅●˙·．.。", "·"))
_NAME = re.compile(r"[^\W\d_]+(?:[·\-' ][^\W\d_]+)*")
# Letters of names that Python's own table does not know: private use, and extensions I, G and H of the Chinese characters.
_UNKNOWN_LETTERS = re.compile("[\ue000-\uf8ff\U0002ebf0-\U0002ee5d\U00030000-\U000323af\U000f0000-\U0010ffff]")
_DAY = re.compile(
    r"(\d{4})(?:[-/.年·]|\s)\s*(\d{1,2})(?:[-/.月·]|\s)\s*(\d{1,2})日?(?:[ t]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?|(\d{4})(0[1-9]|1[0-2])")
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
_LANDLINE = re.compile(r"(0\d{2,3})-?([2-9]\d{6,7})(?:(?:-|转|ext)(\d{1,6}))?")
_SERIAL_DAYS = range(10_000, 60_000)  # a date whose cell lost its format: 1927 to 2064
_SERIAL_START = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a cell: a stable code and a sentence that says what to do."""

    code: str
    message: Message


@dataclass(frozen=True, slots=True)
class BirthMonth:
    """A birth date of which only year and month are given; `or_month` where 2008.1 may have been 2008.10."""

    year: int
    month: int
    or_month: int | None = None

    def agrees_with(self, day: date) -> bool:
        return day.year == self.year and day.month in {self.month, self.or_month}


def read_text(value: Value) -> str | Flaw:
    """A short text: control characters and doubled spaces gone, at most 50 characters."""
    text = _clean(value)
    if len(text) > TEXT_MAX_CHARACTERS:
        return Flaw("too_long", Message.of(N_("内容过长，最多 %(limit)s 个字，请缩短。"), limit=TEXT_MAX_CHARACTERS))
    return text


def read_name(value: Value) -> str | Flaw:
    """A name: 张 晓明 is 张晓明; the dot of 买买提·艾力 is kept in its one form; Latin names keep single spaces."""
    text = unicodedata.normalize("NFKC", text_of(value))
    text = "".join(ch for ch in text if unicodedata.category(ch) != "Cf")
    if any(unicodedata.category(ch) == "Cc" and not ch.isspace() for ch in text):
        return Flaw("name", Message.of(N_("姓名中有看不见的控制字符，请删去后重新填写。")))
    text = re.sub(r"\s*·\s*", "·", re.sub(r"\s+", " ", text).strip().translate(_DOTS)).strip("·")
    if not text.isascii():
        text = re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", text)
    if not text:
        return ""
    if len(text) > NAME_MAX_CHARACTERS:
        return Flaw("too_long", Message.of(N_("姓名过长，最多 %(limit)s 个字，请缩短。"), limit=NAME_MAX_CHARACTERS))
    if len(text) < 2 or not _NAME.fullmatch(_UNKNOWN_LETTERS.sub("〇", text)):
        return Flaw(
            "name", Message.of(N_("「%(value)s」不像姓名：姓名至少两个字，不能有数字和符号，请核对。"), value=text)
        )
    return text


def lossy_digits(value: Value) -> Flaw | None:
    """The flaw of a number that lost its last digits in the workbook, else None."""
    if not is_lossy(value):
        return None
    shown = f"{value:.5E}" if isinstance(value, (int, float)) else text_of(value)
    return Flaw(
        "lossy",
        Message.of(
            N_(
                "号码被表格软件变成了数字「%(value)s」，后几位已经丢失。请先把这一列的单元格格式设为「文本」，再重新填写完整的号码。"
            ),
            value=shown,
        ),
    )


def read_sex(value: Value) -> Sex | Flaw | None:
    """男 or 女, from 男, 女, M, F, male, female, 1, 2; None for an empty cell."""
    text = unicodedata.normalize("NFKC", _clean(value)).lower().replace(" ", "")
    if not text:
        return None
    return _SEXES.get(text) or Flaw(
        "sex", Message.of(N_("性别「%(value)s」无法识别，请填写「男」或「女」。"), value=_clean(value))
    )


def read_day(value: Value) -> date | BirthMonth | Flaw | None:
    """A day, from a date cell, 2008-05-12, 2008/5/12, 2008.5.12, 2008年5月12日, 20080512 or a date's bare number.

    Year and month alone (2008.5, 2008年5月) give a `BirthMonth`; an empty cell gives None.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and value in _SERIAL_DAYS:
        return _SERIAL_START + timedelta(days=value)
    text = unicodedata.normalize("NFKC", _clean(value)).lower()
    if not text:
        return None
    try:
        if (found := _DAY.fullmatch(text)) or (found := _COMPACT_DAY.fullmatch(text)):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _MONTH.fullmatch(text):
            month = date(int(found[1] or found[3]), int(found[2] or found[4]), 1)
            ambiguous = isinstance(value, float) and month.month == 1
            return BirthMonth(month.year, month.month, 10 if ambiguous else None)
    except ValueError:
        pass  # month 13, 30 February
    return Flaw("date", Message.of(N_("日期「%(value)s」无法识别，请写成 2008-05-12 的样子。"), value=_clean(value)))


def read_ethnic_group(value: Value) -> str | Flaw:
    """One of the 56 groups of GB 3304 in full (汉 is 汉族); an empty text for an empty cell."""
    text = unicodedata.normalize("NFKC", _clean(value)).replace(" ", "")
    if not text:
        return ""
    return ethnic_group_of(text) or Flaw(
        "ethnic_group", Message.of(N_("民族「%(value)s」无法识别，请填写全称，如「汉族」「裕固族」。"), value=text)
    )


def read_phone(value: Value) -> str | Flaw:
    """A mobile number as 11 digits, a landline as 0936-8211234; an empty text for an empty cell."""
    if flaw := lossy_digits(value):
        return flaw
    text = re.sub(r"[\s'‘’()]+", "", unicodedata.normalize("NFKC", _clean(value))).replace("—", "-").replace("–", "-")
    if not text:
        return ""
    if found := _MOBILE.fullmatch(text.replace("-", "")):
        return found[1]
    if found := _LANDLINE.fullmatch(text.lower()):
        return f"{found[1]}-{found[2]}" + (f"-{found[3]}" if found[3] else "")
    return Flaw(
        "phone",
        Message.of(
            N_("电话「%(value)s」无法识别，请填写 11 位手机号，或带区号的固定电话，如 0936-8211234。"), value=text[:40]
        ),
    )


def _clean(value: Value) -> str:
    text = "".join(
        " " if ch.isspace() else ch
        for ch in text_of(value)
        if ch.isspace() or unicodedata.category(ch) not in {"Cc", "Cf"}
    )
    return re.sub(r" +", " ", text).strip()

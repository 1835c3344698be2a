"""The summary's section (五) in its five parts: wording with fields for numbers, and what the office wrote instead. Pure.

Source of the wording: the office's summary of 2018, kept in tests/published/contest_2018.json. It is quoted office prose
and always Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contest_portal.core.text import N_, Message
from contest_portal.reports.annual import FIELD, as_text

CONTESTS, MUSEUM, HONOURS, MAKERS, CARAVAN = "contests", "museum", "honours", "makers", "caravan"
TITLES = {
    CONTESTS: N_("科技创新大赛"),
    MUSEUM: N_("流动科技馆巡展"),
    HONOURS: N_("表彰与荣誉"),
    MAKERS: N_("创客创意大赛"),
    CARAVAN: N_("科普大篷车与其他活动"),
}
ORDINALS = ("一", "二", "三", "四", "五")
LONGEST_TEXT = 3000
LONGEST_NUMBER = 60
_DAY = re.compile(r"\b([0-9]{4})-([0-9]{2})-([0-9]{2})\b", re.ASCII)
_UNIT = re.compile(r"[0-9]+[多余]?(.*)")


@dataclass(frozen=True)
class Records:
    """Where the records behind a number are listed: a page and its parameters."""

    endpoint: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Number:
    """A number as the records give it. `key` is its name in a text's fields, `value` as the office states it."""

    key: str
    value: str
    records: Records | None = None


@dataclass(frozen=True)
class Part:
    """One part: its code, the program's own wording, and the numbers that its text may name."""

    code: str
    text: str
    numbers: Sequence[Number]


@dataclass(frozen=True)
class Own:
    """What the office wrote itself: a text for a part (None: the program's), numbers by key with the reason."""

    text: str | None = None
    numbers: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Piece:
    """A stretch of a part's text. A number is shown as `text`; `own_why` says why it is not the computed one."""

    text: str
    number: Number | None = None
    own_why: str | None = None


def pieces(part: Part, own: Own) -> list[Piece]:
    """The part's text, its fields filled. A field that has no number (any more) stays as it was written."""
    known = {number.key: number for number in part.numbers}
    return list(_pieces(part.text if own.text is None else own.text, known, own.numbers))


def _pieces(text: str, known: Mapping[str, Number], own: Mapping[str, tuple[str, str]]) -> Iterator[Piece]:
    end = 0
    for found in FIELD.finditer(text):
        if found.start() > end:
            yield Piece(text[end : found.start()])
        end = found.end()
        number = known.get(found[1])
        if number is None:
            yield Piece(found[0])
        elif number.key in own:
            yield Piece(own[number.key][0], number, own[number.key][1])
        else:
            yield Piece(number.value, number)
    if end < len(text):
        yield Piece(text[end:])


def with_unit(value: str, computed: str) -> str:
    """What the office wrote instead of the computed number, with the unit of that where bare digits were written."""
    unit = _UNIT.fullmatch(computed)
    return value + unit[1] if unit and value.isdecimal() else value


def plain_text(part: Part, own: Own) -> str:
    """The part as it is read out."""
    return "".join(piece.text for piece in pieces(part, own))


def unknown_fields(part: Part, text: str) -> list[str]:
    """Fields of a text that the part has no number for, each once."""
    known = {number.key for number in part.numbers}
    return list(dict.fromkeys(name for name in FIELD.findall(text) if name not in known))


@dataclass(frozen=True)
class Activity:
    """What took place: its name, and figures by key with label and value as the office states them.

    `came`: the word for those who came, as nobody 参观 a training or a talk.
    `is_museum`: the touring museum, which has a part of its own. `records`: where it stands.
    """

    name: str
    figures: Mapping[str, tuple[str, str]]
    is_museum: bool = False
    records: Records | None = None
    came: str = "参观"


@dataclass(frozen=True)
class Honour:
    """A school's honour and who gave it."""

    school: str
    honour: str
    given_by: str


@dataclass(frozen=True)
class UpperResult:
    """How many of which award came back from one upper contest."""

    contest: str
    awards: Sequence[tuple[str, int]]


def contests_part(
    name: str,
    participants: Number,
    sentence: str,
    numbers: Sequence[Number],
    upper: Sequence[UpperResult],
    records: Records,
) -> Part:
    """Part one. `sentence` has the fields of `numbers`; an empty name: no contest took place."""
    text = f"组织开展{as_text(name)},{{{participants.key}}}参加。{sentence}" if name else ""
    awards = []
    for result in upper:
        said = []
        for award, count in result.awards:
            key = as_text(f"{result.contest}{award}")
            awards.append(Number(key, str(count), records))
            said.append(f"{as_text(award)}{{{key}}}项")
        text += f"在{as_text(result.contest)}中获{'、'.join(said)}。"
    return Part(CONTESTS, text, [participants, *numbers, *awards])


WORDINGS = {
    "theme": "以“{}”为主题",
    "date": "于{}举行",
    "venue": "在{}举行",
    "mode": "采取{}的方式",
    "sessions": "共{}场次",
    "schools": "{}所学校参加",
    "vehicles": "出动车辆{}辆",
    "exhibit_kinds": "展出{}类",
    "exhibits": "展品{}",
    "boards": "展板{}块",
    "books": "发放图书资料{}",
    "visits": "参观{}",
    "visitors": "{}参观",
    "participants": "{}参加",
}
"""How a figure is said, in the order in which it is said. Words stand as they are; the rest are numbers."""
WORDS = ("theme", "date", "venue", "mode")


def activities_part(code: str, activities: Sequence[Activity]) -> Part:
    """The part of the touring museum, or that of the caravan and all else."""
    numbers: list[Number] = []
    sentences = []
    for activity in activities:
        said = []
        for key, wording in WORDINGS.items():
            if key not in activity.figures:
                continue
            label, value = activity.figures[key]
            if key in WORDS:
                value = _DAY.sub(_day_in_words, value) if key == "date" else value
                said.append(wording.replace("{}", as_text(value)))
                continue
            number = Number(as_text(f"{activity.name}{label}"), value, activity.records)
            numbers.append(number)
            said.append(wording.replace("参观", activity.came).replace("{}", f"{{{number.key}}}"))
        sentences.append(f"开展{as_text(activity.name)}" + "".join(f",{one}" for one in said) + "。")
    return Part(code, "".join(sentences), numbers)


def _day_in_words(found: re.Match[str]) -> str:
    year, month, day = (int(one) for one in found.groups())
    return f"{year}年{month}月{day}日"


def honours_part(honours: Sequence[Honour], records: Records) -> Part:
    """Part three: which school was honoured by whom."""
    if not honours:
        return Part(HONOURS, "", [])
    number = Number("荣誉数", str(len(honours)), records)
    said = ";".join(as_text(f"{one.school}被评为“{one.honour}”({one.given_by})") for one in honours)
    return Part(HONOURS, f"全年获得学校荣誉{{{number.key}}}项:{said}。", [number])


def makers_part(contests: Sequence[tuple[str, str, int, Records]]) -> Part:
    """Part four: (name, measure, entries, where they are listed) of each maker contest."""
    numbers = [Number(as_text(f"{name}作品数"), str(count), records) for name, _measure, count, records in contests]
    said = [
        f"组织参加{as_text(name)},征集作品{{{number.key}}}{as_text(measure)}。"
        for (name, measure, _count, _records), number in zip(contests, numbers, strict=True)
    ]
    return Part(MAKERS, "".join(said), numbers)


def field_problem(part: Part, text: str) -> Message | None:
    """What is wrong with a text that the office typed; None: nothing."""
    if unknown := unknown_fields(part, text):
        return Message.of(
            N_("文字里的 %(fields)s 不是这一部分的数字，请从下方的表里选用，或删去大括号。"),
            fields="、".join(f"{{{name}}}" for name in unknown),
        )
    if len(text) > LONGEST_TEXT:
        return Message.of(N_("文字有 %(count)s 字，最多 %(most)s 字。"), count=len(text), most=LONGEST_TEXT)
    return None

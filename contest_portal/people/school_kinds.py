"""Kinds of schools, and the identification code (标识码) that must agree with them. Pure.

The code has ten digits: type 2, province 2, sequence 6, no check digit. Provinces: GB/T 2260.
"""

from __future__ import annotations

import re
import unicodedata

from contest_portal.core.text import N_, Message

KINDS: dict[str, str] = {
    "primary": N_("小学"),
    "junior": N_("初中"),
    "senior": N_("高中"),
    "nine_year": N_("九年一贯制学校"),
    "complete": N_("完全中学"),
    "vocational": N_("中等职业学校"),
    "special": N_("特殊教育学校"),
}
"""Code → word on screen."""

CODE_TYPES: dict[str, tuple[str, frozenset[str]]] = {
    "21": (N_("小学"), frozenset({"primary"})),
    "31": (N_("初中"), frozenset({"junior", "nine_year"})),
    "34": (N_("高中或完全中学"), frozenset({"senior", "complete"})),
    "36": (N_("中等职业学校"), frozenset({"vocational"})),
    "51": (N_("特殊教育学校"), frozenset({"special"})),
}
"""First two digits of a code → (word on screen, kinds that may carry it)."""

FEATURE_CLASS = "feature"
"""`School.school_class` of a 特色学校; other schools have none."""

SCHOOL_CLASSES = {FEATURE_CLASS: "特色学校"}
"""The classes of schools that may have a quota of their own, with the names that rules are written with."""

_PROVINCE_CODES = (
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82"
)
_PROVINCES = frozenset(_PROVINCE_CODES.split())
_KIND_WORDS = {
    "小学": "primary", "完全小学": "primary", "中心小学": "primary", "教学点": "primary",
    "初中": "junior", "初级中学": "junior",
    "高中": "senior", "高级中学": "senior", "普通高中": "senior",
    "九年一贯制": "nine_year", "九年一贯制学校": "nine_year", "九年制": "nine_year", "九年制学校": "nine_year",
    "完全中学": "complete", "完中": "complete", "十二年一贯制": "complete", "十二年一贯制学校": "complete",
    "中职": "vocational", "职业中学": "vocational", "职业高中": "vocational", "职高": "vocational",
    "中等职业学校": "vocational", "中专": "vocational",
    "特教": "special", "特殊教育": "special", "特殊教育学校": "special", "特教学校": "special",
}  # fmt: skip


def kind_of_word(text: str) -> str | None:
    """The kind that a word such as 九年一贯制学校 names, or None."""
    return _KIND_WORDS.get(re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)))


def normal_code(text: str) -> str:
    """The code with full-width digits and spaces mended."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def code_problem(code: str, kind: str) -> Message | None:
    """What is wrong with a school's code, or None. An empty code is allowed. `code` is already normal."""
    if not code:
        return None
    if not re.fullmatch(r"\d{10}", code):
        return Message.of(
            N_("学校标识码应为 10 位数字（类型 2 位、省份 2 位、顺序 6 位），现在是「%(code)s」。没有标识码可以不填。"),
            code=code,
        )
    if code[:2] not in CODE_TYPES:
        return Message.of(
            N_(
                "标识码「%(code)s」的前两位「%(type)s」不是学校类型码（21 小学、31 初中、34 高中或完全中学、36 中职、51 特教）。"
            ),
            code=code,
            type=code[:2],
        )
    if code[2:4] not in _PROVINCES:
        return Message.of(
            N_("标识码「%(code)s」的第 3–4 位「%(province)s」不是省份代码（甘肃为 62）。"),
            code=code,
            province=code[2:4],
        )
    word, kinds = CODE_TYPES[code[:2]]
    if kind not in kinds:
        return Message.of(
            N_("标识码「%(code)s」是%(type)s的代码，与学校类型「%(kind)s」不符。请核对其中一项。"),
            code=code,
            type=Message(word),
            kind=Message(KINDS.get(kind, kind)),
        )
    return None

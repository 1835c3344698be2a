"""Forms that may be a name and may be chance: a given name alone, 张同学, 小张, initials, a school's two letters. Pure.

What is found by these is never certain; `name_search` looks at what stands around it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import lru_cache

from contest_portal.entries.name_forms import (
    HAN,
    NUMERALS,
    SCHOOL_ENDS,
    SCHOOL_IN_LATIN,
    NameForm,
    Role,
    is_english,
    is_generic,
    sounds_of,
    sounds_of_surname,
    spread,
    stem_of,
    surname_of,
    without_regions,
)

COMMON_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪"
    "廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万钱覃武戴孔汤康易乔赖文庞樊殷施柴翟倪章鲁葛岳齐梅"
)
"""Before a given name one of these makes it another's: 李晓明 is not 张晓明."""
_MOST_LETTERS = 4  # longer names are not written in short
_KINDS = ("小学", "中学", "学校")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


@lru_cache(maxsize=4096)
def short_forms_of(name: str, role: Role) -> tuple[NameForm, ...]:
    """The short forms of a folded name: of people named in Chinese characters, and of schools."""
    letters = "".join(re.findall(r"\w", name))
    if role == "school":
        return tuple(_of_school(letters))
    is_short = re.fullmatch(f"[{HAN}]{{2,{_MOST_LETTERS}}}", letters) is not None
    return tuple(_of_person(letters, role)) if is_short and role in {"author", "tutor"} else ()


def _of_person(letters: str, role: Role) -> Iterator[NameForm]:
    surname = surname_of(letters)
    given = letters[len(surname) :]
    if len(given) >= 2:
        yield NameForm(re.compile(r"\s?".join(map(re.escape, given))), "given")
    if role == "author":
        yield NameForm(re.compile(f"{re.escape(surname)}同学(?!们)"), "address")
    if len(surname) == 1:
        yield NameForm(re.compile(f"小{re.escape(surname)}"), "address")
    yield from _initials(surname, given)


def _initials(surname: str, given: str) -> Iterator[NameForm]:
    """Guo, T.M. and T. M. Guo; one initial has its dot; what is an English word as well, has its comma: He, C."""
    family = sounds_of_surname(surname)
    first = [sorted({sound[0] for sound in sounds_of(letter)}) for letter in given]
    if not all(family) or not all(first):
        return
    sounds = sorted({"".join(parts) for parts in itertools.product(*family)})
    is_word = any(map(is_english, sounds))
    names = "|".join(sounds)
    dot = r"\." if len(first) == 1 or is_word else r"\.?"
    written = rf"{dot}[\s-]?".join(f"[{''.join(letters)}]" for letters in first) + dot
    first_family = f"(?:{names}){',' if is_word else ',?'}\\s?{written}"
    orders = first_family if is_word else f"{first_family}|{written}\\s?(?:{names})"
    yield NameForm(re.compile(f"(?<![a-z])(?:{orders})(?![a-z])"), "initials")


def _numbered_in_english(core: str) -> Iterator[NameForm]:
    """No. 2 Middle School for 第二中学: beside a place's name it tells which."""
    found = re.match(rf"第?([{NUMERALS}])(?=\D)", core)
    if found is None:
        return
    number = NUMERALS.index(found[1])
    written = f"(?:no\\.?\\s?{number + 1}|{_ORDINALS[number]}|{number + 1}(?:st|nd|rd|th))"
    pattern = f"(?<![a-z]){written}(?:\\s{SCHOOL_IN_LATIN})+(?![a-z])"
    yield NameForm(re.compile(pattern), "maybe")


def _of_school(name: str) -> Iterator[NameForm]:
    """西关 and 西小 of 西关小学; 大满小学 of 大满镇中心小学."""
    regions, core = without_regions(name)
    end = next((one for one in SCHOOL_ENDS if core.endswith(one)), "")
    kind = next((one for one in _KINDS if one in end), "")
    own = core.removesuffix(end)
    if not kind:
        return
    if is_generic(core):
        yield from _numbered_in_english(core)
        for stem in map(stem_of, regions):
            if len(stem) > 1:
                yield NameForm(spread(stem + kind), "maybe")
        return
    if len(own) >= 2:
        yield NameForm(re.compile(re.escape(own)), "word")
    if own and kind != "学校":
        yield NameForm(re.compile(re.escape(own[0] + kind[0])), "address")

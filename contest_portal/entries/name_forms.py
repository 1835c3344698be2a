"""The ways in which a name may stand in a text: as it is, parted, in pinyin, shortened. Pure.

A form is a regular expression for text that `name_search.fold` has folded: one width, simplified, small letters, no tones.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Role = Literal["author", "tutor", "group", "school", "place"]

HAN = "\u3400-\u9fff"
_GAP = r"[^\w]{0,4}_?[^\w]{0,2}"  # blanks and signs between the letters of a name
_JOIN = r"[\s\-_.·'’,，]{0,3}"
_NOT_LATIN_BEFORE, _NOT_LATIN_AFTER = r"(?<![a-z])", r"(?![a-z])"

_COMPOUND_SURNAMES = {
    "欧阳": "ou yang", "司马": "si ma", "上官": "shang guan", "诸葛": "zhu ge", "尉迟": "yu chi", "万俟": "mo qi",
    "单于": "chan yu", "长孙": "zhang sun", "澹台": "tan tai", "夏侯": "xia hou", "东方": "dong fang",
    "皇甫": "huang fu", "公孙": "gong sun", "慕容": "mu rong", "令狐": "ling hu", "司徒": "si tu", "宇文": "yu wen",
    "端木": "duan mu", "百里": "bai li", "呼延": "hu yan", "南宫": "nan gong", "轩辕": "xuan yuan", "闻人": "wen ren",
}  # fmt: skip
_SURNAMES = {  # characters that sound otherwise as a surname than in a word
    "单": "shan", "解": "xie", "仇": "qiu", "查": "zha", "盖": "ge", "朴": "piao", "任": "ren", "尉": "wei", "翟": "zhai",
    "区": "ou", "折": "she", "乐": "yue", "缪": "miao", "覃": "qin", "员": "yun", "种": "chong", "繁": "po", "黑": "he",
    "召": "shao", "秘": "bi", "冼": "xian", "曾": "zeng",
}  # fmt: skip
_ENGLISH_SYLLABLES = """
a an ban bang bin can chi dan dang die do fan fang fun gang he hen hang hi in is lan lie long ma man mat me men mi nan no
on pan pin pi ran rang run sang she song sun tan tang ten to tong wan wang we you yang
"""
_ENGLISH = frozenset(_ENGLISH_SYLLABLES.split())
"""Syllables that are English words too."""
_ENGLISH_WORDS = "panda linen mango human woman women canal banal manga sushi tofu lemon melon china"
_ENGLISH_JOINED = frozenset(_ENGLISH_WORDS.split())

NUMERALS = "一二三四五六七八九十"
_REGION = re.compile(rf"^[{HAN}]{{1,8}}?(?:省|自治区|自治州|市|区|县|旗|镇|乡|街道)(?=[{HAN}]{{3,}})")
_GENERIC = re.compile(
    rf"^(?:第?[{NUMERALS}]{{1,3}}|实验|中心|附属|中等|职业|职教|特殊教育|中心实验|九年制)?"
    r"(?:小学校?|中学|初级中学|高级中学|学校|完全小学|职业学校)$"
)
SCHOOL_ENDS = ("完全小学", "小学校", "小学", "初级中学", "高级中学", "中学", "学校", "幼儿园")
_ADMINISTRATIVE = ("自治州", "自治县", "自治区", "街道", "省", "市", "区", "县", "旗", "镇", "乡")


SCHOOL_IN_LATIN = (
    r"(?:xiao\s?xue|zhong\s?xue|xue\s?xiao|primary|elementary|middle|high|junior|senior|experimental|central|school)"
)
"""What follows a school's name in Latin letters. All of it belongs to the name: "School" beside a black box still tells."""
_REGION_KINDS = {
    "省": "province|sheng", "市": "city|municipality|prefecture|shi", "区": "district|qu", "县": "county|xian",
    "旗": "banner|qi", "镇": "town|township|zhen", "乡": "town|township|xiang", "州": "prefecture|zhou",
}  # fmt: skip
"""By the last letter of a region's name, what follows it in Latin letters."""


@dataclass(frozen=True)
class Wanted:
    """A name to look for, and whose it is."""

    name: str
    role: Role


@dataclass(frozen=True)
class NameForm:
    """One way to write a name. `rule` says how certain a find is: `name` and `word` are looked at with what stands around
    them, so are `given` and `address`; `pinyin` and `initials` with how they are written; `sure` and `maybe` are what they
    say."""

    pattern: re.Pattern[str]
    rule: Literal["name", "word", "pinyin", "sure", "maybe", "given", "address", "initials"]
    syllables: int = 0


@lru_cache(maxsize=4096)
def forms_of(name: str, role: Role) -> tuple[NameForm, ...]:
    """The forms of a folded name; none for what is too short to be looked for."""
    letters = "".join(re.findall(r"\w", name))
    if len(letters) < 2:
        return ()
    if role in {"school", "place"}:
        return tuple(_place_forms(letters) if role == "place" else _school_forms(letters))
    if not re.search(f"[{HAN}]", letters):
        return (_latin_name(name),)
    forms = [NameForm(spread(letters), "name"), *_pinyin_forms(letters)] if role != "group" else [_word(letters)]
    if role == "tutor" and len(letters) <= 4:
        forms.append(NameForm(re.compile(f"{re.escape(surname_of(letters))}(?:老师|教师)"), "maybe"))
    return tuple(forms)


def spread(letters: str) -> re.Pattern[str]:
    """The letters with blanks and signs between them."""
    return re.compile(_GAP.join(map(re.escape, letters)))


def _word(letters: str) -> NameForm:
    return NameForm(spread(letters), "name" if len(letters) == 2 else "sure")


def surname_of(letters: str) -> str:
    """The surname of a name in Chinese characters; compound ones are known."""
    return letters[:2] if letters[:2] in _COMPOUND_SURNAMES and len(letters) > 2 else letters[:1]


def _latin_name(name: str) -> NameForm:
    parts = re.findall(r"[a-z0-9]+", name)
    orders = {tuple(parts), (*parts[1:], *parts[:1])}
    choices = "|".join(_JOIN.join(map(re.escape, order)) for order in sorted(orders))
    rule: Literal["sure", "maybe"] = "sure" if len(parts) > 1 else "maybe"
    return NameForm(re.compile(f"{_NOT_LATIN_BEFORE}(?:{choices}){_NOT_LATIN_AFTER}"), rule)


def _pinyin_forms(letters: str) -> Iterator[NameForm]:
    surname = surname_of(letters)
    given = letters[len(surname) :]
    if not given or len(letters) > 6:
        return
    family, other = sounds_of_surname(surname), [sounds_of(letter) for letter in given]
    if not all(family) or not all(other):
        return
    joined_given = _syllables(other)
    joined_family = _syllables(family)
    after_family, after_given = _join_before(other[0]), _join_before(family[0])
    text = f"{joined_family}{after_family}{joined_given}|{joined_given}{after_given}{joined_family}"
    pattern = re.compile(f"{_NOT_LATIN_BEFORE}(?:{text}){_NOT_LATIN_AFTER}")
    yield NameForm(pattern, "pinyin", len(family) + len(other))


def _join_before(sounds: tuple[str, ...]) -> str:
    return _JOIN.replace("{0,", "{1,") if sounds[0][0] in "aeo" else _JOIN


def _syllables(sounds: Sequence[tuple[str, ...]]) -> str:
    """Syllables one after the other; before one that begins with a vowel something must part them, else it is another
    word (li an, lian)."""
    parts = [f"(?:{'|'.join(choices)})[1-5]?" for choices in sounds]
    out = parts[0]
    for part, choices in itertools.islice(zip(parts, sounds, strict=True), 1, None):
        join = r"[\s\-'’_.]{1,2}" if choices[0][0] in "aeo" else r"[\s\-'’_.]{0,2}"
        out += join + part
    return out


def sounds_of_surname(surname: str) -> list[tuple[str, ...]]:
    """The sounds of each of its letters as a surname."""
    if surname in _COMPOUND_SURNAMES:
        return [(sound,) for sound in _COMPOUND_SURNAMES[surname].split()]
    known = _SURNAMES.get(surname)
    sounds = sounds_of(surname)
    return [tuple(dict.fromkeys((known, *sounds)))] if known else [sounds]


@lru_cache(maxsize=8192)
def sounds_of(letter: str) -> tuple[str, ...]:
    """The letter's sounds without tones, ü written in every way in which people type it."""
    from pypinyin import Style, pinyin

    found = pinyin(letter, style=Style.NORMAL, heteronym=True, errors="ignore", v_to_u=False)
    sounds = list(found[0]) if found else []
    for sound in tuple(sounds):
        if "v" in sound or "ü" in sound:
            plain = sound.replace("ü", "v")
            sounds += [plain, plain.replace("v", "u"), plain.replace("v", "yu")]
    return tuple(dict.fromkeys(sound for sound in sounds if sound.isascii() and sound.isalpha()))


def is_english(written: str) -> bool:
    """Whether words that could be pinyin are English words as well: he can, panda."""
    parts = re.findall(r"[a-z]+", written)
    return all(part in _ENGLISH for part in parts) or "".join(parts) in _ENGLISH_JOINED


def _school_forms(name: str) -> Iterator[NameForm]:
    """The school's full name, without its region, and its usual short forms: 甘州二中 of 张掖市甘州区第二中学."""
    regions, core = without_regions(name)
    stems = [stem for stem in map(stem_of, regions) if len(stem) > 1]
    yield NameForm(spread(name), "sure")
    generic = is_generic(core)
    if core != name:
        yield NameForm(spread(core), "maybe" if generic or len(core) < 4 else "sure")
    for short in _short(core):
        for stem in stems:
            yield NameForm(re.compile(re.escape(stem) + _GAP + re.escape(short)), "sure")
        yield NameForm(re.compile(re.escape(short)), "maybe")
    for part in (*stems, *regions):
        yield NameForm(re.compile(re.escape(part) + _GAP + re.escape(core)), "sure")
    if not generic:
        yield from _school_in_pinyin(core)


def is_generic(core: str) -> bool:
    """Whether many schools are called so: 第二中学, 实验小学."""
    return _GENERIC.match(core) is not None


def without_regions(name: str) -> tuple[list[str], str]:
    """The regions before a school's name, and the rest: 张掖市, 甘州区 and 西关小学."""
    regions: list[str] = []
    while (found := _REGION.match(name)) and any(end in name[found.end() :] for end in SCHOOL_ENDS):
        regions.append(found[0])
        name = name[found.end() :]
    return regions, name


def stem_of(region: str) -> str:
    """The region without what kind it is: 甘州 of 甘州区."""
    for end in _ADMINISTRATIVE:
        if region.endswith(end) and len(region) > len(end) + 1:
            return region.removesuffix(end)
    return region


def _short(core: str) -> Iterator[str]:
    found = re.match(rf"第?([{NUMERALS}]{{1,3}})(?:初级|高级|完全)?(中学|小学)$", core)
    if found:
        yield found[1] + found[2][0]
    if core.endswith(("实验小学", "附属小学", "附属中学", "实验中学")) and len(core) <= 8:
        yield core[:-4] + core[-4] + core[-2]


def _school_in_pinyin(core: str) -> Iterator[NameForm]:
    end = next((one for one in SCHOOL_ENDS if core.endswith(one)), "")
    own = core.removesuffix(end)
    sounds = [sounds_of(letter) for letter in own]
    if end and len(own) >= 2 and all(sounds):
        kinds = f"(?:\\w+\\s)?{SCHOOL_IN_LATIN}(?:[\\s-]{{1,2}}{SCHOOL_IN_LATIN})*"
        pattern = f"{_NOT_LATIN_BEFORE}{_syllables(sounds)}{_JOIN}{kinds}{_NOT_LATIN_AFTER}"
        yield NameForm(re.compile(pattern), "sure")


def _place_forms(name: str) -> Iterator[NameForm]:
    stem = stem_of(name)
    if stem != name:
        yield NameForm(spread(name), "sure")
    yield NameForm(re.compile(re.escape(stem)), "word")
    sounds = [sounds_of(letter) for letter in stem]
    if len(stem) >= 2 and all(sounds):
        kinds = _REGION_KINDS.get(name[-1], "") if stem != name else ""
        kind = f"(?:[\\s-]{{0,2}}(?:{kinds}))?" if kinds else ""
        yield NameForm(re.compile(f"{_NOT_LATIN_BEFORE}{_syllables(sounds)}{kind}{_NOT_LATIN_AFTER}"), "pinyin", 0)


def wanted_names(names: Iterable[tuple[str, Role]]) -> list[Wanted]:
    """The names to look for, each once; of the same name the first role counts."""
    found: dict[str, Wanted] = {}
    for name, role in names:
        if len(name.strip()) > 1:
            found.setdefault(name.strip(), Wanted(name.strip(), role))
    return list(found.values())

"""Find a name by the first letters of its pinyin: 张晓明 by zxm. Pure."""

from __future__ import annotations

from functools import lru_cache

MAX_CHARACTERS = 20

_COMPOUND_SURNAMES = {"万俟": "mq", "尉迟": "yc", "单于": "cy", "长孙": "zs", "澹台": "tt"}
_SURNAMES = {  # characters that sound otherwise as a surname than in a word
    "单": "s", "解": "x", "仇": "q", "查": "z", "盖": "g", "朴": "p", "任": "r", "尉": "w", "翟": "z", "区": "o", "折": "s",
    "乐": "y", "缪": "m", "万": "w", "覃": "q", "员": "y", "种": "c", "繁": "p", "逄": "p", "黑": "h", "召": "s", "秘": "b",
    "冼": "x", "洗": "x", "隗": "w", "郇": "x", "哈": "h", "幺": "y",
}  # fmt: skip
_IN_NAMES = {"曾": "z", "晟": "s", "行": "x", "长": "c", "重": "c"}  # the usual sound in names comes first


def initials_of(name: str) -> str:
    """The first letters of the name's pinyin in small letters, at most 20: 张晓明 is zxm, 单晓明 is sxm, Li Ming is lm."""
    letters = [choices[0] for choices in _letters(name)]
    return "".join(letters)[:MAX_CHARACTERS]


def _letters(name: str) -> list[tuple[str, ...]]:
    compound = _COMPOUND_SURNAMES.get(name[:2])
    found: list[tuple[str, ...]] = [(letter,) for letter in compound] if compound else []
    name = name[2:] if compound else name
    for word in name.split():
        if word.isascii():
            if word[0].isalnum():
                found.append((word[0].lower(),))
            continue
        for ch in word:
            choices = _letters_of(ch)
            usual = _IN_NAMES.get(ch) if found else _SURNAMES.get(ch, _IN_NAMES.get(ch))
            if choices and usual:
                choices = tuple(dict.fromkeys((usual, *choices)))
            if choices:
                found.append(choices)
    return found


@lru_cache(maxsize=8192)
def _letters_of(ch: str) -> tuple[str, ...]:
    if ch.isascii():
        return (ch.lower(),) if ch.isalnum() else ()
    from pypinyin import Style, pinyin

    sounds = pinyin(ch, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(dict.fromkeys(sound[0] for sound in sounds[0] if sound)) if sounds else ()

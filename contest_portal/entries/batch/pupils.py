"""The pupils of one school, found by what file names call them. Pure."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from contest_portal.people.grades import grades_of, normalise_class_name

DOTS = "·•・‧∙⋅﹒．."
"""Signs that people type between the parts of a name such as 买买提·艾力."""
_DROPPED = dict.fromkeys(map(ord, DOTS))


@dataclass(frozen=True, slots=True)
class Pupil:
    """A pupil on the roster; `grade` from 1 to 12, `class_name` as the roster has it (3班) or empty."""

    id: int
    name: str
    grade: int
    class_name: str = ""
    initials: str = ""


def name_key(text: str) -> str:
    """The name as it is compared: without blanks and dots, one width, small letters."""
    plain = unicodedata.normalize("NFKC", text).translate(_DROPPED)
    return "".join(plain.split()).casefold()


class Pupils:
    """The roster of a school with its name and kind; what is found is always one of the pupils given."""

    def __init__(self, pupils: Iterable[Pupil], school_name: str = "", school_kind: str | None = None) -> None:
        self.all = tuple(pupils)
        self.school_name = unicodedata.normalize("NFKC", school_name).replace(" ", "")
        self.school_kind = school_kind
        self._by_key: dict[str, list[Pupil]] = defaultdict(list)
        self._by_letters: dict[str, list[Pupil]] = defaultdict(list)
        for pupil in self.all:
            if key := name_key(pupil.name):
                self._by_key[key].append(pupil)
            if pupil.initials:
                self._by_letters[pupil.initials].append(pupil)
        self.longest = max(map(len, self._by_key), default=0)

    def by_id(self, pupil_id: int) -> Pupil | None:
        return self._by_id.get(pupil_id)

    def called(self, text: str) -> list[Pupil]:
        """Those of exactly this name; blanks and dots in it do not count."""
        return self._by_key.get(name_key(text), [])

    def begins_with_a_name(self, text: str) -> bool:
        """Whether the text begins with a pupil's whole name."""
        return any(self.called(text[:length]) for length in range(2, min(len(text), self.longest) + 1))

    def by_letters(self, text: str) -> list[Pupil]:
        """Those whose initials (zxm), or whose whole name in pinyin (zhangxiaoming), the letters are."""
        letters = name_key(text)
        if not letters.isascii() or not letters.isalpha() or len(letters) < 2:
            return []
        return self._by_letters.get(letters) or self._by_pinyin.get(letters, [])

    def sounding(self, text: str) -> list[Pupil]:
        """Those whose name sounds alike, letter by letter: 張曉明 and 张小明 for 张晓明."""
        key = name_key(text)
        return self._by_sound.get(_sounds(key), []) if _is_han(key) and len(key) >= 2 else []

    def nearly(self, text: str) -> list[Pupil]:
        """Those whose name differs by one letter changed, left out or too many; names of two letters are too short."""
        key = name_key(text)
        if not _is_han(key) or len(key) < 2:
            return []
        found = {id(pupil): pupil for variant in _with_gaps(key) for pupil in self._by_gap.get(variant, ())}
        return [one for one in found.values() if _is_near(key, name_key(one.name))]

    def has_grade(self, grade: int) -> bool:
        """Whether the school has this grade, by its kind or by its pupils."""
        if self.school_kind is not None and grade in grades_of(self.school_kind):
            return True
        return grade in self._grades

    def school_names(self) -> Sequence[str]:
        """What the school is called in file names, the longest first: its name, and its name without the place."""
        name = self.school_name
        return [name[start:] for start in range(max(0, len(name) - 3))]

    @cached_property
    def _by_id(self) -> dict[int, Pupil]:
        return {pupil.id: pupil for pupil in self.all}

    @cached_property
    def _grades(self) -> set[int]:
        return {pupil.grade for pupil in self.all}

    @cached_property
    def _by_pinyin(self) -> dict[str, list[Pupil]]:
        found: dict[str, list[Pupil]] = defaultdict(list)
        for sounds, pupils in self._by_sound.items():
            found["".join(sounds)] += pupils
        return found

    @cached_property
    def _by_sound(self) -> dict[tuple[str, ...], list[Pupil]]:
        found: dict[tuple[str, ...], list[Pupil]] = defaultdict(list)
        for key, pupils in self._by_key.items():
            found[_sounds(key)] += pupils
        return found

    @cached_property
    def _by_gap(self) -> dict[str, list[Pupil]]:
        found: dict[str, list[Pupil]] = defaultdict(list)
        for key, pupils in self._by_key.items():
            for variant in _with_gaps(key):
                found[variant] += pupils
        return found


def says_another_class(pupil: Pupil, grade: int | None, class_name: str) -> bool:
    """Whether the roster has the pupil elsewhere than in this grade and class; what is not said does not disagree."""
    if grade is not None and pupil.grade != grade:
        return True
    on_roster = normalise_class_name(pupil.class_name)
    return bool(class_name and on_roster and on_roster != normalise_class_name(class_name))


def _is_han(text: str) -> bool:
    return bool(text) and all("\u3400" <= letter <= "\u9fff" for letter in text)


def _sounds(key: str) -> tuple[str, ...]:
    return tuple(_sound(letter) for letter in key)


@lru_cache(maxsize=16384)
def _sound(letter: str) -> str:
    from pypinyin import Style, pinyin

    found = pinyin(letter, style=Style.NORMAL, errors="ignore")
    return str(found[0][0]) if found and found[0] else letter


def _with_gaps(key: str) -> set[str]:
    """The name, and the name with each letter left out: names one edit apart share one of them."""
    return {key, *(key[:place] + key[place + 1 :] for place in range(len(key)))}


def _is_near(one: str, other: str) -> bool:
    """Whether one letter is another, missing or too many; of names of two letters that says nothing."""
    if one == other or max(len(one), len(other)) < 3 or abs(len(one) - len(other)) > 1:
        return False
    head = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    tail_one, tail_other = one[head:], other[head:]
    if len(one) == len(other):
        return tail_one[1:] == tail_other[1:]
    longer, shorter = (tail_one, tail_other) if len(one) > len(other) else (tail_other, tail_one)
    return longer[1:] == shorter

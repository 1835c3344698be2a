"""Whose picture a file is, by its name and its folders: sure, doubtful with a choice, or nobody. Pure.

Sure is only a name written as the roster has it, of one pupil, with nothing beside it that disagrees. Initials, letters
that sound alike, one letter wrong, several pupils of a name and another class are doubts: a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from contest_portal.core.text import N_, Message
from contest_portal.entries.batch.name_parts import Parts, Word, folder_parts, is_noise, parts_of
from contest_portal.entries.batch.pupils import Pupil, Pupils, name_key, says_another_class
from contest_portal.people.grades import grade_name

Certainty = Literal["sure", "doubt", "nobody"]

MOST_CANDIDATES = 8
_GLUED_SURELY_FROM = 3
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任"
    "姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文兰殷柴车陶单解闫裴祁焦安肖温芦俞"
)
_COMPOUND_SURNAMES = "欧阳司马上官诸葛东方皇甫尉迟公孙慕容令狐宇文长孙司徒夏侯端木南宫西门澹台独孤拓跋赫连"
_COMPOUND = frozenset(_COMPOUND_SURNAMES[at : at + 2] for at in range(0, len(_COMPOUND_SURNAMES), 2))


@dataclass(frozen=True)
class Match:
    """What a name says. `pupils` are ids from the roster: exactly one where sure, the choice where doubtful, none where
    nobody was found. `title` may be empty: then it is typed. `why` are the reasons of a doubt, in sentences."""

    certainty: Certainty
    pupils: tuple[int, ...] = ()
    title: str = ""
    why: tuple[Message, ...] = ()
    tutor: str = ""


@dataclass(frozen=True)
class _Hit:
    """A place of the name that means pupils: the words it takes up, and what of a word is left for the title."""

    pupils: tuple[Pupil, ...]
    first: int
    count: int
    left: tuple[int, int] | None = None
    is_certain: bool = True
    why: Message | None = None


def match_file(path: str, pupils: Pupils) -> Match:
    """The pupil and the title by a file's path, as a ZIP or a browser names it (三年级2班/张晓明-火星医院.jpg)."""
    *folders, last = [part for part in re.split(r"[/\\]", path) if part.strip()] or [""]
    own = parts_of(last, pupils)
    around = [folder_parts(folder, pupils) for folder in reversed(folders)]
    is_by_folder = bool(own.is_camera and around and around[0].words)
    if is_by_folder:
        own, around = around[0], around[1:]
    own = _with_class_of(own, around)
    found = _match_parts(own, pupils)
    if is_by_folder and not found.pupils:  # a folder that names nobody holds many works: it is no title
        found = replace(found, title=own.title)
    if not found.pupils:
        found = _by_folders(own, around, pupils) or found
    return found


def match_text(text: str, pupils: Pupils, *, class_name: str = "", grade: int | None = None) -> Match:
    """The pupil that somebody means who typed a name, initials or 三年级2班 张晓明; without a title."""
    parts = parts_of(f"{text}.jpg", pupils)
    parts = replace(parts, grade=grade or parts.grade, class_name=class_name or parts.class_name)
    found = replace(_match_parts(parts, pupils), title="")
    if found.pupils or not text.strip():
        return found
    return replace(found, why=(_not_on_roster(text.strip()),))


def _with_class_of(own: Parts, around: Sequence[Parts]) -> Parts:
    """The name with what its folders say of grade, class and school, where it does not say so itself."""
    grade = next((one.grade for one in (own, *around) if one.grade is not None), None)
    class_name = next((one.class_name for one in around if one.class_name), "") if own.grade is None else ""
    other = next((one.other_school for one in (own, *around) if one.other_school), "")
    return replace(own, grade=grade, class_name=own.class_name or class_name, other_school=other)


def _match_parts(parts: Parts, pupils: Pupils) -> Match:
    hits = _exact(parts, pupils) or _glued(parts, pupils) or _by_letters(parts, pupils) or _alike(parts, pupils)
    if not hits:
        return _nobody(parts)
    candidates, why = _narrowed(hits, parts)
    certain = len(hits) == 1 and hits[0].is_certain and not why and len(candidates) == 1
    return Match(
        "sure" if certain else "doubt",
        tuple(one.id for one in candidates[:MOST_CANDIDATES]),
        parts.title or _title(parts, hits),
        tuple(why),
        parts.tutor,
    )


def _exact(parts: Parts, pupils: Pupils) -> list[_Hit]:
    """Words, or neighbours with blanks and dots between them, that are a pupil's name as the roster has it."""
    hits: list[_Hit] = []
    place = 0
    groups: dict[int, list[tuple[Word, int]]] = {}
    starts = {word.start: number for number, word in enumerate(parts.words)}
    for word, count in parts.groups():
        groups.setdefault(starts[word.start], []).append((word, count))
    while place < len(parts.words):
        found = next(
            ((named, count) for word, count in groups[place] if (named := _called(word.text, pupils))),
            None,
        )
        if found is not None:
            hits.append(_Hit(tuple(found[0]), place, found[1]))
        place += found[1] if found else 1
    seen: dict[tuple[int, ...], _Hit] = {}
    for hit in hits:
        seen.setdefault(tuple(one.id for one in hit.pupils), hit)
    return list(seen.values())


def _called(text: str, pupils: Pupils) -> list[Pupil]:
    """张晓明, also where somebody numbered the pictures: 张晓明2."""
    return pupils.called(text) or (pupils.called(text.rstrip("0123456789")) if text[-1:].isdigit() else [])


def _glued(parts: Parts, pupils: Pupils) -> list[_Hit]:
    """A name at the beginning or the end of a word, without anything between it and the title: 张晓明火星医院.

    Two letters may well be the beginning of another word: then it is a doubt, as is whatever can be read in two ways.
    """
    found: list[_Hit] = []
    for place, word in enumerate(parts.words):
        for length in range(min(len(word.text) - 1, pupils.longest), 1, -1):
            for at_end in (False, True):
                piece = word.text[-length:] if at_end else word.text[:length]
                if named := pupils.called(piece):
                    left = (word.start, word.end - length) if at_end else (word.start + length, word.end)
                    certain = not at_end and length >= _GLUED_SURELY_FROM
                    found.append(_Hit(tuple(named), place, 1, left, certain))
    if not found or (len(found) == 1 and found[0].is_certain):
        return found
    why = Message(N_("姓名和题目连在一起写，请核对"))
    return [
        replace(found[0], is_certain=False, why=why),
        *(replace(one, is_certain=False, why=why) for one in found[1:]),
    ]


def _by_letters(parts: Parts, pupils: Pupils) -> list[_Hit]:
    """zxm or zhangxiaoming, also before Chinese letters without anything between."""
    starts = {word.start: number for number, word in enumerate(parts.words)}
    for word, count in parts.groups():
        letters = re.match(r"[A-Za-z ·.]+", word.text)
        if letters and (named := pupils.by_letters(letters[0])):
            whole = letters.end() == len(word.text)
            if not whole and count > 1:
                continue
            left = None if whole else (word.start + letters.end(), word.end)
            why = Message.of(N_("按拼音「%(letters)s」找到，请核对"), letters=letters[0].strip())
            return [_Hit(tuple(named), starts[word.start], count, left, is_certain=False, why=why)]
    return []


def _alike(parts: Parts, pupils: Pupils) -> list[_Hit]:
    """Letters that sound alike (traditional ones too), else one letter wrong, missing or too many."""
    for find, source in (
        (pupils.sounding, N_("文件名写的是「%(written)s」，与名册的写法不同（繁体字或同音字），请核对")),
        (pupils.nearly, N_("文件名写的是「%(written)s」，与名册差一个字，请核对")),
    ):
        for place, word in enumerate(parts.words):
            if named := find(word.text):
                why = Message.of(source, written=parts.cut(word.start, word.end))
                return [_Hit(tuple(named), place, 1, is_certain=False, why=why)]
    return []


def _narrowed(hits: Sequence[_Hit], parts: Parts) -> tuple[list[Pupil], list[Message]]:
    """The candidates that grade and class leave, and the reasons for a doubt."""
    reasons = {str(hit.why): hit.why for hit in hits if hit.why is not None}
    everyone = list({one.id: one for hit in hits for one in hit.pupils}.values())
    agreeing = [one for one in everyone if not says_another_class(one, parts.grade, parts.class_name)]
    said = list(reasons.values())
    if len(hits) > 1 and all(hit.left is None for hit in hits):
        said.append(Message(N_("文件名中有几名学生的姓名，请选择作者")))
    elif len(agreeing) > 1:
        said.append(
            Message(N_("名册中有几名学生同名，请选择"))
            if _one_name(agreeing)
            else Message(N_("可能是其中一名学生，请选择"))
        )
    if not agreeing:
        said.append(_other_class(everyone, parts))
    if len(hits) == 1 and hits[0].first and (before := _name_before(parts, hits[0].first)):
        said.append(Message.of(N_("前面的「%(written)s」也像一个姓名，请核对"), written=before))
    if parts.other_school:
        said.append(Message.of(N_("文件名写的学校是「%(school)s」，不是本校"), school=parts.other_school))
    return agreeing or everyone, said


def _name_before(parts: Parts, place: int) -> str:
    """The word before the pupil's name where it looks like the name of somebody who is not on the roster."""
    first = parts.words[0]
    return parts.cut(first.start, first.end) if place == 1 and _looks_like_a_name(first.text) else ""


def _one_name(pupils: Sequence[Pupil]) -> bool:
    return len({name_key(one.name) for one in pupils}) == 1


def _other_class(everyone: Sequence[Pupil], parts: Parts) -> Message:
    written = _class_text(parts.grade, parts.class_name)
    if len(everyone) == 1:
        on_roster = _class_text(everyone[0].grade, everyone[0].class_name)
        return Message.of(N_("文件名写的是%(written)s，名册中是%(roster)s"), written=written, roster=on_roster)
    return Message.of(N_("文件名写的是%(written)s，名册中同名的学生都不在这个班"), written=written)


def _class_text(grade: int | None, class_name: str) -> Message | str:
    if grade is None:
        return class_name
    name = grade_name(grade)
    return Message.of(N_("%(grade)s%(class_name)s"), grade=name, class_name=class_name) if class_name else name


def _nobody(parts: Parts) -> Match:
    if parts.is_camera:
        reason = Message(N_("这是相机或手机起的文件名，请选择学生、填写题目"))
        return Match("nobody", why=(reason,))
    name = next((place for place, word in enumerate(parts.words) if _looks_like_a_name(word.text)), None)
    if name is None:
        return Match("nobody", (), parts.title or _title(parts, ()), (_no_name(),), parts.tutor)
    written = parts.cut(parts.words[name].start, parts.words[name].end)
    title = parts.title or _title(parts, [_Hit((), name, 1)])
    return Match("nobody", (), title, (_not_on_roster(written),), parts.tutor)


def _no_name() -> Message:
    return Message(N_("文件名中没有认出本校名册上的学生，请选择"))


def _not_on_roster(name: str) -> Message:
    return Message.of(N_("本校名册中没有「%(name)s」，请选择学生"), name=name)


def _looks_like_a_name(text: str) -> bool:
    return (2 <= len(text) <= 3 and text[0] in _SURNAMES) or (len(text) in {3, 4} and text[:2] in _COMPOUND)


def _by_folders(own: Parts, around: Sequence[Parts], pupils: Pupils) -> Match | None:
    """The pupil that the nearest folder names exactly; what the file's own name says is the title then."""
    for folder in around:
        hits = _exact(folder, pupils)
        if hits:
            merged = replace(folder, grade=own.grade, class_name=own.class_name, other_school=own.other_school)
            candidates, why = _narrowed(hits, merged)
            title = own.title or ("" if own.is_camera else _title(own, ())) or folder.title or _title(folder, hits)
            certain = len(hits) == 1 and len(candidates) == 1 and not why
            ids = tuple(one.id for one in candidates[:MOST_CANDIDATES])
            return Match("sure" if certain else "doubt", ids, title, tuple(why), own.tutor or folder.tutor)
    return None


def _title(parts: Parts, hits: Sequence[_Hit]) -> str:
    """What is left for the title: one stretch of the name where nothing stands between, else its pieces by blanks."""
    taken = {place for hit in hits for place in range(hit.first, hit.first + hit.count) if hit.left is None}
    cut = {hit.first: hit.left for hit in reversed(hits) if hit.left is not None}
    pieces: list[tuple[int, int]] = []
    previous: int | None = None
    for place, word in enumerate(parts.words):
        if place in taken:
            continue
        start, end = cut.get(place, (word.start, word.end))
        if not parts.cut(start, end).strip() or is_noise(parts.written[start:end]):
            continue
        if previous is not None and previous == place - 1 and "|" not in parts.written[pieces[-1][1] : start]:
            pieces[-1] = (pieces[-1][0], end)
        else:
            pieces.append((start, end))
        previous = place
    return " ".join(_tidy(_closed(parts.original, start, end)) for start, end in pieces).strip()


def _closed(text: str, start: int, end: int) -> str:
    """The stretch with the bracket that closes the one opened in it."""
    piece = text[start:end]
    for opening, closing in ("()", "（）", "[]", "【】", "「」", "『』"):
        if piece.count(opening) > piece.count(closing) and text[end : end + 1] == closing:
            return text[start : end + 1]
    return piece


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text.strip(" 　\"'“”‘’")).removeprefix("的")

"""The parts of a file's name: words, and what of it is a number, a school, a class, a tutor or a title in 《》. Pure.

The text keeps its length while parts are taken out of it, so that a title is cut from the name as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from contest_portal.entries.batch.pupils import DOTS, Pupils
from contest_portal.people.grades import normalise_class_name, parse_grade

LONGEST = 300
TAKEN = "|"
"""Stands where a part was taken out; it separates words."""

_WIDTHS = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20} | dict.fromkeys(map(ord, DOTS[:-1]), "·")
)
_ENDINGS = re.compile(r"(?:\.(?:jpe?g|jfif|jpe|png|webp|heic|heif|tiff?|bmp|gif|jpg_\w+))+$", re.IGNORECASE)
_SEPARATORS = r"\s\-_—–―~、，,。.;:|/\\()\[\]{}<>《》〈〉【】〔〕「」『』·=+@^*"
_WORD = re.compile(rf"[^{_SEPARATORS}]+")
_IN_MARKS = re.compile(r"[《〈]([^《》〈〉]+)[》〉]")
_HAN = "\u3400-\u9fff"

_NUMBER = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_CLASS = r"(?:\d{1,2}|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_STAGE = r"(?:小学|初中|高中|职高|中职|初|高|小|职)"
_OPEN, _CLOSE = r"[(\[【〔]", r"[)\]】〕]"
_CLASSES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\d)(?P<grade>{_STAGE}?{_NUMBER}年级?)[\s\-_.·|]*{_OPEN}?\s*(?P<class>{_CLASS})\s*{_CLOSE}?\s*班",
        rf"(?<!\d)(?P<grade>{_STAGE}?{_NUMBER})\s*{_OPEN}\s*(?P<class>{_CLASS})\s*{_CLOSE}\s*班",
        rf"(?P<grade>{_STAGE}?[一二三四五六七八九])\s*{_OPEN}\s*(?P<class>{_CLASS})\s*{_CLOSE}",
        rf"(?P<grade>{_STAGE}?[一二三四五六七八九])\s*[.\-_、·]?\s*(?P<class>\d{{1,2}})\s*班",
        r"(?<!\d)(?P<grade>[1-9]|1[0-2])[.\-_、·](?P<class>\d{1,2})班",
        r"(?<!\d)(?P<grade>[1-9])(?P<class>\d{2})班",
        rf"(?<!\d)(?P<grade>{_STAGE}?{_NUMBER}年级)(?P<class>[{_HAN}]{{1,4}}班)",
        rf"{_OPEN}?(?<!\d)(?P<class>{_CLASS}){_CLOSE}?班",
        rf"(?<!\d)(?P<grade>{_STAGE}?{_NUMBER}年级|[初高][一二三])",
    )
)
"""三年级2班, 三(2)班, 三(2), 三2班, 3.2班, 302班, 三年级阳光班, 2班, 三年级: tried in this order."""

_SCHOOL_ENDS = ("小学校", "小学", "中学", "学校", "校区")
_OTHER_SCHOOL = re.compile(rf"[{_HAN}]{{2,}}(?:小学|中学|附小|附中)")
_TUTOR = re.compile(rf"(?:指导|辅导)(?:教师|老师)[\s:：\-_]*(?P<name>[{_HAN}·]{{2,6}})?")
_CAMERA = re.compile(
    r"(?:img|dsc[nf]?|pxl|mvimg|vid|p|pic|photo|image|scan|cam|camscanner|wechat|weixin|mmexport|wx_camera|screenshot|"
    r"qq图片|qq截图|微信图片|微信照片|截图|截屏|照片|图片|图像|扫描|扫描件|扫描全能王|新建|未命名|无标题)?"
    r"(?:[\s_\-()~.:]*+(?:[0-9a-f]{16,}+|[0-9]++|burst|edit|copy|副本|wa[0-9]++))*+[\s_\-()]*+",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"\d{1,3}|\d{1,2}岁|男生?|女生?|(?:小学|初中|高中|中学)组|科(?:幻|学幻想)(?:绘?画)?|儿童画|绘画|画作|(?:参赛|学生)?作品|"
    r"(?:扫描|照片|电子)(?:件|稿|版)?|原图|原件|终稿|定稿|最终版|修改版?|副本|复制|copy|final|new|no|号",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the name and where it stands in it."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Parts:
    """A name taken apart. `original` is the name without its ending, `written` the same in one width; `words` are what
    is left of it.

    `title` is what stood in 《》. `other_school` is a school's name that is not the own one. `is_camera` means that a
    camera or a telephone made the name: it says nothing.
    """

    original: str
    written: str
    words: tuple[Word, ...] = ()
    title: str = ""
    grade: int | None = None
    class_name: str = ""
    tutor: str = ""
    other_school: str = ""
    is_camera: bool = False

    def cut(self, start: int, end: int) -> str:
        """A piece of the name as it was written."""
        return self.original[start:end]

    def groups(self) -> Iterator[tuple[Word, int]]:
        """Each word, and neighbours with only blanks or dots between them as one (买买提·艾力, 张 晓 明), longest first,
        with how many words it is made of."""
        for place in range(len(self.words)):
            for count in range(min(6, len(self.words) - place), 0, -1):
                first, last = self.words[place], self.words[place + count - 1]
                between = "".join(
                    self.written[one.end : two.start]
                    for one, two in zip(
                        self.words[place : place + count - 1], self.words[place + 1 : place + count], strict=True
                    )
                )
                if all(sign in " ·." for sign in between):
                    yield Word(self.written[first.start : last.end], first.start, last.end), count


def without_ending(name: str) -> str:
    """The name without the ending of a picture's name, doubled ones too (.jpg.JPG)."""
    return _ENDINGS.sub("", name)


def one_width(text: str) -> str:
    """Full-width letters, digits and signs as the plain ones, every dot of a name as ·; the length stays."""
    return text.translate(_WIDTHS)


def is_noise(text: str) -> bool:
    """Whether a word says nothing about the work: 作品, 科幻画, 8岁, 男, a small number."""
    return _NOISE.fullmatch(text) is not None


def parts_of(name: str, pupils: Pupils) -> Parts:
    """A file's or a folder's name taken apart."""
    original = without_ending(name.strip())[:LONGEST]
    written = one_width(original)
    if _CAMERA.fullmatch(written):
        return Parts(original, written, is_camera=True)
    text, title = _without_title(written)
    text, tutor = _without_tutor(text)
    text = _without_school(text, pupils)
    text, grade, class_name = _without_class(text, pupils)
    words = tuple(Word(found[0], found.start(), found.end()) for found in _WORD.finditer(text))
    parts = Parts(original, written, words, title, grade, class_name, tutor)
    return _without_other_school(_without_number(parts, pupils))


def folder_parts(name: str, pupils: Pupils) -> Parts:
    """A folder's name taken apart; unlike a file's it may be a school's name and nothing else."""
    parts = parts_of(f"{name}.jpg", pupils)
    if len(parts.words) == 1 and _OTHER_SCHOOL.fullmatch(parts.words[0].text):
        return replace(parts, words=(), other_school=parts.words[0].text)
    return parts


def _blanked(text: str, start: int, end: int) -> str:
    return text[:start] + TAKEN * (end - start) + text[end:]


def _without_title(text: str) -> tuple[str, str]:
    found = _IN_MARKS.search(text)
    return (_blanked(text, found.start(), found.end()), found[1].strip()) if found else (text, "")


def _without_tutor(text: str) -> tuple[str, str]:
    found = _TUTOR.search(text)
    return (_blanked(text, found.start(), found.end()), found["name"] or "") if found else (text, "")


def _without_school(text: str, pupils: Pupils) -> str:
    """Take the own school's name out, with the place before it, wherever it stands as a word of its own."""
    for name in pupils.school_names():
        if name in _SCHOOL_ENDS or len(name) < 3:
            break
        found = re.search(rf"(?:(?<=[{_SEPARATORS}])|^)(?:[{_HAN}]{{1,6}}[省市区县镇乡])?{re.escape(name)}(?!的)", text)
        if found:
            return _blanked(text, found.start(), found.end())
    return text


def _without_class(text: str, pupils: Pupils) -> tuple[str, int | None, str]:
    for pattern in _CLASSES:
        for found in pattern.finditer(text):
            groups = found.groupdict()
            grade, named = groups.get("grade") or "", groups.get("class") or ""
            reading = parse_grade(grade, kind=pupils.school_kind) if grade else None
            if grade and (reading is None or (named and not pupils.has_grade(reading.grade))):
                continue
            if not _stands_alone(text, found.start(), found.end(), pupils, is_weak=not (grade and named)):
                continue
            class_name = normalise_class_name(named if named.endswith("班") else f"{named}班") if named else ""
            rest = _blanked(text, found.start(), found.end())
            if not grade and (before := _grade_alone(rest, pupils)) is not None:
                return before[0], before[1], class_name
            return rest, reading.grade if reading else None, class_name
    return text, None, ""


def _grade_alone(text: str, pupils: Pupils) -> tuple[str, int] | None:
    """A grade beside a class that stood apart from it: 三年级 张晓明 2班."""
    for found in _CLASSES[-1].finditer(text):
        reading = parse_grade(found["grade"], kind=pupils.school_kind)
        if reading is not None and _stands_alone(text, found.start(), found.end(), pupils, is_weak=True):
            return _blanked(text, found.start(), found.end()), reading.grade
    return None


def _stands_alone(text: str, start: int, end: int, pupils: Pupils, *, is_weak: bool) -> bool:
    """Whether a class is meant and not a piece of a title: 三年级2班火星医院 is one, 三年级2班的故事 and 我们2班 are not.

    A weak one, a grade or a class alone, must end the word or stand before a pupil's name.
    """
    before = re.search(rf"[^{_SEPARATORS}]*$", text[:start])
    after = re.match(rf"[^{_SEPARATORS}]*", text[end:])
    head, tail = before[0] if before else "", after[0] if after else ""
    follows_a_word = head and not (head.isdigit() or head.endswith((*_SCHOOL_ENDS, "级")) or pupils.called(head))
    if tail.startswith("的") or follows_a_word:
        return False
    return not is_weak or not tail or pupils.begins_with_a_name(tail)


def _without_number(parts: Parts, pupils: Pupils) -> Parts:
    """Leave out the running number before everything else (01, 3., No.5) and the one behind it: (1)."""
    words = list(parts.words)
    if len(words) > 1 and re.fullmatch(r"no", words[0].text, re.IGNORECASE) and words[1].text.isdigit():
        words = words[1:]
    if len(words) > 1 and re.fullmatch(r"(?:no|第)?\d{1,4}号?", words[0].text, re.IGNORECASE):
        words = words[1:]
    elif words and (found := re.match(r"\d{1,4}(?=\D)", words[0].text)):
        rest = words[0].text[found.end() :]
        if pupils.begins_with_a_name(rest):
            words[0] = Word(rest, words[0].start + found.end(), words[0].end)
    if len(words) > 1 and re.fullmatch(r"\d{1,2}|副本|copy", words[-1].text, re.IGNORECASE):
        words = words[:-1]
    return replace(parts, words=tuple(words))


def _without_other_school(parts: Parts) -> Parts:
    """A school's name that is left is another's, unless nothing else could be the title: 火星小学."""
    found = next((word for word in parts.words if _OTHER_SCHOOL.fullmatch(word.text)), None)
    others = [word for word in parts.words if word is not found and not is_noise(word.text)]
    if found is None or len(others) < (1 if parts.title else 2):
        return parts
    words = tuple(word for word in parts.words if word is not found)
    return replace(parts, words=words, other_school=found.text)

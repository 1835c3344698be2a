"""Whose picture each file of a batch is, by the workbook's rows first and by the files' names else. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from contest_portal.core.text import N_, Message
from contest_portal.entries.batch.matching import Match, match_file, match_text
from contest_portal.entries.batch.pupils import Pupils
from contest_portal.entries.batch.workbook import Line, file_keys


@dataclass(frozen=True)
class Settled:
    """What each file says, by its id; and the workbook's rows that no file fits, with their places."""

    matches: Mapping[int, Match]
    unused: tuple[Message, ...] = ()


@dataclass
class Book:
    """The workbook's rows: by what they call a file, and those that name a pupil alone."""

    exact: dict[str, Line] = field(default_factory=dict)
    loose: dict[str, Line] = field(default_factory=dict)
    by_pupil: dict[int, Line] = field(default_factory=dict)


def settle(paths: Mapping[int, str], lines: Sequence[Line], pupils: Pupils) -> Settled:
    """The match of every file (its id and its path), the workbook deciding where it speaks of the file."""
    book = book_of(lines, pupils)
    matches, used = matches_of(paths, book, pupils)
    counted = {id(line) for line in (*book.exact.values(), *book.loose.values(), *book.by_pupil.values())}
    rest = [line for line in lines if id(line) not in used and (id(line) in counted or not line.file)]
    return Settled(matches, tuple(_unused(rest, pupils)))


def matches_of(paths: Mapping[int, str], book: Book, pupils: Pupils) -> tuple[dict[int, Match], set[int]]:
    """The match of every file, and the rows that decided (by their `id`)."""
    matches: dict[int, Match] = {}
    used: set[int] = set()
    for item, path in paths.items():
        by_name = match_file(path, pupils)
        line = line_for(path, book)
        if line is not None:
            matches[item] = _by_line(line, by_name, pupils)
        else:
            line = _line_of_a_pupil(by_name, book.by_pupil)
            matches[item] = by_name if line is None else _by_pupils_line(line, by_name, pupils)
        if line is not None:
            used.add(id(line))
    return matches, used


def line_for(path: str, book: Book) -> Line | None:
    """The row that calls the file so: with its folders, by its name, with or without its ending."""
    keys = file_keys(path)
    return next((index[key] for index in (book.exact, book.loose) for key in keys if key in index), None)


def book_of(lines: Iterable[Line], pupils: Pupils) -> Book:
    """The rows in the order in which they decide. Worth keeping for many files: each name is looked up on the roster."""
    book = Book()
    for line in lines:
        if line.file:
            whole, without, last, last_without = (*file_keys(line.file), "", "", "")[:4]
            for index, keys in ((book.exact, (whole, without)), (book.loose, (last, last_without))):
                for key in filter(None, keys):
                    index.setdefault(key, line)
        elif line.name:
            found = match_text(line.name, pupils, class_name=line.class_name, grade=line.grade)
            if found.certainty == "sure":
                book.by_pupil.setdefault(found.pupils[0], line)
    return book


def _by_line(line: Line, by_name: Match, pupils: Pupils) -> Match:
    title, tutor = line.title or by_name.title, line.tutor or by_name.tutor
    if not line.name:
        return replace(by_name, title=title, tutor=tutor)
    found = match_text(line.name, pupils, class_name=line.class_name, grade=line.grade)
    why = tuple(Message.of(N_("%(place)s：%(what)s"), place=line.place("name"), what=reason) for reason in found.why)
    return replace(found, title=title, tutor=tutor, why=why)


def _line_of_a_pupil(by_name: Match, by_pupil: Mapping[int, Line]) -> Line | None:
    """The one row without a file's name whose pupil the file may be of."""
    fitting = [by_pupil[pupil] for pupil in by_name.pupils if pupil in by_pupil]
    return fitting[0] if len(fitting) == 1 else None


def _by_pupils_line(line: Line, by_name: Match, pupils: Pupils) -> Match:
    found = match_text(line.name, pupils, class_name=line.class_name, grade=line.grade)
    return replace(found, title=line.title or by_name.title, tutor=line.tutor or by_name.tutor)


def _unused(lines: Sequence[Line], pupils: Pupils) -> Iterable[Message]:
    """Why each of these rows found no file; one that repeats another's file was told when the workbook was read."""
    for line in lines:
        if line.file:
            what = Message.of(N_("这一批中没有文件「%(file)s」"), file=line.file)
            yield Message.of(N_("%(place)s：%(what)s"), place=line.place("file"), what=what)
            continue
        found = match_text(line.name, pupils, class_name=line.class_name, grade=line.grade)
        what = Message.of(N_("这一批中没有%(name)s的图片"), name=line.name)
        if found.certainty != "sure" and found.why:
            what = found.why[0]
        yield Message.of(N_("%(place)s：%(what)s"), place=line.place("name"), what=what)

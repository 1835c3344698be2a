"""What stands in the columns of the recommendation list: one function a column key of `contests.list_columns`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from contest_portal.contests.list_columns import DEFAULT_COLUMNS, FIELD_PREFIX
from contest_portal.contests.rules import CategoryRules, ListColumn
from contest_portal.entries.models import Author, Entry
from contest_portal.people.models import Student, Teacher
from contest_portal.people.phones import mask_phone
from contest_portal.results.lists.models import ShortlistLine
from contest_portal.results.naming import author_names, grade_words

Cell = str | int | float | date | None


def columns_of(rules: CategoryRules) -> tuple[ListColumn, ...]:
    """The category's columns, or the general ones."""
    return rules.list_columns or DEFAULT_COLUMNS


def row_of(number: int, line: ShortlistLine, rules: CategoryRules, *, full: bool = False) -> list[Cell]:
    """The cells of one line, in the category's columns; telephone numbers masked unless `full`.

    `number` is its place on the list, from 1.
    """
    return [value_of(column.key, number, line, rules, full=full) for column in columns_of(rules)]


def value_of(key: str, number: int, line: ShortlistLine, rules: CategoryRules, *, full: bool = False) -> Cell:
    """One cell. An answer of an extra field is given as people read it."""
    if key == "phone":
        return _phone(line.entry) if full else mask_phone(_phone(line.entry))
    if key.startswith(FIELD_PREFIX):
        return _answer(line.entry.answers.get(key.removeprefix(FIELD_PREFIX)))
    if key == "position":
        return number
    if key == "category":
        return rules.name
    if key == "stage":
        group = rules.stage_group(line.entry.stage_code)
        return group.name if group else ""
    return VALUES[key](line)


def _answer(value: Any) -> Cell:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, str | int | float) else ""


def _first(entry: Entry) -> Author | None:
    return next((author for author in entry.authors if author.is_first), entry.authors[0] if entry.authors else None)


def _person(entry: Entry) -> Student | Teacher | None:
    author = _first(entry)
    return (author.student or author.teacher) if author else None


def _other(entry: Entry, place: int) -> str:
    first = _first(entry)
    others = [author for author in entry.authors if author is not first]
    person = (others[place].student or others[place].teacher) if place < len(others) else None
    return person.name if person else ""


def _birth_month(entry: Entry) -> str:
    person = _person(entry)
    return f"{person.birth_on:%Y-%m}" if person and person.birth_on else ""


def _phone(entry: Entry) -> str:
    """The first tutor's; in the teachers' categories the author's own; else the school's."""
    person = _person(entry)
    tutor = entry.tutors[0].teacher if entry.tutors else None
    own = person.phone if isinstance(person, Teacher) else None
    return own or (tutor.phone if tutor else None) or entry.school.contact_phone or ""


def _job_title(entry: Entry) -> str:
    person = _person(entry)
    parts = (person.position, person.job_title) if isinstance(person, Teacher) else ()
    return "/".join(part for part in parts if part)


def _period(entry: Entry) -> str:
    days = [str(entry.answers.get(code) or "") for code in ("started_on", "ended_on")]
    return " 至 ".join(day for day in days if day)


def _film_length(entry: Entry) -> str:
    seconds = next(
        (f.blob.facts["duration_seconds"] for f in entry.files if f.blob.facts.get("duration_seconds")), None
    )
    return "" if seconds is None else f"{int(seconds) // 60}分{int(seconds) % 60:02d}秒"


def _tutor_employers(entry: Entry) -> str:
    return "、".join(dict.fromkeys(tutor.teacher.school.name for tutor in entry.tutors))


VALUES: dict[str, Callable[[ShortlistLine], Cell]] = {
    "number": lambda line: line.entry.number or "",
    "title": lambda line: line.entry.title,
    "kind": lambda line: "集体" if len(line.entry.authors) > 1 or line.entry.group_name else "个人",
    "discipline": lambda line: line.entry.discipline,
    "first_author": lambda line: getattr(_person(line.entry), "name", "") or line.entry.group_name,
    "sex": lambda line: getattr(_person(line.entry), "sex", "") or "",
    "ethnic_group": lambda line: getattr(_person(line.entry), "ethnic_group", ""),
    "birth_month": lambda line: _birth_month(line.entry),
    "grade": lambda line: grade_words(line.entry),
    "school": lambda line: line.entry.school.name,
    "author_2": lambda line: _other(line.entry, 0),
    "author_3": lambda line: _other(line.entry, 1),
    "authors": lambda line: author_names(line.entry),
    "group_name": lambda line: line.entry.group_name,
    "tutors": lambda line: "、".join(tutor.teacher.name for tutor in line.entry.tutors),
    "tutor_employers": lambda line: _tutor_employers(line.entry),
    "job_title": lambda line: _job_title(line.entry),
    "summary": lambda line: line.entry.summary,
    "period": lambda line: _period(line.entry),
    "film_length": lambda line: _film_length(line.entry),
    "rank": lambda line: line.rank,
    "note": lambda _line: "",
}

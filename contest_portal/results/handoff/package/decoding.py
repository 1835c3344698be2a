"""The data in a package read again: every slip is named by its place. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from contest_portal.contests.rules_codec import RulesError, decode
from contest_portal.core.text import N_
from contest_portal.results.handoff.package.content import ENTRIES, LISTS, PEOPLE, RESULTS, Content, Results
from contest_portal.results.handoff.package.problems import PackageProblem

_FIELDS = {
    4: "stage",
    6: "region_code",
    10: "number_prefix",
    18: "id_number",
    20: "category ethnic_group class_name relation school_class",
    60: "award",
    40: "code number slot phone guardian_phone contact_phone",
    50: "discipline guardian_name position job_title subject short_name region_name township",
    64: "sha256 person",
    200: "title duty",
    500: "path",
    4000: "words why",
    20_000: "summary text",
}


_LONGEST = {name: length for length, names in _FIELDS.items() for name in names.split()}


_USUAL = 100


_NAME_LENGTH = {"StudentPart": 50, "TeacherPart": 50, "FilePart": 200}


def read_content(documents: Mapping[str, Any]) -> Content:
    """The content of the three documents. Raises PackageProblem naming the place of a slip, or a key that leads nowhere."""
    plain: dict[str, Any] = {}
    for path in (ENTRIES, PEOPLE, LISTS):
        document = documents[path]
        if not isinstance(document, dict):
            raise _unreadable(path, path)
        plain |= document
    content = _decoded(Content, plain, ENTRIES)
    _check_keys(content)
    return content


def read_results(document: Any) -> Results:
    """The content of results.json. Raises PackageProblem."""
    return _decoded(Results, document, RESULTS)


def _decoded(kind: type[Any], document: Any, path: str) -> Any:
    try:
        found = decode(kind, document)
    except RulesError as error:
        raise _unreadable(path, str(error.problems[0])) from error
    for name, owner, text in _texts(found):
        longest = (_NAME_LENGTH.get(owner) if name == "name" else _LONGEST.get(name)) or _USUAL
        if len(text) > longest:
            raise PackageProblem(
                "not_a_package",
                N_("「%(path)s」中 %(what)s 有 %(measured)s 字，上限 %(limit)s 字：%(text)s…"),
                path=path,
                what=name,
                measured=len(text),
                limit=longest,
                text=text[:20],
            )
    return found


def _texts(value: Any, name: str = "", owner: str = "") -> Iterator[tuple[str, str, str]]:
    """(field, class, text) of every text within."""
    if isinstance(value, str):
        yield name, owner, value
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one, name, owner)
    elif is_dataclass(value):
        for item in fields(value):
            yield from _texts(getattr(value, item.name), item.name, type(value).__name__)


def _check_keys(content: Content) -> None:
    """Every key that is used leads to a record, and no record or number comes twice."""
    for what in ("offices", "schools", "students", "teachers"):
        keys = [one.key for one in getattr(content, what)]
        if len(set(keys)) != len(keys):
            raise _unreadable(PEOPLE, what)
    numbers = [one.number for one in content.entries]
    if len(set(numbers)) != len(numbers) or "" in numbers:
        raise _unreadable(ENTRIES, "number")
    offices, schools = {one.key for one in content.offices}, {one.key for one in content.schools}
    people = {one.key for one in content.people}
    used = [
        *((one.parent, offices | {""}) for one in content.offices),
        *((one.office, offices) for one in content.schools),
        *((one.school, schools) for one in content.people),
        *((one.school, schools) for one in content.entries),
        *((author.person, people) for one in content.entries for author in one.authors),
        *((tutor, {teacher.key for teacher in content.teachers}) for one in content.entries for tutor in one.tutors),
    ]
    for key, known in used:
        if key not in known:
            raise _unreadable(PEOPLE, key)


def _unreadable(path: str, what: str) -> PackageProblem:
    return PackageProblem(
        "not_a_package",
        N_("「%(path)s」中的数据读不懂（%(what)s）。没有收下任何内容，请对方重新生成。"),
        path=path,
        what=what,
    )

"""People found by typing: a part of the name or the first letters of its pinyin in the own school; elsewhere in the
same office by the exact full name alone, and then shown with name, school and grade only."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Select, case, select
from sqlalchemy.orm import joinedload

from contest_portal.contests.rules import CategoryRules
from contest_portal.core.database import db
from contest_portal.core.i18n import translate
from contest_portal.core.sealing import digest
from contest_portal.entries.models import Entry
from contest_portal.people.grades import grade_name
from contest_portal.people.models import School, Student, Teacher
from contest_portal.people.queries.people_search import named

MOST_FOUND = 12
SHORTEST_FULL_NAME = 2
Kind = Literal["student", "teacher"]


@dataclass(frozen=True)
class Found:
    """A person in the list of a picker. `value` is what the form posts: the person, and for somebody of another
    school a proof that the full name was known."""

    value: str
    name: str
    detail: str


def people_matching(entry: Entry, rules: CategoryRules, role: Literal["author", "tutor"], query: str) -> list[Found]:
    """At most twelve people for the entry's author or tutor, the likeliest first."""
    words = query.strip()
    if not words:
        return []
    kind = kind_for(rules, role)
    own = _own_school(kind, entry.school_id, words)
    others = _elsewhere(kind, entry.school, words) if reaches_elsewhere(rules, role) else []
    return [*(_found(entry, one) for one in own), *(_found(entry, one) for one in others)][:MOST_FOUND]


def kind_for(rules: CategoryRules, role: Literal["author", "tutor"]) -> Kind:
    """Whom the role is filled with."""
    return "student" if role == "author" and rules.applicant_kind != "teacher" else "teacher"


def reaches_elsewhere(rules: CategoryRules, role: Literal["author", "tutor"]) -> bool:
    """Whether people of other schools may be named: tutors, and the authors of a team."""
    return role == "tutor" or (rules.applicant_kind == "team_or_pupil" and rules.authors.maximum > 1)


def _own_school(kind: Kind, school_id: int, words: str) -> Sequence[Student | Teacher]:
    model = _model(kind)
    exact = case((model.name == words, 0), (model.initials == words.lower(), 1), else_=2)
    statement = _active(kind).where(model.school_id == school_id, named(model, words))
    return db.session.scalars(statement.order_by(exact, model.name, model.id).limit(MOST_FOUND)).all()


def _elsewhere(kind: Kind, school: School, words: str) -> Sequence[Student | Teacher]:
    model = _model(kind)
    if len(words) < SHORTEST_FULL_NAME:
        return []
    statement = _active(kind).where(
        model.office_id == school.office_id, model.school_id != school.id, model.name == words
    )
    return db.session.scalars(statement.order_by(model.school_id, model.id).limit(MOST_FOUND)).all()


def _model(kind: Kind) -> Any:
    return Student if kind == "student" else Teacher


def _active(kind: Kind) -> Select[Any]:
    model = _model(kind)
    return select(model).where(model.state == "active").options(joinedload(model.school))


def _found(entry: Entry, person: Student | Teacher) -> Found:
    key = f"student-{person.id}" if isinstance(person, Student) else f"teacher-{person.id}"
    own = person.school_id == entry.school_id
    return Found(key if own else f"{key}.{_proof(entry, key)}", person.name, detail_of(person, own=own))


def detail_of(person: Student | Teacher, *, own: bool) -> str:
    """What tells people of one name apart: the class in the own school, school and grade elsewhere."""
    if isinstance(person, Student):
        grade = translate(grade_name(person.grade))
        return f"{grade} {person.class_name}".strip() if own else f"{person.school.name} · {grade}"
    if not own:
        return person.school.name
    return (
        " · ".join(part for part in (person.subject, person.position, person.job_title) if part) or person.school.name
    )


def _proof(entry: Entry, key: str) -> str:
    return digest(f"picked:{entry.id}:{key}")[:20]


def picked(entry: Entry, value: str) -> str:
    """The person behind a posted value, as `student-12`, or an empty text where the value proves nothing.

    Somebody of another school counts only with the picker's proof, or when already named in the entry: ids alone
    must not let anyone read other schools' rosters.
    """
    key, _dot, proof = value.partition(".")
    kind, _dash, number = key.partition("-")
    if kind not in {"student", "teacher"} or not number.isdecimal() or len(number) > 12:
        return ""
    named = {
        f"student-{author.student_id}" if author.student_id else f"teacher-{author.teacher_id}"
        for author in entry.authors
    }
    named |= {f"teacher-{tutor.teacher_id}" for tutor in entry.tutors}
    if key in named or hmac.compare_digest(proof.encode(), _proof(entry, key).encode()):
        return key
    model = Student if kind == "student" else Teacher
    school_id = db.session.scalar(select(model.school_id).where(model.id == int(number)))
    return key if school_id == entry.school_id else ""


def people_by_key(entry: Entry, keys: Collection[str]) -> dict[str, tuple[str, str]]:
    """`student-12` → (name, detail) for the people that a form shows; those named in the entry cost no statement."""
    known: dict[str, Student | Teacher] = {}
    for author in entry.authors:
        person = author.student or author.teacher
        if person is not None:
            known[f"student-{person.id}" if author.student else f"teacher-{person.id}"] = person
    known |= {f"teacher-{tutor.teacher_id}": tutor.teacher for tutor in entry.tutors}
    for kind in ("student", "teacher"):
        ids = [int(key.partition("-")[2]) for key in keys if key not in known and key.startswith(f"{kind}-")]
        if ids:
            model = _model("student" if kind == "student" else "teacher")
            rows = db.session.scalars(select(model).where(model.id.in_(ids)).options(joinedload(model.school)))
            known |= {f"{kind}-{one.id}": one for one in rows}
    return {
        key: (known[key].name, detail_of(known[key], own=known[key].school_id == entry.school_id))
        for key in keys
        if key in known
    }

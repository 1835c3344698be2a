"""What the office has on screen of one entry: its last submitted version, whatever its school has edited since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.contests.rules import CategoryRules
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.entries.checks import Finding
from contest_portal.entries.models import Author, Entry, EntryFile, Tutor
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.queries.facts import findings_of
from contest_portal.entries.queries.submitted import VersionLine, submitted_snapshot, version, versions_of
from contest_portal.entries.snapshots import Difference, differences
from contest_portal.media.models import Blob
from contest_portal.people.id_number import mask_id_number
from contest_portal.people.models import Student, Teacher
from contest_portal.people.phones import mask_phone

Person = Student | Teacher


def as_submitted(entry: Entry) -> Entry:
    """The entry as its last submitted version says: a copy outside the session; the entry itself where nothing has been
    edited since."""
    snapshot = submitted_snapshot(entry) if entry.has_unsubmitted_changes else None
    if snapshot is None:
        return entry
    blob_ids = {file["blob_id"] for file in snapshot["files"]}
    blobs = {blob.id: blob for blob in db.session.scalars(select(Blob).where(Blob.id.in_(blob_ids)))}
    return _copy(entry, snapshot, _people_named(snapshot), blobs)


def _people_named(snapshot: Mapping[str, Any]) -> dict[str, Person]:
    keys = {one["key"] for one in (*snapshot["authors"], *snapshot["tutors"])}
    ids = {
        kind: [int(key.rpartition("-")[2]) for key in keys if key.startswith(kind)] for kind in ("student", "teacher")
    }
    students = select(Student).where(Student.id.in_(ids["student"])).options(joinedload(Student.school))
    teachers = select(Teacher).where(Teacher.id.in_(ids["teacher"])).options(joinedload(Teacher.school))
    found: dict[str, Person] = {f"student-{one.id}": one for one in db.session.scalars(students)}
    return found | {f"teacher-{one.id}": one for one in db.session.scalars(teachers)}


def _copy(entry: Entry, snapshot: Mapping[str, Any], people: Mapping[str, Person], blobs: Mapping[int, Blob]) -> Entry:
    kept = {
        name: getattr(entry, name)
        for name in (
            *("id", "contest_id", "category_id", "school_id", "contest", "category", "school", "state", "number"),
            *(
                "version",
                "submission_count",
                "has_unsubmitted_changes",
                "submitted_at",
                "first_submitted_at",
                "is_late",
                "late_uploads",
                "late_upload_finished_at",
            ),
            *("fix_until", "exception_until", "exception_why", "withdrawn_at", "withdrawn_why", "created_by"),
        )
    }
    return Entry(
        **kept,
        **{name: snapshot[name] for name in ("title", "summary", "group_name", "discipline")},
        stage_code=snapshot["stage"]["code"],
        answers=dict(snapshot["answers"]),
        completed_on=date.fromisoformat(snapshot["completed_on"]) if snapshot["completed_on"] else None,
        authors=[_author(one, place, people[one["key"]]) for place, one in enumerate(snapshot["authors"], start=1)],
        tutors=[
            Tutor(teacher_id=people[one["key"]].id, teacher=people[one["key"]], position=place)
            for place, one in enumerate(snapshot["tutors"], start=1)
        ],
        files=[
            EntryFile(slot_code=one["slot"], blob_id=one["blob_id"], blob=blobs[one["blob_id"]], file_name=one["name"])
            for one in snapshot["files"]
        ],
    )


def _author(one: Mapping[str, Any], position: int, person: Person) -> Author:
    who: dict[str, Any] = (
        {"student_id": person.id, "student": person}
        if isinstance(person, Student)
        else {"teacher_id": person.id, "teacher": person}
    )
    return Author(
        **who, position=position, is_first=one["is_first"], share_percent=one["share_percent"], duty=one["duty"]
    )


def people_of(entry: Entry) -> dict[str, Person]:
    """The entry's authors and tutors by key (`student-12`, `teacher-3`)."""
    students = {f"student-{one.student_id}": one.student for one in entry.authors if one.student is not None}
    teachers = {f"teacher-{one.teacher_id}": one.teacher for one in entry.authors if one.teacher is not None}
    return students | teachers | {f"teacher-{one.teacher_id}": one.teacher for one in entry.tutors}


@dataclass(frozen=True)
class PersonNumbers:
    """What the roster says of a person beyond the submitted version, the numbers masked (empty: none on record)."""

    key: str
    birth_on: date | None
    id_number: str
    phone: str


def numbers_of(key: str, person: Person) -> PersonNumbers:
    """The person's numbers as pages show them unless they are opened."""
    phone = person.phone if isinstance(person, Teacher) else None
    return PersonNumbers(key, person.birth_on, mask_id_number(person.id_number or ""), mask_phone(phone))


@dataclass(frozen=True)
class ScreeningSheet:
    """One entry as the office reads it: the last submitted version as a document, by which rules, the roster's numbers
    of its people by key, what the checks say of it, its versions, and how the last one differs from the one before."""

    snapshot: Mapping[str, Any]
    rules: CategoryRules
    numbers: Mapping[str, PersonNumbers]
    findings: Sequence[Finding]
    versions: Sequence[VersionLine]
    differences: Sequence[Difference]


def sheet_of(entry: Entry) -> ScreeningSheet:
    """The sheet of a submitted entry that `queries.entry` has loaded whole."""
    rules = entry.category.rules
    shown = as_submitted(entry)
    snapshot = version(entry.id, entry.submission_count).snapshot
    changes: list[Difference] = []
    if entry.submission_count > 1:
        changes = differences(version(entry.id, entry.submission_count - 1).snapshot, snapshot, rules)
    numbers = {key: numbers_of(key, person) for key, person in people_of(shown).items()}
    return ScreeningSheet(snapshot, rules, numbers, findings_of(shown, rules), versions_of(entry.id), changes)


@dataclass(frozen=True)
class SubmittedFile:
    """A file of a submitted version; `slots`: where it stands in it."""

    entry: Entry
    blob: Blob
    name: str
    slots: frozenset[str]


def submitted_file(entry_id: int, number: int, blob_id: int) -> SubmittedFile:
    """The file of that content in that submitted version. Raises NotFound."""
    entry = entry_by_id(entry_id)
    own = [one for one in version(entry_id, number).snapshot["files"] if one["blob_id"] == blob_id]
    blob = db.session.get(Blob, blob_id)
    if not own or blob is None:
        raise NotFound
    return SubmittedFile(entry, blob, own[0]["name"], frozenset(one["slot"] for one in own))

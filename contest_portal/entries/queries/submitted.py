"""What was submitted: the entry as a document, its versions, the last of which is what screening and judging read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from contest_portal.contests.rules import CategoryRules
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.entries.models import Author, Entry, EntryFile, EntryVersion, Tutor
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.queries.facts import person_key
from contest_portal.people.models import Account

FORMAT = 1


def snapshot_of(entry: Entry, rules: CategoryRules) -> dict[str, Any]:
    """The entry as it stands now, as a plain document. No ID numbers, no telephones, of birthdays only the month."""
    group = rules.stage_group(entry.stage_code)
    contest, school = entry.contest, entry.school
    return {
        "format": FORMAT,
        "number": entry.number or "",
        "contest": {"id": contest.id, "name": contest.name, "year": contest.year, "office": contest.office.name},
        "category": {"id": entry.category_id, "code": rules.code, "name": rules.name},
        "school": {"id": school.id, "name": school.name, "code": school.code or "", "is_urban": school.is_urban},
        "stage": {"code": entry.stage_code, "name": group.name if group else ""},
        "title": entry.title,
        "summary": entry.summary,
        "group_name": entry.group_name,
        "discipline": entry.discipline,
        "completed_on": entry.completed_on.isoformat() if entry.completed_on else None,
        "answers": dict(entry.answers),
        "authors": [_author(author) for author in entry.authors],
        "tutors": [_tutor(tutor) for tutor in entry.tutors],
        "files": [_file(one) for one in entry.files],
    }


def _author(author: Author) -> dict[str, Any]:
    student, teacher = author.student, author.teacher
    person = student or teacher
    assert person is not None
    return {
        "key": f"student-{author.student_id}" if student else f"teacher-{author.teacher_id}",
        "person_key": person_key(author),
        "name": person.name,
        "sex": person.sex or "",
        "ethnic_group": person.ethnic_group,
        "birth_month": person.birth_on.strftime("%Y-%m") if person.birth_on else "",
        "grade": student.grade if student else None,
        "class_name": student.class_name if student else "",
        "position": teacher.position if teacher else "",
        "job_title": teacher.job_title if teacher else "",
        "school_id": person.school_id,
        "school_name": person.school.name,
        "is_first": author.is_first,
        "share_percent": author.share_percent,
        "duty": author.duty,
    }


def _tutor(tutor: Tutor) -> dict[str, Any]:
    teacher = tutor.teacher
    return {
        "key": f"teacher-{teacher.id}",
        "name": teacher.name,
        "sex": teacher.sex or "",
        "school_id": teacher.school_id,
        "school_name": teacher.school.name,
        "position": teacher.position,
        "job_title": teacher.job_title,
        "subject": teacher.subject,
    }


def _file(one: EntryFile) -> dict[str, Any]:
    facts = one.blob.facts
    return {
        "slot": one.slot_code,
        "name": one.file_name,
        "blob_id": one.blob_id,
        "sha256": one.blob.sha256,
        "size_bytes": one.blob.size_bytes,
        "kind": one.blob.kind,
        **{key: facts[key] for key in ("width", "height", "pages", "duration_seconds") if facts.get(key) is not None},
    }


def latest_version(entry_id: int) -> EntryVersion | None:
    """The last submitted version, or None for what was never submitted."""
    return db.session.scalar(
        select(EntryVersion).where(EntryVersion.entry_id == entry_id).order_by(EntryVersion.number.desc()).limit(1)
    )


def submitted_snapshot(entry: Entry) -> dict[str, Any] | None:
    """What the office, the judges and the lists read: the last submitted version, or None where there is none."""
    found = latest_version(entry.id)
    return found.snapshot if found else None


def submitted_snapshots(entry_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """The last submitted versions of many entries, in one statement: entry id → document."""
    last = (
        select(EntryVersion.entry_id, func.max(EntryVersion.number).label("number"))
        .where(EntryVersion.entry_id.in_(entry_ids))
        .group_by(EntryVersion.entry_id)
        .subquery()
    )
    rows = db.session.execute(
        select(EntryVersion.entry_id, EntryVersion.snapshot).join(
            last, (EntryVersion.entry_id == last.c.entry_id) & (EntryVersion.number == last.c.number)
        )
    )
    return {row.entry_id: row.snapshot for row in rows}


@dataclass(frozen=True)
class VersionLine:
    """A submitted version in the list of versions."""

    number: int
    submitted_at: datetime
    submitted_by: str
    digest: str


def versions_of(entry_id: int) -> list[VersionLine]:
    """The submitted versions, the newest first, each with the name of who submitted it."""
    rows = db.session.execute(
        select(EntryVersion.number, EntryVersion.submitted_at, EntryVersion.digest, Account.name)
        .outerjoin(Account, EntryVersion.submitted_by == Account.id)
        .where(EntryVersion.entry_id == entry_id)
        .order_by(EntryVersion.number.desc())
    )
    return [VersionLine(row.number, row.submitted_at, row.name or "", row.digest) for row in rows]


@dataclass(frozen=True)
class VersionOf:
    """A submitted version with its entry."""

    entry: Entry
    version: EntryVersion


def version_of(entry_id: int, number: int) -> VersionOf:
    """One submitted version of the entry, both loaded. Raises NotFound."""
    return VersionOf(entry_by_id(entry_id), version(entry_id, number))


def version(entry_id: int, number: int) -> EntryVersion:
    """One submitted version. Raises NotFound."""
    row = db.session.scalar(
        select(EntryVersion).where(EntryVersion.entry_id == entry_id, EntryVersion.number == number)
    )
    if row is None:
        raise NotFound
    return row

"""Back to what was submitted: by the school that drops its edits, by the office before it decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, unit_of_work
from contest_portal.core.errors import Conflict, Stale
from contest_portal.core.text import N_
from contest_portal.entries.models import Author, Entry, EntryFile, Tutor
from contest_portal.entries.queries.entry import locked_entry
from contest_portal.entries.queries.submitted import latest_version
from contest_portal.entries.queries.timing import require_changeable
from contest_portal.media.models import Blob
from contest_portal.people.models import Student, Teacher


def discard_changes(actor: Actor, entry_id: int, seen_version: int) -> Entry:
    """Drop what was edited since the last submission. Raises Stale, Conflict, TooLate."""
    with unit_of_work(actor, "entries.discard_changes") as work:
        entry = locked_entry(entry_id)
        require_changeable(entry)
        if entry.version != seen_version:
            raise Stale
        if not restore_submitted(work, entry) and not entry.submission_count:
            raise Conflict("entries.never_submitted", N_("作品还没有提交过，没有可以恢复的内容。"))
    return entry


def restore_submitted(work: Work, entry: Entry) -> bool:
    """Within a unit of work: make the entry's rows equal to its last submitted version, so that whatever reads them
    reads what was submitted. Gives whether anything had been edited; records it."""
    if not entry.has_unsubmitted_changes:
        return False
    version = latest_version(entry.id)
    if version is None:
        return False
    _write(work, entry, version.snapshot)
    entry.has_unsubmitted_changes = False
    entry.approval_asked_at = entry.sent_back_at = None
    entry.sent_back_why = ""
    entry.version += 1
    entry.updated_at = now()
    work.record(entry, action="entries.restore_submitted", after={"version": version.number, "digest": version.digest})
    return True


def _write(work: Work, entry: Entry, snapshot: Mapping[str, Any]) -> None:
    for name in ("title", "summary", "group_name", "discipline"):
        setattr(entry, name, snapshot[name])
    entry.completed_on = date.fromisoformat(snapshot["completed_on"]) if snapshot["completed_on"] else None
    entry.stage_code = snapshot["stage"]["code"]
    entry.answers = dict(snapshot["answers"])
    authors = {_key(author): author for author in entry.authors}
    entry.authors[:] = [
        _author(work, authors.get(one["key"]), one, position)
        for position, one in enumerate(snapshot["authors"], start=1)
    ]
    tutors = {f"teacher-{tutor.teacher_id}": tutor for tutor in entry.tutors}
    entry.tutors[:] = [
        _tutor(work, tutors.get(one["key"]), one, position) for position, one in enumerate(snapshot["tutors"], start=1)
    ]
    files = {(one.slot_code, one.blob_id, one.file_name): one for one in entry.files}
    entry.files[:] = [
        files.get((one["slot"], one["blob_id"], one["name"])) or _file(work, one) for one in snapshot["files"]
    ]


def _key(author: Author) -> str:
    return f"student-{author.student_id}" if author.student_id is not None else f"teacher-{author.teacher_id}"


def _author(work: Work, there: Author | None, one: Mapping[str, Any], position: int) -> Author:
    row = there or Author()
    kind, _dash, number = one["key"].partition("-")
    if there is None and kind == "student":
        row.student = work.session.get_one(Student, int(number))
    elif there is None:
        row.teacher = work.session.get_one(Teacher, int(number))
    row.position, row.is_first = position, one["is_first"]
    row.share_percent, row.duty = one["share_percent"], one["duty"]
    return row


def _tutor(work: Work, there: Tutor | None, one: Mapping[str, Any], position: int) -> Tutor:
    row = there or Tutor(teacher=work.session.get_one(Teacher, int(one["key"].partition("-")[2])))
    row.position = position
    return row


def _file(work: Work, one: Mapping[str, Any]) -> EntryFile:
    blob = work.session.get_one(Blob, one["blob_id"])
    return EntryFile(slot_code=one["slot"], blob=blob, file_name=one["name"], added_at=now())

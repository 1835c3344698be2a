"""Entries of the receiving contest made of what was handed up: they stand as submitted, screening and judging are its own.

Called within a unit of work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert

from contest_portal.contests.models import Category
from contest_portal.contests.rules import CategoryRules
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work
from contest_portal.core.job_batches import Asked, enqueue_all
from contest_portal.entries.models import Author, Entry, EntryFile, EntryVersion, Tutor
from contest_portal.entries.queries.entry import locked_entries
from contest_portal.entries.queries.submitted import snapshot_of
from contest_portal.entries.services.claims import take_claims_where_free
from contest_portal.entries.services.likeness import likeness_asked
from contest_portal.entries.services.name_traces import name_search_asked
from contest_portal.entries.services.numbers import next_numbers
from contest_portal.entries.snapshots import digest_of
from contest_portal.media.models import Blob
from contest_portal.results.handoff.package.content import EntryPart
from contest_portal.results.handoff.services.records import SenderRecords


class EntryWriter:
    """Makes and changes entries of one contest. `blobs`: the files by their hash."""

    def __init__(self, work: Work, actor: Actor, records: SenderRecords, blobs: Mapping[str, Blob]) -> None:
        self._work, self._actor, self._records, self._blobs = work, actor, records, blobs

    def write(self, parts: Sequence[tuple[EntryPart, Category, int | None]]) -> list[Entry]:
        """The entries, submitted: made in the category, or the next version of the entry with that id, handed up before.

        All of them together: a few statements for each, everything else once, for others wait to save meanwhile.
        """
        before = locked_entries([entry_id for _part, _category, entry_id in parts if entry_id])
        with self._work.session.no_autoflush:
            entries = [
                self._written(before[entry_id] if entry_id else self._blank(category), part)
                for part, category, entry_id in parts
            ]
        self._work.session.flush()
        made = [(one, one.category.rules) for one in entries if not one.number]
        for (entry, _rules), number in zip(made, next_numbers(self._work, made) if made else (), strict=True):
            entry.number, entry.first_submitted_at = number, now()
        self._submit([(one, one.category.rules) for one in entries])
        return entries

    def _blank(self, category: Category) -> Entry:
        entry = Entry(
            contest_id=category.contest_id,
            contest=category.contest,
            category_id=category.id,
            category=category,
            state="draft",
            created_at=now(),
            updated_at=now(),
            answers={},
        )
        self._work.session.add(entry)
        return entry

    def _written(self, entry: Entry, part: EntryPart) -> Entry:
        entry.school = self._records.schools[part.school]
        self._write(entry, part, entry.category.rules)
        return entry

    def _write(self, entry: Entry, part: EntryPart, rules: CategoryRules) -> None:
        entry.title, entry.summary, entry.group_name = part.title, part.summary, part.group_name
        entry.discipline, entry.completed_on = part.discipline, part.completed_on
        entry.stage_code = _stage(part, rules)
        entry.answers = {one.code: one.value for one in part.answers}
        self._write_people(entry, part)
        there = {(one.slot_code, one.blob_id, one.file_name): one for one in entry.files}
        entry.files[:] = [
            there.get((one.slot, self._blobs[one.sha256].id, one.name))
            or EntryFile(
                slot_code=one.slot, blob=self._blobs[one.sha256], file_name=one.name, added_at=now(), added_by=None
            )
            for one in part.files
        ]

    def _write_people(self, entry: Entry, part: EntryPart) -> None:
        authors = {(one.student_id, one.teacher_id): one for one in entry.authors}
        written = []
        for position, one in enumerate(part.authors, start=1):
            student, teacher = self._records.students.get(one.person), self._records.teachers.get(one.person)
            ids = (student.id if student else None, None if student or not teacher else teacher.id)
            row = authors.get(ids) or Author(student=student, teacher=None if student else teacher)
            row.position, row.is_first = position, one.is_first
            row.share_percent, row.duty = one.share_percent, one.duty
            written.append(row)
        entry.authors[:] = written
        tutors = {one.teacher_id: one for one in entry.tutors}
        placed = []
        for position, key in enumerate(dict.fromkeys(part.tutors), start=1):
            teacher = self._records.teachers[key]
            tutor = tutors.get(teacher.id) or Tutor(teacher=teacher)
            tutor.position = position
            placed.append(tutor)
        entry.tutors[:] = placed

    def _submit(self, entries: Sequence[tuple[Entry, CategoryRules]]) -> None:
        moment, session = now(), self._work.session
        for entry, _rules in entries:
            entry.state = "submitted"
            entry.submission_count += 1
            entry.version += 1
            entry.submitted_at = entry.updated_at = moment
            entry.has_unsubmitted_changes, entry.fix_until = False, None
        session.flush()
        versions = [self._version(entry, rules) for entry, rules in entries]
        if versions:
            session.execute(insert(EntryVersion), versions)
        take_claims_where_free(self._work, entries)
        asked: list[Asked] = []
        for entry, _rules in entries:
            asked += likeness_asked(entry, entry.submission_count)
            asked.append(name_search_asked(entry, entry.submission_count))
        enqueue_all(self._work, asked)
        for (entry, _rules), version in zip(entries, versions, strict=True):
            after = {"number": entry.number, "version": entry.submission_count, "digest": version["digest"]}
            self._work.record(entry, action="results.take_entry", after=after)

    def _version(self, entry: Entry, rules: CategoryRules) -> dict[str, Any]:
        snapshot = snapshot_of(entry, rules)
        return {
            "entry_id": entry.id,
            "number": entry.submission_count,
            "snapshot": snapshot,
            "digest": digest_of(snapshot),
            "submitted_by": self._actor.account_id,
            "submitted_at": entry.submitted_at,
        }


def _stage(part: EntryPart, rules: CategoryRules) -> str:
    """The stage group of the receiving category: by its code, else by its name, else the one that takes that stage in."""
    groups = rules.stage_groups
    if any(group.code == part.stage for group in groups):
        return part.stage
    named = next((group.code for group in groups if group.name == part.stage_name), None)
    return named or next((group.code for group in groups if part.stage_name in group.stages), "")

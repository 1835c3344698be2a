"""Entries of the receiving contest made of what was handed up: they stand as submitted, screening and judging are its own.

Called within a unit of work.
"""

from __future__ import annotations

from collections.abc import Mapping

from contest_portal.contests.models import Category
from contest_portal.contests.rules import CategoryRules
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.entries.models import Author, Entry, EntryFile, EntryVersion, Tutor
from contest_portal.entries.queries.submitted import snapshot_of
from contest_portal.entries.services.claims import take_claims
from contest_portal.entries.services.likeness import ask_for_likeness
from contest_portal.entries.services.name_traces import ask_for_name_search
from contest_portal.entries.services.numbers import next_number
from contest_portal.entries.snapshots import digest_of
from contest_portal.media.models import Blob
from contest_portal.results.handoff.package.content import EntryPart
from contest_portal.results.handoff.services.records import SenderRecords


class EntryWriter:
    """Makes and changes entries of one contest. `blobs`: the files by their hash."""

    def __init__(self, work: Work, actor: Actor, records: SenderRecords, blobs: Mapping[str, Blob]) -> None:
        self._work, self._actor, self._records, self._blobs = work, actor, records, blobs

    def make(self, part: EntryPart, category: Category) -> Entry:
        """A new entry of the category, submitted."""
        entry = Entry(
            contest_id=category.contest_id,
            contest=category.contest,
            category_id=category.id,
            category=category,
            school=self._records.schools[part.school],
            state="draft",
            created_at=now(),
            updated_at=now(),
            answers={},
        )
        self._work.session.add(entry)
        self._write(entry, part, category.rules)
        self._work.session.flush()
        entry.number = next_number(self._work, entry, category.rules)
        entry.first_submitted_at = now()
        self._submit(entry, category.rules)
        return entry

    def change(self, entry: Entry, part: EntryPart) -> None:
        """The next version of an entry that was handed up before."""
        entry.school = self._records.schools[part.school]
        self._write(entry, part, entry.category.rules)
        self._work.session.flush()
        self._submit(entry, entry.category.rules)

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

    def _submit(self, entry: Entry, rules: CategoryRules) -> None:
        moment = now()
        entry.state = "submitted"
        entry.submission_count += 1
        entry.version += 1
        entry.submitted_at = entry.updated_at = moment
        entry.has_unsubmitted_changes, entry.fix_until = False, None
        self._work.session.flush()
        snapshot = snapshot_of(entry, rules)
        self._work.session.add(
            EntryVersion(
                entry_id=entry.id,
                number=entry.submission_count,
                snapshot=snapshot,
                digest=digest_of(snapshot),
                submitted_by=self._actor.account_id,
                submitted_at=moment,
            )
        )
        try:
            with self._work.session.begin_nested():
                take_claims(self._work, entry, rules)
        except (Invalid, Conflict):
            pass  # over a person's limit here: screening shows it, and the office decides
        ask_for_likeness(self._work, entry, entry.submission_count)
        ask_for_name_search(self._work, entry, entry.submission_count)
        self._work.record(
            entry,
            action="results.take_entry",
            after={"number": entry.number, "version": entry.submission_count, "digest": digest_of(snapshot)},
        )


def _stage(part: EntryPart, rules: CategoryRules) -> str:
    """The stage group of the receiving category: by its code, else by its name, else the one that takes that stage in."""
    groups = rules.stage_groups
    if any(group.code == part.stage for group in groups):
        return part.stage
    named = next((group.code for group in groups if group.name == part.stage_name), None)
    return named or next((group.code for group in groups if part.stage_name in group.stages), "")

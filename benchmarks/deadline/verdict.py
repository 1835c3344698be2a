"""The records after the night against what was said to the teachers."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import select

from benchmarks.deadline.place import Place
from benchmarks.deadline.teacher import Outcome
from contest_portal.core.database import db
from contest_portal.core.errors import DomainError
from contest_portal.core.storage import storage
from contest_portal.entries.models import Entry, EntryFile, EntryVersion
from contest_portal.media.models import Blob


@dataclass(frozen=True)
class Kept:
    """What the records hold of one entry: the hashes of its files, the seconds of the epoch of each submission.

    `open_until`: how long an upload that the deadline overtook keeps the entry open, 0 where there was none.
    """

    number: str | None
    state: str
    submitted_at: list[float]
    open_until: float
    hashes: list[str]


@dataclass
class Verdict:
    """What is wrong, in words that name the entry, by kind; and what was counted."""

    wrong: dict[str, list[str]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def blame(self, kind: str, words: str) -> None:
        self.wrong.setdefault(kind, []).append(words)

    def count_of(self, kind: str) -> int:
        return len(self.wrong.get(kind, []))


LOST, LATE_IN, REFUSED_IN, REFUSED_EARLY = "lost", "late but in", "refused but in", "in time but refused"
FILE_WRONG, TWICE = "file not as sent", "number given twice"
KINDS = (LOST, LATE_IN, REFUSED_IN, REFUSED_EARLY, FILE_WRONG, TWICE)


def judge(place: Place, outcomes: list[Outcome], closes_at: float, grace_seconds: float) -> Verdict:
    """Compare each teacher's outcome with the records, and each file with what was sent, byte for byte by its hash."""
    with place.application():
        kept = _kept([one.entry_id for one in outcomes if one.entry_id is not None])
        lost_files = _not_as_named({sha256 for one in kept.values() for sha256 in one.hashes})
    verdict = Verdict()
    for one in outcomes:
        if one.entry_id is not None and one.entry_id in kept:
            _compare(verdict, one, kept[one.entry_id], closes_at, grace_seconds, lost_files)
        elif one.is_acknowledged:
            verdict.blame(LOST, f"entry {one.entry_id} of visit {one.visit.number} is not there")
    numbers = Counter(one.number for one in kept.values() if one.number)
    for number in (number for number, count in numbers.items() if count > 1):
        verdict.blame(TWICE, number)
    return verdict


def _compare(
    verdict: Verdict, one: Outcome, kept: Kept, closes_at: float, grace_seconds: float, lost_files: set[str]
) -> None:
    about = f"entry {one.entry_id} of visit {one.visit.number}"
    verdict.counts["acknowledged"] += one.is_acknowledged
    verdict.counts["refused"] += one.is_refused
    if one.is_acknowledged and (kept.number != one.number or not kept.submitted_at or kept.state != "submitted"):
        verdict.blame(LOST, f"{about}: told {one.number}, kept {kept.number} {kept.state}")
    if one.is_refused and kept.submitted_at:
        verdict.blame(REFUSED_IN, about)
    if one.is_refused and one.pressed_at is not None and one.pressed_at < closes_at:
        verdict.blame(REFUSED_EARLY, about)
    # The deadline and its grace hold to the end of their second; a file that was on its way then is waited for.
    last = max(closes_at + grace_seconds + 1, kept.open_until)
    if any(at >= last for at in kept.submitted_at):
        verdict.blame(LATE_IN, about)
    if one.is_acknowledged and kept.hashes != [one.sha256]:
        verdict.blame(FILE_WRONG, f"{about}: sent {one.sha256[:12]}, kept {[name[:12] for name in kept.hashes]}")
    for sha256 in lost_files.intersection(kept.hashes):
        verdict.blame(FILE_WRONG, f"{about}: the content of {sha256[:12]} is not what its name says")


def _kept(ids: list[int]) -> dict[int, Kept]:
    known = set(ids)
    rows = db.session.execute(select(Entry.id, Entry.number, Entry.state, Entry.late_upload_until)).all()
    found = {
        row.id: Kept(row.number, row.state, [], row.late_upload_until.timestamp() if row.late_upload_until else 0.0, [])
        for row in rows
        if row.id in known
    }
    for entry_id, at in db.session.execute(select(EntryVersion.entry_id, EntryVersion.submitted_at)):
        if entry_id in found:
            found[entry_id].submitted_at.append(at.timestamp())
    files = select(EntryFile.entry_id, Blob.sha256).join(Blob, Blob.id == EntryFile.blob_id)
    for entry_id, sha256 in db.session.execute(files):
        if entry_id in found:
            found[entry_id].hashes.append(sha256)
    return found


def _not_as_named(hashes: set[str]) -> set[str]:
    """Those whose stored content is missing or another than its name says."""
    wrong = set()
    for sha256 in hashes:
        try:
            with storage().open(sha256) as stream:
                is_right = hashlib.file_digest(stream, "sha256").hexdigest() == sha256
        except (OSError, DomainError):
            is_right = False
        if not is_right:
            wrong.add(sha256)
    return wrong

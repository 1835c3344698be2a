"""Files that are on their way into an entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, func, select

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.entries.models import Entry, EntryFile
from contest_portal.media.models import Upload

TARGET, TARGET_KEY = "entry-file", "entry"
BATCH_TARGET, BATCH_KEY = "painting-batch", "batch"
"""The names under which this room takes uploads, and what in their place says for which entry or batch."""

UNDER_WAY = ("receiving", "checking")
REFUSAL_STAYS = timedelta(hours=1)
"""How long a refused file is told of where a good one, which came before it, stands in its slot."""


@dataclass(frozen=True)
class Coming:
    """A file on its way: how much of it is there, whose it is, whether its last byte has come (`is_whole`)."""

    name: str
    slot: str
    size_bytes: int
    received_bytes: int
    is_whole: bool
    account_id: int
    begun_at: datetime
    last_progress_at: datetime
    steady_since: datetime | None
    bytes_in_time: int

    @property
    def percent(self) -> int:
        """How much is there, 0 to 100; 100 only when all of it is."""
        return 100 if self.is_whole else min(99, self.received_bytes * 100 // max(1, self.size_bytes))


@dataclass(frozen=True)
class Refused:
    """A file that was sent whole and not taken, and after which none came to its slot: why, as it was kept."""

    name: str
    slot: str
    problem: dict[str, Any] | None


def coming_to(entry_id: int) -> list[Coming]:
    """The files on their way into the entry, the oldest first, whoever sends them."""
    return _coming(_uploads_to(entry_id, Upload.state.in_(UNDER_WAY)))


def coming_and_refused(entry: Entry) -> tuple[list[Coming], list[Refused]]:
    """The files on their way into the entry, and what was refused last in each slot; its files are loaded. One
    statement."""
    rows = _uploads_to(entry.id, Upload.state.not_in(("cancelled", "expired")))
    return _coming([one for one in rows if one.state in UNDER_WAY]), _refused(entry, rows)


def on_its_way_since(file: EntryFile) -> datetime:
    """When the sending of the file began that lies in a slot; of one that came with a form, when it was put there."""
    sent = select(func.max(Upload.begun_at)).where(
        Upload.target == TARGET,
        Upload.subject == str(file.entry_id),
        Upload.state == "done",
        Upload.sha256 == file.blob.sha256,
        Upload.begun_at <= file.added_at,
    )
    return db.session.scalar(sent) or file.added_at


def _uploads_to(entry_id: int, condition: ColumnElement[bool]) -> Sequence[Upload]:
    return db.session.scalars(
        select(Upload).where(Upload.target == TARGET, Upload.subject == str(entry_id), condition).order_by(Upload.id)
    ).all()


def _coming(rows: Iterable[Upload]) -> list[Coming]:
    return [
        Coming(
            one.file_name,
            str(one.place.get("slot", "")),
            one.size_bytes,
            one.received_bytes,
            one.state == "checking",
            one.account_id,
            one.begun_at,
            one.last_progress_at,
            one.steady_since,
            one.bytes_in_time,
        )
        for one in rows
    ]


def _refused(entry: Entry, rows: Iterable[Upload]) -> list[Refused]:
    last = {str(one.place.get("slot", "")): one for one in rows}
    newest: dict[str, datetime] = {}
    for file in entry.files:
        newest[file.slot_code] = max(file.added_at, newest.get(file.slot_code, file.added_at))
    return [
        Refused(one.file_name, slot, one.problem)
        for slot, one in last.items()
        if one.state in {"refused", "failed"} and not (slot in newest and _is_settled(one, newest[slot]))
    ]


def _is_settled(refused: Upload, taken_at: datetime) -> bool:
    """Whether the file that stands in the slot makes the refused one of no interest: it came later, or has stood there
    for a while since. Until then whoever tried to replace it must read why it was not replaced."""
    return refused.begun_at < taken_at or now() - refused.last_progress_at >= REFUSAL_STAYS


def longest_pause() -> timedelta:
    """The longest pause of an upload that still counts as under way."""
    return timedelta(minutes=current_app.config["SETTINGS"].upload_gap_minutes)


def is_moving(coming: Coming) -> bool:
    """Whether the file has come further of late, or is being looked at."""
    return coming.is_whole or now() - coming.last_progress_at <= longest_pause()

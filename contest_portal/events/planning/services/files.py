"""The files of an event: looked at by the media room's sandbox before they are stored, then public with the event."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import db, locked, unit_of_work
from contest_portal.core.errors import FieldProblem, Invalid
from contest_portal.core.storage import storage
from contest_portal.core.text import N_, Message
from contest_portal.core.virus_scan import refuse_virus
from contest_portal.events.planning.models import Event, EventFile
from contest_portal.events.planning.services.events import require_editable
from contest_portal.media.facts import FileFacts, Kind, problem_message
from contest_portal.media.probing import media_reader
from contest_portal.media.services.receiving import clean_name
from contest_portal.media.signature import HEAD_BYTES, kind_of

KINDS = (Kind.PDF, Kind.JPEG, Kind.PNG, Kind.WEBP, Kind.DOCX, Kind.XLSX)
ACCEPT = ".pdf,.jpg,.jpeg,.png,.webp,.docx,.xlsx"
MOST_FILES = 10
MOST_BYTES = 20 << 20
FIELD = "files"


@dataclass(frozen=True)
class GivenFile:
    """A file as it came with a form."""

    name: str
    content: bytes


def add_files(actor: Actor, event_id: int, files: Sequence[GivenFile]) -> list[EventFile]:
    """Add files to the event, all or none. Raises Invalid with every file's problem, Conflict where the event has ended."""
    if not files:
        raise Invalid("events.no_file", N_("请先选择文件。"), field=FIELD)
    require_few(event_id, len(files))
    problems = [FieldProblem(FIELD, message) for one in files if (message := _problem(one)) is not None]
    if problems:
        raise Invalid("events.bad_file", problems[0].message, problems=problems)
    stored = [storage().put_bytes(one.content) for one in files]
    with unit_of_work(actor, "events.add_files") as work:
        event = locked(Event, event_id)
        require_editable(event)
        require_few(event_id, len(files))
        rows = [
            EventFile(
                event_id=event_id,
                file_sha256=content.sha256,
                file_name=clean_name(one.name),
                kind=kind_of(one.content[:HEAD_BYTES]).value,
                size_bytes=len(one.content),
                added_at=now(),
            )
            for one, content in zip(files, stored, strict=True)
        ]
        work.session.add_all(rows)
        work.record(event, after={"files": [row.file_name for row in rows]})
    return rows


def remove_file(actor: Actor, file_id: int) -> None:
    """Take a file away; its content goes when nothing else refers to it."""
    with unit_of_work(actor, "events.remove_file") as work:
        row = locked(EventFile, file_id)
        require_editable(locked(Event, row.event_id))
        work.record(row, before={"event_id": row.event_id, "file": row.file_name})
        work.session.delete(row)


def _count(event_id: int) -> int:
    return db.session.scalar(select(func.count()).where(EventFile.event_id == event_id)) or 0


def require_few(event_id: int, more: int) -> None:
    """Raise Invalid where the event would have too many files with so many more."""
    count = _count(event_id) + more
    if count > MOST_FILES:
        words = N_("一个活动最多 %(most)s 个文件，加上这些就有 %(count)s 个了。请合并，或先删去不用的。")
        raise Invalid("events.many_files", Message.of(words, most=MOST_FILES, count=count), field=FIELD)


def _problem(one: GivenFile) -> Message | None:
    name = clean_name(one.name)
    if len(one.content) > MOST_BYTES:
        words = N_("「%(name)s」超过每个文件 %(most)s MB 的上限，请压缩或拆分后再传。")
        return Message.of(words, name=name, most=MOST_BYTES >> 20)
    facts = _facts(one)
    if (problem := problem_message(facts)) is not None and (facts.kind in KINDS or facts.kind is Kind.EMPTY):
        return Message.of(N_("「%(name)s」：%(problem)s"), name=name, problem=problem)
    if facts.kind not in KINDS:
        words = N_("「%(name)s」不是 PDF、图片、Word（docx）或 Excel（xlsx）文件。请另存为这些格式后再传。")
        return Message.of(words, name=name)
    return None


def _facts(one: GivenFile) -> FileFacts:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(one.content)
        refuse_virus(path, clean_name(one.name))
        return media_reader().probe(path, clean_name(one.name), KINDS)

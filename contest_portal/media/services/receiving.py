"""Files come in: stored by content, looked at in the sandbox, then known to the database.

Two steps, so that nothing slow happens inside a transaction: `receive_file` stores and probes; `remember` makes the
record within the caller's unit of work and asks for the previews.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from contest_portal.core.clock import now
from contest_portal.core.database import Work, db
from contest_portal.core.storage import Stored, storage
from contest_portal.core.virus_scan import refuse_virus
from contest_portal.media.facts import FileFacts, Kind
from contest_portal.media.models import Blob
from contest_portal.media.probing import media_reader
from contest_portal.media.services.derivatives import ask_for_derivatives
from contest_portal.media.services.sweeping import remove_refused

NAME_LENGTH = 200


@dataclass(frozen=True)
class Received:
    """A stored file that no record names yet."""

    sha256: str
    size_bytes: int
    name: str
    facts: FileFacts
    put_at: datetime | None = None
    """When it was put, where nobody had put it before."""


def receive_file(stream: IO[bytes], name: str, accepted: Collection[str] | None = None) -> Received:
    """Store the stream's content and find out what it is.

    `accepted`: codes of the kinds the slot takes; others are told by their signature alone, no decoder touches them.
    A file that nothing can be made of gives facts with a problem; it is for the caller to refuse it.
    """
    stored = storage().put(stream)
    put_at = put_at_of(stored)
    try:
        received = receive_stored(stored.sha256, stored.size, name, accepted)
    except Exception:
        remove_refused(stored.sha256, put_at)
        raise
    return replace(received, put_at=put_at)


def put_at_of(stored: Stored) -> datetime | None:
    """When the content was put, where nobody had put it before."""
    return storage().put_at(stored.sha256) if stored.is_new else None


def receive_stored(sha256: str, size_bytes: int, name: str, accepted: Collection[str] | None = None) -> Received:
    """Find out what content is that the storage holds already; see `receive_file`."""
    known = db.session.scalar(select(Blob).where(Blob.sha256 == sha256))
    clean = clean_name(name)
    kinds = None if accepted is None else [Kind(code) for code in accepted]
    if known is not None and (known.facts.get("looked_into") or (kinds is not None and Kind(known.kind) not in kinds)):
        facts = FileFacts.from_json({**known.facts, "extension": Path(clean).suffix.lower().lstrip(".")})
    else:
        with storage().local_copy(sha256) as path:
            refuse_virus(path, clean)
            facts = media_reader().probe(path, clean, kinds)
    return Received(sha256, size_bytes, clean, facts)


def remember(work: Work, received: Received) -> Blob:
    """The record of a received file, in the caller's transaction; previews are made by jobs afterwards."""
    # Shared: a sweep that is about to remove the record waits, and then finds it used.
    known = select(Blob).where(Blob.sha256 == received.sha256).with_for_update(read=True)
    blob = work.session.scalar(known)
    if blob is not None:
        return blob
    blob = Blob(
        sha256=received.sha256,
        size_bytes=received.size_bytes,
        kind=received.facts.kind.value,
        facts=received.facts.to_json(),
        created_at=now(),
    )
    try:
        with work.session.begin_nested():
            work.session.add(blob)
    except IntegrityError:  # the same file came in at the same moment from somebody else
        return work.session.scalars(known).one()
    if received.facts.usable:
        ask_for_derivatives(work, blob)
    return blob


def clean_name(name: str) -> str:
    """The last part of a file's name without control characters, shortened from the front of its stem if too long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(c for c in last if c.isprintable()).strip() or "file"
    if len(visible) <= NAME_LENGTH:
        return visible
    suffix = Path(visible).suffix[:10]
    return visible[: NAME_LENGTH - len(suffix)] + suffix

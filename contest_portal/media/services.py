"""Files come in: stored by content, looked at in the sandbox, then known to the database.

Two steps, so that nothing slow happens inside a transaction: `receive_file` stores and probes; `remember` makes the
record within the caller's unit of work and asks for the previews.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from contest_portal.core.actor import console_actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, unit_of_work
from contest_portal.core.jobs import enqueue, job
from contest_portal.core.storage import Storage
from contest_portal.media.blind_copies import kind_of_copy
from contest_portal.media.facts import FILMS, PICTURES, FileFacts, Kind
from contest_portal.media.models import Blob, Derivative
from contest_portal.media.probing import DerivativeError, media_reader
from contest_portal.media.queries import derivative

NAME_LENGTH = 200
DERIVATIVES: dict[Kind, tuple[str, ...]] = {
    **dict.fromkeys(PICTURES, ("thumb", "screen")),
    **dict.fromkeys(FILMS, ("poster",)),
}


@dataclass(frozen=True)
class Received:
    """A stored file that no record names yet."""

    sha256: str
    size_bytes: int
    name: str
    facts: FileFacts


def storage() -> Storage:
    """The running application's storage."""
    found: Storage = current_app.extensions["storage"]
    return found


def receive_file(stream: IO[bytes], name: str, accepted: Collection[str] | None = None) -> Received:
    """Store the stream's content and find out what it is.

    `accepted`: codes of the kinds the slot takes; others are told by their signature alone, no decoder touches them.
    A file that nothing can be made of gives facts with a problem; it is for the caller to refuse it.
    """
    stored = storage().put(stream)
    known = db.session.scalar(select(Blob).where(Blob.sha256 == stored.sha256))
    clean = clean_name(name)
    kinds = None if accepted is None else [Kind(code) for code in accepted]
    if known is not None and (known.facts.get("looked_into") or (kinds is not None and Kind(known.kind) not in kinds)):
        facts = FileFacts.from_json({**known.facts, "extension": Path(clean).suffix.lower().lstrip(".")})
    else:
        facts = media_reader().probe(storage().path(stored.sha256), clean, kinds)
    return Received(stored.sha256, stored.size, clean, facts)


def remember(work: Work, received: Received) -> Blob:
    """The record of a received file, in the caller's transaction; previews are made by jobs afterwards."""
    known = select(Blob).where(Blob.sha256 == received.sha256)
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
        for kind in DERIVATIVES.get(received.facts.kind, ()):
            work.session.add(Derivative(blob_id=blob.id, kind=kind))
            enqueue(work, "media.derive", {"blob_id": blob.id, "kind": kind}, key=f"derive-{blob.id}-{kind}")
    return blob


@job("media.derive")
def make_derivative(payload: dict[str, Any]) -> None:
    """Make one preview. Done again it finds the same content and changes nothing."""
    blob = db.session.get_one(Blob, payload["blob_id"])
    row = db.session.scalar(select(Derivative).where(Derivative.blob_id == blob.id, Derivative.kind == payload["kind"]))
    if row is None or row.state == "ready":
        return
    make = {
        "thumb": media_reader().make_thumbnail,
        "screen": media_reader().make_screen_picture,
        "poster": media_reader().make_poster,
        "blind": media_reader().make_blind_copy,
    }[row.kind]
    source, row_id, kind = storage().path(blob.sha256), row.id, row.kind
    db.session.rollback()
    values: dict[str, Any]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "made"
        try:
            made = make(source, target)
        except DerivativeError as failure:
            values = {"state": "failed", "error": str(failure)}
        else:
            stored = storage().put_path(target)
            values = {
                "state": "ready",
                "sha256": stored.sha256,
                "width": made.width,
                "height": made.height,
                "error": "",
            }
    with unit_of_work(console_actor("job"), "media.derive") as work:
        found = work.session.get_one(Derivative, row_id)
        for name, value in values.items():
            setattr(found, name, value)
        work.record(found, after={"kind": kind, "state": values["state"]})


def blind_copy(blob: Blob) -> Derivative | None:
    """The file without anything that tells of whom it comes, made when first asked for; None where none can be made."""
    if kind_of_copy(Kind(blob.kind)) is None:
        return None
    row = derivative(blob.id, "blind")
    if row is None:
        with suppress(IntegrityError), unit_of_work(console_actor("media"), "media.blind") as work:
            row = Derivative(blob_id=blob.id, kind="blind")
            work.session.add(row)
            work.session.flush()
            work.record(row, after={"kind": "blind"})
    make_derivative({"blob_id": blob.id, "kind": "blind"})
    found = derivative(blob.id, "blind")
    return found if found and found.state == "ready" else None


def clean_name(name: str) -> str:
    """The last part of a file's name without control characters, shortened from the front of its stem if too long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(c for c in last if c.isprintable()).strip() or "file"
    if len(visible) <= NAME_LENGTH:
        return visible
    suffix = Path(visible).suffix[:10]
    return visible[: NAME_LENGTH - len(suffix)] + suffix

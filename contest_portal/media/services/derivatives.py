"""What is made of a stored file: previews by jobs, the judges' blind copy. Done again, nothing changes."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from contest_portal.core.actor import console_actor
from contest_portal.core.database import Work, db, unit_of_work
from contest_portal.core.jobs import enqueue, job
from contest_portal.core.storage import storage
from contest_portal.media.blind_copies import kind_of_copy
from contest_portal.media.facts import FILMS, PICTURES, Kind
from contest_portal.media.models import Blob, Derivative
from contest_portal.media.probing import DerivativeError, media_reader
from contest_portal.media.queries import derivative

DERIVATIVES: dict[Kind, tuple[str, ...]] = {
    **dict.fromkeys(PICTURES, ("thumb", "screen")),
    **dict.fromkeys(FILMS, ("poster",)),
}


def ask_for_derivatives(work: Work, blob: Blob) -> None:
    """The previews of a new file, made by jobs once the caller's transaction is written."""
    for kind in DERIVATIVES.get(Kind(blob.kind), ()):
        work.session.add(Derivative(blob_id=blob.id, kind=kind))
        enqueue(work, "media.derive", {"blob_id": blob.id, "kind": kind}, key=f"derive-{blob.id}-{kind}")


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
    sha256, row_id, kind = blob.sha256, row.id, row.kind
    db.session.rollback()
    values: dict[str, Any]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "made"
        try:
            with storage().local_copy(sha256) as source:
                made = make(source, target)
        except DerivativeError as failure:
            values = {"state": "failed", "error": str(failure)}
        else:
            stored = storage().adopt(target)
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

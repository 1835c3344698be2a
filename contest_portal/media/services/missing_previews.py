"""Previews of files that came in before such previews were made, and once more of those that failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.database import db, unit_of_work
from contest_portal.media.facts import FileFacts
from contest_portal.media.models import Blob, Derivative
from contest_portal.media.renditions import kinds_made_of
from contest_portal.media.services.derivatives import ask_for, make_again

FILES_AT_ONCE = 100


def ask_for_missing(actor: Actor) -> int:
    """Ask for every preview that a file should have and has not; a hundred files to a transaction. Gives how many."""
    asked = 0
    for blobs in _in_pieces():
        with unit_of_work(actor, "media.ask_for_missing") as work:
            ids = [blob.id for blob in blobs]
            rows = work.session.execute(select(Derivative.blob_id, Derivative.kind).where(Derivative.blob_id.in_(ids)))
            known = {(blob_id, kind) for blob_id, kind in rows}
            missing = [
                (blob, kind)
                for blob in blobs
                for kind in kinds_made_of(FileFacts.from_json(blob.facts))
                if (blob.id, kind) not in known
            ]
            for blob, kind in missing:
                ask_for(work, blob, kind)
            if missing:
                work.record(("blob", None), after={"previews": len(missing), "first": ids[0], "last": ids[-1]})
        asked += len(missing)
    return asked


def _in_pieces() -> Iterator[Sequence[Blob]]:
    last = 0
    while blobs := db.session.scalars(select(Blob).where(Blob.id > last).order_by(Blob.id).limit(FILES_AT_ONCE)).all():
        last = blobs[-1].id
        db.session.rollback()
        yield blobs


def ask_again_for_failed(actor: Actor) -> int:
    """Ask once more for every preview that failed. Gives how many."""
    failed = db.session.execute(select(Derivative.blob_id, Derivative.kind).where(Derivative.state == "failed")).all()
    db.session.rollback()
    for blob_id, kind in failed:
        make_again(actor, blob_id, kind)
    return len(failed)

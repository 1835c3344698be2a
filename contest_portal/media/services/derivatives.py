"""What is made of a stored file: previews and the judges' blind copy, all by jobs. Done again, nothing changes."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from contest_portal.core.actor import Actor, console_actor
from contest_portal.core.database import Work, begin_writing, db, unit_of_work
from contest_portal.core.errors import NotFound
from contest_portal.core.jobs import FILMS, QUICK, SLOW, CannotBeDone, enqueue, job, report_progress
from contest_portal.core.storage import storage
from contest_portal.core.text import N_
from contest_portal.media import previews, renditions
from contest_portal.media.blind_copies import derivative_of_copy
from contest_portal.media.derivatives import Made
from contest_portal.media.facts import FileFacts, Kind
from contest_portal.media.models import Blob, Derivative
from contest_portal.media.previews import Preview
from contest_portal.media.probing import DerivativeError
from contest_portal.media.queries import dead_jobs, derivative, job_key

PROGRESS_SECONDS = 1.5


def ask_for_derivatives(work: Work, blob: Blob) -> None:
    """The previews of a new file, made by jobs once the caller's transaction is written."""
    for kind in renditions.kinds_made_of(FileFacts.from_json(blob.facts)):
        ask_for(work, blob, kind)


def ask_for_blind_copies(work: Work, blobs: Collection[Blob]) -> None:
    """What judges of a blind round get of these files, where it has not been asked for yet. One statement, and some
    for each that is missing."""
    wanted = {blob.id: (blob, kind) for blob in blobs if (kind := derivative_of_copy(Kind(blob.kind)))}
    pairs = select(Derivative.blob_id, Derivative.kind).where(Derivative.blob_id.in_(list(wanted)))
    known = {(blob_id, kind) for blob_id, kind in work.session.execute(pairs)}
    for blob, kind in wanted.values():
        if (blob.id, kind) not in known:
            ask_for(work, blob, kind)


def ask_for(work: Work, blob: Blob, kind: str) -> None:
    """Have one made that there is not yet, in the caller's transaction."""
    row = Derivative(blob_id=blob.id, kind=kind)
    with suppress(IntegrityError):  # somebody else asked at the same moment
        with work.session.begin_nested():
            work.session.add(row)
        _enqueue(work, row)


def _enqueue(work: Work, row: Derivative) -> None:
    # Again: databases may give a new file the number of one that was swept away, whose jobs are still on record.
    name, lane = ("media.derive", QUICK) if row.kind in renditions.QUICK else ("media.render", SLOW)
    lane = FILMS if row.kind == "film720" else lane
    enqueue(work, name, {"blob_id": row.blob_id, "kind": row.kind}, key=job_key(row), lane=lane, again=True)


def make_again(actor: Actor, blob_id: int, kind: str) -> Derivative:
    """Ask once more for one that failed. One that is ready or under way is left alone: pressing twice asks once.

    Raises NotFound for a kind that is not made of this file.
    """
    with unit_of_work(actor, "media.make_again") as work:
        wanted = select(Derivative).where(Derivative.blob_id == blob_id, Derivative.kind == kind).with_for_update()
        row = work.session.scalar(wanted)
        if row is None:
            raise NotFound
        if row.state == "failed" or dead_jobs([row]):
            before = {"kind": kind, "state": row.state, "error": row.error}
            row.state, row.progress, row.error = "waiting", 0, ""
            work.session.flush()
            _enqueue(work, row)
            work.record(row, before=before, after={"kind": kind, "state": row.state})
    return row


@job("media.derive", N_("缩略图、大图、影片封面"), things=previews.NAMES)
def make_derivative(payload: dict[str, Any]) -> None:
    """Make one quick preview. Done again it finds it ready and changes nothing."""
    _make(payload["blob_id"], payload["kind"])


@job("media.render", N_("影片网页播放版、逐页预览、放大浏览图、匿名副本"), things=previews.NAMES)
def make_rendition(payload: dict[str, Any]) -> None:
    """Make one that takes long; its progress stands in its record meanwhile."""
    _make(payload["blob_id"], payload["kind"])


def _make(blob_id: int, kind: str) -> None:
    blob = db.session.get(Blob, blob_id)
    row = db.session.scalar(select(Derivative).where(Derivative.blob_id == blob_id, Derivative.kind == kind))
    if blob is None or row is None or row.state == "ready":
        return
    sha256, facts, row_id = blob.sha256, FileFacts.from_json(blob.facts), row.id
    _note(row_id, state="running", progress=0)
    values: dict[str, Any]
    with _workplace(row_id) as folder, storage().local_copy(sha256) as source:
        target = folder / "made"
        try:
            made = _made(blob_id, kind, source, target, facts, _progress_of(row_id))
        except DerivativeError as failure:
            values = {"state": "failed", "error": failure.problem.value}
        else:
            stored = storage().adopt(target)
            values = {
                "state": "ready",
                "sha256": stored.sha256,
                "width": made.width,
                "height": made.height,
                "detail": dict(made.detail),
                "progress": 100,
                "error": "",
            }
    with unit_of_work(console_actor("job"), "media.derive") as work:
        found = work.session.get(Derivative, row_id)
        if found is None:  # nobody has the file any more
            return
        for name, value in values.items():
            setattr(found, name, value)
        work.record(found, after={"kind": kind, "state": values["state"], "error": values["error"]})
        if kind == "film720" and values["state"] == "ready":
            _ask_again_for_poster(work, blob_id)
    if values["state"] == "failed":  # the office sees it among its jobs, and may have it tried again there too
        raise CannotBeDone(Preview(kind, "failed", problem=values["error"]).why)


def _made(blob_id: int, kind: str, source: Path, target: Path, facts: FileFacts, report: Callable[[int], None]) -> Made:
    """Write it to `target`. The poster of a film that gives none is taken from its rendition, where there is one.

    Raises DerivativeError.
    """
    most_pages = current_app.config["SETTINGS"].preview_pages
    try:
        return renditions.make(kind, source, target, facts, report, most_pages)
    except DerivativeError:
        rendition = derivative(blob_id, "film720") if kind == "poster" else None
        sha256 = rendition.sha256 if rendition is not None and rendition.state == "ready" else None
        db.session.rollback()  # making takes a while, outside of transactions
        if sha256 is None:
            raise
        with storage().local_copy(sha256) as film:
            return renditions.make(kind, film, target, facts, report, most_pages)


def _ask_again_for_poster(work: Work, blob_id: int) -> None:
    """One that the film itself did not give can be had from its rendition."""
    wanted = select(Derivative).where(
        Derivative.blob_id == blob_id, Derivative.kind == "poster", Derivative.state == "failed"
    )
    row = work.session.scalar(wanted.with_for_update())
    if row is not None:
        row.state, row.progress, row.error = "waiting", 0, ""
        work.session.flush()
        _enqueue(work, row)


def _progress_of(row_id: int) -> Callable[[int], None]:
    """Writes the percent into the record, not more often than pages ask for it."""
    told = time.monotonic()

    def report(percent: int) -> None:
        nonlocal told
        report_progress(percent / 100)
        if time.monotonic() - told >= PROGRESS_SECONDS:
            told = time.monotonic()
            with suppress(OperationalError):  # a busy database: the next percent will do
                _note(row_id, progress=percent)

    return report


def _note(row_id: int, **values: Any) -> None:
    """How far it is; no act of anybody, so it leaves no audit record."""
    begin_writing()
    change = update(Derivative).where(Derivative.id == row_id).values(**values)
    db.session.execute(change.execution_options(synchronize_session=False))
    db.session.commit()


@contextmanager
def _workplace(row_id: int) -> Iterator[Path]:
    """A folder on the disk of the instance. What a job that was killed had left of the same derivative goes first."""
    parent: Path = current_app.config["SETTINGS"].instance / "making"
    parent.mkdir(parents=True, exist_ok=True)
    for left in parent.glob(f"{row_id}-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{row_id}-", dir=parent) as folder:
        yield Path(folder)

"""Black boxes on a work's files: set by the office, painted into a copy by a job, shown to judges from then on."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from contest_portal.core.actor import Actor, console_actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, locked, unit_of_work
from contest_portal.core.errors import Invalid, NotFound, Stale
from contest_portal.core.jobs import enqueue, job, report_progress
from contest_portal.core.storage import Missing, storage
from contest_portal.core.text import N_, Message
from contest_portal.entries.blind_models import FileMask, NameTrace
from contest_portal.entries.draft_input import clean_text, has_control_characters
from contest_portal.entries.mask_boxes import with_proposals
from contest_portal.entries.models import Entry
from contest_portal.entries.services.name_traces import settle_by_mask
from contest_portal.media import renditions
from contest_portal.media.blind_copies import can_be_masked
from contest_portal.media.facts import FileFacts, Kind
from contest_portal.media.models import Blob
from contest_portal.media.probing import DerivativeError
from contest_portal.media.services.derivatives import ask_for_blind_copies
from contest_portal.media.services.receiving import receive_stored, remember

MOST_WHY = 200
NOT_THERE = "missing"


def save_mask(
    actor: Actor, entry_id: int, blob_id: int, seen: int, page: int, boxes: Sequence[Sequence[float]], why: str
) -> FileMask | None:
    """Set the boxes of one page; gives the mask, or None where none is left.

    `seen`: the mask's version that was on screen (0: none). Raises Stale where a colleague changed it meanwhile, Invalid
    without a reason or for a file that cannot be masked.
    """
    reason = _reason(why)
    if boxes and not reason:
        raise Invalid("entries.why_masked", N_("请填写遮盖说明，学校会看到它。"), field="why")
    with unit_of_work(actor, "entries.mask_file") as work:
        mask = _locked_mask(work, entry_id, blob_id)
        if (mask.version if mask else 0) != seen:
            raise Stale
        pages = dict(mask.boxes) if mask else {}
        if boxes:
            pages[str(page)] = [list(box) for box in boxes]
        else:
            pages.pop(str(page), None)
        return _write(work, actor, entry_id, blob_id, mask, pages, reason)


def _reason(why: str) -> str:
    reason = clean_text(why)
    if len(reason) > MOST_WHY:
        message = Message.of(
            N_("遮盖说明有 %(measured)s 字，最多 %(limit)s 字。"), measured=len(reason), limit=MOST_WHY
        )
        raise Invalid("entries.why_too_long", message, field="why")
    if has_control_characters(reason, "\n\t"):
        message = Message.of(N_("%(label)s中有无法显示的控制字符，请删去后重新输入"), label=Message(N_("遮盖说明")))
        raise Invalid("entries.why_unprintable", message, field="why")
    return reason


def mask_traces(actor: Actor, entry_id: int, blob_id: int, why: str) -> FileMask | None:
    """Cover every open name of the file whose place is known, besides what is covered already."""
    with unit_of_work(actor, "entries.mask_file") as work:
        mask = _locked_mask(work, entry_id, blob_id)
        pages = dict(mask.boxes) if mask else {}
        wanted = select(NameTrace).where(
            NameTrace.entry_id == entry_id, NameTrace.blob_id == blob_id, NameTrace.state == "open"
        )
        for trace in work.session.scalars(wanted.order_by(NameTrace.id)):
            if trace.boxes:
                pages[str(trace.page)] = with_proposals(pages.get(str(trace.page), []), trace.boxes)
        return _write(work, actor, entry_id, blob_id, mask, pages, (mask.why if mask else "") or _reason(why))


def _locked_mask(work: Work, entry_id: int, blob_id: int) -> FileMask | None:
    locked(Entry, entry_id)
    blob = work.session.get(Blob, blob_id)
    if blob is None or not can_be_masked(Kind(blob.kind)):
        raise NotFound
    wanted = select(FileMask).where(FileMask.entry_id == entry_id, FileMask.blob_id == blob_id)
    return work.session.scalar(wanted.with_for_update().execution_options(populate_existing=True))


def _write(
    work: Work, actor: Actor, entry_id: int, blob_id: int, mask: FileMask | None, pages: dict[str, Any], why: str
) -> FileMask | None:
    before = {"boxes": mask.boxes, "why": mask.why} if mask else {"boxes": {}}
    if mask is not None and before == {"boxes": pages, "why": why}:
        return mask
    if not pages:
        if mask is not None:
            work.record(mask, before=before, after={"boxes": {}, "entry": entry_id, "blob": blob_id})
            work.session.delete(mask)
            _settle(work, entry_id, blob_id, None)
        return None
    entry = work.session.get_one(Entry, entry_id)
    if mask is None:
        mask = FileMask(entry_id=entry_id, blob_id=blob_id, version=0)
        work.session.add(mask)
    mask.version += 1
    mask.entry_version, mask.boxes, mask.why = entry.submission_count, pages, why
    mask.state, mask.error, mask.masked_blob_id = "waiting", "", None
    mask.saved_by, mask.saved_at = actor.account_id, now()
    work.session.flush()
    _settle(work, entry_id, blob_id, mask)
    work.record(mask, before=before, after={"boxes": pages, "why": why, "entry": entry_id, "blob": blob_id})
    _enqueue(work, mask)
    return mask


def _settle(work: Work, entry_id: int, blob_id: int, mask: FileMask | None) -> None:
    wanted = select(NameTrace).where(NameTrace.entry_id == entry_id, NameTrace.blob_id == blob_id)
    for trace in work.session.scalars(wanted):
        settle_by_mask(trace, mask)


def _enqueue(work: Work, mask: FileMask) -> None:
    payload = {"mask_id": mask.id, "version": mask.version}
    enqueue(work, "entries.mask_file", payload, key=f"mask-{mask.id}-{mask.version}", again=True)


def make_mask_again(actor: Actor, entry_id: int, blob_id: int) -> None:
    """Paint once more what failed."""
    with unit_of_work(actor, "entries.mask_again") as work:
        mask = _locked_mask(work, entry_id, blob_id)
        if mask is None:
            raise NotFound
        if mask.state == "failed":
            mask.state, mask.error = "waiting", ""
            work.record(mask, before={"state": "failed"}, after={"state": "waiting"})
            _enqueue(work, mask)


@job("entries.mask_file", N_("生成遮盖后的副本"))
def mask_file_job(payload: dict[str, Any]) -> None:
    """Paint the boxes of that version of the mask; of one that was changed meanwhile the later job does it."""
    mask = _current(payload)
    if mask is None:
        return
    sha256, facts, boxes = mask.blob.sha256, FileFacts.from_json(mask.blob.facts), dict(mask.boxes)
    name = "masked.pdf" if facts.kind is Kind.PDF else "masked.jpg"
    db.session.rollback()
    parent: Path = current_app.config["SETTINGS"].instance / "making"
    parent.mkdir(parents=True, exist_ok=True)
    received, error = None, ""
    with tempfile.TemporaryDirectory(prefix="mask-", dir=parent) as folder:
        target = Path(folder) / "made"
        try:
            with storage().local_copy(sha256) as source:
                renditions.make_masked(source, target, facts, boxes, lambda percent: report_progress(percent / 100))
            stored = storage().adopt(target)
            received = receive_stored(stored.sha256, stored.size, name)
        except DerivativeError as failure:
            error = failure.problem.value
        except Missing:
            error = NOT_THERE
    with unit_of_work(console_actor("job"), "entries.paint_mask") as work:
        found = work.session.scalar(select(FileMask).where(FileMask.id == payload["mask_id"]).with_for_update())
        if found is None or found.version != payload["version"]:
            return
        if received is not None:
            blob = remember(work, received)
            ask_for_blind_copies(work, [blob])
            found.masked_blob_id = blob.id
        found.state, found.error = ("ready" if received else "failed"), error
        work.record(found, after={"state": found.state, "error": error})


def _current(payload: dict[str, Any]) -> FileMask | None:
    mask = db.session.get(FileMask, payload["mask_id"])
    if mask is None or mask.version != payload["version"] or mask.state == "ready":
        return None
    return mask

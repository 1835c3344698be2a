"""Where files of a batch go that are sent in pieces: pictures, workbooks, a ZIP of any size."""

from __future__ import annotations

from collections.abc import Collection

from flask import current_app

from contest_portal.contests.file_kinds import kind_by_name
from contest_portal.contests.rules import SlotRules
from contest_portal.core.actor import Actor
from contest_portal.core.errors import Invalid, NotAllowed, NotFound
from contest_portal.core.i18n import sizes_apart
from contest_portal.core.permissions import Decision
from contest_portal.core.spreadsheets import DEFAULT_LIMITS
from contest_portal.core.text import N_, Message
from contest_portal.entries.batch.slots import picture_slot
from contest_portal.entries.models_batch import PaintingBatch
from contest_portal.entries.policy_batch import may_work_on_batch
from contest_portal.entries.queries.batches import batch_by_id
from contest_portal.entries.queries.uploads import BATCH_KEY, BATCH_TARGET
from contest_portal.entries.services.batches import (
    MOST_PICTURES,
    empty_file,
    require_batch_space,
    require_open,
    take_file,
    unfit_kind,
)
from contest_portal.entries.services.space import lock_school
from contest_portal.media.services.receiving import Received
from contest_portal.media.upload_targets import Announced, Place, Target, UploadView, id_in, register_target

_WORKBOOKS = {"xlsx", "xls", "text"}


def begin(actor: Actor, place: Place, announced: Announced) -> None:
    """Whether the file may come. Raises NotFound for a batch that the actor may not work on, TooLate, NoSpace, Invalid for
    what is neither picture, ZIP nor workbook and for what is too large for it."""
    batch = _batch(place)
    if may_work_on_batch(actor, batch) is not Decision.ALLOW:
        raise NotFound
    lock_school(batch.school_id)
    require_open(actor, batch)
    slot = _slot(batch)
    promised = kind_by_name(announced.name)
    if promised is None or (promised.family != "image" and promised.code not in {"zip", *_WORKBOOKS}):
        raise unfit_kind(announced.name)
    if announced.size_bytes == 0:
        raise empty_file(announced.name)
    most = most_bytes_of("zip" if promised.code == "zip" else promised.family, slot)
    if announced.size_bytes > most:
        measured, limit = sizes_apart(announced.size_bytes, most)
        source = N_("「%(name)s」有 %(measured)s，上限 %(limit)s，没有收。")
        message = Message.of(source, name=announced.name, measured=measured, limit=limit)
        raise Invalid("entries.batch_file_large", message)
    require_batch_space(batch, announced.size_bytes)


def most_bytes_of(what: str, slot: SlotRules) -> int:
    """How large a file may be: zip, image, or a workbook. A ZIP may be as large as the pictures that a batch holds, each as
    large as it may be, and a workbook; nothing is larger than what the site takes at all."""
    if what == "zip":
        largest: int = current_app.config["SETTINGS"].largest_upload_mb << 20
        return min(MOST_PICTURES * slot.max_bytes + DEFAULT_LIMITS.file_bytes, largest)
    return slot.max_bytes if what == "image" else DEFAULT_LIMITS.file_bytes


def accepted(_actor: Actor, place: Place) -> Collection[str]:
    """The kinds of picture that are looked into; ZIPs and workbooks are told by their signature."""
    return _slot(_batch(place)).kinds


def take(actor: Actor, upload: UploadView, received: Received) -> None:
    """Put the file into its batch. Raises NotAllowed where the actor may work on it no more, and what `take_file`
    raises."""
    take_file(actor, _workable(actor, upload).id, received, upload.name)


def still_wanted(actor: Actor, upload: UploadView) -> None:
    """Raise NotAllowed, Conflict or TooLate for a file that would not be taken when it is whole."""
    require_open(actor, _workable(actor, upload))


def _workable(actor: Actor, upload: UploadView) -> PaintingBatch:
    batch = _batch(upload.place)
    if may_work_on_batch(actor, batch) is not Decision.ALLOW:
        message = Message.of(N_("您现在不能处理这一批图片了，「%(name)s」没有收下。"), name=upload.name)
        raise NotAllowed("entries.upload_not_allowed", message)
    return batch


def _batch(place: Place) -> PaintingBatch:
    return batch_by_id(id_in(place, BATCH_KEY))


def _slot(batch: PaintingBatch) -> SlotRules:
    slot = picture_slot(batch.category.rules)
    if slot is None:
        raise NotFound
    return slot


register_target(
    BATCH_TARGET, Target(key=BATCH_KEY, begin=begin, accepted=accepted, take=take, still_wanted=still_wanted)
)

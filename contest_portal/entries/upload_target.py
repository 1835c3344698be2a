"""Where uploads into an entry's slots go: asked before the first byte, and again when the last one is there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from contest_portal.contests.file_kinds import kind_by_name, kind_label
from contest_portal.contests.rules import SlotRules
from contest_portal.core.actor import Actor
from contest_portal.core.errors import FieldProblem, Invalid, NotAllowed, NotFound
from contest_portal.core.permissions import Decision
from contest_portal.core.text import N_, Message
from contest_portal.entries.checks import FileFacts, file_findings
from contest_portal.entries.models import Entry
from contest_portal.entries.policy import may_edit
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.queries.late_uploads import ends_at, require_in_time
from contest_portal.entries.queries.timing import require_changeable
from contest_portal.entries.queries.uploads import TARGET, TARGET_KEY, coming_to
from contest_portal.entries.services.files import add_file
from contest_portal.entries.services.space import lock_school, require_space
from contest_portal.media.services.receiving import Received
from contest_portal.media.upload_targets import Announced, Place, Target, UploadView, id_in, register_target


def begin(actor: Actor, place: Place, announced: Announced) -> None:
    """Whether the file may come at all. Raises NotFound for an entry that the actor may not edit and for a slot that
    there is not, Conflict or TooLate when the time is over, Invalid at the slot where it can never be taken or finds
    no room, each with what was announced and what is allowed."""
    entry = _entry(place)
    if may_edit(actor, entry) is not Decision.ALLOW:
        raise NotFound
    lock_school(entry.school_id)  # what is on its way is counted after whoever came a moment earlier
    require_changeable(entry)
    slot = _slot(entry, place)
    _refuse_by_announcement(slot, announced)
    _require_a_free_place(entry, slot)
    require_space(entry, slot, announced.size_bytes)


def accepted(_actor: Actor, place: Place) -> Collection[str]:
    """The kinds that the slot takes."""
    return _slot(_entry(place), place).kinds


def take(actor: Actor, upload: UploadView, received: Received) -> None:
    """Put the file into its slot. Raises NotAllowed where the actor may edit the entry no more, and what `add_file`
    raises."""
    entry = _entry_to_edit(actor, upload)
    add_file(actor, entry.id, upload.place.get("slot", ""), received, upload=upload)


def still_wanted(actor: Actor, upload: UploadView) -> None:
    """Raise NotAllowed, Conflict or TooLate for a file that would not be taken when it is whole."""
    require_in_time(_entry_to_edit(actor, upload), upload)


def ends(place: Place) -> datetime | None:
    """The entry's last moment."""
    return ends_at(id_in(place, TARGET_KEY))


def _entry_to_edit(actor: Actor, upload: UploadView) -> Entry:
    entry = _entry(upload.place)
    if may_edit(actor, entry) is not Decision.ALLOW:
        message = Message.of(N_("您现在不能修改这件作品了，「%(name)s」没有收下。"), name=upload.name)
        raise NotAllowed("entries.upload_not_allowed", message)
    return entry


def _entry(place: Place) -> Entry:
    return entry_by_id(id_in(place, TARGET_KEY))


def _slot(entry: Entry, place: Place) -> SlotRules:
    slot = entry.category.rules.slot(place.get("slot", ""))
    if slot is None:
        raise NotFound
    return slot


def _refuse_by_announcement(slot: SlotRules, announced: Announced) -> None:
    """Name and size tell some things before an hour of sending does: the name must agree with the content later."""
    promised = kind_by_name(announced.name)
    kind = promised.code if promised else slot.kinds[0]
    told = {"file-too-big", "file-empty", "file-kind"}
    facts = FileFacts(slot.code, announced.name, announced.size_bytes, kind)
    findings = [one for one in file_findings(slot, facts) if one.severity == "error" and one.code in told]
    if promised is not None and promised.code not in slot.kinds:
        allowed = "、".join(kind_label(code) for code in slot.kinds)
        source = N_("「%(name)s」是 %(kind)s 文件，这里只收 %(allowed)s")
        message = Message.of(source, name=announced.name, kind=kind_label(promised.code), allowed=allowed)
        raise Invalid("entries.file-kind", message, field=f"slot-{slot.code}")
    if findings:
        problems = [FieldProblem(one.anchor, one.message) for one in findings]
        raise Invalid(f"entries.{findings[0].code}", findings[0].message, problems=problems)


def _require_a_free_place(entry: Entry, slot: SlotRules) -> None:
    """A slot for several is full with what it holds and what is on its way into it."""
    if slot.max_files == 1:
        return
    held = sum(one.slot_code == slot.code for one in entry.files)
    coming = sum(one.slot == slot.code for one in coming_to(entry.id))
    if held + coming >= slot.max_files:
        source = N_("%(label)s最多 %(limit)s 个文件，已有 %(held)s 个，另有 %(coming)s 个正在上传")
        message = Message.of(source, label=slot.label, limit=slot.max_files, held=held, coming=coming)
        raise Invalid("entries.slot_full", message, field=f"slot-{slot.code}")


register_target(
    TARGET,
    Target(key=TARGET_KEY, begin=begin, accepted=accepted, take=take, still_wanted=still_wanted, ends_at=ends),
)

"""Files come into their slots and leave them. What a file is was found out before (`media.services.receiving.receive_file`)."""

from __future__ import annotations

from contest_portal.contests.rules import CategoryRules, SlotRules
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, unit_of_work
from contest_portal.core.errors import FieldProblem, Invalid, NotFound
from contest_portal.core.i18n import minute
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.entries.checks import file_findings
from contest_portal.entries.late_files import LateFile, with_late_file
from contest_portal.entries.models import Entry, EntryFile
from contest_portal.entries.queries.entry import locked_entry
from contest_portal.entries.queries.facts import file_facts
from contest_portal.entries.queries.late_uploads import require_in_time, submits_until
from contest_portal.entries.queries.timing import can_be_changed, require_changeable
from contest_portal.entries.queries.uploads import on_its_way_since
from contest_portal.entries.services.drafts import mark_changed
from contest_portal.entries.services.space import require_space
from contest_portal.media.models import Blob
from contest_portal.media.services.receiving import Received, remember
from contest_portal.media.upload_targets import UploadView


def add_file(
    actor: Actor, entry_id: int, slot_code: str, received: Received, *, upload: UploadView | None = None
) -> EntryFile:
    """Put a received file into a slot; a slot for one file replaces what it held.

    `upload`: how the file came, if in pieces: it had its space promised, and may have been overtaken by the deadline.
    Raises Invalid at the slot, with what was measured and what is asked, for a file that the slot does not take, and
    when a slot for several is full; NoSpace where the school's space is used up. Conflict or TooLate when the time is
    over, Invalid where the slot has got a newer file while this one was on its way. A refused file changes nothing.
    """
    with unit_of_work(actor, "entries.add_file") as work:
        entry = locked_entry(entry_id)
        late = _overtaken(entry, upload)
        if late is None:
            require_changeable(entry)
        rules = entry.category.rules
        slot = rules.slot(slot_code)
        if slot is None:
            raise NotFound
        refuse_unfit(slot, received)
        held = [one for one in entry.files if one.slot_code == slot_code]
        blob = remember(work, received)
        same = next((one for one in held if one.blob_id == blob.id and one.file_name == received.name), None)
        if same is not None and late is None:
            return same
        if upload is not None and slot.max_files == 1:
            _refuse_older(slot, held, upload)
        if upload is None:
            require_space(entry, slot, received.size_bytes)
        row = same or _put(actor, entry, slot, held, blob, received.name)
        if late is not None:
            _note_lateness(entry, slot, late)
            _tell_how_long(work, actor, entry, late)
        work.session.flush()
        _mark_files_changed(entry, rules)
        after = {"slot": slot_code, "sha256": received.sha256, "version": entry.version}
        work.record(entry, after=after | (_lateness(late) if late else {}))
    return row


def _refuse_older(slot: SlotRules, held: list[EntryFile], upload: UploadView) -> None:
    """What was begun first and came last, after an interruption or a fault, does not replace what was chosen later."""
    # What came later than now came before the clock stepped back: nobody knows which was chosen later.
    newer = next((one for one in held if upload.begun_at < on_its_way_since(one) <= now()), None)
    if newer is not None:
        message = Message.of(
            N_(
                "已有更新的文件「%(held)s」（%(at)s 放入），「%(name)s」是更早开始上传的，没有收下。需要换成它时，请重新上传。"
            ),
            held=newer.file_name,
            at=minute(newer.added_at),
            name=upload.name,
        )
        raise Invalid("entries.newer_file", message, field=f"slot-{slot.code}")


def _put(actor: Actor, entry: Entry, slot: SlotRules, held: list[EntryFile], blob: Blob, name: str) -> EntryFile:
    _make_room(entry, slot, held)
    row = EntryFile(slot_code=slot.code, blob=blob, file_name=name, added_by=actor.account_id, added_at=now())
    entry.files.append(row)
    return row


def _mark_files_changed(entry: Entry, rules: CategoryRules) -> None:
    """A new version to submit; what others are typing meanwhile stays as good as it was."""
    typed = entry.typed_version
    mark_changed(entry, rules)
    entry.typed_version = typed


def _overtaken(entry: Entry, upload: UploadView | None) -> UploadView | None:
    """The upload that brought the file, where the entry's time ended meanwhile and the file counts nevertheless; None
    where it is not over. Raises TooLate where the file does not count."""
    if upload is None or can_be_changed(entry):
        return None
    require_in_time(entry, upload)
    return upload


def _note_lateness(entry: Entry, slot: SlotRules, upload: UploadView) -> None:
    """The entry may be submitted for some minutes more; the office sees how much was there in time and how it went on."""
    late = LateFile(
        slot=slot.code,
        name=upload.name,
        size_bytes=upload.size_bytes,
        bytes_in_time=upload.bytes_in_time,
        begun_at=upload.begun_at,
        finished_at=upload.finished_at,
        longest_gap_seconds=upload.longest_gap_seconds,
    )
    finished = entry.late_upload_finished_at
    entry.late_uploads = with_late_file(entry.late_uploads, late, replaces=slot.max_files == 1)
    entry.late_upload_finished_at = max(finished, upload.finished_at) if finished else upload.finished_at
    entry.late_upload_until = submits_until(entry)


def _tell_how_long(work: Work, actor: Actor, entry: Entry, upload: UploadView) -> None:
    """Whoever sent it has perhaps closed the window meanwhile."""
    source = N_("「%(name)s」已经收下，请在 %(until)s 前提交作品《%(title)s》")
    title = Message.of(source, name=upload.name, until=minute(entry.late_upload_until), title=entry.title)
    if actor.account_id is not None:
        notify(work, [actor.account_id], title, url=f"/entries/{entry.id}", kind="files")


def _lateness(upload: UploadView) -> dict[str, dict[str, str | int]]:
    return {
        "overtaken_by_deadline": {
            "begun": upload.begun_at.isoformat(),
            "finished": upload.finished_at.isoformat(),
            "bytes_in_time": upload.bytes_in_time,
            "size_bytes": upload.size_bytes,
        }
    }


def refuse_unfit(slot: SlotRules, received: Received) -> None:
    """Raise Invalid, naming each reason at the slot, for a file that the slot does not take."""
    findings = [
        finding
        for finding in file_findings(slot, file_facts(slot.code, received.name, received.facts))
        if finding.severity == "error"
    ]
    if findings:
        problems = [FieldProblem(finding.anchor, finding.message) for finding in findings]
        raise Invalid(f"entries.{findings[0].code}", findings[0].message, problems=problems)


def _make_room(entry: Entry, slot: SlotRules, held: list[EntryFile]) -> None:
    if slot.max_files == 1:
        for one in held:
            entry.files.remove(one)
    elif len(held) >= slot.max_files:
        message = Message.of(
            N_("%(label)s最多 %(limit)s 个文件，已经放满；请先移除不需要的，再上传"),
            label=slot.label,
            limit=slot.max_files,
        )
        raise Invalid("entries.slot_full", message, field=f"slot-{slot.code}")


def remove_file(actor: Actor, entry_id: int, file_id: int) -> Entry:
    """Take a file out of its slot; versions submitted with it keep it. Removing it twice does no harm."""
    with unit_of_work(actor, "entries.remove_file") as work:
        entry = locked_entry(entry_id)
        require_changeable(entry)
        rules: CategoryRules = entry.category.rules
        row = next((one for one in entry.files if one.id == file_id), None)
        if row is not None:
            entry.files.remove(row)
            work.session.flush()
            _mark_files_changed(entry, rules)
            work.record(entry, before={"slot": row.slot_code, "sha256": row.blob.sha256})
    return entry

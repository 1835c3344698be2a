"""Files come into their slots and leave them. What a file is was found out before (`media.services.receiving.receive_file`)."""

from __future__ import annotations

from contest_portal.contests.rules import CategoryRules, SlotRules
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import unit_of_work
from contest_portal.core.errors import FieldProblem, Invalid, NotFound
from contest_portal.core.text import N_, Message
from contest_portal.entries.checks import file_findings
from contest_portal.entries.models import Entry, EntryFile
from contest_portal.entries.queries.entry import locked_entry
from contest_portal.entries.queries.facts import file_facts
from contest_portal.entries.queries.timing import require_changeable
from contest_portal.entries.services.drafts import mark_changed
from contest_portal.media.services.receiving import Received, remember


def add_file(actor: Actor, entry_id: int, slot_code: str, received: Received) -> EntryFile:
    """Put a received file into a slot; a slot for one file replaces what it held.

    Raises Invalid at the slot, with what was measured and what is asked, for a file that the slot does not take, and
    when a slot for several is full. Conflict or TooLate when the time is over. A refused file changes nothing.
    """
    with unit_of_work(actor, "entries.add_file") as work:
        entry = locked_entry(entry_id)
        require_changeable(entry)
        rules = entry.category.rules
        slot = rules.slot(slot_code)
        if slot is None:
            raise NotFound
        refuse_unfit(slot, received)
        held = [one for one in entry.files if one.slot_code == slot_code]
        blob = remember(work, received)
        same = next((one for one in held if one.blob_id == blob.id and one.file_name == received.name), None)
        if same is not None:
            return same
        _make_room(entry, slot, held)
        row = EntryFile(
            slot_code=slot_code, blob=blob, file_name=received.name, added_by=actor.account_id, added_at=now()
        )
        entry.files.append(row)
        work.session.flush()
        mark_changed(entry, rules)
        work.record(entry, after={"slot": slot_code, "sha256": received.sha256, "version": entry.version})
    return row


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
            mark_changed(entry, rules)
            work.record(entry, before={"slot": row.slot_code, "sha256": row.blob.sha256})
    return entry

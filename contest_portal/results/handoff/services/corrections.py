"""Files of works that the upper office returned: a new one in the slot for the next version, what was judged stays.

The entry keeps the files that were screened and judged here. What goes up in place of one of them is a row of its own,
with who put it there, when and why; earlier rows stay as the record.
"""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.contests.models import Contest
from contest_portal.contests.rules import SlotRules
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotFound
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.entry import locked_entry
from contest_portal.entries.services.files import refuse_unfit
from contest_portal.media.services.receiving import Received, remember
from contest_portal.people.queries.recipients import deciders_of
from contest_portal.results.handoff.models import CorrectedFile
from contest_portal.results.handoff.queries.corrections import return_of

MOST_WORDS = 500


def correct_file(
    actor: Actor, entry_id: int, slot_code: str, replaces_id: int | None, received: Received, why: str
) -> CorrectedFile:
    """Let this file go up in place of the entry's file `replaces_id` (None: of what was missing in the slot).

    Raises Conflict where the entry's hand-off was not returned, Invalid without a reason or for a file that the slot does
    not take, NotFound for a slot or a file that the entry has not.
    """
    reason = why.strip()
    if not reason or len(reason) > MOST_WORDS:
        message = Message.of(N_("请写明更正了什么，不超过 %(limit)s 字。"), limit=MOST_WORDS)
        raise Invalid("handoff.correction_reason", message, field="why")
    with unit_of_work(actor, "results.correct_file") as work:
        entry = locked_entry(entry_id)
        work.session.execute(select(Contest.id).where(Contest.id == entry.contest_id).with_for_update())
        if return_of(entry_id) is None:
            raise Conflict("handoff.not_returned", N_("上级没有退回这件作品，不能更换文件。上级退回更正后才能更换。"))
        slot = entry.category.rules.slot(slot_code)
        if slot is None:
            raise NotFound
        _require_place(entry, slot, replaces_id)
        refuse_unfit(slot, received)
        row = CorrectedFile(
            entry_id=entry.id,
            slot_code=slot_code,
            replaces_blob_id=replaces_id,
            blob=remember(work, received),
            file_name=received.name,
            why=reason,
            added_by=actor.account_id,
            added_at=now(),
        )
        work.session.add(row)
        work.session.flush()
        work.record(
            entry,
            before={"slot": slot_code, "blob_id": replaces_id},
            after={"slot": slot_code, "sha256": received.sha256, "correction": row.id},
            why=reason,
        )
        title = Message.of(N_("《%(title)s》已换上更正的文件，可以再次上报"), title=entry.title)
        others = deciders_of(entry.contest.office_id, actor.account_id)
        notify(work, others, title, url=f"/office/contests/{entry.contest_id}/handoff")
    return row


def _require_place(entry: Entry, slot: SlotRules, replaces_id: int | None) -> None:
    held = [one.blob_id for one in entry.files if one.slot_code == slot.code]
    if replaces_id is None and len(held) < slot.max_files:
        return
    if replaces_id not in held:
        raise Invalid("handoff.which_file", N_("请选择要更换哪个文件。"), field="replaces")

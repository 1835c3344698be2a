"""The office's individual exceptions after the deadline: for one entry, or for one school in one category."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, unit_of_work
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.i18n import minute
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.entry import locked_entry
from contest_portal.entries.queries.timing import require_contest_open
from contest_portal.entries.services.drafts import blank_entry
from contest_portal.entries.services.submission import entry_address, managers_of
from contest_portal.entries.services.withdrawal import required_reason
from contest_portal.entries.states import EDITABLE, state_name


def grant_exception(actor: Actor, entry_id: int, until: datetime, why: str) -> Entry:
    """Let one entry be changed and submitted until `until`. Raises Invalid, Conflict."""
    reason = required_reason(why)
    _require_future(until)
    with unit_of_work(actor, "entries.grant_exception") as work:
        entry = locked_entry(entry_id)
        if entry.state not in EDITABLE:
            message = Message.of(
                N_("这件作品的状态是「%(state)s」，不能延期。"), state=Message(state_name(entry.state))
            )
            raise Conflict("entries.no_exception", message)
        require_contest_open(entry.contest)
        _grant(work, entry, until, reason)
        _tell(work, entry)
    return entry


def grant_school_exception(
    actor: Actor, contest_id: int, category_id: int, school_id: int, until: datetime, why: str
) -> list[Entry]:
    """Let one school come in late in one category: its drafts there get the new end; where it has none, one is made.

    Gives the entries that may now be submitted. Raises Invalid, Conflict, NotFound.
    """
    reason = required_reason(why)
    _require_future(until)
    with unit_of_work(actor, "entries.grant_exception") as work:
        blank, _rules = blank_entry(work, actor, contest_id, category_id, school_id)
        require_contest_open(blank.contest)
        entries = list(
            work.session.scalars(
                select(Entry)
                .where(Entry.category_id == category_id, Entry.school_id == school_id, Entry.state == "draft")
                .order_by(Entry.id)
                .with_for_update()
            )
        )
        if not entries:
            blank.created_by = None  # it is the school's, whoever of the school fills it in
            work.session.add(blank)
            entries = [blank]
        for entry in entries:
            _grant(work, entry, until, reason)
        _tell(work, entries[0])
    return entries


def _grant(work: Work, entry: Entry, until: datetime, reason: str) -> None:
    before = entry.exception_until
    entry.exception_until, entry.exception_why = until, reason
    work.record(
        entry,
        before={"until": before.isoformat() if before else None},
        after={"until": until.isoformat()},
        why=reason,
    )


def _tell(work: Work, entry: Entry) -> None:
    title = Message.of(
        N_("主办单位同意延期：%(category)s可在 %(until)s 前补报"),
        category=entry.category.name,
        until=minute(entry.exception_until),
    )
    body = Message.of(N_("原因：%(why)s"), why=entry.exception_why)
    readers = {*managers_of(work, entry.school_id), entry.created_by} - {None}
    notify(work, (one for one in readers if one is not None), title, body, url=entry_address(entry))


def _require_future(until: datetime) -> None:
    if until <= now():
        raise Invalid("entries.until_past", N_("延期的截止时间应晚于现在。"), field="until")

"""A work that the office above returns: who handed it up, its school and its teacher are told why and until when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.core.actor import Actor
from contest_portal.core.database import Work, db, unit_of_work
from contest_portal.core.i18n import minute
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.entries.services.submission import entry_address, managers_of
from contest_portal.entries.signals import entry_returned
from contest_portal.people.queries.recipients import deciders_of
from contest_portal.results.handoff.models import Handoff, HandoffLine
from contest_portal.results.handoff.services.mapping import TAKEN_STATES


@entry_returned.connect
def tell_below(entry: Entry, *, actor: Actor, why: str, until: datetime) -> None:
    """However the work was returned: on the page of its hand-off or in screening. The office is told once of a whole."""
    line = _newest_line(entry.id)
    if line is None or line.handoff.source_id is None:
        return
    below = db.session.scalar(
        select(HandoffLine)
        .where(HandoffLine.handoff_id == line.handoff.source_id, HandoffLine.source_number == line.source_number)
        .options(joinedload(HandoffLine.entry).joinedload(Entry.contest))
    )
    if below is None or below.entry is None:
        return
    with unit_of_work(actor, "results.tell_of_return") as work:
        tell_school(work, below.entry, why, until)
        is_whole = line.handoff.state == "returned" and line.handoff.return_reason == why
        if not is_whole:
            title = Message.of(
                N_("上报的作品《%(title)s》（%(number)s）被退回，请更正后在 %(until)s 前再次上报"),
                title=line.title,
                number=line.source_number,
                until=minute(until),
            )
            _notify(
                work, deciders_of(below.entry.contest.office_id), title, why, f"/office/handoffs/{below.handoff_id}"
            )


def tell_school(work: Work, entry: Entry, why: str, until: datetime | None) -> None:
    """The school's managers and who entered the work learn that the office above returned it."""
    title = Message.of(
        N_("上级退回作品《%(title)s》（%(number)s），请更正"), title=entry.title, number=entry.number or ""
    )
    if until is not None:
        title = Message.of(
            N_("上级退回作品《%(title)s》（%(number)s），请在 %(until)s 前更正"),
            title=entry.title,
            number=entry.number or "",
            until=minute(until),
        )
    _notify(work, _people_of(work, entry), title, why, entry_address(entry))


def tell_school_of_awards(work: Work, entry: Entry, awards: str) -> None:
    """They learn of an award from above as soon as this office has it."""
    words = N_("作品《%(title)s》（%(number)s）在上级获奖：%(awards)s")
    title = Message.of(words, title=entry.title, number=entry.number or "", awards=awards)
    notify(work, _people_of(work, entry), title, url=entry_address(entry))


def _people_of(work: Work, entry: Entry) -> list[int]:
    readers = {*managers_of(work, entry.school_id), entry.created_by}
    return [one for one in readers if one is not None]


def _notify(work: Work, accounts: list[int], title: Message, why: str, url: str) -> None:
    notify(work, accounts, title, Message.of(N_("原因：%(why)s"), why=why) if why else None, url=url)


def _newest_line(entry_id: int) -> HandoffLine | None:
    """By which hand-off the work stands here, the newest that was taken."""
    return db.session.scalar(
        select(HandoffLine)
        .join(HandoffLine.handoff)
        .where(HandoffLine.entry_id == entry_id, Handoff.direction == "in", Handoff.state.in_(TAKEN_STATES))
        .options(joinedload(HandoffLine.handoff))
        .order_by(Handoff.revision.desc())
        .limit(1)
    )

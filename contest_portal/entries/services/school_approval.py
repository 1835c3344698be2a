"""The school's own word before submission: asked for by the teacher, given or sent back by the manager."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import now
from contest_portal.core.database import Work, unit_of_work
from contest_portal.core.errors import Conflict, Stale
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.entry import locked_entry
from contest_portal.entries.queries.facts import findings_of
from contest_portal.entries.queries.timing import can_be_submitted_late, require_changeable
from contest_portal.entries.services.submission import (
    entry_address,
    managers_of,
    refuse_findings,
    refuse_what_is_coming,
)
from contest_portal.entries.services.withdrawal import required_reason
from contest_portal.people.models import Membership


def ask_for_approval(actor: Actor, entry_id: int, seen_version: int) -> Entry:
    """Hand the entry to the school's manager for approval. Raises Invalid while anything is missing or wrong."""
    with unit_of_work(actor, "entries.ask_for_approval") as work:
        entry = _changeable_as_seen(entry_id, seen_version)
        if entry.approval_asked_at is None and entry.school_approved_at is None:
            refuse_what_is_coming(actor, entry)
            refuse_findings(findings_of(entry))
            entry.approval_asked_at = now()
            _forget_sending_back(entry)
            work.record(entry, after={"version": entry.version})
            title = Message.of(N_("作品《%(title)s》等待学校同意"), title=entry.title)
            notify(work, managers_of(work, entry.school_id), title, url=entry_address(entry))
    return entry


def approve_by_school(actor: Actor, entry_id: int, seen_version: int) -> Entry:
    """The school's manager agrees to the entry as seen, so that the teacher may submit it. Any later change asks anew.

    Raises Invalid while anything is missing or wrong, Stale when it was changed since.
    """
    with unit_of_work(actor, "entries.approve_by_school") as work:
        entry = _changeable_as_seen(entry_id, seen_version)
        if entry.school_approved_at is None:
            refuse_what_is_coming(actor, entry)
            refuse_findings(findings_of(entry))
            entry.school_approved_at = now()
            _forget_sending_back(entry)
            work.record(entry, after={"version": entry.version})
            title = Message.of(N_("学校已同意作品《%(title)s》，请在截止前提交"), title=entry.title)
            notify(work, _teachers_of(work, actor, entry), title, url=entry_address(entry))
    return entry


def send_back_by_school(actor: Actor, entry_id: int, seen_version: int, why: str) -> Entry:
    """The school's manager gives an entry that was handed in back to its teacher, saying what to change.

    What was already sent back stays as it is. Raises Invalid without a reason, Stale when it was changed since,
    Conflict when nobody has handed it in, TooLate after the deadline.
    """
    reason = required_reason(why)
    with unit_of_work(actor, "entries.send_back_by_school") as work:
        entry = _changeable_as_seen(entry_id, seen_version)
        if entry.approval_asked_at is None:
            if entry.sent_back_at is not None:
                return entry
            raise Conflict("entries.not_handed_in", N_("这件作品没有送审，不用退回。"))
        entry.approval_asked_at = entry.school_approved_at = None
        entry.sent_back_at, entry.sent_back_why = now(), reason
        work.record(entry, after={"version": entry.version}, why=reason)
        title = Message.of(N_("学校退回作品《%(title)s》，请修改后重新送审"), title=entry.title)
        body = Message.of(N_("原因：%(why)s"), why=reason)
        notify(work, _teachers_of(work, actor, entry), title, body, url=entry_address(entry))
    return entry


def _forget_sending_back(entry: Entry) -> None:
    entry.sent_back_at, entry.sent_back_why = None, ""


def _teachers_of(work: Work, actor: Actor, entry: Entry) -> list[int]:
    """The accounts of those who work on the entry: its maker, its tutors and authors of the school."""
    rows = [one.teacher_id for one in entry.tutors]
    rows += [one.teacher_id for one in entry.authors if one.teacher_id is not None]
    accounts = work.session.scalars(
        select(Membership.account_id).where(
            Membership.school_id == entry.school_id,
            Membership.role == str(Role.TEACHER),
            Membership.teacher_id.in_(rows),
            Membership.is_active,
        )
    )
    readers = {*accounts, entry.created_by} - {actor.account_id, None}
    return sorted(one for one in readers if one is not None)


def _changeable_as_seen(entry_id: int, seen_version: int) -> Entry:
    entry = locked_entry(entry_id)
    if not can_be_submitted_late(entry):
        require_changeable(entry)
    if entry.version != seen_version:
        raise Stale
    return entry

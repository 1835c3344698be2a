"""Withdrawal: the entry takes part no longer, its number stays its own, its authors' places are free again."""

from __future__ import annotations

from contest_portal.core.actor import OFFICE_ROLES, Actor
from contest_portal.core.clock import now
from contest_portal.core.database import unit_of_work
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.entries.draft_input import clean_text
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.entry import locked_entry
from contest_portal.entries.services.claims import release_claims
from contest_portal.entries.services.submission import entry_address, managers_of
from contest_portal.entries.signals import before_withdrawal, entry_withdrawn
from contest_portal.entries.states import Transition, state_name, transition

MOST_REASON = 500


def withdraw_entry(actor: Actor, entry_id: int, why: str) -> Entry:
    """Withdraw a submitted entry: the school until judging has begun, the office (or the console) at any time.

    Raises Invalid without a reason, Conflict where `require_withdrawable` does.
    """
    reason = required_reason(why)
    with unit_of_work(actor, "entries.withdraw") as work:
        entry = locked_entry(entry_id)
        change = require_withdrawable(actor, entry)
        before = entry.state
        release_claims(work, entry)
        entry.state = change.target
        entry.withdrawn_at, entry.withdrawn_why = now(), reason
        entry.updated_at = entry.withdrawn_at
        entry.version += 1
        work.record(entry, before={"state": before}, after={"state": entry.state}, why=reason)
        entry_withdrawn.send(entry, actor=actor)
        title = Message.of(N_("作品《%(title)s》（%(number)s）已撤回"), title=entry.title, number=entry.number)
        readers = {*managers_of(work, entry.school_id), entry.created_by} - {actor.account_id, None}
        notify(
            work,
            (one for one in readers if one is not None),
            title,
            Message.of(N_("原因：%(why)s"), why=reason),
            url=entry_address(entry),
        )
    return entry


def require_withdrawable(actor: Actor, entry: Entry) -> Transition:
    """The change that withdrawing makes. Raises Conflict, saying why, where the state forbids it; for a school also once
    the contest is over or a higher room refuses (judging has begun)."""
    change = transition("withdraw", entry.state)
    if change is None:
        message = Message.of(N_("这件作品的状态是「%(state)s」，不能撤回。"), state=Message(state_name(entry.state)))
        raise Conflict("entries.not_withdrawable", message)
    by_office = actor.is_console or actor.role in OFFICE_ROLES
    if not by_office and entry.contest.state != "open":
        raise Conflict("entries.contest_over", N_("赛事已经结束，作品不能自行撤回。确需撤回的，请联系主办单位办理。"))
    before_withdrawal.send(entry, actor=actor)
    return change


def required_reason(why: str, field: str = "why") -> str:
    """The reason, cleaned. Raises Invalid where there is none or it is too long."""
    reason = clean_text(why)
    if not reason:
        raise Invalid("entries.reason_missing", N_("请写明原因。"), field=field)
    if len(reason) > MOST_REASON:
        message = Message.of(N_("原因有 %(measured)s 字，最多 %(limit)s 字。"), measured=len(reason), limit=MOST_REASON)
        raise Invalid("entries.reason_too_long", message, field=field)
    return reason

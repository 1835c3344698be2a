"""Special awards, given and taken back."""

from __future__ import annotations

from sqlalchemy import func, select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import locked, on_breach, unit_of_work
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.results.awards.models import SpecialAward


def _twice() -> Conflict:
    return Conflict("results.special_twice", N_("这件作品已经有这个专项奖。"))


on_breach("uq_special_award_standing", _twice)


def give_special(
    actor: Actor, contest_id: int, entry_number: str, name: str, sponsor: str, reason: str
) -> SpecialAward:
    """Give a work a special award. Raises Invalid for a number that no accepted work has, Conflict when it has it already."""
    number, name = entry_number.strip(), name.strip()
    if not name or not reason.strip():
        raise Invalid("results.special_blank", N_("请填写奖项名称和授奖理由。"), field="name")
    with unit_of_work(actor, "results.give_special") as work:
        contest = locked(Contest, contest_id)
        entry = work.session.scalar(
            select(Entry).where(
                Entry.contest_id == contest_id, func.upper(Entry.number) == number.upper(), Entry.state == "accepted"
            )
        )
        if entry is None:
            words = N_("没有编号为「%(number)s」的参评作品，请核对编号。")
            raise Invalid("results.special_entry", Message.of(words, number=number), field="entry_number")
        known = work.session.scalar(
            select(SpecialAward)
            .where(
                SpecialAward.contest_id == contest_id,
                SpecialAward.entry_id == entry.id,
                SpecialAward.name == name,
                SpecialAward.cancelled_at.is_(None),
            )
            .with_for_update()
        )
        if known is not None:
            raise _twice()
        row = SpecialAward(contest_id=contest.id, entry_id=entry.id, name=name)
        row.sponsor, row.reason = sponsor.strip(), reason.strip()
        row.recorded_by, row.recorded_at = actor.account_id, now()
        work.session.add(row)
        work.session.flush()
        work.record(row, after={"entry": number, "award": name, "sponsor": row.sponsor}, why=row.reason)
    return row


def cancel_special(actor: Actor, special_award_id: int, why: str) -> None:
    """Take a special award back; the record stays."""
    if not why.strip():
        raise Invalid("results.no_reason", N_("请写明原因，原因会留下记录。"), field="why")
    with unit_of_work(actor, "results.cancel_special") as work:
        row = locked(SpecialAward, special_award_id)
        if row.cancelled_at is not None:
            raise Conflict("results.special_cancelled", N_("这个专项奖已经取消，不必重复操作。"))
        row.cancelled_at, row.cancelled_why = now(), why.strip()
        work.record(row, before={"state": "given", "award": row.name}, after={"state": "cancelled"}, why=why.strip())

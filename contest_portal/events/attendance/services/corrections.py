"""Counts that were wrong are set right with a reason; what stood there stays to be read."""

from __future__ import annotations

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import unit_of_work
from contest_portal.core.errors import Invalid, Stale
from contest_portal.core.text import N_
from contest_portal.events.attendance.models import CheckIn, CheckInCorrection
from contest_portal.events.attendance.services.check_ins import counts_problems, standing_check_in

LONGEST_REASON = 200


def correct_counts(actor: Actor, check_in_id: int, pupils: int, adults: int, why: str, seen_version: int) -> CheckIn:
    """Set the counts right. Raises Invalid without a reason or a change, Stale where somebody else has changed them."""
    with unit_of_work(actor, "events.correct_check_in") as work:
        row = standing_check_in(check_in_id)
        if row.version != seen_version:
            raise Stale
        _require(row, pupils, adults, why.strip())
        before = {"pupils": row.pupils, "adults": row.adults}
        work.session.add(
            CheckInCorrection(
                check_in_id=row.id,
                pupils_before=row.pupils,
                adults_before=row.adults,
                pupils=pupils,
                adults=adults,
                why=why.strip(),
                by=actor.account_id,
                at=now(),
            )
        )
        row.pupils, row.adults = pupils, adults
        row.version += 1
        work.record(row, before=before, after={"pupils": pupils, "adults": adults}, why=why.strip())
    return row


def _require(row: CheckIn, pupils: int, adults: int, why: str) -> None:
    if problems := counts_problems(pupils, adults):
        raise Invalid("events.bad_counts", problems[0].message, problems=problems)
    if not why or len(why) > LONGEST_REASON:
        raise Invalid("events.no_reason", N_("请写明更正的原因（200 字以内），例如「清点时漏数一个班」。"), field="why")
    if (pupils, adults) == (row.pupils, row.adults):
        raise Invalid("events.no_change", N_("人数没有变化。请填写更正后的人数。"), field="pupils")

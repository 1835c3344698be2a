"""Verbs on the lot: draw the order of a group, take it back."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, unit_of_work
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.events.contest_days.drawing import Busy, DrawProblem, Starter, StartOrder, draw_order
from contest_portal.events.contest_days.drawing_record import order_of, record_of
from contest_portal.events.contest_days.models import ContestGroup, Run, Team
from contest_portal.events.contest_days.queries.people import accounts_of_teams
from contest_portal.events.contest_days.services.groups import seen_group

MOST_SEED = 2**31 - 1


def draw_group(actor: Actor, group_id: int, seen_version: int, *, seed: int | None = None, why: str = "") -> StartOrder:
    """Draw who starts when, and tell the schools. Drawn anew only with a reason; the lots before stay on record.

    Raises Stale, Conflict before registration closes, without teams, or once a run is typed; Invalid without a reason.
    """
    with unit_of_work(actor, "events.draw_group") as work:
        group = seen_group(group_id, seen_version)
        why = " ".join(why.split())[:200]
        _require_drawable(work, group, why)
        problem = _problem(work, group)
        if not problem.teams:
            raise Conflict("events.no_teams", N_("这个组别还没有队伍，不能抽签。"))
        lot = secrets.randbelow(MOST_SEED) if seed is None else seed
        order = draw_order(problem, lot)
        _keep(work, group, {**record_of(problem, lot, order), "lots": _lots(group, actor, lot, why)}, order)
        group.seed, group.drawn_at, group.drawn_by = lot, now(), actor.account_id
        work.record(group, after={"seed": lot, "teams": len(order.starts), "clashes": len(order.clashes)}, why=why)
        words = N_("「%(event)s」%(group)s的出场顺序已经抽签排定，请查看各队的时间和赛台。")
        values = {"event": group.event.title, "group": group.name}
        notify(work, accounts_of_teams(group.id), Message.of(words, **values), url=f"/events/{group.event_id}/starts")
    return order


def take_back(actor: Actor, group_id: int, seen_version: int, why: str) -> None:
    """No order stands any more: the group's times may change and schools may register. The lot stays on record.

    Raises Stale, Conflict once a run is typed or where there is no lot, Invalid without a reason.
    """
    with unit_of_work(actor, "events.take_back_lot") as work:
        group = seen_group(group_id, seen_version)
        why = " ".join(why.split())[:200]
        if group.drawn_at is None:
            raise Conflict("events.not_drawn", N_("这个组别还没有抽签。"))
        _require_drawable(work, group, why)
        seed = group.seed
        lots = [*group.drawing.get("lots", ()), {"at": now().isoformat(), "by": actor.account_id, "why": why}]
        _keep(work, group, {"lots": lots}, StartOrder((), 0))
        group.seed = group.drawn_at = group.drawn_by = None
        work.record(group, before={"seed": seed}, why=why)


def _lots(group: ContestGroup, actor: Actor, seed: int, why: str) -> list[dict[str, Any]]:
    one = {"seed": seed, "at": now().isoformat(), "by": actor.account_id, "why": why}
    return [*group.drawing.get("lots", ()), one]


def _require_drawable(work: Work, group: ContestGroup, why: str) -> None:
    event = group.event
    if event.state != "public":
        raise Conflict("events.not_public", N_("活动发布之后才能抽签。"))
    if event.booking_closes_at is not None and now() <= event.booking_closes_at:
        raise Conflict("events.still_open", N_("报名截止之后才能抽签，以便各队机会相同。"))
    if group.drawn_at is not None and not why:
        raise Invalid("events.redraw_why", N_("已经抽过签。重新抽签请写明原因。"), field="why")
    typed = select(Run.id).join(Team, Team.id == Run.team_id).where(Team.group_id == group.id).limit(1)
    if work.session.scalar(typed) is not None:
        raise Conflict("events.runs_typed", N_("已经录入成绩，不能再抽签。"))


def _keep(work: Work, group: ContestGroup, record: dict[str, Any], order: StartOrder) -> None:
    lot_of = {one.team: one.lot for one in order.starts}
    for team in work.session.scalars(select(Team).where(Team.group_id == group.id)):
        team.lot = lot_of.get(team.id)
    group.drawing = record
    group.version += 1


def _problem(work: Work, group: ContestGroup) -> DrawProblem:
    teams = work.session.scalars(
        select(Team)
        .where(Team.group_id == group.id, Team.state == "registered")
        .options(joinedload(Team.coach))
        .order_by(Team.id)
    )
    starters = [Starter(one.id, one.coach.person_key) for one in teams]
    return DrawProblem(
        starters, group.tables, group.runs, group.minutes, group.pause_minutes,
        _busy(work, group, {one.coach for one in starters}),
    )  # fmt: skip


def _busy(work: Work, group: ContestGroup, coaches: set[str]) -> list[Busy]:
    """When these coaches stand at tables of the event's other groups."""
    rows = work.session.scalars(
        select(Team)
        .join(ContestGroup, ContestGroup.id == Team.group_id)
        .where(
            ContestGroup.event_id == group.event_id,
            ContestGroup.id != group.id,
            ContestGroup.drawn_at.is_not(None),
            Team.state == "registered",
        )
        .options(joinedload(Team.coach), joinedload(Team.group))
    )
    found = []
    for team in rows:
        if team.coach.person_key in coaches:
            found += [Busy(team.coach.person_key, *span) for span in _spans(team, group)]
    return found


def _spans(team: Team, group: ContestGroup) -> list[tuple[int, int]]:
    other, order = team.group, order_of(team.group.drawing)
    start = next((one for one in order.starts if one.team == team.id), None)
    if start is None or other.starts_at is None or group.starts_at is None:
        return []
    apart = (other.starts_at - group.starts_at) // timedelta(minutes=1)
    shape = DrawProblem((), other.tables, other.runs, other.minutes, other.pause_minutes)
    begins = [apart + shape.start_of(run, start.slot, order.slots) for run in range(1, other.runs + 1)]
    return [(begin, begin + other.minutes) for begin in begins]

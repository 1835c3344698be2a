"""Verbs on rounds before they run: plan, change, discard, choose judges."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import found, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotFound, Stale
from contest_portal.core.text import N_, Message
from contest_portal.judging.models import Judge, Round, RoundCategory, RoundJudge
from contest_portal.judging.states import METHODS, round_may
from contest_portal.people.services.checked import checking

MOST_READS = 20
MOST_SEED = 2**31 - 1


@dataclass(frozen=True)
class RoundData:
    """What the office decides about a round."""

    name: str
    category_ids: Sequence[int]
    reads_per_entry: int
    opens_at: datetime | None
    closes_at: datetime | None
    is_blind: bool = True
    method: str = "raw"


@dataclass(frozen=True)
class Seat:
    """A judge's place in a round: some categories (none named: all) and the most tasks."""

    judge_id: int
    category_ids: Sequence[int] = ()
    most_tasks: int | None = None


def create_round(actor: Actor, contest_id: int, data: RoundData, *, seed: int | None = None) -> Round:
    """Plan a round; `seed` decides the lots of its assignment (drawn when not given). Raises Invalid, Conflict."""
    with unit_of_work(actor, "judging.create_round") as work:
        contest = found(Contest, contest_id)
        if contest.state not in {"open", "closed"}:
            raise Conflict("judging.contest_state", N_("赛事发布之后才能安排评审。"))
        values = _checked(contest, data)
        row = Round(
            contest_id=contest.id,
            state="planned",
            seed=secrets.randbelow(MOST_SEED) if seed is None else seed,
            plan_facts={},
            created_at=now(),
        )
        work.session.add(row)
        _write(row, values)
        work.record(row, after=_public(row))
    return row


def edit_round(actor: Actor, round_id: int, data: RoundData, seen_version: int) -> Round:
    """Change a planned round. Judges keep their places; categories that are gone leave their lists.

    Raises Invalid, Stale, Conflict once it is open.
    """
    with unit_of_work(actor, "judging.edit_round") as work:
        row = seen_round(round_id, seen_version)
        require_state("open", row)
        before = _public(row)
        _write(row, _checked(row.contest, data))
        kept = set(data.category_ids)
        for seat in row.judges:
            seat.category_ids = [one for one in seat.category_ids if one in kept]
        row.version += 1
        work.record(row, before=before, after=_public(row))
    return row


def discard_round(actor: Actor, round_id: int) -> None:
    """Delete a round that never opened. Raises Conflict."""
    with unit_of_work(actor, "judging.discard_round") as work:
        row = locked(Round, round_id)
        require_state("discard", row)
        before = _public(row)
        work.session.delete(row)
        work.record(("round", round_id), before=before)


def choose_judges(actor: Actor, round_id: int, seats: Sequence[Seat]) -> Round:
    """Who judges in the round. A planned round takes exactly these; an open one gains those who are new, so that tasks
    can be given to them by hand. Raises Invalid, NotFound, Conflict once it is closed."""
    with unit_of_work(actor, "judging.choose_judges") as work:
        row = locked(Round, round_id)
        if row.state not in {"planned", "open"}:
            raise Conflict("judging.round_state", N_("评审已经截止，不能再调整评委。"))
        _check_seats(row, seats)
        before = sorted(seat.judge_id for seat in row.judges)
        known = {seat.judge_id: seat for seat in row.judges}
        if row.state == "planned":
            wanted = {seat.judge_id for seat in seats}
            row.judges = [seat for seat in row.judges if seat.judge_id in wanted]
        for seat in seats:
            place = known.get(seat.judge_id)
            if place is None:
                place = RoundJudge(judge_id=seat.judge_id)
                row.judges.append(place)
            elif row.state == "open":
                continue
            place.category_ids, place.most_tasks = sorted(set(seat.category_ids)), seat.most_tasks
        row.version += 1
        work.record(row, before={"judges": before}, after={"judges": sorted(seat.judge_id for seat in row.judges)})
    return row


def seen_round(round_id: int, seen_version: int) -> Round:
    """The round, locked, as its page showed it. Raises Stale."""
    row = locked(Round, round_id)
    if row.version != seen_version:
        raise Stale
    return row


def require_state(act: Any, row: Round) -> None:
    """Raises Conflict where the round's state does not allow the act."""
    if not round_may(act, row.state):
        raise Conflict("judging.round_state", N_("这个评审轮次的状态已经改变，不能再做这项操作。请刷新页面查看。"))


def _checked(contest: Contest, data: RoundData) -> RoundData:
    with checking("judging.round") as check:
        name = check.text(data.name, "name", 50, label=N_("轮次名称"), required=True)
        own = {category.id for category in contest.categories}
        if not data.category_ids or not set(data.category_ids) <= own:
            check.add("category_ids", N_("请至少选择一个类别。"))
        if not 1 <= data.reads_per_entry <= MOST_READS:
            check.add("reads_per_entry", Message.of(N_("每件作品的评阅次数应为 1–%(most)s。"), most=MOST_READS))
        if data.opens_at is None:
            check.add("opens_at", N_("请填写开始时间。"))
        if data.closes_at is None:
            check.add("closes_at", N_("请填写截止时间。"))
        elif data.opens_at is not None and data.closes_at <= data.opens_at:
            check.add("closes_at", N_("截止时间应晚于开始时间。"))
        if data.method not in METHODS:
            check.add("method", N_("请选择计分方法。"))
        return RoundData(
            name,
            sorted(set(data.category_ids)),
            data.reads_per_entry,
            data.opens_at,
            data.closes_at,
            data.is_blind,
            data.method,
        )


def _write(row: Round, data: RoundData) -> None:
    assert data.opens_at is not None
    assert data.closes_at is not None
    row.name, row.reads_per_entry, row.is_blind = data.name, data.reads_per_entry, data.is_blind
    row.opens_at, row.closes_at, row.method = data.opens_at, data.closes_at, data.method
    known = {place.category_id: place for place in row.categories}
    row.categories = [
        known.get(category_id) or RoundCategory(category_id=category_id, rubric=[]) for category_id in data.category_ids
    ]


def _check_seats(row: Round, seats: Sequence[Seat]) -> None:
    own = {place.category_id for place in row.categories}
    for seat in seats:
        judge = found(Judge, seat.judge_id)
        if judge.office_id != row.contest.office_id:
            raise NotFound
        if judge.state not in {"invited", "active"}:
            raise Conflict("judging.judge_let_go", Message.of(N_("%(name)s已谢绝或退出，请先恢复。"), name=judge.name))
        if not set(seat.category_ids) <= own:
            raise Invalid(
                "judging.seat_category",
                Message.of(N_("请为%(name)s至少选择一个本轮的类别，或取消其参加。"), name=judge.name),
                field="judges",
            )
        if seat.most_tasks is not None and seat.most_tasks < 1:
            raise Invalid(
                "judging.most_tasks",
                Message.of(N_("%(name)s的任务上限应为大于 0 的整数，或留空。"), name=judge.name),
                field="judges",
            )


def _public(row: Round) -> dict[str, Any]:
    return {
        "name": row.name,
        "categories": [place.category_id for place in row.categories],
        "reads_per_entry": row.reads_per_entry,
        "is_blind": row.is_blind,
        "opens_at": row.opens_at.isoformat(),
        "closes_at": row.closes_at.isoformat(),
        "method": row.method,
    }

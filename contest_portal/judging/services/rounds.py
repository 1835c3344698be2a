"""Verbs on rounds before they run: plan, change, discard, choose works and judges."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, or_, select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotFound
from contest_portal.core.kept_messages import keep
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.judging.interview_models import InterviewSession
from contest_portal.judging.models import Judge, Round, RoundEntry, RoundJudge
from contest_portal.judging.services.panels import sync_panels
from contest_portal.judging.services.round_data import RoundData, Rubrics, checked, public, write
from contest_portal.judging.services.states_of_rounds import require_state, seen_round

MOST_SEED = 2**31 - 1
BY_HAND = N_("由主办单位选定")
"""Why a work that was ticked takes part."""


@dataclass(frozen=True)
class Seat:
    """A judge's place in a round: some categories and panels (none named: all) and the most tasks."""

    judge_id: int
    category_ids: Sequence[int] = ()
    most_tasks: int | None = None
    panel_ids: Sequence[int] = ()


def create_round(
    actor: Actor, contest_id: int, data: RoundData, *, seed: int | None = None, rubrics: Rubrics | None = None
) -> Round:
    """Plan a round; `seed` decides the lots of its assignment (drawn when not given), `rubrics` are its own from the start.

    Raises Invalid, Conflict.
    """
    with unit_of_work(actor, "judging.create_round") as work:
        contest = found(Contest, contest_id)
        if contest.state not in {"open", "closed"}:
            raise Conflict("judging.contest_state", N_("赛事发布之后才能安排评审。"))
        own = rubrics or {}
        values = checked(contest, data, _source(contest, data), own)
        row = Round(
            contest_id=contest.id,
            state="planned",
            seed=secrets.randbelow(MOST_SEED) if seed is None else seed,
            plan_facts={},
            created_at=now(),
        )
        work.session.add(row)
        write(row, values, own)
        work.session.flush()
        sync_panels(work, row)
        work.record(row, after=public(row))
    return row


def edit_round(actor: Actor, round_id: int, data: RoundData, seen_version: int) -> Round:
    """Change a planned round. Judges keep their places; categories that are gone leave their lists.

    Raises Invalid, Stale, Conflict once it is open.
    """
    with unit_of_work(actor, "judging.edit_round") as work:
        row = seen_round(round_id, seen_version)
        require_state("open", row)
        before = public(row)
        own = {place.category_id: place.rubric for place in row.categories}
        write(row, checked(row.contest, data, _source(row.contest, data, row), own), own)
        kept = set(data.category_ids)
        for seat in row.judges:
            seat.category_ids = [one for one in seat.category_ids if one in kept]
        work.session.flush()
        sync_panels(work, row)
        _keep_works(work, row)
        row.version += 1
        work.record(row, before=before, after=public(row))
    return row


def discard_round(actor: Actor, round_id: int) -> None:
    """Delete a round that never opened. Raises Conflict, also while another round takes its works from it."""
    with unit_of_work(actor, "judging.discard_round") as work:
        row = locked(Round, round_id)
        require_state("discard", row)
        _refuse_while_needed(row)
        before = public(row)
        work.session.execute(delete(InterviewSession).where(InterviewSession.round_id == row.id))
        work.session.execute(delete(RoundEntry).where(RoundEntry.round_id == row.id))
        work.session.delete(row)
        work.record(("round", round_id), before=before)


def choose_judges(actor: Actor, round_id: int, seats: Sequence[Seat]) -> Round:
    """Who judges in the round. A planned round takes exactly these; an open one gains those who are new and takes back
    those who had left it, so that a repair or the office's hand can give them tasks; their sheets stood all the time.

    Raises Invalid, NotFound, Conflict once it is closed.
    """
    with unit_of_work(actor, "judging.choose_judges") as work:
        row = locked(Round, round_id)
        if row.state not in {"planned", "open"}:
            raise Conflict("judging.round_state", N_("评审已经截止，不能再调整评委。"))
        _check_seats(row, seats)
        before, back = sorted(seat.judge_id for seat in row.judges), []
        known = {seat.judge_id: seat for seat in row.judges}
        if row.state == "planned":
            wanted = {seat.judge_id for seat in seats}
            row.judges = [seat for seat in row.judges if seat.judge_id in wanted]
        for seat in seats:
            place = known.get(seat.judge_id)
            if place is None:
                place = RoundJudge(judge_id=seat.judge_id)
                row.judges.append(place)
            elif place.left_at is not None:
                place.left_at = None
                back.append(place.judge_id)
            elif row.state == "open":
                continue
            place.category_ids, place.most_tasks = sorted(set(seat.category_ids)), seat.most_tasks
            place.panel_ids = sorted(set(seat.panel_ids))
        row.version += 1
        after: dict[str, object] = {"judges": sorted(seat.judge_id for seat in row.judges)}
        work.record(row, before={"judges": before}, after=after | ({"back": sorted(back)} if back else {}))
    return row


def choose_works(actor: Actor, round_id: int, entry_ids: Collection[int], *, take: bool) -> int:
    """Take accepted works into a planned round whose works are chosen one by one, or out of it. Gives how many changed.

    Raises Conflict once the round is open or when its works follow from a rule.
    """
    with unit_of_work(actor, "judging.choose_works") as work:
        row = locked(Round, round_id)
        require_state("open", row)
        if row.source.get("take") not in {"chosen", "band"}:
            raise Conflict(
                "judging.works_follow",
                N_("本轮的作品按规则确定。要逐件选定，请先在轮次设置中改为「由主办单位逐件选定」。"),
            )
        known = set(work.session.scalars(select(RoundEntry.entry_id).where(RoundEntry.round_id == row.id)))
        changed = sorted(set(_choosable(work, row, entry_ids)) - known if take else known & set(entry_ids))
        if take:
            work.session.add_all(
                RoundEntry(round_id=row.id, entry_id=one, why=keep(Message(BY_HAND))) for one in changed
            )
        else:
            work.session.execute(
                delete(RoundEntry).where(RoundEntry.round_id == row.id, RoundEntry.entry_id.in_(changed))
            )
        row.version += 1
        work.record(row, after={"taken" if take else "left_out": changed})
    return len(changed)


def _choosable(work: Work, row: Round, entry_ids: Collection[int]) -> list[int]:
    own = Entry.category_id.in_([place.category_id for place in row.categories])
    return list(work.session.scalars(select(Entry.id).where(Entry.id.in_(entry_ids), Entry.state == "accepted", own)))


def _source(contest: Contest, data: RoundData, row: Round | None = None) -> Round | None:
    """The round that the plan takes works or results from; None where there is none, or where it would be in a circle."""
    if data.source_round_id is None:
        return None
    own = {one.id: one for one in db.session.scalars(select(Round).where(Round.contest_id == contest.id))}
    source = own.get(data.source_round_id)
    earlier = source
    while earlier is not None:
        if row is not None and earlier.id == row.id:
            return None
        earlier = earlier.source_round
    return source


def _keep_works(work: Work, row: Round) -> None:
    """Of the works noted for a planned round those that its plan still speaks of."""
    own = select(Entry.id).where(Entry.category_id.in_([place.category_id for place in row.categories]))
    gone = [RoundEntry.entry_id.not_in(own)]
    if row.source.get("take") in {"all", "top"}:
        gone.append(RoundEntry.panel_id.is_(None))
    work.session.execute(delete(RoundEntry).where(RoundEntry.round_id == row.id, or_(*gone)))


def _refuse_while_needed(row: Round) -> None:
    later = db.session.scalar(select(Round.name).where(Round.source_round_id == row.id).order_by(Round.id).limit(1))
    if later is not None:
        needed = N_("「%(name)s」以本轮为前一轮，请先修改或删除它。")
        raise Conflict("judging.round_needed", Message.of(needed, name=later))


def _check_seats(row: Round, seats: Sequence[Seat]) -> None:
    own = {place.category_id for place in row.categories}
    panels = {panel.id for panel in row.panels}
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
        if not set(seat.panel_ids) <= panels:
            raise Invalid(
                "judging.seat_panel",
                Message.of(N_("请为%(name)s至少选择一个评审组，或取消其参加。"), name=judge.name),
                field="judges",
            )
        if seat.most_tasks is not None and seat.most_tasks < 1:
            raise Invalid(
                "judging.most_tasks",
                Message.of(N_("%(name)s的任务上限应为大于 0 的整数，或留空。"), name=judge.name),
                field="judges",
            )

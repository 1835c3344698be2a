"""What an open round would assign if it were planned anew around the sheets that are in."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from contest_portal.contests.models import Category
from contest_portal.core.clock import local, now
from contest_portal.core.database import db
from contest_portal.core.text import Message
from contest_portal.entries.models import Entry
from contest_portal.judging.assignment import Infeasible, Move, Pair, Problem, Repair, repair
from contest_portal.judging.assignment.shortage_words import told
from contest_portal.judging.availability import time_within
from contest_portal.judging.conflicts import conflicts_between
from contest_portal.judging.models import Assignment, Judge, Round, RoundEntry, RoundJudge
from contest_portal.judging.queries.absences import noted_absences
from contest_portal.judging.queries.planning import PlanInputs, categories_of_round, seats_of_round
from contest_portal.judging.queries.reassigning import overruled_pairs
from contest_portal.judging.queries.requests import excluded_entries
from contest_portal.judging.queries.round_works import PlannedEntry, panels_of, readers_before
from contest_portal.judging.queries.ties import ties_of_entries, ties_of_judges
from contest_portal.judging.queries.unfinished import waiting_papers
from contest_portal.judging.states import LIVE


@dataclass(frozen=True)
class RepairWish:
    """What has changed: judges who leave, another number of reads for each work, and whether loads shall be evened out
    (else as few tasks as possible change hands)."""

    leaving: frozenset[int] = frozenset()
    reads: int | None = None
    even: bool = False


@dataclass(frozen=True)
class Tasks:
    """The round's living tasks as pairs (judge, entry): all, those with a sheet (also one on paper that waits to be
    checked), those with a draft."""

    plan: Collection[Pair]
    read: Collection[Pair]
    begun: Collection[Pair]


@dataclass(frozen=True)
class MoveLine:
    """One line of the difference, with names; None where nobody gives or takes."""

    number: str
    title: str
    giver: str | None
    taker: str | None
    was_begun: bool


@dataclass(frozen=True)
class LoadChange:
    """A judge's tasks before and after."""

    judge: Judge
    before: int
    after: int
    is_leaving: bool


@dataclass(frozen=True)
class RepairPreview:
    """What the repair would do. `outcome` is the plan with its moves, or what collides; `digest` names exactly this."""

    wish: RepairWish
    seed: int
    problem: Problem
    tasks: Tasks
    outcome: Repair | Infeasible
    moves: Sequence[MoveLine]
    loads: Sequence[LoadChange]

    @property
    def inputs(self) -> RepairInputs:
        """What it was computed from."""
        return RepairInputs(self.seed, self.tasks, self.problem)

    @property
    def shortages(self) -> list[Message]:
        return told(self.outcome.shortages) if isinstance(self.outcome, Infeasible) else []

    @property
    def digest(self) -> str:
        """A fingerprint of the difference, by which the one that was shown is the one that is applied."""
        listed = (
            [] if isinstance(self.outcome, Infeasible) else [[m.entry, m.giver, m.taker] for m in self.outcome.moves]
        )
        return hashlib.sha256(json.dumps([self.wish.reads, listed]).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class RepairInputs:
    """Everything that a repair follows from; equal ones give equal repairs."""

    seed: int
    tasks: Tasks
    problem: Problem


def repair_inputs(row: Round, wish: RepairWish) -> RepairInputs:
    """What the repair of an open round follows from now: a constant number of statements, and nothing is solved."""
    tasks = tasks_of_round(row.id, without=noted_absences(row))
    return RepairInputs(row.seed or 0, tasks, _problem_now(row, wish, tasks))


def preview_repair(row: Round, wish: RepairWish) -> RepairPreview:
    """The repair of an open round by its own seed: a constant number of statements. Submitted sheets stay."""
    inputs = repair_inputs(row, wish)
    seed, tasks, problem = inputs.seed, inputs.tasks, inputs.problem
    outcome = repair(problem, tasks.plan, tasks.read, seed, begun_pairs=tasks.begun, even=wish.even)
    moves = outcome.moves if isinstance(outcome, Repair) else ()
    return RepairPreview(
        wish, seed, problem, tasks, outcome, _lines(moves, tasks), _loads(row.id, moves, tasks, wish.leaving)
    )


def _problem_now(row: Round, wish: RepairWish, tasks: Tasks, only: Collection[int] | None = None) -> Problem:
    """The round's problem as it is now: its works that are still accepted, that no decision took out and whose teams have
    come (`only`: of these works), its judges without those who leave."""
    out = {*excluded_entries(row.id), *noted_absences(row)}
    asked = [] if only is None else [Entry.id.in_(only)]
    panels = panels_of(row)
    by_id = {panel.id: panel for panel in panels}
    rows = db.session.execute(
        select(Entry, Category.code, RoundEntry)
        .join(RoundEntry, RoundEntry.entry_id == Entry.id)
        .join(Category, Category.id == Entry.category_id)
        .where(RoundEntry.round_id == row.id, Entry.state == "accepted", Entry.id.not_in(out), *asked)
        .order_by(Entry.id)
    ).all()
    works = [
        PlannedEntry(
            entry.id,
            entry.number or str(entry.id),
            entry.category_id,
            code,
            entry.stage_code,
            entry.discipline,
            by_id.get(place.panel_id or 0),
            place.reads,
        )
        for entry, code, place in rows
    ]
    own = {work.id for work in works}
    judges = [(seat, judge) for seat, judge in seats_of_round(row.id) if judge.id not in wish.leaving]
    reasons = conflicts_between(ties_of_judges([judge for _seat, judge in judges]), ties_of_entries(own))
    declared = db.session.execute(
        select(Assignment.judge_id, Assignment.entry_id).where(
            Assignment.round_id == row.id, Assignment.state == "conflict"
        )
    )
    for judge_id, entry_id in declared:
        reasons.setdefault((judge_id, entry_id), Message(""))
    kinds: dict[Pair, str] = {pair: "before" for pair in readers_before(row) if pair[1] in own and pair not in reasons}
    for judge_id in _without_time(row, [judge for _seat, judge in judges]):
        for entry_id in own - {entry for judge, entry in tasks.plan if judge == judge_id}:
            if (judge_id, entry_id) not in reasons:
                kinds.setdefault((judge_id, entry_id), "time")
    reasons.update({pair: Message("") for pair in kinds})  # type: ignore[misc]
    inputs = PlanInputs(
        wish.reads or row.reads_per_entry,
        categories_of_round(row.id),
        works,
        judges,
        reasons,
        panels,
        row.link_share,
        0,
        row.mode != "online",
        kinds=kinds,
    )
    problem = inputs.problem(row.seed or 0)
    allowed = overruled_pairs(row.id) & set(tasks.plan)
    return replace(
        problem,
        conflicts=frozenset(set(problem.conflicts) - allowed),
        calibration=frozenset(place.entry_id for _entry, _code, place in rows if place.is_calibration),
    )


def _without_time(row: Round, judges: Sequence[Judge]) -> list[int]:
    """Judges who have no time in what is left of the window: they keep what they have and get nothing new."""
    last = local(row.closes_at).date()
    first = min(max(local(row.opens_at), local(now())).date(), last)
    return [one.id for one in judges if time_within(one.available_from, one.available_until, first, last) == "none"]


def vacancy_problem(row: Round, entry_ids: Collection[int]) -> Problem:
    """These works with all judges of the round and what keeps them apart, also where a leader overruled it: nothing but
    the office's hand gives such a task. A constant number of statements; works that are judged no more are not in it."""
    return _problem_now(row, RepairWish(), Tasks((), (), ()), entry_ids)


def tasks_of_round(round_id: int, *, without: Collection[int] = ()) -> Tasks:
    """The living tasks, but for those of works that are left alone: two statements."""
    papers = waiting_papers(round_id)
    rows = db.session.execute(
        select(
            Assignment.id, Assignment.judge_id, Assignment.entry_id, Assignment.state, Assignment.draft_saved_at
        ).where(Assignment.round_id == round_id, Assignment.state.in_(LIVE), Assignment.entry_id.not_in(without))
    ).all()
    return Tasks(
        plan={(r.judge_id, r.entry_id) for r in rows},
        read={(r.judge_id, r.entry_id) for r in rows if r.state == "submitted" or r.id in papers},
        begun={
            (r.judge_id, r.entry_id)
            for r in rows
            if r.state == "todo" and r.draft_saved_at is not None and r.id not in papers
        },
    )


def _lines(moves: Sequence[Move], tasks: Tasks) -> list[MoveLine]:
    entries: dict[Any, tuple[str, str]] = {
        id_: (number or "", title)
        for id_, number, title in db.session.execute(
            select(Entry.id, Entry.number, Entry.title).where(Entry.id.in_({move.entry for move in moves}))
        )
    }
    people = {one for move in moves for one in (move.giver, move.taker) if one is not None}
    named = db.session.execute(select(Judge.id, Judge.name).where(Judge.id.in_(people)))
    names: dict[Any, str] = {row.id: row.name for row in named}
    lines = [
        MoveLine(
            *entries[move.entry],
            names.get(move.giver),
            names.get(move.taker),
            (move.giver, move.entry) in tasks.begun,
        )
        for move in moves
    ]
    return sorted(lines, key=lambda line: (line.giver or "", line.number, line.taker or ""))


def _loads(round_id: int, moves: Sequence[Move], tasks: Tasks, leaving: Collection[int]) -> list[LoadChange]:
    before = Counter(judge for judge, _entry in tasks.plan)
    after: Counter[object] = Counter(before)
    for move in moves:
        if move.giver is not None:
            after[move.giver] -= 1
        if move.taker is not None:
            after[move.taker] += 1
    judges = db.session.scalars(
        select(Judge)
        .join(RoundJudge, RoundJudge.judge_id == Judge.id)
        .where(RoundJudge.round_id == round_id)
        .order_by(Judge.name, Judge.id)
    )
    return [LoadChange(one, before[one.id], after[one.id], one.id in leaving) for one in judges]


def unread_counts(round_id: int) -> Mapping[int, int]:
    """Judge id → tasks without a sheet."""
    rows = db.session.scalars(
        select(Assignment.judge_id).where(Assignment.round_id == round_id, Assignment.state == "todo")
    )
    return Counter(rows)

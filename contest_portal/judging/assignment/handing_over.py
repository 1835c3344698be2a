"""Tasks that a judge may not have go to others: only they move, everything else of the round's plan stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, replace

from contest_portal.core.text import N_, Message
from contest_portal.judging.assignment.lots import by_entry_and_judge
from contest_portal.judging.assignment.outcome import Repair
from contest_portal.judging.assignment.problem import Entry, Judge, Pair, Problem, is_at_home
from contest_portal.judging.assignment.repairing import repair
from contest_portal.judging.assignment.shortages import name_of

PILE = "pile-"
"""Begins the ids of stand-ins for what a judge reads besides, where that is more than others do."""


@dataclass(frozen=True, slots=True)
class HandingOver:
    """Who takes each vacated task, or why nobody can.

    `problem`, `plan` and `read` are what `repair` made it of (None where nothing could be placed): the works concerned,
    and for the rest of each judge's pile stand-ins, so that loads and limits compare as in the whole round.
    """

    takers: dict[Pair, Hashable]
    stranded: dict[Pair, Message]
    problem: Problem | None = None
    plan: frozenset[Pair] = frozenset()
    read: frozenset[Pair] = frozenset()
    repaired: Repair | None = None


@dataclass(frozen=True, slots=True)
class _Try:
    problem: Problem
    plan: frozenset[Pair]
    read: frozenset[Pair]
    repaired: Repair


def hand_over(problem: Problem, others: Collection[Pair], vacated: Collection[Pair], seed: int) -> HandingOver:
    """The repair of which nothing but the `vacated` tasks is asked: loads as even as they can be, then expertise, then lots.

    `problem` holds the works of the vacated tasks, all judges and what keeps them apart; `others` are all other tasks of
    the round. A read of a guest from another panel goes to a guest where one can. If not all can be placed, as many as
    fit one after the other are. Raises KeyError for a vacated work that is not in the problem.
    """
    works = {one.id: one for one in problem.entries}
    tasks = by_entry_and_judge(vacated)
    apart = replace(problem, conflicts={*problem.conflicts, *tasks}, kept=frozenset(), link_share=0.0, calibration=())
    placed: list[tuple[Pair, bool]] = [(task, _is_guest(problem, works, task)) for task in tasks]
    stranded: dict[Pair, Message] = {}
    best = _tried(apart, others, placed, seed)
    if best is None:
        wanted, placed = placed, []
        for task, is_guest in wanted:
            for as_guest in (True, False) if is_guest else (False,):
                more = _tried(apart, others, [*placed, (task, as_guest)], seed)
                if more is not None:
                    best, placed = more, [*placed, (task, as_guest)]
                    break
            else:
                stranded[task] = _why_nobody(apart, others, works[task[1]])
    if best is None:
        return HandingOver({}, stranded)
    takers = {(move.giver, move.entry): move.taker for move in best.repaired.moves if move.taker is not None}
    return HandingOver(takers, stranded, best.problem, best.plan, best.read, best.repaired)


def _is_guest(problem: Problem, works: dict[Hashable, Entry], task: Pair) -> bool:
    """Whether the giver was a guest in the work's panel, and somebody else could be."""
    giver = next((one for one in problem.judges if one.id == task[0]), None)
    return giver is not None and not is_at_home(giver, works[task[1]])


def _tried(problem: Problem, others: Collection[Pair], tasks: Sequence[tuple[Pair, bool]], seed: int) -> _Try | None:
    """The repair of these tasks, each with whether a guest is wanted; None where they cannot all be placed."""
    concerned = {task[1] for task, _guest in tasks}
    guests = {task[1] for task, guest in tasks if guest}
    standing = [pair for pair in others if pair[1] in concerned]
    judges, loads = _levelled(problem, others, concerned)
    piles = {(judge, f"{PILE}{place}") for judge, load in loads.items() for place in range(load)}
    reads = Counter(entry for _judge, entry in [*standing, *(task for task, _guest in tasks), *piles])
    barred = set(problem.conflicts)
    entries = []
    for one in problem.entries:
        if one.id not in concerned:
            continue
        work = replace(one, reads=reads[one.id])
        if one.id in guests:
            barred |= {(judge.id, one.id) for judge in problem.judges if is_at_home(judge, one)}
            work = replace(work, panel=None)
        entries.append(work)
    entries += [
        Entry(f"{PILE}{place}", reads=reads[f"{PILE}{place}"]) for place in range(max(loads.values(), default=0))
    ]
    whole = replace(problem, entries=entries, judges=judges, conflicts=frozenset(barred), kept=frozenset())
    read = frozenset([*standing, *piles])
    plan = read | {task for task, _guest in tasks}
    outcome = repair(whole, plan, read, seed)
    return _Try(whole, plan, read, outcome) if isinstance(outcome, Repair) else None


def _levelled(
    problem: Problem, others: Collection[Pair], concerned: Collection[Hashable]
) -> tuple[list[Judge], dict[Hashable, int]]:
    """The judges with what they read besides, all less by what the least loaded has: differences decide, and a small
    problem is kept. Limits are less by as much; of a judge who is at the limit or can take none nothing else matters."""
    tasks, barred = Counter(judge for judge, _entry in others), {*problem.conflicts, *others}
    besides = Counter(judge for judge, entry in others if entry not in concerned)
    free = [
        one
        for one in problem.judges
        if (one.limit is None or tasks[one.id] < one.limit)
        and any((one.id, entry) not in barred for entry in concerned)
    ]
    least = min((besides[one.id] for one in free), default=0)
    loads: dict[Hashable, int] = {one.id: besides[one.id] - least for one in free}
    full = [replace(one, limit=0) for one in problem.judges if one.id not in loads]
    room = [one if one.limit is None else replace(one, limit=one.limit - least) for one in free]
    return [*room, *full], loads


def _why_nobody(problem: Problem, others: Collection[Pair], work: Entry) -> Message:
    """Whether those who could are full, or there is nobody."""
    readers = {judge for judge, entry in others if entry == work.id}
    able = [one for one in problem.judges if one.id not in readers and _may_read(problem, one, work)]
    if able:
        full = N_("作品 %(entry)s 没有评委可以接替：无回避关系的 %(count)s 名评委都已达到任务上限。")
        return Message.of(full, entry=name_of(work), count=len(able))
    nobody = N_("作品 %(entry)s 没有评委可以接替：其余评委都已评阅该作品、须回避或不在该评审组。")
    if any(problem.reasons.get((one.id, work.id)) == "time" for one in problem.judges if one.id not in readers):
        nobody = N_("作品 %(entry)s 没有评委可以接替：其余评委都已评阅该作品、须回避、没有时间或不在该评审组。")
    return Message.of(nobody, entry=name_of(work))


def _may_read(problem: Problem, judge: Judge, work: Entry) -> bool:
    """No conflict, no own school, a category and a panel of the judge's."""
    if (judge.id, work.id) in problem.conflicts or (judge.employer is not None and judge.employer == work.school):
        return False
    return is_at_home(judge, work) and (
        not judge.categories or work.category is None or work.category in judge.categories
    )

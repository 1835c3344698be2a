"""A plan: reads exact, conflicts hard, loads as even as can be, then expertise, the rest by lot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from contest_portal.core.text import N_, Message
from contest_portal.judging.assignment.cheapest import cheapest
from contest_portal.judging.assignment.evenness import equally_even
from contest_portal.judging.assignment.filling import Filling
from contest_portal.judging.assignment.grid import Grid, Rows
from contest_portal.judging.assignment.joining import join_parts
from contest_portal.judging.assignment.linking import filled, links_to_plan
from contest_portal.judging.assignment.lots import Counts, Mask, Vector, by_entry_and_judge, sort_key
from contest_portal.judging.assignment.outcome import Infeasible, Plan
from contest_portal.judging.assignment.parts import connectivity, connectivity_by_chance
from contest_portal.judging.assignment.problem import Problem
from contest_portal.judging.assignment.shortages import shortages_of

_WEAK = 0.1  # of λ₂ by chance: from there on down the plan warns

VERSION = "3"
"""Changes whenever the same problem and seed could give another plan."""


def assign(problem: Problem, seed: int) -> Plan | Infeasible:
    """A plan with exactly the wanted reads for each entry, or what is short.

    Raises ValueError for ids given twice, reads below one, a limit below zero, a share outside of 0 to 1.
    """
    grid = Grid.of(problem, seed)
    first = _plan_with(grid, problem.link_share)
    best, share = first, problem.link_share
    while share and isinstance(best, Plan) and best.components > 1 and share < 1:
        share = min(2 * share, 1.0)
        more = _plan_with(grid, share)
        if not isinstance(more, Plan) or len(more.links) == len(best.links):
            break
        best = min(best, more, key=lambda plan: plan.components)
    if best is not first and isinstance(first, Plan) and isinstance(best, Plan):
        words = N_("为使各评审组可以相互比较，跨组评阅由计划的 %(planned)s 次增加到 %(count)s 次。")
        note = Message.of(words, planned=len(first.links), count=len(best.links))
        best = replace(best, notes=(*best.notes, note))
    return best


def _plan_with(grid: Grid, link_share: float) -> Plan | Infeasible:
    links, needed = links_to_plan(grid, link_share)
    rows, filling, linked = filled(grid, links, needed)
    if filling.unplaced.any():
        return Infeasible(shortages_of(rows, filling))
    filling.even_out()
    chosen = settled(rows, filling, grid.cost()[rows.entry])
    return as_plan(rows, chosen, len(links) - linked)


def settled(
    rows: Rows, filling: Filling, cost: Vector, certain: Mask | None = None, most_to_join: float = np.inf
) -> Mask:
    """The cheapest of all plans as even as the filling, in as few parts as exchanges below `most_to_join` allow.

    `certain` cells are part of it whatever else is.
    """
    choice = equally_even(filling)
    chosen: Mask = cheapest(choice, cost).chosen | choice.forced
    if certain is not None:
        chosen |= certain
    join_parts(rows, filling, chosen, cost, most_to_join)
    return chosen


def as_plan(rows: Rows, chosen: Mask, links_lacking: int) -> Plan:
    """What is given and what was chosen, with the figures that tell how good it is."""
    grid = rows.grid
    everything = rows.by_entry(chosen)
    new = everything & ~grid.fixed
    pairs = by_entry_and_judge({*grid.given, *_ids(grid, new)})
    load: Counts = everything.sum(axis=0)
    loads = {one.id: int(count) for one, count in zip(grid.judges, load, strict=True)}
    knows = any(judge.expertise for judge in grid.judges)
    components, lambda2 = connectivity(pairs)
    by_chance = connectivity_by_chance(pairs, grid.seed)
    plan = Plan(
        pairs,
        {judge: loads[judge] for judge in sorted(loads, key=sort_key)},
        grid.seed,
        float(grid.matches[everything].mean()) if everything.any() and knows else None,
        not _is_uneven(grid, load),
        components,
        lambda2,
        by_chance,
        by_entry_and_judge(_ids(grid, everything & ~grid.home)),
        tuple(pair for pair in pairs if pair[1] in grid.problem.calibration),
    )
    new_links = int((new & ~grid.home).any(axis=1).sum())
    return replace(plan, notes=(*_notes_on_loads(plan, load), *_notes_on_comparing(plan, new_links, links_lacking)))


def _ids(grid: Grid, mask: Mask) -> list[tuple[object, object]]:
    return [(grid.judges[judge].id, grid.entries[entry].id) for entry, judge in np.argwhere(mask)]


def _notes_on_loads(plan: Plan, load: Counts) -> list[Message]:
    if plan.balanced:
        return []
    words = N_(
        "回避关系、评审组、任务上限或已评的作品使任务数无法完全均衡：最多的评委 %(most)s 件，最少的 %(least)s 件，"
        "这已是条件允许的最均衡分配。"
    )
    return [Message.of(words, most=int(load.max()), least=int(load.min()))]


def _notes_on_comparing(plan: Plan, linked: int, lacking: int) -> list[Message]:
    notes = []
    if lacking:
        fewer = N_("按计划应有 %(wanted)s 件作品由其他评审组的评委跨组评阅，条件只允许安排 %(count)s 件。")
        notes.append(Message.of(fewer, wanted=linked + lacking, count=linked))
    if plan.components > 1:
        apart = N_("评委与作品分成 %(count)s 个互不相连的部分，不同部分的评委宽严无法比较。")
        notes.append(Message.of(apart, count=plan.components))
    elif plan.lambda2 < _WEAK * plan.lambda2_random:
        weak = N_(
            "评委之间共同评阅的作品太少（λ₂ 为 %(lambda2)s，随机方案为 %(by_chance)s），宽严的校正不可靠："
            "可提高跨组评阅的比例，或让评委多选几个专业方向。"
        )
        notes.append(Message.of(weak, lambda2=f"{plan.lambda2:.3f}", by_chance=f"{plan.lambda2_random:.3f}"))
    return notes


def _is_uneven(grid: Grid, load: Counts) -> bool:
    """Somebody with room by the own limit has at least two tasks fewer than somebody else."""
    with_room = load[load < grid.limit]
    return bool(len(with_room)) and int(load.max()) > int(with_room.min()) + 1

"""A tie at the cut of the paintings, as real years have it: arranged where chance gives none. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Protocol

from contest_portal.contests.rules import Criterion
from contest_portal.demo.panel import moved_by
from contest_portal.demo.plan import Plan
from contest_portal.demo.works import WorkPlan

CODE, STAGE = "KH", "X"


class Marked(Protocol):
    """A task by its id, its work's number and its category."""

    @property
    def id(self) -> int: ...
    @property
    def work_number(self) -> int: ...
    @property
    def code(self) -> str: ...


def make_a_tie(
    plan: Plan,
    works: Sequence[WorkPlan],
    tasks: Sequence[Marked],
    marks: dict[int, dict[str, float]],
    rubrics: Mapping[str, Sequence[Criterion]],
) -> None:
    """Give the last painting within the places and the first outside the same points, by changing one sheet."""
    places = plan.quotas[CODE][STAGE]
    stage_of = {work.number: work.stage for work in works}
    sheets: dict[int, list[int]] = defaultdict(list)
    for task in tasks:
        if task.code == CODE and stage_of[task.work_number] == STAGE:
            sheets[task.work_number].append(task.id)
    points = {number: sum(sum(marks[one].values()) for one in own) for number, own in sheets.items()}
    ranked = sorted(points, key=lambda number: (-points[number], number))
    if len(ranked) <= places:
        return
    last_in, first_out = ranked[places - 1], ranked[places]
    missing = points[last_in] - points[first_out]
    for task_id in sheets[first_out]:
        changed = moved_by(marks[task_id], rubrics[CODE], missing)
        if changed is not None:
            marks[task_id] = changed
            return

"""Two works of a judge's own pile, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contest_portal.core.errors import NotFound
from contest_portal.entries.queries.judges_texts import JudgesTexts, judges_texts
from contest_portal.judging.models import Assignment
from contest_portal.judging.queries.own_pile import PileLine, pile_of_task, rubrics_of_rounds
from contest_portal.judging.queries.task_files import TaskFile, task_files, tasks
from contest_portal.judging.rubrics import RoundCriterion


@dataclass(frozen=True)
class Compared:
    """One of the two: its file that is seen first, the others, and the marks given so far."""

    task: Assignment
    line: PileLine
    summary: str
    files: Sequence[TaskFile]
    rubric: Sequence[RoundCriterion]
    marks: Mapping[str, object]


@dataclass(frozen=True)
class Comparison:
    """The two works, or the one and the choice of another, those of its category first."""

    sides: Sequence[Compared]
    choices: Sequence[PileLine]


def comparison(row: Assignment, other_id: int | None) -> Comparison:
    """The task's work beside another of the same judge and round. Raises NotFound for any other task."""
    pile = pile_of_task(row)
    lines = {line.id: line for line in pile}
    if other_id is not None and other_id not in lines:
        raise NotFound
    ids = [row.id] if other_id is None or other_id == row.id else [row.id, other_id]
    rubrics = rubrics_of_rounds([row.round_id])
    shown = tasks(ids)
    texts = judges_texts([one.entry_id for one in shown], blind=row.round.is_blind)
    sides = [_side(one, lines[one.id], rubrics, texts) for one in shown]
    others = [line for line in pile if line.id != row.id]
    return Comparison(sides, sorted(others, key=lambda line: line.category.id != lines[row.id].category.id))


def _side(
    row: Assignment, line: PileLine, rubrics: Mapping[tuple[int, int], tuple[RoundCriterion, ...]], texts: JudgesTexts
) -> Compared:
    blind, rules = row.round.is_blind, row.entry.category.rules
    shows = rules.summary is not None and (rules.summary.judges_see or not blind)
    return Compared(
        row,
        line,
        texts.read(row.entry_id, "summary", row.entry.summary or "") if shows else "",
        task_files(row),
        rubrics.get((row.round_id, row.entry.category_id), ()),
        row.draft_marks,  # a submitted sheet's marks stand there, too
    )

"""A judge's own pile: every task with its total so far, two works side by side, what others gave where that is shown."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from contest_portal.contests.models import Category
from contest_portal.core.database import db
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.judges_texts import judges_texts
from contest_portal.judging.marks import check_marks, total_of
from contest_portal.judging.models import Assignment, Judge, Round, RoundCategory, ScoreSheet
from contest_portal.judging.own_pile import Alike, Bin, alike, histogram, levels
from contest_portal.judging.rubrics import RoundCriterion, rubric_of
from contest_portal.judging.sheet_models import Reopening
from contest_portal.judging.states import LIVE

Rubrics = Mapping[tuple[int, int], tuple[RoundCriterion, ...]]


@dataclass(frozen=True)
class PileLine:
    """One task as its judge sees it, the title as the judge reads it. `state`: todo, draft (begun), ready (a complete
    draft), submitted, reopened.

    `total` is that of the sheet that counts, else of a complete draft, else None.
    """

    id: int
    round_id: int
    category: Category
    number: str
    title: str
    stage: str
    state: str
    total: float | None
    version: int

    @property
    def is_open(self) -> bool:
        """Whether the judge has yet to submit."""
        return self.state in {"todo", "draft", "ready"}


def pile_lines(condition: ColumnElement[bool]) -> list[PileLine]:
    """The living tasks for which the condition on task and judge holds, in the order in which the judge meets them:
    three statements."""
    rows = db.session.execute(
        select(
            *(Assignment, Entry.number, Entry.title, Entry.stage_code, Category, ScoreSheet.total, Reopening.id),
            Round.is_blind,
        )
        .join(Round, Round.id == Assignment.round_id)
        .join(Judge, Judge.id == Assignment.judge_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .join(Category, Category.id == Entry.category_id)
        .outerjoin(ScoreSheet, and_(ScoreSheet.assignment_id == Assignment.id, ScoreSheet.is_current))
        .outerjoin(
            Reopening,
            and_(Reopening.assignment_id == Assignment.id, Reopening.sheet_version == ScoreSheet.version),
        )
        .where(condition, Assignment.state.in_(LIVE))
        .order_by(Assignment.round_id, Category.position, Assignment.position, Assignment.id)
    ).all()
    rubrics = rubrics_of_rounds({row.Assignment.round_id for row in rows})
    texts = judges_texts({row.Assignment.entry_id for row in rows if row.is_blind})
    lines = {}
    for task, number, full_title, stage_code, category, total, leave, is_blind in rows:
        title = texts.title(task.entry_id, full_title) if is_blind else full_title
        stage = category.rules.stage_group(stage_code)
        state, shown = _state(task, total, leave is not None, rubrics.get((task.round_id, category.id), ()))
        lines[task.id] = PileLine(
            task.id, task.round_id, category, number or "", title, stage.name if stage else "", state, shown,
            task.version,
        )  # fmt: skip
    return list(lines.values())


def _state(
    task: Assignment, total: float | None, is_reopened: bool, rubric: Sequence[RoundCriterion]
) -> tuple[str, float | None]:
    if task.state == "submitted":
        return ("reopened" if is_reopened else "submitted"), total
    marks, problems = check_marks(task.draft_marks, rubric)
    if rubric and not problems:
        return "ready", total_of(marks, rubric)
    return ("draft" if task.draft_saved_at else "todo"), None


def rubrics_of_rounds(round_ids: Iterable[int]) -> Rubrics:
    """(round, category) → its frozen rubric; one statement."""
    rows = db.session.execute(
        select(RoundCategory.round_id, RoundCategory.category_id, RoundCategory.rubric).where(
            RoundCategory.round_id.in_(sorted(round_ids))
        )
    )
    return {(round_id, category_id): rubric_of(document) for round_id, category_id, document in rows}


def pile_of_task(task: Assignment) -> list[PileLine]:
    """All tasks of the task's judge in its round: two statements."""
    return pile_lines(and_(Assignment.round_id == task.round_id, Assignment.judge_id == task.judge_id))


@dataclass(frozen=True)
class Spread:
    """How a judge's totals of one category lie: in fives, the fullest of them, and a reminder where all are alike."""

    bins: Sequence[Bin]
    fullest: int
    alike: Alike | None
    count: int


def spread_of(lines: Iterable[PileLine]) -> Spread:
    """The spread of the totals that there are."""
    totals = [line.total for line in lines if line.total is not None]
    bins = histogram(totals)
    return Spread(bins, max((one.count for one in bins), default=0), alike(totals), len(totals))


@dataclass(frozen=True)
class PileGroup:
    """A category's part of the pile, the highest total first: (line, place, how many are level); those without a total
    come last, in order, with neither."""

    category: Category
    lines: Sequence[tuple[PileLine, int | None, int]]
    spread: Spread


def sorted_pile(lines: Sequence[PileLine]) -> list[PileGroup]:
    """The pile by category, each by own total."""
    by_category: dict[int, list[PileLine]] = defaultdict(list)
    for line in lines:
        by_category[line.category.id].append(line)
    groups = []
    for own in by_category.values():
        scored = [line for line in own if line.total is not None]
        places = levels([line.total for line in scored if line.total is not None])
        placed: list[tuple[PileLine, int | None, int]] = sorted(
            ((line, place, level) for line, (place, level) in zip(scored, places, strict=True)),
            key=lambda one: (one[1], one[0].number),
        )
        placed += [(line, None, 0) for line in own if line.total is None]
        groups.append(PileGroup(own[0].category, placed, spread_of(own)))
    return groups


@dataclass(frozen=True)
class OtherSheet:
    """What another judge of the same work gave; who it was is not said."""

    letter: str
    total: float
    panel_comment: str


def others_of(task: Assignment) -> list[OtherSheet]:
    """Others' sheets of the task's work, where the round shows them to a judge who has submitted; one statement at
    most. The caller makes sure that the own sheet is in and not reopened."""
    if not task.round.shows_others or task.state != "submitted":
        return []
    rows = db.session.execute(
        select(Assignment.judge_id, ScoreSheet.total, ScoreSheet.panel_comment)
        .join(ScoreSheet, and_(ScoreSheet.assignment_id == Assignment.id, ScoreSheet.is_current))
        .where(
            Assignment.round_id == task.round_id,
            Assignment.entry_id == task.entry_id,
            Assignment.id != task.id,
            Assignment.state == "submitted",
        )
    ).all()
    # The letters go by lot for each work, so that nobody is followed from work to work by a letter.
    drawn = sorted(rows, key=lambda row: _lot(task.round, task.entry_id, row.judge_id))
    return [OtherSheet(chr(ord("A") + place % 26), row.total, row.panel_comment) for place, row in enumerate(drawn)]


def _lot(row: Round, entry_id: int, judge_id: int) -> str:
    return hashlib.sha256(f"{row.id}:{row.seed}:{entry_id}:{judge_id}".encode()).hexdigest()


def condition_of_judge(round_id: int, account_id: int | None, office_id: int | None) -> ColumnElement[bool]:
    """The tasks of a round that belong to an account's judge in an office."""
    mine: Any = and_(Assignment.round_id == round_id, Judge.account_id == account_id, Judge.office_id == office_id)
    return mine

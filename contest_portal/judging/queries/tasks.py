"""What a judge reads: own rounds with their tasks, and one task with the work, without whose it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import joinedload

from contest_portal.contests.models import Category
from contest_portal.contests.rules import CategoryRules
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.i18n import day, yes_no
from contest_portal.entries.models import Author, Entry, Tutor
from contest_portal.entries.queries.judges_texts import JudgesTexts, judges_texts
from contest_portal.judging.models import Assignment, Judge, Round, RoundCategory, ScoreSheet
from contest_portal.judging.queries.interviews import Coming, interviews_of_judge
from contest_portal.judging.queries.own_pile import (
    OtherSheet,
    PileLine,
    Spread,
    others_of,
    pile_lines,
    pile_of_task,
    spread_of,
)
from contest_portal.judging.queries.task_files import TaskFile, task_files
from contest_portal.judging.rubrics import RoundCriterion, rubric_of
from contest_portal.judging.sheet_models import FraudReport, Reopening
from contest_portal.judging.states import LIVE, Phase, phase
from contest_portal.people.models import Student, Teacher


@dataclass(frozen=True)
class TaskGroup:
    """A judge's tasks of one category in one round."""

    category: str
    measure: str
    lines: Sequence[PileLine]


@dataclass(frozen=True)
class InterviewDay:
    """What comes before a judge on one day in one place."""

    day: str
    place: str
    coming: Sequence[Coming]


@dataclass(frozen=True)
class RoundTasks:
    """A judge's part in one round. `next_id` is the first task still to do; `ready` counts complete drafts; `days` are
    the interviews before this judge, once their order is told."""

    round: Round
    phase: Phase
    groups: Sequence[TaskGroup]
    done: int
    live: int
    ready: int
    next_id: int | None
    days: Sequence[InterviewDay] = ()


def judges_of(actor: Actor) -> Any:
    """The condition that a judge is the actor's own, for the office acted in."""
    return and_(Judge.account_id == actor.account_id, Judge.office_id == actor.office_id)


def own_rounds(actor: Actor) -> list[RoundTasks]:
    """The actor's tasks by round, first those with work to do, the nearest deadline first: three statements, one more where there are interviews."""
    moment = now()
    rounds = db.session.scalars(
        select(Round)
        .where(
            Round.state != "planned",
            Round.id.in_(
                select(Assignment.round_id)
                .join(Judge, Judge.id == Assignment.judge_id)
                .where(judges_of(actor), Assignment.state.in_(LIVE))
            ),
        )
        .order_by(Round.closes_at.desc(), Round.id.desc())
        .options(joinedload(Round.contest))
    ).all()
    lines = pile_lines(and_(judges_of(actor), Assignment.round_id.in_([one.id for one in rounds])))
    with_talks = [one.id for one in rounds if one.mode == "interview"]
    coming = interviews_of_judge(judges_of(actor), with_talks) if with_talks else []
    found = [
        replace(
            _round_tasks(row, [line for line in lines if line.round_id == row.id], moment),
            days=_days([one for one in coming if one.round_id == row.id]),
        )
        for row in rounds
    ]
    return sorted(found, key=_turn)


def _turn(one: RoundTasks) -> tuple[int, float]:
    """What is to be done now, what comes, what is done in time, then what is over as it was."""
    if one.phase == "running" and one.next_id is not None:
        return 0, one.round.closes_at.timestamp()
    if one.phase == "coming":
        return 1, one.round.opens_at.timestamp()
    return (2 if one.phase == "running" else 3), 0.0


def _days(coming: Sequence[Coming]) -> list[InterviewDay]:
    groups = groupby(coming, key=lambda one: (day(one.starts_at), one.place))
    return [InterviewDay(when, place, list(own)) for (when, place), own in groups]


def _round_tasks(row: Round, lines: Sequence[PileLine], moment: datetime) -> RoundTasks:
    groups: dict[int, list[PileLine]] = defaultdict(list)
    for line in lines:
        groups[line.category.id].append(line)
    categories = [own[0].category for own in groups.values()]
    return RoundTasks(
        row,
        phase(row.state, row.opens_at, row.closes_at, moment),
        [TaskGroup(one.name, one.measure, groups[one.id]) for one in categories],
        sum(not line.is_open for line in lines),
        len(lines),
        sum(line.state == "ready" for line in lines),
        next((line.id for line in lines if line.is_open), None),
    )


@dataclass(frozen=True)
class TaskPage:
    """One task: the work without whose it is (unless the round is not blind), the rubric, the neighbours.

    `place` of `live` in the judge's order; `next_todo_id` is the next task still to do, after this one or from the
    start again. `pile`: all of the judge's tasks in the round; `spread`: of own totals in the work's category;
    `reopening`: the office's leave to change the sheet; `report`: what this judge reported of the work last; `others`:
    what others gave, where that is shown.
    """

    task: Assignment
    title: str
    phase: Phase
    category: Category
    stage: str
    discipline_label: str
    summary_label: str
    summary: str
    fields: Sequence[tuple[str, str]]
    files: Sequence[TaskFile]
    identity: Sequence[tuple[str, str]]
    rubric: Sequence[RoundCriterion]
    sheet: ScoreSheet | None
    place: int
    live: int
    done: int
    previous_id: int | None
    next_id: int | None
    next_todo_id: int | None
    pile: Sequence[PileLine]
    spread: Spread
    reopening: Reopening | None
    report: FraudReport | None
    others: Sequence[OtherSheet]

    @property
    def can_mark(self) -> bool:
        """Whether the sheet can be filled in now: not submitted yet, or given back by the office."""
        return self.phase == "running" and (self.task.state == "todo" or self.reopening is not None)


def task_page(row: Assignment) -> TaskPage:
    """Everything that the page of a task shows: eight statements, two more where the round is not blind, one where others'
    sheets are shown."""
    entry, rules, blind = row.entry, row.entry.category.rules, row.round.is_blind
    stage = rules.stage_group(entry.stage_code)
    pile = pile_of_task(row)
    ids = [line.id for line in pile]
    here = ids.index(row.id)
    sheet, reopening = sheet_and_leave(row.id)
    summary = rules.summary if rules.summary and (rules.summary.judges_see or not blind) else None
    texts = judges_texts([entry.id], blind=blind)
    return TaskPage(
        task=row,
        title=pile[here].title,
        phase=phase(row.round.state, row.round.opens_at, row.round.closes_at, now()),
        category=entry.category,
        stage=stage.name if stage else "",
        discipline_label=rules.discipline_label,
        summary_label=summary.label if summary else "",
        summary=texts.read(entry.id, "summary", entry.summary or "") if summary else "",
        fields=_fields(entry, rules, texts, blind=blind),
        files=task_files(row),
        identity=[] if blind else _identity(entry),
        rubric=rubric_of_task(row),
        sheet=sheet,
        place=here + 1,
        live=len(ids),
        done=sum(not line.is_open for line in pile),
        previous_id=ids[here - 1] if here else None,
        next_id=ids[here + 1] if here + 1 < len(ids) else None,
        next_todo_id=next((line.id for line in (*pile[here + 1 :], *pile[:here]) if line.is_open), None),
        pile=pile,
        spread=spread_of(line for line in pile if line.category.id == entry.category_id),
        reopening=reopening,
        report=_own_report(row),
        others=[] if reopening else others_of(row),
    )


def _own_report(row: Assignment) -> FraudReport | None:
    return db.session.scalar(
        select(FraudReport)
        .where(
            FraudReport.round_id == row.round_id,
            FraudReport.entry_id == row.entry_id,
            FraudReport.judge_id == row.judge_id,
        )
        .order_by(FraudReport.id.desc())
        .limit(1)
    )


def _order_of(row: Assignment) -> list[tuple[int, str]]:
    """(id, state) of the judge's tasks in the round, in the order in which they are met."""
    rows = db.session.execute(
        select(Assignment.id, Assignment.state)
        .join(Entry, Entry.id == Assignment.entry_id)
        .join(Category, Category.id == Entry.category_id)
        .where(Assignment.round_id == row.round_id, Assignment.judge_id == row.judge_id, Assignment.state.in_(LIVE))
        .order_by(Category.position, Assignment.position, Assignment.id)
    )
    return [(id_, state) for id_, state in rows]


def next_todo(row: Assignment) -> int | None:
    """The judge's next task still to do after this one, or from the start again."""
    order = _order_of(row)
    here = next((place for place, (id_, _state) in enumerate(order) if id_ == row.id), len(order) - 1)
    return next((id_ for id_, state in (*order[here + 1 :], *order[:here]) if state == "todo"), None)


def rubric_of_task(row: Assignment) -> tuple[RoundCriterion, ...]:
    """The frozen rubric of the work's category in the task's round."""
    return frozen_rubric(row.round_id, row.entry.category_id)


def frozen_rubric(round_id: int, category_id: int) -> tuple[RoundCriterion, ...]:
    """A category's rubric as it stood when the round opened."""
    document = db.session.scalar(
        select(RoundCategory.rubric).where(RoundCategory.round_id == round_id, RoundCategory.category_id == category_id)
    )
    return rubric_of(document or [])


def sheet_and_leave(task_id: int) -> tuple[ScoreSheet | None, Reopening | None]:
    """The sheet that counts, and the office's leave to replace it; none where the task was given anew after its sheet."""
    row = db.session.execute(
        select(ScoreSheet, Reopening)
        .outerjoin(
            Reopening,
            and_(Reopening.assignment_id == ScoreSheet.assignment_id, Reopening.sheet_version == ScoreSheet.version),
        )
        .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
        .where(ScoreSheet.assignment_id == task_id, ScoreSheet.is_current, Assignment.state == "submitted")
        .order_by(Reopening.id.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else (None, None)


def _fields(entry: Entry, rules: CategoryRules, texts: JudgesTexts, *, blind: bool) -> list[tuple[str, str]]:
    pairs = []
    for one in rules.fields:
        value = entry.answers.get(one.code)
        if (one.judges_see or not blind) and value not in (None, "", []):
            shown = yes_no(value) if isinstance(value, bool) else texts.read(entry.id, one.code, str(value))
            pairs.append((one.label, shown))
    return pairs


def _identity(entry: Entry) -> list[tuple[str, str]]:
    """(role, names) of the people behind a work, for rounds that are not blind."""
    authors = db.session.scalars(
        select(Author)
        .where(Author.entry_id == entry.id)
        .order_by(Author.position)
        .options(
            joinedload(Author.student).joinedload(Student.school), joinedload(Author.teacher).joinedload(Teacher.school)
        )
    )
    people = [author.student or author.teacher for author in authors]
    tutors = db.session.scalars(
        select(Teacher.name).join(Tutor, Tutor.teacher_id == Teacher.id).where(Tutor.entry_id == entry.id)
    ).all()
    names = [f"{person.name}（{person.school.name}）" for person in people if person]
    return [
        ("authors", "、".join([entry.group_name] if entry.group_name else names)),
        ("tutors", "、".join(tutors)),
    ]


def open_task_count(actor: Actor) -> Select[int]:
    """Counts the tasks that the actor still has to do in running rounds, for the navigation."""
    return (
        select(func.count(Assignment.id))
        .join(Judge, Judge.id == Assignment.judge_id)
        .join(Round, Round.id == Assignment.round_id)
        .where(judges_of(actor), Assignment.state == "todo", Round.state == "open", Round.opens_at <= now())
    )

"""Reads of rounds: an office's list, one round whole, its progress by judge and category, its tasks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload, subqueryload

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.listing import Listing, Page, paginate, sorted_by
from contest_portal.entries.models import Entry
from contest_portal.judging.models import (
    Assignment,
    Judge,
    Panel,
    Ranking,
    Round,
    RoundCategory,
    RoundEntry,
    RoundJudge,
    ScoreSheet,
)
from contest_portal.judging.sheet_models import FraudReport
from contest_portal.judging.states import LIVE
from contest_portal.people.models import School

UNDER_WAY = "under_way"
"""The order of the list of rounds when no column is asked for."""


def contest(contest_id: int) -> Contest:
    """The contest with its categories. Raises NotFound."""
    row = db.session.scalar(select(Contest).where(Contest.id == contest_id).options(selectinload(Contest.categories)))
    if row is None:
        raise NotFound
    return row


def round_by_id(round_id: int) -> Round:
    """The round with contest, categories and judges. Raises NotFound."""
    row = db.session.scalar(
        select(Round)
        .where(Round.id == round_id)
        .options(
            joinedload(Round.contest).selectinload(Contest.categories),
            joinedload(Round.source_round),
            selectinload(Round.categories).joinedload(RoundCategory.category),
            selectinload(Round.judges).joinedload(RoundJudge.judge),
            selectinload(Round.panels),
        )
    )
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True)
class RoundRow:
    """One line of the list of rounds."""

    round: Round
    live: int
    done: int


def rounds_page(office_id: int | None, listing: Listing) -> Page[RoundRow]:
    """The office's rounds with their progress; filters: contest (id), state. Unless a column is asked for, those that are
    not closed yet stand first, and practice last."""
    statement = _with_progress(office_id).options(
        contains_eager(Round.contest), subqueryload(Round.categories).joinedload(RoundCategory.category)
    )
    if (contest_id := listing.get_int("contest")) is not None:
        statement = statement.where(Round.contest_id == contest_id)
    if state := listing.get("state"):
        statement = statement.where(Round.state == state)
    columns = {"closes": Round.closes_at, "name": Round.name}
    if listing.sort == UNDER_WAY:
        order = (Contest.is_practice, case((Round.state.in_(["planned", "open"]), 0), else_=1))
        statement = statement.order_by(*order, Round.closes_at.desc(), Round.id.desc())
    else:
        statement = sorted_by(statement, listing, columns, tie=Round.id.desc())
    page = paginate(statement, listing, scalars=False)
    return Page([RoundRow(*row) for row in page.rows], page.total, page.listing)


def open_rounds_of(office_id: int | None, contest_ids: Collection[int]) -> list[RoundRow]:
    """The open rounds of these contests of the office, the first to close first."""
    statement = _with_progress(office_id).where(Round.contest_id.in_(contest_ids), Round.state == "open")
    return [RoundRow(*row) for row in db.session.execute(statement.order_by(Round.closes_at, Round.id))]


def _with_progress(office_id: int | None) -> Select[Round, Any, Any]:
    """(round, living tasks, submitted ones) of the office."""
    counted = (
        select(
            Assignment.round_id,
            func.count(Assignment.id).label("live"),
            func.count(Assignment.id).filter(Assignment.state == "submitted").label("done"),
        )
        .where(Assignment.state.in_(LIVE))
        .group_by(Assignment.round_id)
        .subquery()
    )
    return (
        select(Round, func.coalesce(counted.c.live, 0), func.coalesce(counted.c.done, 0))
        .join(Contest, Contest.id == Round.contest_id)
        .outerjoin(counted, counted.c.round_id == Round.id)
        .where(Contest.office_id == office_id)
    )


def contest_choices(office_id: int | None, *, living: bool = False) -> list[tuple[int, str]]:
    """(id, name) of the office's contests, newest first, practice last; when `living` those where judging can take place."""
    statement = select(Contest.id, Contest.name).where(Contest.office_id == office_id)
    if living:
        statement = statement.where(Contest.state.in_(["open", "closed"]))
    rows = db.session.execute(statement.order_by(Contest.is_practice, Contest.year.desc(), Contest.id.desc()))
    return [(row.id, row.name) for row in rows]


@dataclass(frozen=True)
class JudgeProgress:
    """How far a judge has come in a round. `last_at`: the last sheet or draft."""

    judge: Judge
    live: int
    done: int
    started: int
    conflicts: int
    last_at: datetime | None
    mean: float | None

    @property
    def left(self) -> int:
        return self.live - self.done


@dataclass(frozen=True)
class CategoryProgress:
    """How far a category has come in a round. `finished`: works of which every read is in; `short`: with too few reads."""

    category: Category
    entries: int
    live: int
    done: int
    finished: int
    short: int


@dataclass(frozen=True)
class Progress:
    """A round's progress."""

    judges: Sequence[JudgeProgress]
    categories: Sequence[CategoryProgress]

    @property
    def live(self) -> int:
        return sum(one.live for one in self.categories)

    @property
    def done(self) -> int:
        return sum(one.done for one in self.categories)


def progress_of_round(row: Round) -> Progress:
    """By judge and by category: three statements."""
    return Progress(_by_judge(row.id), _by_category(row))


def _by_judge(round_id: int) -> list[JudgeProgress]:
    def count(*conditions: Any) -> Any:
        return func.count(Assignment.id).filter(*conditions)

    sheet = and_(ScoreSheet.assignment_id == Assignment.id, ScoreSheet.is_current)
    counted = (
        select(
            Assignment.judge_id,
            count(Assignment.state.in_(LIVE)).label("live"),
            count(Assignment.state == "submitted").label("done"),
            count(Assignment.state == "todo", Assignment.draft_saved_at.is_not(None)).label("started"),
            count(Assignment.state == "conflict").label("conflicts"),
            func.max(Assignment.draft_saved_at).label("draft_at"),
            func.max(ScoreSheet.submitted_at).label("sheet_at"),
            func.avg(ScoreSheet.total).filter(Assignment.state == "submitted").label("mean"),
        )
        .outerjoin(ScoreSheet, sheet)
        .where(Assignment.round_id == round_id)
        .group_by(Assignment.judge_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Judge, counted).join(counted, counted.c.judge_id == Judge.id).order_by(Judge.name, Judge.id)
    )
    return [
        JudgeProgress(
            r.Judge,
            r.live,
            r.done,
            r.started,
            r.conflicts,
            max((at for at in (r.draft_at, r.sheet_at) if at), default=None),
            r.mean,
        )
        for r in rows
    ]


def _by_category(row: Round) -> list[CategoryProgress]:
    by_entry = (
        select(
            Assignment.entry_id,
            func.count(Assignment.id).filter(Assignment.state.in_(LIVE)).label("live"),
            func.count(Assignment.id).filter(Assignment.state == "submitted").label("done"),
        )
        .where(Assignment.round_id == row.id)
        .group_by(Assignment.entry_id)
        .subquery()
    )
    out = select(FraudReport.entry_id).where(FraudReport.round_id == row.id, FraudReport.state == "upheld")
    accepted = and_(Entry.state == "accepted", Entry.id.not_in(out))
    wanted = func.coalesce(RoundEntry.reads, row.reads_per_entry)
    rows = db.session.execute(
        select(
            Category,
            func.count(Entry.id).filter(accepted),
            func.coalesce(func.sum(by_entry.c.live), 0),
            func.coalesce(func.sum(by_entry.c.done), 0),
            func.count(Entry.id).filter(accepted, by_entry.c.done >= wanted),
            func.count(Entry.id).filter(accepted, by_entry.c.live < wanted),
        )
        .join(Entry, Entry.category_id == Category.id)
        .join(by_entry, by_entry.c.entry_id == Entry.id)
        .outerjoin(RoundEntry, and_(RoundEntry.entry_id == Entry.id, RoundEntry.round_id == row.id))
        .group_by(Category.id)
        .order_by(Category.position)
    )
    # PostgreSQL gives sums of whole numbers as decimals.
    return [CategoryProgress(category, *(int(count) for count in counts)) for category, *counts in rows]


@dataclass(frozen=True)
class PanelProgress:
    """How far the works of a panel have come."""

    panel: Panel
    live: int
    done: int


def progress_of_panels(row: Round) -> list[PanelProgress]:
    """By panel, in their order: one statement, none where the round has no panels."""
    if not row.panels:
        return []
    rows = db.session.execute(
        select(
            RoundEntry.panel_id,
            func.count(Assignment.id).filter(Assignment.state.in_(LIVE)).label("live"),
            func.count(Assignment.id).filter(Assignment.state == "submitted").label("done"),
        )
        .join(Assignment, and_(Assignment.entry_id == RoundEntry.entry_id, Assignment.round_id == row.id))
        .where(RoundEntry.round_id == row.id)
        .group_by(RoundEntry.panel_id)
    )
    counts = {line.panel_id: (line.live, line.done) for line in rows}
    return [PanelProgress(panel, *counts.get(panel.id, (0, 0))) for panel in row.panels]


@dataclass(frozen=True)
class TaskRow:
    """One line of the office's list of tasks."""

    task: Assignment
    total: float | None
    submitted_at: datetime | None


def tasks_page(round_id: int, listing: Listing) -> Page[TaskRow]:
    """The tasks of a round; filters: judge, category (ids), state, q (number)."""
    sheet = and_(ScoreSheet.assignment_id == Assignment.id, ScoreSheet.is_current)
    statement = (
        select(Assignment, ScoreSheet.total, ScoreSheet.submitted_at)
        .join(Entry, Entry.id == Assignment.entry_id)
        .join(School, School.id == Entry.school_id)
        .join(Category, Category.id == Entry.category_id)
        .join(Judge, Judge.id == Assignment.judge_id)
        .outerjoin(ScoreSheet, sheet)
        .where(Assignment.round_id == round_id)
        .options(
            contains_eager(Assignment.entry).options(contains_eager(Entry.school), contains_eager(Entry.category)),
            contains_eager(Assignment.judge),
        )
    )
    for name, column in (("judge", Assignment.judge_id), ("category", Entry.category_id)):
        if (wanted := listing.get_int(name)) is not None:
            statement = statement.where(column == wanted)
    if state := listing.get("state"):
        statement = statement.where(Assignment.state == state)
    if words := listing.get("q"):
        statement = statement.where(Entry.number.contains(words, autoescape=True))
    columns = {
        "number": Entry.number,
        "judge": (Judge.name, Judge.id),
        "state": Assignment.state,
        "total": ScoreSheet.total,
    }
    page = paginate(sorted_by(statement, listing, columns, tie=Assignment.id), listing, scalars=False)
    return Page([TaskRow(*row) for row in page.rows], page.total, page.listing)


def judge_choices(round_id: int) -> list[tuple[int, str]]:
    """(id, name) of the judges who have or had tasks in a round."""
    rows = db.session.execute(
        select(Judge.id, Judge.name)
        .where(Judge.id.in_(select(Assignment.judge_id).where(Assignment.round_id == round_id)))
        .order_by(Judge.name, Judge.id)
    )
    return [(row.id, row.name) for row in rows]


@dataclass(frozen=True)
class Seatable:
    """A judge who can be chosen for a round, and whether and how the judge is."""

    judge: Judge
    seat: RoundJudge | None


def seatable_judges(row: Round) -> list[Seatable]:
    """The office's judges who have neither declined nor left, by name, with their places in the round."""
    rows = db.session.execute(
        select(Judge, RoundJudge)
        .outerjoin(RoundJudge, and_(RoundJudge.judge_id == Judge.id, RoundJudge.round_id == row.id))
        .where(Judge.office_id == row.contest.office_id, Judge.state.in_(["invited", "active"]))
        .order_by(Judge.name, Judge.id)
    )
    return [Seatable(judge, seat) for judge, seat in rows]


def accepted_counts(category_ids: Sequence[int]) -> dict[int, int]:
    """Category → number of accepted entries."""
    rows = db.session.execute(
        select(Entry.category_id, func.count(Entry.id).label("entries"))
        .where(Entry.category_id.in_(list(category_ids)), Entry.state == "accepted")
        .group_by(Entry.category_id)
    )
    counts: dict[int, int] = defaultdict(int)
    counts.update({row.category_id: row.entries for row in rows})
    return counts


def rankings_of_round(round_id: int) -> list[Ranking]:
    """The newest frozen rankings of a round: by category, the whole before its stage groups."""
    newest = select(func.max(Ranking.version)).where(Ranking.round_id == round_id).scalar_subquery()
    return list(
        db.session.scalars(
            select(Ranking)
            .join(Category, Category.id == Ranking.category_id)
            .where(Ranking.round_id == round_id, Ranking.version == newest)
            .options(contains_eager(Ranking.category))
            .order_by(Category.position, Ranking.id)
        )
    )


def task_for_office(task_id: int) -> Assignment:
    """A task with its round, judge and entry. Raises NotFound."""
    row = db.session.scalar(_with_round(select(Assignment).where(Assignment.id == task_id)))
    if row is None:
        raise NotFound
    return row


def _with_round(statement: Select[Any]) -> Select[Any]:
    return statement.options(
        joinedload(Assignment.round).joinedload(Round.contest),
        joinedload(Assignment.judge),
        joinedload(Assignment.entry).joinedload(Entry.school),
        joinedload(Assignment.entry).joinedload(Entry.category),
    )

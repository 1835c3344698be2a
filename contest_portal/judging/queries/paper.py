"""Paper sheets of a round: which are typed, which wait for the second person, which differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import contains_eager, joinedload

from contest_portal.contests.models import Category
from contest_portal.contests.rules import Criterion
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.listing import Listing, Page, paginate, sorted_by
from contest_portal.entries.models import Entry
from contest_portal.judging.models import Assignment, Judge, Round, ScoreSheet
from contest_portal.judging.queries.own_pile import rubrics_of_rounds
from contest_portal.judging.queries.unfinished import WAITING
from contest_portal.judging.sheet_models import PaperSheet
from contest_portal.judging.states import LIVE
from contest_portal.people.models import Account


@dataclass(frozen=True)
class PaperRow:
    """One task of a round as the list of paper sheets shows it. `state`: none (nothing typed), typed, differs, done."""

    task: Assignment
    state: str
    paper: PaperSheet | None
    typed_by: str
    total: float | None
    source: str


def _state(task: Assignment, paper: PaperSheet | None) -> str:
    if task.state == "submitted":
        return "done"
    return paper.state if paper is not None else "none"


def _rows(round_id: int) -> Any:
    """Selects (task, paper sheet, who typed it, total, source); all but the task may be None."""
    waiting = and_(PaperSheet.assignment_id == Assignment.id, PaperSheet.state.in_(WAITING))
    counting = and_(ScoreSheet.assignment_id == Assignment.id, ScoreSheet.is_current)
    return (
        select(Assignment, PaperSheet, Account.name, ScoreSheet.total, ScoreSheet.source)
        .join(Entry, Entry.id == Assignment.entry_id)
        .join(Category, Category.id == Entry.category_id)
        .join(Judge, Judge.id == Assignment.judge_id)
        .outerjoin(PaperSheet, waiting)
        .outerjoin(Account, Account.id == PaperSheet.typed_by)
        .outerjoin(ScoreSheet, counting)
        .where(Assignment.round_id == round_id, Assignment.state.in_(LIVE))
        .options(
            contains_eager(Assignment.entry).options(contains_eager(Entry.category)), contains_eager(Assignment.judge)
        )
    )


def paper_page(round_id: int, listing: Listing) -> Page[PaperRow]:
    """The living tasks of a round with what was typed; filters: judge, state (none, typed, differs, done), q (number)."""
    statement = _rows(round_id)
    if (judge := listing.get_int("judge")) is not None:
        statement = statement.where(Assignment.judge_id == judge)
    if words := listing.get("q"):
        statement = statement.where(Entry.number.contains(words, autoescape=True))
    match listing.get("state"):
        case "done":
            statement = statement.where(Assignment.state == "submitted")
        case "none":
            statement = statement.where(Assignment.state == "todo", PaperSheet.id.is_(None))
        case "typed" | "differs" as state:
            statement = statement.where(Assignment.state == "todo", PaperSheet.state == state)
    columns = {"judge": (Judge.name, Judge.id, Category.position, Assignment.position), "number": Entry.number}
    page = paginate(sorted_by(statement, listing, columns, tie=Assignment.id), listing, scalars=False)
    rows = [
        PaperRow(task, _state(task, paper), paper, name or "", total, source or "")
        for task, paper, name, total, source in page.rows
    ]
    return Page(rows, page.total, page.listing)


def paper_counts(round_id: int) -> Mapping[str, int]:
    """How many tasks stand where: none, typed, differs, done."""
    waiting = and_(PaperSheet.assignment_id == Assignment.id, PaperSheet.state.in_(WAITING))
    rows = db.session.execute(
        select(Assignment.state, PaperSheet.state.label("paper"))
        .outerjoin(PaperSheet, waiting)
        .where(Assignment.round_id == round_id, Assignment.state.in_(LIVE))
    )
    return Counter("done" if row.state == "submitted" else row.paper or "none" for row in rows)


def paper_by_id(paper_id: int) -> PaperSheet:
    """A paper sheet with its task, work, judge and round. Raises NotFound."""
    row = db.session.scalar(
        select(PaperSheet)
        .where(PaperSheet.id == paper_id)
        .options(
            joinedload(PaperSheet.assignment).options(
                joinedload(Assignment.entry).joinedload(Entry.category),
                joinedload(Assignment.judge),
                joinedload(Assignment.round).joinedload(Round.contest),
            )
        )
    )
    if row is None:
        raise NotFound
    return row


def waiting_paper(task_id: int) -> PaperSheet | None:
    """What was typed for a task and waits."""
    return db.session.scalar(
        select(PaperSheet).where(PaperSheet.assignment_id == task_id, PaperSheet.state.in_(WAITING))
    )


def next_to_type(row: Assignment) -> int | None:
    """The same judge's next task without any sheet, after this one or from the start: papers lie in piles by judge."""
    rows = db.session.execute(
        _rows(row.round_id)
        .where(Assignment.judge_id == row.judge_id)
        .order_by(Category.position, Assignment.position, Assignment.id)
    ).all()
    ids = [task.id for task, *_rest in rows]
    here = ids.index(row.id) if row.id in ids else -1
    order = (*rows[here + 1 :], *rows[: max(here, 0)])
    return next((task.id for task, paper, *_rest in order if task.state == "todo" and paper is None), None)


def next_to_check(round_id: int, account_id: int | None, *, after: int = 0) -> int | None:
    """The id of a typed sheet of the round that somebody else typed: the next after `after`, or from the start."""
    ids = list(
        db.session.scalars(
            select(PaperSheet.id)
            .join(Assignment, Assignment.id == PaperSheet.assignment_id)
            .where(
                Assignment.round_id == round_id,
                Assignment.state == "todo",
                PaperSheet.state == "typed",
                PaperSheet.typed_by.is_distinct_from(account_id),
            )
            .order_by(Assignment.judge_id, Assignment.position, PaperSheet.id)
        )
    )
    later = ids[ids.index(after) + 1 :] if after in ids else ids
    return next(iter((*later, *(one for one in ids if one != after))), None)


@dataclass(frozen=True)
class Pile:
    """One judge's sheets of one category, to be printed or filled in."""

    judge: Judge
    category: Category
    rubric: Sequence[Criterion]
    tasks: Sequence[Assignment]


def piles(row: Round, judge_id: int | None = None) -> list[Pile]:
    """The living tasks by judge and category, in the judge's own order: three statements."""
    statement = _rows(row.id).order_by(Judge.name, Judge.id, Category.position, Assignment.position, Assignment.id)
    if judge_id is not None:
        statement = statement.where(Assignment.judge_id == judge_id)
    rubrics = rubrics_of_rounds([row.id])
    found: dict[tuple[int, int], tuple[Judge, Category, list[Assignment]]] = {}
    for task, *_rest in db.session.execute(statement):
        key = (task.judge_id, task.entry.category_id)
        found.setdefault(key, (task.judge, task.entry.category, []))[2].append(task)
    return [Pile(judge, category, rubrics[row.id, category.id], tasks) for judge, category, tasks in found.values()]


def sheets_of_tasks(round_id: int) -> dict[int, ScoreSheet]:
    """Task id → the sheet that counts, of a round."""
    rows = db.session.scalars(
        select(ScoreSheet)
        .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
        .where(Assignment.round_id == round_id, ScoreSheet.is_current)
    )
    return {sheet.assignment_id: sheet for sheet in rows}

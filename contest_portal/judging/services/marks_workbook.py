"""Marks by workbook: the third way to a score sheet. All lines or none, checked before, written in one short transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from contest_portal.core.actor import Actor
from contest_portal.core.database import Work, db, unit_of_work
from contest_portal.core.errors import FieldProblem, Invalid, NotFound
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.judging.marks import Mark, check_marks
from contest_portal.judging.models import Assignment, Round, ScoreSheet
from contest_portal.judging.queries.own_pile import rubrics_of_rounds
from contest_portal.judging.rubrics import RoundCriterion
from contest_portal.judging.services.own_tasks import OwnTask
from contest_portal.judging.services.paper import require_open
from contest_portal.judging.services.sheets import TypedSheet, next_sheet, record_sheet
from contest_portal.judging.states import LIVE

_AT_ONCE = 5_000  # SQLite takes no more than some 30,000 values in a statement


@dataclass(frozen=True)
class WorkbookLine:
    """One task's marks as a workbook gives them; `place` says where, for errors."""

    task_id: int
    marks: Mapping[str, Any]
    comment: str
    place: Message


@dataclass(frozen=True)
class _Checked:
    """A line whose marks are right in themselves."""

    line: WorkbookLine
    marks: Mapping[str, Mark]
    rubric: tuple[RoundCriterion, ...]


def take_workbook(actor: Actor, round_id: int, lines: Sequence[WorkbookLine], *, why: str = "") -> int:
    """Take the marks of a workbook, all or none. Gives how many sheets are new or changed.

    A task that has other marks already gets a new version only with a reason (`why`). The number of statements does not
    grow with the lines, but for the thousands that one of them holds: judges who save meanwhile wait shortly. Raises
    NotFound, Invalid with the place of each problem, Conflict when the round is not open.
    """
    checked, why = _checked(round_id, lines), why.strip()
    with unit_of_work(actor, "judging.take_workbook") as work:
        row = work.session.scalars(select(Round).where(Round.id == round_id).with_for_update(read=True)).one()
        require_open(row)
        tasks = {task.id: task for ids in _parts(checked) for task in _locked_tasks(work, row, ids)}
        if tasks.keys() != checked.keys():
            raise NotFound
        current = {sheet.assignment_id: sheet for ids in _parts(checked) for sheet in _current_sheets(work, ids)}
        written = [one for one in checked.values() if not _says_the_same(one, tasks, current)]
        _refuse([(one.line, told) for one in written if (told := _obstacle(one, tasks, current, why))])
        for one in written:
            if (before := current.get(one.line.task_id)) is not None:
                before.is_current = False
        work.session.flush()
        if written:
            work.session.execute(insert(ScoreSheet), [_row_of(work, row, one, tasks, current) for one in written])
        new = {one.line.task_id: one for one in written}
        for sheet in [sheet for ids in _parts(new) for sheet in _current_sheets(work, ids)]:
            record_sheet(work, sheet, current.get(sheet.assignment_id))
        work.record(row, after={"sheets": len(written)}, why=why[:300])
    return len(written)


def _checked(round_id: int, lines: Sequence[WorkbookLine]) -> dict[int, _Checked]:
    """Task → its marks, before anything is locked: a round's rubrics are frozen. Raises NotFound, Invalid."""
    rubrics = rubrics_of_rounds([round_id])
    own = select(Assignment.id, Entry.category_id).join(Entry, Entry.id == Assignment.entry_id)
    categories = {one.id: one.category_id for one in db.session.execute(own.where(Assignment.round_id == round_id))}
    found, faults = {}, []
    for line in lines:
        if line.task_id not in categories:
            raise NotFound
        rubric = rubrics[round_id, categories[line.task_id]]
        clean, problems = check_marks(line.marks, rubric)
        faults += [(line, problems[0][1])] if problems else []
        found[line.task_id] = _Checked(line, clean, rubric)
    _refuse(faults)
    return found


def _refuse(faults: Sequence[tuple[WorkbookLine, Message]]) -> None:
    words = N_("%(place)s：%(what)s")
    told = [Message.of(words, place=line.place, what=what) for line, what in faults]
    if told:
        raise Invalid("judging.workbook", told[0], problems=[FieldProblem("file", one) for one in told])


def _parts(checked: Mapping[int, _Checked]) -> Iterator[list[int]]:
    ids = sorted(checked)
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))


def _locked_tasks(work: Work, row: Round, ids: Collection[int]) -> Sequence[Assignment]:
    statement = select(Assignment).where(Assignment.round_id == row.id, Assignment.id.in_(ids)).order_by(Assignment.id)
    return work.session.scalars(statement.with_for_update().execution_options(populate_existing=True)).all()


def _current_sheets(work: Work, ids: Collection[int]) -> Sequence[ScoreSheet]:
    return work.session.scalars(
        select(ScoreSheet).where(ScoreSheet.assignment_id.in_(ids), ScoreSheet.is_current)
    ).all()


Tasks = Mapping[int, Assignment]
Sheets = Mapping[int, ScoreSheet]


def _says_the_same(one: _Checked, tasks: Tasks, current: Sheets) -> bool:
    sheet = current.get(one.line.task_id)
    return sheet is not None and tasks[one.line.task_id].state == "submitted" and sheet.marks == one.marks


def _obstacle(one: _Checked, tasks: Tasks, current: Sheets, why: str) -> Message | None:
    state, sheet = tasks[one.line.task_id].state, current.get(one.line.task_id)
    if state not in LIVE:
        return Message(N_("这项评审任务已经取消或改派。"))
    if state == "submitted" and sheet is not None and not why:
        return Message.of(N_("已有评分 %(total)s 分。要改为表中的分数，请填写原因。"), total=f"{sheet.total:g}")
    return None


def _row_of(work: Work, row: Round, one: _Checked, tasks: Tasks, current: Sheets) -> dict[str, Any]:
    """The sheet as a row: SQLite writes objects one by one to learn their ids, rows all at once."""
    own = OwnTask(row, tasks[one.line.task_id], one.rubric)
    typed = TypedSheet(one.marks, one.line.comment)
    sheet = next_sheet(work, own, current.get(one.line.task_id), one.marks, typed, source="workbook")
    return {one.key: getattr(sheet, one.key) for one in ScoreSheet.__table__.columns if one.key != "id"}

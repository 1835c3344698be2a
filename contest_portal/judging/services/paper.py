"""Paper sheets: typed in by one person, their totals typed again by another, and only then a score sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from contest_portal.contests.rules import Criterion
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotFound, Stale
from contest_portal.core.text import N_
from contest_portal.judging.marks import check_marks, paper_total
from contest_portal.judging.models import Assignment, Round
from contest_portal.judging.paper_table import MOST_COMMENT
from contest_portal.judging.queries.unfinished import WAITING
from contest_portal.judging.rubrics import points_of
from contest_portal.judging.services.own_tasks import OwnTask, held_task
from contest_portal.judging.services.sheets import TypedSheet, refuse_marks, write_sheet
from contest_portal.judging.sheet_models import PaperSheet
from contest_portal.judging.states import LIVE
from contest_portal.people.services.checked import checking
from contest_portal.people.services.two_people import require_second_person

_SAME = 0.005  # marks have one decimal


def type_sheet(
    actor: Actor, task_id: int, marks: Mapping[str, object], comment: str = "", *, seen_version: int = 0
) -> PaperSheet:
    """Type in what stands on a paper sheet. It counts once somebody else has typed the same total.

    The same person may correct it until then (`seen_version`: of the sheet that is corrected). Raises NotFound, Invalid
    naming each criterion, Stale, Conflict when the round is not open, the task has a score, or another has typed it.
    """
    with checking("judging.comment") as check:
        comment = check.text(comment, "comment", MOST_COMMENT, label=N_("评语"))
    with unit_of_work(actor, "judging.type_sheet") as work:
        open_task = _open_task(work, task_id)
        task = open_task.task
        _refuse_scored(task)
        clean, problems = check_marks(marks, open_task.rubric)
        refuse_marks(problems)
        before = _replace(work, actor, task, seen_version)
        sheet = PaperSheet(
            assignment_id=task.id,
            state="typed",
            marks=clean,
            total=paper_total(clean),
            comment=comment,
            typed_by=actor.account_id,
            typed_at=now(),
        )
        work.session.add(sheet)
        work.record(sheet, before=before, after={"task": task.id, "total": sheet.total})
    return sheet


def check_sheet(actor: Actor, paper_id: int, total: object, seen_version: int) -> PaperSheet:
    """Type the total of the paper again, without seeing what the first person typed. Equal: it becomes a score sheet;
    else it waits for a third look (`differs`).

    Raises NotFound, Invalid for what is no total, Stale, Conflict for the person who typed it, when it was checked
    already, when the round is not open or the task has got a score in another way.
    """
    with unit_of_work(actor, "judging.check_sheet") as work:
        paper, open_task = _seen_paper(work, paper_id, seen_version)
        if paper.state != "typed":
            raise Conflict("judging.paper_state", N_("这张评分表已经有人核对过，请回到列表查看。"))
        words = N_("录入和核对须由两个人完成。这张评分表是您录入的，请同事核对。")
        require_second_person(actor, paper.typed_by, Conflict("judging.paper_same_person", words))
        typed = _checked_total(total, open_task.rubric)
        paper.checked_total, paper.checked_by, paper.checked_at = typed, actor.account_id, now()
        paper.version += 1
        if abs(typed - paper.total) < _SAME:
            paper.state = "confirmed"
            write_sheet(work, open_task, paper.marks, TypedSheet(paper.marks, paper.comment), source="paper")
        else:
            paper.state = "differs"
        work.record(paper, before={"state": "typed"}, after={"state": paper.state, "checked_total": typed})
    return paper


def settle_sheet(actor: Actor, paper_id: int, marks: Mapping[str, object], seen_version: int) -> PaperSheet:
    """The third look at the paper where both totals differ: its marks, typed anew, count.

    Raises NotFound, Invalid naming each criterion, Stale, Conflict for the person who typed it first, or when nothing
    differs (any more).
    """
    with unit_of_work(actor, "judging.settle_sheet") as work:
        paper, open_task = _seen_paper(work, paper_id, seen_version)
        if paper.state != "differs":
            raise Conflict("judging.paper_state", N_("这张评分表已经有人核对过，请回到列表查看。"))
        words = N_("这张评分表是您录入的，请由同事对照纸质表决定。")
        require_second_person(actor, paper.typed_by, Conflict("judging.paper_same_person", words))
        clean, problems = check_marks(marks, open_task.rubric)
        refuse_marks(problems)
        paper.settled = {"by": actor.account_id, "at": now().isoformat(), "marks": clean, "total": paper_total(clean)}
        paper.state, paper.version = "confirmed", paper.version + 1
        write_sheet(work, open_task, clean, TypedSheet(clean, paper.comment), source="paper")
        work.record(
            paper,
            before={"state": "differs", "typed": paper.total, "checked": paper.checked_total},
            after={"state": "confirmed", "total": paper.settled["total"]},
        )
    return paper


def withdraw_sheet(actor: Actor, paper_id: int, seen_version: int) -> PaperSheet:
    """Take a typed sheet out that is not wanted after all, such as one of a judge who has scored on the site meanwhile.

    It stays on record. Raises NotFound, Stale, Conflict when it counts already.
    """
    with unit_of_work(actor, "judging.withdraw_sheet") as work:
        paper = locked(PaperSheet, paper_id)
        if paper.version != seen_version:
            raise Stale
        if paper.state not in WAITING:
            raise Conflict("judging.paper_state", N_("这张评分表已经有人核对过，请回到列表查看。"))
        before, paper.state = paper.state, "withdrawn"
        paper.version += 1
        work.record(paper, before={"state": before}, after={"state": "withdrawn"})
    return paper


def _replace(work: Work, actor: Actor, task: Assignment, seen_version: int) -> dict[str, Any] | None:
    """Withdraw the own sheet that is corrected. Raises Conflict, Stale."""
    known = work.session.scalar(
        select(PaperSheet).where(PaperSheet.assignment_id == task.id, PaperSheet.state.in_(WAITING)).with_for_update()
    )
    if known is None:
        return None
    if known.typed_by != actor.account_id or known.state != "typed":
        raise Conflict("judging.paper_typed", N_("这张评分表已由其他人录入，请到列表中核对，不必再录一遍。"))
    if known.version != seen_version:
        raise Stale
    known.state, known.version = "withdrawn", known.version + 1
    return {"total": known.total}


def _seen_paper(work: Work, paper_id: int, seen_version: int) -> tuple[PaperSheet, OwnTask]:
    task_id = work.session.scalar(select(PaperSheet.assignment_id).where(PaperSheet.id == paper_id))
    if task_id is None:
        raise NotFound
    open_task = _open_task(work, task_id)
    paper = locked(PaperSheet, paper_id)
    if paper.version != seen_version:
        raise Stale
    _refuse_scored(open_task.task)
    return paper, open_task


def _open_task(work: Work, task_id: int) -> OwnTask:
    """The task of an open round, held."""
    held = held_task(work, task_id)
    require_open(held.round)
    if held.task.state not in LIVE:
        raise Conflict("judging.task_state", N_("这项评审任务已经改变，请回到任务列表查看。"))
    return held


def require_open(row: Round) -> None:
    """Raises Conflict where what stands on paper is no longer taken."""
    if row.state != "open":
        raise Conflict("judging.round_not_open", N_("只有评审中的轮次可以录入纸质评分表。"))


def _refuse_scored(task: Assignment) -> None:
    if task.state == "submitted":
        raise Conflict("judging.paper_scored", N_("这位评委对这件作品的评分已经提交，纸质表不再录入。"))


def _checked_total(total: object, rubric: Sequence[Criterion]) -> float:
    whole = Criterion(code="total", name=str(N_("合计")), max_points=points_of(rubric))
    clean, problems = check_marks({"total": total}, [whole])
    if problems:
        raise Invalid("judging.total", problems[0][1], field="total")
    return float(clean["total"])

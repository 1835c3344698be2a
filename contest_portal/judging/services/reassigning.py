"""Tasks that change hands: by hand, or at once when a judge must not read a work after all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.judging import assignment
from contest_portal.judging.conflicts import conflicts_between
from contest_portal.judging.links import own_round
from contest_portal.judging.models import Assignment, ConflictOverrule, Judge, Round
from contest_portal.judging.queries.reassigning import candidates_for, live_pairs, overruled_pairs
from contest_portal.judging.queries.repairing import vacancy_problem
from contest_portal.judging.queries.setting_aside import touched_sheets
from contest_portal.judging.queries.ties import ties_of_entries, ties_of_judges
from contest_portal.judging.queries.unfinished import waiting_papers
from contest_portal.judging.services.conflict_guard import refuse_conflicts
from contest_portal.judging.services.plan_changes import given_by_hand, handed_over
from contest_portal.judging.states import task_may
from contest_portal.people.queries.recipients import staff_of
from contest_portal.people.services.two_people import require_second_person


@dataclass(frozen=True)
class Moved:
    """What became of tasks that a judge may no longer have: given to others, left without a judge, and sheets that
    were submitted already and stay until the office decides."""

    moved: int = 0
    stranded: int = 0
    submitted: int = 0


def reassign_task(actor: Actor, task_id: int, judge_id: int, why: str) -> Assignment:
    """The office gives an unfinished task to another judge of the round. Gives the new task.

    Raises Conflict when the round is not open, the task is done or gone, or the judge may not read the work (saying
    why); NotFound for a judge who is not of the round.
    """
    with unit_of_work(actor, "judging.reassign") as work:
        row, task = locked_task(task_id)
        if not task_may("take_away", task.state, row.state) or task.state != "todo":
            raise Conflict("judging.not_reassignable", N_("只有评审中尚未提交的任务可以改派。请刷新页面查看最新状态。"))
        if task.id in waiting_papers(row.id):
            words = N_("这件作品的纸质评分表已经录入，正在等待核对。请先核对；确实不用的，先撤回再改派。")
            raise Conflict("judging.paper_waiting", words)
        chosen = next((one for one in candidates_for(task) if one.judge.id == judge_id), None)
        if chosen is None:
            raise NotFound
        if chosen.obstacle is not None:
            message = Message.of(N_("不能改派给%(name)s：%(reason)s。"), name=chosen.judge.name, reason=chosen.obstacle)
            raise Invalid("judging.conflict", message, field="judge_id")
        _require_second_person(actor, row.id, judge_id, task.entry_id)
        task.state = "void"
        task.version += 1
        refuse_conflicts(row, [(judge_id, task.entry_id)])
        new = give_task(work, row, judge_id, task.entry_id)
        why = why.strip()[:300]
        work.session.add(given_by_hand(row, task.entry_id, task.judge_id, judge_id, actor, why))
        work.record(
            task,
            before={"judge_id": task.judge_id, "state": "todo"},
            after={"judge_id": judge_id},
            why=why,
        )
        if chosen.judge.account_id:
            notify(work, [chosen.judge.account_id], Message.of(N_("您有 1 件新的待评作品")), url=own_round(row.id))
    return new


def _require_second_person(actor: Actor, round_id: int, judge_id: int, entry_id: int) -> None:
    """Who allowed a judge to read in spite of a conflict does not give the task as well, in whichever role."""
    allowed_by = db.session.scalars(
        select(ConflictOverrule.decided_by).where(
            ConflictOverrule.round_id == round_id,
            ConflictOverrule.judge_id == judge_id,
            ConflictOverrule.entry_id == entry_id,
        )
    ).all()
    words = N_("准予评阅由您批准，改派须由另一位工作人员办理。请这位同志登录后改派。")
    for account_id in allowed_by:
        require_second_person(actor, account_id, NotAllowed("judging.own_overrule", words))


def locked_task(task_id: int) -> tuple[Round, Assignment]:
    """A task and its round, both locked, the round first: whoever closes it does the same. Raises NotFound."""
    round_id = db.session.scalar(select(Assignment.round_id).where(Assignment.id == task_id))
    if round_id is None:
        raise NotFound
    return locked(Round, round_id), locked(Assignment, task_id)


def move_conflicting_tasks(work: Work, judge: Judge, entry_id: int | None = None) -> Moved:
    """Take the unfinished tasks from a judge who may no longer have them, in every open round; others get them. The office
    is told of sheets that were submitted, also in rounds that are closed. `entry_id`: of this work alone."""
    db.session.flush()
    asked = [] if entry_id is None else [Assignment.entry_id == entry_id]
    rounds = select(Assignment.round_id).where(Assignment.judge_id == judge.id, Assignment.state == "todo", *asked)
    moved = stranded = 0
    for round_id in db.session.scalars(
        select(Round.id).where(Round.state == "open", Round.id.in_(rounds)).order_by(Round.id)
    ).all():
        row = locked(Round, round_id)
        tasks = db.session.scalars(
            select(Assignment)
            .where(Assignment.round_id == row.id, Assignment.judge_id == judge.id, Assignment.state == "todo", *asked)
            .order_by(Assignment.id)
        ).all()
        found = conflicts_between(ties_of_judges([judge]), ties_of_entries([task.entry_id for task in tasks]))
        overruled = overruled_pairs(row.id)
        unread = [task for task in tasks if (judge.id, task.entry_id) in set(found) - overruled]
        if unread:
            takers = hand_over(work, row, unread, [found[judge.id, task.entry_id] for task in unread])
            moved += sum(taker is not None for taker in takers.values())
            stranded += sum(taker is None for taker in takers.values())
    submitted = sum(entry_id in (None, one.task.entry_id) for one in touched_sheets(judge))
    if submitted:
        title = Message.of(
            N_("评委%(judge)s已提交的 %(count)s 份评分现在属于应回避的作品，请处理"), judge=judge.name, count=submitted
        )
        notify(work, staff_of(judge.office_id), title, url=f"/office/judges/{judge.id}")
    return Moved(moved, stranded, submitted)


def hand_over(
    work: Work, row: Round, tasks: Sequence[Assignment], reasons: Sequence[Message]
) -> dict[int, Judge | None]:
    """Mark tasks as conflicts and give their works to judges who may read them, by the repair of which nothing else is
    asked; the office is told where there is nobody. `reasons` are those of the tasks, in their order; `row` is locked by
    the caller. Gives the taker by task id."""
    before = [task.state for task in tasks]
    for task in tasks:
        task.state = "conflict"
        task.version += 1
    db.session.flush()
    vacated = {(task.judge_id, task.entry_id): task for task in tasks}
    problem = vacancy_problem(row, {task.entry_id for task in tasks})
    judged = {one.id for one in problem.entries}
    seed = (row.seed or 0) + min(task.id for task in tasks)
    done = assignment.hand_over(problem, live_pairs(row.id), [pair for pair in vacated if pair[1] in judged], seed)
    takers = {pair: db.session.get_one(Judge, judge_id) for pair, judge_id in done.takers.items()}
    if takers:
        refuse_conflicts(row, [(judge.id, entry) for (_giver, entry), judge in takers.items()])  # type: ignore[misc]
    given: dict[int, Judge | None] = {}
    for task, old, reason in zip(tasks, before, reasons, strict=True):
        taker = given[task.id] = takers.get((task.judge_id, task.entry_id))
        after: dict[str, object] = {"state": "conflict"}
        if taker is not None:
            after["given_to"] = taker.id
            give_task(work, row, taker.id, task.entry_id)
        elif task.entry_id in judged:
            _tell_office(work, row, done.stranded.get((task.judge_id, task.entry_id)))
        work.record(task, action="judging.conflict", before={"state": old}, after=after, why=str(reason))
    _tell_takers(work, row, [judge for judge in given.values() if judge is not None])
    why = "；".join(dict.fromkeys(str(reason) for reason in reasons))
    work.session.add(handed_over(row, done, list(vacated), seed, work.actor, why))
    return given


def _tell_takers(work: Work, row: Round, takers: Sequence[Judge]) -> None:
    counts = Counter(judge.account_id for judge in takers if judge.account_id)
    for account_id, count in sorted(counts.items()):
        notify(work, [account_id], Message.of(N_("您有 %(count)s 件新的待评作品"), count=count), url=own_round(row.id))


def _tell_office(work: Work, row: Round, why: Message | None) -> None:
    title = Message.of(N_("一件作品有评委回避，无人可以接替，请处理"))
    body = Message.of(N_("%(what)s 评审轮次：%(round)s。"), what=str(why or ""), round=row.name)
    notify(work, staff_of(row.contest.office_id), title, body, url=f"/office/rounds/{row.id}")


def give_task(work: Work, row: Round, judge_id: int, entry_id: int) -> Assignment:
    """A task for this judge and entry: a new one, or one that was taken away before, afresh. The caller has made sure
    that there is no conflict. Raises Conflict where the judge has it already."""
    found = work.session.scalar(
        select(Assignment).where(
            Assignment.round_id == row.id, Assignment.judge_id == judge_id, Assignment.entry_id == entry_id
        )
    )
    last = work.session.scalar(
        select(func.max(Assignment.position)).where(Assignment.round_id == row.id, Assignment.judge_id == judge_id)
    )
    if found is None:
        found = Assignment(round_id=row.id, judge_id=judge_id, entry_id=entry_id, draft_marks={}, version=0)
        work.session.add(found)
    elif not task_may("give_again", found.state, row.state):
        raise Conflict("judging.task_state", N_("这项评审任务已经改变，请回到任务列表查看。"))
    found.state, found.position, found.assigned_at = "todo", (last or 0) + 1, now()
    found.draft_marks, found.draft_comment, found.draft_panel_comment = {}, "", ""
    found.draft_saved_at, found.draft_stamp, found.asks_to_reopen = None, "", ""
    found.version += 1
    work.session.flush()
    return found

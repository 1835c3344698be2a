"""The repair of a running round: judges leave or come, reads change; what was read stays."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select, update

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, found, unit_of_work
from contest_portal.core.errors import Conflict, FieldProblem, Invalid, Stale
from contest_portal.core.i18n import minute
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.judging.assignment import Infeasible, Repair
from contest_portal.judging.links import own_round
from contest_portal.judging.models import Assignment, Judge, PlanChange, Round, RoundJudge
from contest_portal.judging.queries.repairing import RepairWish, preview_repair, repair_inputs
from contest_portal.judging.services.conflict_guard import refuse_conflicts
from contest_portal.judging.services.plan_changes import repaired
from contest_portal.judging.services.reassigning import give_task
from contest_portal.judging.services.states_of_rounds import require_state, seen_round
from contest_portal.people.services.checked import checking

MOST_READS = 20
CHANGED = N_("预览之后，评委已有新的提交或任务有变动。请重新查看调整方案，再确认。")


def apply_repair(actor: Actor, round_id: int, wish: RepairWish, digest: str, seen_version: int, why: str) -> PlanChange:
    """Do what the preview with this `digest` showed: unread tasks change hands, sheets stay, judges are told.

    The plan is computed before anything is locked, since others must be able to write meanwhile; it counts if all that it
    followed from is still the same then. Raises Invalid without a reason or saying what collides, Stale when the preview
    is no longer what would be done, Conflict when the round is not open or nothing would change.
    """
    with checking("judging.repair") as check:
        why = check.text(why, "why", 300, label=N_("调整原因"), required=True)
        if wish.reads is not None and not 1 <= wish.reads <= MOST_READS:
            check.add("reads", Message.of(N_("每件作品的评阅次数应为 1–%(most)s。"), most=MOST_READS))
    preview = preview_repair(_open_round(round_id), wish)
    with unit_of_work(actor, "judging.repair") as work:
        row = seen_round(round_id, seen_version)
        require_state("close", row)
        if repair_inputs(row, wish) != preview.inputs:
            raise Stale(CHANGED)
        if isinstance(preview.outcome, Infeasible):
            problems = [FieldProblem("plan", message) for message in preview.shortages]
            raise Invalid("judging.short", preview.shortages[0], problems=problems)
        if preview.digest != digest:
            raise Stale(CHANGED)
        if not preview.outcome.moves and not wish.leaving and wish.reads in {None, row.reads_per_entry}:
            raise Conflict("judging.nothing_to_repair", N_("按现在的情况，没有需要调整的任务。"))
        _move(work, row, preview.outcome)
        before = {"reads_per_entry": row.reads_per_entry}
        _settle_round(work, row, wish)
        change = repaired(row, preview, actor, why)
        work.session.add(change)
        work.record(
            row,
            before=before,
            after={
                "reads_per_entry": row.reads_per_entry,
                "left": sorted(wish.leaving),
                "moves": len(preview.outcome.moves),
                "change": change.number,
            },
            why=why,
        )
    return change


def _open_round(round_id: int) -> Round:
    """The round as it is, not locked. Raises NotFound, Conflict where it is not open."""
    row = found(Round, round_id)
    require_state("close", row)
    return row


def _move(work: Work, row: Round, outcome: Repair) -> None:
    taken = [(move.taker, move.entry) for move in outcome.moves if move.taker is not None]
    if taken:
        refuse_conflicts(row, taken)  # type: ignore[arg-type]
    for move in outcome.moves:
        if move.giver is not None:
            work.session.execute(
                update(Assignment)
                .where(
                    Assignment.round_id == row.id,
                    Assignment.judge_id == move.giver,
                    Assignment.entry_id == move.entry,
                    Assignment.state == "todo",
                )
                .values(state="void", version=Assignment.version + 1)
            )
        if move.taker is not None:
            give_task(work, row, move.taker, move.entry)  # type: ignore[arg-type]
    gained = Counter(move.taker for move in outcome.moves if move.taker is not None)
    accounts = work.session.execute(
        select(Judge.id, Judge.account_id).where(Judge.id.in_(gained), Judge.account_id.is_not(None))
    )
    for judge_id, account_id in accounts:
        title = Message.of(N_("「%(round)s」调整了任务，您新增 %(count)s 件"), round=row.name, count=gained[judge_id])
        body = Message.of(N_("请在 %(at)s 前完成。"), at=minute(row.closes_at))
        notify(work, [account_id or 0], title, body, url=own_round(row.id))


def _settle_round(work: Work, row: Round, wish: RepairWish) -> None:
    if wish.reads is not None:
        row.reads_per_entry = wish.reads
    if wish.leaving:
        work.session.execute(
            update(RoundJudge)
            .where(RoundJudge.round_id == row.id, RoundJudge.judge_id.in_(wish.leaving))
            .values(left_at=now())
        )
    row.version += 1

"""A package that could not be made is made once more, as the same version."""

from __future__ import annotations

from sqlalchemy import func, select

from contest_portal.core.actor import Actor
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.core.jobs import PACKAGES, enqueue
from contest_portal.core.text import N_
from contest_portal.results.handoff.models import Handoff


def make_again(actor: Actor, handoff_id: int) -> Handoff:
    """Ask for the package of a failed hand-off once more. Raises Conflict for one that did not fail or has a newer version."""
    with unit_of_work(actor, "results.make_handoff_again") as work:
        row = locked(Handoff, handoff_id)
        if row.direction != "out" or row.state != "failed":
            raise Conflict("handoff.not_failed", N_("这个上报包没有生成失败，不用重新生成。"))
        begin_again(work, row)
        enqueue(
            work, "results.make_handoff", {"handoff_id": row.id}, key=f"handoff-{row.id}", lane=PACKAGES, again=True
        )
    return row


def begin_again(work: Work, row: Handoff) -> None:
    """The failed one is being made again. Raises Conflict where a newer version went up or is being made: it counts."""
    newest = work.session.scalar(
        select(func.max(Handoff.revision)).where(Handoff.contest_id == row.contest_id, Handoff.direction == "out")
    )
    if newest is not None and newest > row.revision:
        raise Conflict("handoff.newer", N_("已经有更新的一版，这一版不用再生成。"))
    row.state, row.problem, row.version = "making", None, row.version + 1
    work.record(row, before={"state": "failed"}, after={"state": "making"})

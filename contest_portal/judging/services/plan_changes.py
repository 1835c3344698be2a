"""Changes of a running round's plan as they are kept: what was moved, by whom, why, from what it was computed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.judging.assignment import VERSION, HandingOver, Pair
from contest_portal.judging.models import PlanChange, Round
from contest_portal.judging.plan_documents import document_of
from contest_portal.judging.queries.repairing import RepairPreview


def repaired(row: Round, preview: RepairPreview, actor: Actor, why: str) -> PlanChange:
    """A repair with all that it was computed from, so that it can be computed again."""
    document = document_of(preview.problem) | {
        "plan": _listed(preview.tasks.plan),
        "submitted": _listed(preview.tasks.read),
        "begun": _listed(preview.tasks.begun),
        "even": preview.wish.even,
    }
    outcome: Any = preview.outcome
    moved = [[move.entry, move.giver, move.taker] for move in outcome.moves]
    return _change(row, "repair", actor, why, preview.seed, document, outcome.plan.pairs, moved)


def handed_over(
    row: Round, done: HandingOver, vacated: Sequence[Pair], seed: int, actor: Actor, why: str
) -> PlanChange:
    """Tasks that a judge may not have, and who took them; those that nobody could take stand last, without a taker."""
    left = [pair for pair in vacated if pair not in done.takers]
    document: dict[str, Any] = {"left": _listed(left)}
    pairs: Sequence[Pair] = ()
    moved: list[list[Any]] = []
    if done.problem is not None and done.repaired is not None:
        document |= document_of(done.problem) | {
            "plan": _listed(done.plan), "submitted": _listed(done.read), "begun": [], "even": True,
        }  # fmt: skip
        pairs = done.repaired.plan.pairs
        moved = [[move.entry, move.giver, move.taker] for move in done.repaired.moves]
    moved += [[entry, judge, None] for judge, entry in document["left"]]
    return _change(row, "conflict", actor, why, seed, document, pairs, moved)


def given_by_hand(row: Round, entry_id: int, giver: int, taker: int, actor: Actor, why: str) -> PlanChange:
    """A task that the office gave to another judge: nothing was computed."""
    return _change(row, "hand", actor, why, 0, {}, (), [[entry_id, giver, taker]])


def _change(
    row: Round,
    kind: str,
    actor: Actor,
    why: str,
    seed: int,
    problem: dict[str, Any],
    pairs: Sequence[Pair],
    moved: list[list[Any]],
) -> PlanChange:
    number = db.session.scalar(select(func.max(PlanChange.number)).where(PlanChange.round_id == row.id)) or 0
    return PlanChange(
        round_id=row.id,
        number=number + 1,
        kind=kind,
        seed=seed,
        algorithm=VERSION,
        problem=problem,
        plan=[list(pair) for pair in pairs],
        moved=moved,
        why=why,
        made_by=actor.account_id,
        made_at=now(),
    )


def _listed(pairs: Any) -> list[list[Any]]:
    return sorted((list(pair) for pair in pairs), key=lambda pair: [(type(one).__name__, one) for one in pair])

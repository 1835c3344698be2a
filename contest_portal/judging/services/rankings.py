"""The ranking of a round: computed once from the sheets that count, then frozen."""

from __future__ import annotations

from sqlalchemy import func, select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.text import N_
from contest_portal.judging.frozen import Frozen, Inputs, rankings_of
from contest_portal.judging.models import Ranking, Round
from contest_portal.judging.queries.ranking_inputs import inputs_by_category
from contest_portal.judging.states import METHODS, round_may


def rank_round(actor: Actor, round_id: int, *, method: str | None = None) -> list[Ranking]:
    """Rank every category of a closed round by the round's method (or another, chosen now), and freeze the result.

    A category gives one ranking over all its stage groups (`stage_code` empty) and, where it has several, one for each,
    from the same fit. Raises Invalid for an unknown method, Conflict when the round is not closed.
    """
    if method is not None and method not in METHODS:
        raise Invalid("judging.method", N_("请选择计分方法。"), field="method")
    with unit_of_work(actor, "judging.rank_round") as work:
        row = locked(Round, round_id)
        if not round_may("rank", row.state):
            raise Conflict("judging.round_state", N_("评审截止后才能计算排名；已排名的轮次不再重算。"))
        before, row.method = row.method, method or row.method
        inputs = inputs_by_category(row)
        if not any(one.scores for one in inputs.values()):
            raise Conflict("judging.no_scores", N_("本轮没有任何已提交的评分，无法排名。"))
        version = 1 + (work.session.scalar(select(func.max(Ranking.version)).where(Ranking.round_id == row.id)) or 0)
        made = [
            _freeze(work, row, category_id, version, own, frozen)
            for category_id, own in inputs.items()
            for frozen in rankings_of(own)
        ]
        row.state = "ranked"
        row.version += 1
        work.record(
            row,
            before={"state": "closed", "method": before},
            after={
                "state": "ranked",
                "method": row.method,
                "inputs_sha256": [one.inputs_sha256 for one in made if not one.stage_code],
            },
        )
    return made


def _freeze(work: Work, row: Round, category_id: int, version: int, inputs: Inputs, frozen: Frozen) -> Ranking:
    """The ranking as a row; what it follows from is kept once, with that of the whole category."""
    ranking = Ranking(
        round_id=row.id,
        category_id=category_id,
        stage_code=frozen.stage,
        version=version,
        method=frozen.method,
        inputs_sha256=inputs.sha256(),
        facts=frozen.facts,
        lines=frozen.lines,
        inputs={} if frozen.stage else inputs.to_dict(),
        seed=inputs.seed,
        created_by=work.actor.account_id,
        created_at=now(),
    )
    work.session.add(ranking)
    return ranking

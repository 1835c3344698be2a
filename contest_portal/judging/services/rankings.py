"""The ranking of a round: computed once from the sheets that count, then frozen."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.text import N_
from contest_portal.judging.models import Ranking, Round
from contest_portal.judging.queries.planning import categories_of_round
from contest_portal.judging.queries.rankings import scores_by_category, works_by_category
from contest_portal.judging.ranking import Method
from contest_portal.judging.standings import Fitted, Score, fit, inputs_sha256, standings
from contest_portal.judging.standings import Work as RankedWork
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
        scores, works = scores_by_category(row.id), works_by_category(row.id)
        if not any(scores.values()):
            raise Conflict("judging.no_scores", N_("本轮没有任何已提交的评分，无法排名。"))
        version = 1 + (work.session.scalar(select(func.max(Ranking.version)).where(Ranking.round_id == row.id)) or 0)
        made = []
        for category in categories_of_round(row.id):
            fitted = fit(scores.get(category.id, []), Method(row.method))
            own = works.get(category.id, [])
            stages = [
                group.code for group in category.rules.stage_groups if any(w.stage_code == group.code for w in own)
            ]
            for stage in ["", *(stages if len(category.rules.stage_groups) > 1 else [])]:
                made.append(_freeze(work, row, category.id, stage, version, fitted, own))
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


def _freeze(
    work: Work,
    row: Round,
    category_id: int,
    stage: str,
    version: int,
    fitted: Fitted,
    works: Sequence[RankedWork],
) -> Ranking:
    own = [one for one in works if not stage or one.stage_code == stage]
    scores: Sequence[Score] = fitted.scores
    ranking = Ranking(
        round_id=row.id,
        category_id=category_id,
        stage_code=stage,
        version=version,
        method=str(fitted.chosen.method),
        inputs_sha256=inputs_sha256(scores, works, row.method),
        facts=fitted.facts(),
        lines=[line.to_dict() for line in standings(fitted, own)],
        created_by=work.actor.account_id,
        created_at=now(),
    )
    work.session.add(ranking)
    return ranking

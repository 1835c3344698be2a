"""The parts of a round's bundle, gathered without any name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from contest_portal.contests.models import Category
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict
from contest_portal.core.text import N_
from contest_portal.judging.models import PlanChange, Ranking, Round


def bundle_of_round(row: Round) -> dict[str, Any]:
    """Settings, plans, inputs and rankings of a ranked round. Raises Conflict before there is a ranking, or where it was
    frozen by a program that kept no inputs."""
    newest = select(func.max(Ranking.version)).where(Ranking.round_id == row.id).scalar_subquery()
    rankings = db.session.execute(
        select(Ranking, Category.code)
        .join(Category, Category.id == Ranking.category_id)
        .where(Ranking.round_id == row.id, Ranking.version == newest)
        .order_by(Category.position, Ranking.id)
    ).all()
    if not rankings:
        raise Conflict("judging.not_ranked", N_("这个轮次还没有排名。截止评审并计算排名之后才能导出。"))
    if any(not one.stage_code and not one.inputs for one, _code in rankings):
        raise Conflict("judging.no_inputs", N_("这个排名由旧版本程序计算，没有保存全部输入，不能导出。"))
    changes = db.session.scalars(select(PlanChange).where(PlanChange.round_id == row.id).order_by(PlanChange.number))
    return {
        "round.json": _settings(row),
        "plan.json": [_change(one) for one in changes],
        "inputs.json": [{"category": code, "inputs": one.inputs} for one, code in rankings if not one.stage_code],
        "ranking.json": [
            {
                "category": code,
                "stage": one.stage_code,
                "version": one.version,
                "method": one.method,
                "inputs_sha256": one.inputs_sha256,
                "facts": one.facts,
                "lines": one.lines,
            }
            for one, code in rankings
        ],
    }


def _settings(row: Round) -> dict[str, Any]:
    names = (
        "id", "mode", "reads_per_entry", "panels_by", "link_share", "calibration_count", "is_blind", "method",
        "is_scaled", "wide_spread", "tie_breaks", "carry", "carry_weight", "seed", "source_round_id",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names} | {
        "opens_at": row.opens_at.isoformat(),
        "closes_at": row.closes_at.isoformat(),
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
    }


def _change(one: PlanChange) -> dict[str, Any]:
    """A plan without the words that say why: they may name a judge."""
    return {
        "number": one.number,
        "kind": one.kind,
        "seed": one.seed,
        "algorithm": one.algorithm,
        "problem": one.problem,
        "plan": one.plan,
        "moved": one.moved,
    }

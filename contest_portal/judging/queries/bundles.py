"""The parts of a round's bundle, gathered without any name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from contest_portal.contests.models import Category
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict
from contest_portal.core.text import N_
from contest_portal.entries.models import Author, Entry, Tutor
from contest_portal.judging.models import Judge, PlanChange, Ranking, Round, RoundJudge
from contest_portal.people.models import School, Student, Teacher


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
    """A plan without the words that say why, which may be private; what was given by hand is told with who, when and
    why, names left out."""
    by_hand = {"by": one.made_by, "at": one.made_at.isoformat(), "why": _without_names(one)}
    return {
        "number": one.number,
        "kind": one.kind,
        "seed": one.seed,
        "algorithm": one.algorithm,
        "problem": one.problem,
        "plan": one.plan,
        "moved": one.moved,
        **(by_hand if one.kind == "hand" else {}),
    }


def _without_names(change: PlanChange) -> str:
    """Why a task was given by hand, with squares for the names of the round's judges and of the work's people."""
    if change.kind != "hand":
        return ""
    entry = select(Entry.id).where(Entry.id.in_([moved[0] for moved in change.moved]))
    judges = select(RoundJudge.judge_id).where(RoundJudge.round_id == change.round_id)
    names = [
        *db.session.scalars(select(Judge.name).where(Judge.id.in_(judges))),
        *db.session.scalars(select(Judge.employer).where(Judge.id.in_(judges))),
        *db.session.scalars(select(School.name).join(Entry, Entry.school_id == School.id).where(Entry.id.in_(entry))),
        *db.session.scalars(
            select(Student.name).join(Author, Author.student_id == Student.id).where(Author.entry_id.in_(entry))
        ),
        *db.session.scalars(
            select(Teacher.name).join(Tutor, Tutor.teacher_id == Teacher.id).where(Tutor.entry_id.in_(entry))
        ),
    ]
    why = change.why
    for name in sorted({name for name in names if name}, key=lambda name: (-len(name), name)):
        why = why.replace(name, "■" * len(name))
    return why

"""What an invited judge is asked for: contests, categories, days, about how many works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import db
from contest_portal.judging.models import Assignment, Judge, Round, RoundCategory, RoundJudge
from contest_portal.judging.queries.judges import in_state
from contest_portal.judging.queries.planning import most_tasks
from contest_portal.judging.queries.rounds import accepted_counts
from contest_portal.judging.states import LIVE


@dataclass(frozen=True)
class Asked:
    """One round, or where none is planned yet one contest. `works` about how many, None where nobody can tell."""

    contest: str
    categories: Sequence[str]
    round: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    works: int | None = None


def asked_of(judge: Judge) -> list[Asked]:
    """The planned and running rounds that the judge has a place in; without any, the contests that run, exercises aside,
    with the categories of the judge's expertise."""
    seats = db.session.execute(
        select(RoundJudge, Round)
        .join(Round, Round.id == RoundJudge.round_id)
        .where(RoundJudge.judge_id == judge.id, RoundJudge.left_at.is_(None), Round.state.in_(["planned", "open"]))
        .order_by(Round.opens_at, Round.id)
        .options(joinedload(Round.contest))
    ).all()
    return [_of_round(judge, seat, row) for seat, row in seats] or _of_contests(judge)


def _of_round(judge: Judge, seat: RoundJudge, row: Round) -> Asked:
    categories = db.session.scalars(
        select(Category)
        .join(RoundCategory, RoundCategory.category_id == Category.id)
        .where(RoundCategory.round_id == row.id)
        .order_by(Category.position)
    ).all()
    own = [one for one in categories if not seat.category_ids or one.id in seat.category_ids]
    works = _tasks(judge, row) if row.state == "open" else _about(judge, seat, row, [one.id for one in own])
    return Asked(row.contest.name, [one.name for one in own], row.name, row.opens_at, row.closes_at, works)


def _tasks(judge: Judge, row: Round) -> int:
    return (
        db.session.scalar(
            select(func.count(Assignment.id)).where(
                Assignment.round_id == row.id, Assignment.judge_id == judge.id, Assignment.state.in_(LIVE)
            )
        )
        or 0
    )


def _about(judge: Judge, seat: RoundJudge, row: Round, category_ids: list[int]) -> int | None:
    """The judge's share of the reads, as if works went round evenly among all judges of the round."""
    entries = sum(accepted_counts(category_ids).values())
    judges = db.session.scalar(
        select(func.count(RoundJudge.id)).where(RoundJudge.round_id == row.id, RoundJudge.left_at.is_(None))
    )
    if not entries or not judges:
        return None
    share = entries if row.mode != "online" else min(entries, ceil(entries * row.reads_per_entry / judges))
    most = most_tasks(seat, judge)
    return share if most is None else min(share, most)


def _of_contests(judge: Judge) -> list[Asked]:
    rows = db.session.execute(
        select(Contest.id, Contest.name, Category.code, Category.name.label("category"))
        .join(Category, Category.contest_id == Contest.id)
        .where(Contest.office_id == judge.office_id, Contest.state == "open", Contest.is_practice.is_(False))
        .order_by(Contest.year.desc(), Contest.id.desc(), Category.position)
    ).all()
    named: dict[int, Asked] = {}
    for row in rows:
        known = named.setdefault(row.id, Asked(row.name, []))
        if not judge.expertise or row.code in judge.expertise:
            named[row.id] = Asked(known.contest, [*known.categories, row.category])
    return [one for one in named.values() if one.categories]


def unanswered(office_id: int | None) -> list[int]:
    """The judges who have a link that may be used and have neither accepted nor declined."""
    return list(
        db.session.scalars(
            select(Judge.id).where(Judge.office_id == office_id, *in_state("unanswered")).order_by(Judge.id)
        )
    )

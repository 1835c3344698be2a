"""What a category's list follows from: its quota table, its ranking, its works, the committee's decisions."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import db
from contest_portal.entries.models import Author, Entry
from contest_portal.entries.states import COLLECTED_STATES
from contest_portal.judging.models import Ranking, Round
from contest_portal.people.models import Account, School
from contest_portal.people.school_kinds import SCHOOL_CLASSES
from contest_portal.results.cases import upheld_numbers
from contest_portal.results.quotas.allocation import (
    Allocation,
    Candidate,
    Contradiction,
    Move,
    Options,
    QuotaTable,
    Rulings,
    list_of,
    read_table,
)
from contest_portal.results.quotas.models import CategoryQuotas, CommitteeDecision


@dataclass(frozen=True)
class Stored:
    """A category's quota table as it was last saved; `version` 0: none was."""

    table: QuotaTable
    version: int = 0
    saved_by: str = ""
    saved_at: Any = None

    @property
    def is_there(self) -> bool:
        """Whether anybody has saved a table."""
        return self.version > 0


def stored_table(category_id: int) -> Stored:
    """The category's table. One statement."""
    row = db.session.execute(
        select(CategoryQuotas, Account.name)
        .outerjoin(Account, Account.id == CategoryQuotas.saved_by)
        .where(CategoryQuotas.category_id == category_id)
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        return Stored(QuotaTable())
    quotas, name = row
    return Stored(read_table(quotas.document), quotas.version, name or "", quotas.saved_at)


def tables_of(category_ids: Sequence[int]) -> dict[int, QuotaTable]:
    """The tables of the categories that have one, in one statement."""
    rows = db.session.execute(
        select(CategoryQuotas.category_id, CategoryQuotas.document).where(CategoryQuotas.category_id.in_(category_ids))
    )
    return {category_id: read_table(document) for category_id, document in rows}


def options_of(category: Category) -> Options:
    """What the rows of the category's table may name. One statement."""
    rules = category.rules
    schools = db.session.execute(
        select(School.id, School.name, School.school_class)
        .where(School.office_id == category.contest.office_id, School.state == "approved")
        .order_by(School.name)
    )
    classes = {one.school_class: one.name for one in rules.school_quota.classes} if rules.school_quota else {}
    return Options(
        stages=stage_names(category),
        classes={**SCHOOL_CLASSES, **classes},
        disciplines=tuple(dict.fromkeys(name for listed in rules.disciplines for name in listed.items)),
        schools={school_id: (name, school_class) for school_id, name, school_class in schools},
    )


def stage_names(category: Category) -> dict[str, str]:
    """Stage group → its name as it stands on lists, such as 小学组."""
    return {group.code: f"{group.name}组" for group in category.rules.stage_groups}


def ranked_categories(category_ids: Collection[int]) -> set[int]:
    """Which of these categories have a frozen ranking over the whole category."""
    return set(
        db.session.scalars(
            select(Ranking.category_id)
            .join(Round, Round.id == Ranking.round_id)
            .where(Ranking.category_id.in_(category_ids), Ranking.stage_code == "", Round.state == "ranked")
        )
    )


def newest_ranking(category_id: int) -> Ranking | None:
    """The newest frozen ranking over the whole category."""
    return db.session.scalar(
        select(Ranking)
        .join(Round, Round.id == Ranking.round_id)
        .where(Ranking.category_id == category_id, Ranking.stage_code == "", Round.state == "ranked")
        .order_by(Ranking.created_at.desc(), Ranking.id.desc())
        .limit(1)
    )


def candidates_of(category_id: int, ranking: Ranking | None, states: Sequence[str] = ("accepted",)) -> list[Candidate]:
    """The category's works in these states as the table tells them apart. One statement."""
    ranked: dict[int, dict[str, Any]] = {line["entry_id"]: line for line in ranking.lines} if ranking else {}
    authors = select(func.count(Author.id)).where(Author.entry_id == Entry.id).correlate(Entry).scalar_subquery()
    rows = db.session.execute(
        select(
            Entry.id, Entry.number, Entry.title, Entry.stage_code, Entry.group_name, Entry.discipline,
            Entry.school_id, School.school_class, authors,
        )
        .join(School, School.id == Entry.school_id)
        .where(Entry.category_id == category_id, Entry.state.in_(states))
        .order_by(Entry.id)
    )  # fmt: skip
    return [
        Candidate(
            entry_id=entry_id,
            rank=ranked.get(entry_id, {}).get("rank"),
            score=ranked.get(entry_id, {}).get("score"),
            stage=stage or "",
            is_team=bool(count > 1 or group_name),
            school_id=school_id,
            school_class=school_class,
            discipline=discipline or "",
            name=number or title,
        )
        for entry_id, number, title, stage, group_name, discipline, school_id, school_class, count in rows
    ]


def collected(category_id: int) -> list[Candidate]:
    """What was submitted so far, without ranks: what a table is looked at against before judging."""
    return candidates_of(category_id, None, COLLECTED_STATES)


def rulings_of(category_id: int) -> Rulings:
    """The committee's decisions as the list takes them: for each work the last, of empty places the last; and works of upheld
    objections, which no decision brings back. Two statements."""
    rows = db.session.scalars(
        select(CommitteeDecision).where(CommitteeDecision.category_id == category_id).order_by(CommitteeDecision.id)
    ).all()
    latest = {row.entry_id: row for row in rows if row.entry_id is not None}
    empty = [row.places or 0 for row in rows if row.decision == "empty"]
    moves: dict[Hashable, Move] = {}
    vetoed: dict[Hashable, str] = {}
    ahead: dict[Hashable, tuple[int, str]] = {}
    behind: dict[Hashable, str] = {}
    for entry_id, row in latest.items():
        reason = f"{row.why}（{row.decided_by_name}）"
        if row.decision in {"in", "out"}:
            moves[entry_id] = Move(on_list=row.decision == "in", reason=reason)
        elif row.decision == "veto":
            vetoed[entry_id] = reason
        elif row.decision == "tie_in":
            ahead[entry_id] = (row.tie or 1, reason)
        elif row.decision == "tie_out":
            behind[entry_id] = reason
    struck: dict[Hashable, str] = dict(upheld_numbers(category_id))
    return Rulings(moves, vetoed, struck, ahead, behind, empty[-1] if empty else 0)


def list_now(
    category: Category, table: QuotaTable, *, without: int | None = None
) -> tuple[Allocation | Contradiction, list[Candidate], Ranking] | None:
    """The list that this table makes of the newest ranking, its works and the ranking; None before judging is ranked."""
    ranking = newest_ranking(category.id)
    if ranking is None:
        return None
    candidates = [one for one in candidates_of(category.id, ranking) if one.entry_id != without]
    outcome = list_of(table, candidates, options_of(category), rulings_of(category.id))
    return outcome, candidates, ranking


def tables_to_copy(category: Category) -> list[tuple[int, str]]:
    """(category, what it is called) of the office's other categories that have a table, this contest's first, then the newest."""
    rows = db.session.execute(
        select(Category.id, Category.name, Contest.id, Contest.name)
        .join(Contest, Contest.id == Category.contest_id)
        .join(CategoryQuotas, CategoryQuotas.category_id == Category.id)
        .where(Contest.office_id == category.contest.office_id, Category.id != category.id)
        .order_by((Contest.id != category.contest_id), Contest.year.desc(), Contest.id.desc(), Category.position)
        .limit(100)
    )
    return [
        (category_id, name if contest_id == category.contest_id else f"{name}（{contest}）")
        for category_id, name, contest_id, contest in rows
    ]

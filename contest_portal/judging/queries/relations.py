"""Reads of what judges must keep away from: the office's list, and what a table of relations may name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import contains_eager

from contest_portal.contests.models import Contest
from contest_portal.core.database import db
from contest_portal.core.listing import Listing, Page, paginate, sorted_by
from contest_portal.entries.models import Entry
from contest_portal.judging.conflicts import plain_name
from contest_portal.judging.models import ConflictOfInterest, ConflictOverrule, Judge
from contest_portal.judging.relation_table import Known
from contest_portal.people.models import Account, School, Student


def relations_page(office_id: int | None, listing: Listing) -> Page[ConflictOfInterest]:
    """The office's declared relations; filters: q (judge, school, number), kind, source, state (holds, ended)."""
    statement = (
        select(ConflictOfInterest)
        .join(Judge, Judge.id == ConflictOfInterest.judge_id)
        .outerjoin(School, School.id == ConflictOfInterest.school_id)
        .outerjoin(Entry, Entry.id == ConflictOfInterest.entry_id)
        .outerjoin(Student, Student.id == ConflictOfInterest.student_id)
        .where(Judge.office_id == office_id)
        .options(
            contains_eager(ConflictOfInterest.judge),
            contains_eager(ConflictOfInterest.school),
            contains_eager(ConflictOfInterest.entry),
            contains_eager(ConflictOfInterest.student),
        )
    )
    statement = _filtered(statement, listing)
    columns = {"time": ConflictOfInterest.recorded_at, "judge": (Judge.name, Judge.id), "kind": ConflictOfInterest.kind}
    return paginate(sorted_by(statement, listing, columns, tie=ConflictOfInterest.id), listing)


def _filtered(statement: Select[Any], listing: Listing) -> Select[Any]:
    if words := listing.get("q"):
        named = (Judge.name, School.name, Entry.number)
        statement = statement.where(or_(*(column.contains(words, autoescape=True) for column in named)))
    if kind := listing.get("kind"):
        statement = statement.where(ConflictOfInterest.kind == kind)
    if source := listing.get("source"):
        statement = statement.where(ConflictOfInterest.source == source)
    match listing.get("state"):
        case "holds":
            statement = statement.where(ConflictOfInterest.ended_at.is_(None))
        case "ended":
            statement = statement.where(ConflictOfInterest.ended_at.is_not(None))
    return statement


def names_of_accounts(ids: Sequence[int | None]) -> dict[int, str]:
    """Account id → the person's name."""
    rows = db.session.execute(select(Account.id, Account.name).where(Account.id.in_([one for one in ids if one])))
    return {row.id: row.name for row in rows}


def known_to_tables(office_id: int) -> Known:
    """What a table of relations may name: three statements."""
    judges: dict[str, list[int]] = defaultdict(list)
    phones: dict[str, int] = {}
    rows = db.session.scalars(select(Judge).where(Judge.office_id == office_id, Judge.state.in_(["invited", "active"])))
    for judge in rows:
        judges[plain_name(judge.name)].append(judge.id)
        if judge.phone:
            phones[judge.phone] = judge.id
    schools = db.session.execute(select(School.name, School.id).where(School.office_id == office_id))
    entries = db.session.execute(
        select(Entry.number, Entry.id)
        .join(Contest, Contest.id == Entry.contest_id)
        .where(Contest.office_id == office_id, Contest.state != "archived", Entry.number.is_not(None))
        .order_by(Contest.year, Entry.id)
    )
    return Known(
        judges=judges,
        phones=phones,
        schools={plain_name(name): school_id for name, school_id in schools},
        entries={plain_name(number or "").upper(): entry_id for number, entry_id in entries},
    )


def overrules_of_round(round_id: int) -> list[tuple[ConflictOverrule, str, str, str]]:
    """(decision, judge's name, entry's number, who decided) of a round, oldest first."""
    rows = db.session.execute(
        select(ConflictOverrule, Judge.name, Entry.number, Account.name)
        .join(Judge, Judge.id == ConflictOverrule.judge_id)
        .join(Entry, Entry.id == ConflictOverrule.entry_id)
        .outerjoin(Account, Account.id == ConflictOverrule.decided_by)
        .where(ConflictOverrule.round_id == round_id)
        .order_by(ConflictOverrule.id)
    )
    return [(row, judge, number or "", by or "") for row, judge, number, by in rows]


def schools_and_judges(office_id: int) -> tuple[list[str], list[str]]:
    """Names of the office's schools and of the judges who take part, for a template to fill in."""
    schools = db.session.scalars(
        select(School.name).where(School.office_id == office_id, School.state == "approved").order_by(School.name)
    )
    judges = db.session.scalars(
        select(Judge.name)
        .where(Judge.office_id == office_id, Judge.state.in_(["invited", "active"]))
        .order_by(Judge.name, Judge.id)
    )
    return list(schools), list(judges)

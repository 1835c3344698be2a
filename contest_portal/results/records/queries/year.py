"""Reads of what the year brought from outside."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.contests.models import Contest
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.entries.models import Entry
from contest_portal.people.models import School
from contest_portal.results.records.models import ExternalResult, Honour
from contest_portal.results.records.table import Known, plain_name


def external_results(office_id: int, year: int) -> list[ExternalResult]:
    """The year's awards of upper contests, in the order they were entered."""
    return list(
        db.session.scalars(
            select(ExternalResult)
            .where(ExternalResult.office_id == office_id, ExternalResult.year == year)
            .options(joinedload(ExternalResult.entry))
            .order_by(ExternalResult.id)
        )
    )


def honours(office_id: int, year: int) -> list[Honour]:
    """The year's honours with their schools."""
    return list(
        db.session.scalars(
            select(Honour)
            .where(Honour.office_id == office_id, Honour.year == year)
            .options(joinedload(Honour.school))
            .order_by(Honour.id)
        )
    )


def external_result(result_id: int) -> ExternalResult:
    """The record. Raises NotFound."""
    return _or_not_found(db.session.get(ExternalResult, result_id))


def honour(honour_id: int) -> Honour:
    """The record. Raises NotFound."""
    return _or_not_found(db.session.get(Honour, honour_id))


def school_choices(office_id: int) -> list[tuple[int, str]]:
    """(id, name) of the office's approved schools."""
    statement = (
        select(School.id, School.name)
        .where(School.office_id == office_id, School.state == "approved")
        .order_by(School.name)
    )
    return [(school_id, name) for school_id, name in db.session.execute(statement)]


def known_to_tables(office_id: int) -> Known:
    """What a workbook may name: the office's entries and approved schools. Of one number twice, the newest entry."""
    entries = db.session.execute(
        select(Entry.number, Entry.id, Entry.title)
        .join(Contest, Contest.id == Entry.contest_id)
        .where(Contest.office_id == office_id, Entry.number.is_not(None))
        .order_by(Entry.id)
    )
    return Known(
        {plain_name(number or "").upper(): (entry_id, title) for number, entry_id, title in entries},
        {plain_name(name): school_id for school_id, name in school_choices(office_id)},
    )


def recorded(office_id: int, year: int) -> tuple[set[tuple[object, ...]], set[tuple[object, ...]]]:
    """The keys of the year's awards and honours, as `record_table` makes them."""
    awards = db.session.execute(
        select(
            ExternalResult.contest_name,
            ExternalResult.level,
            ExternalResult.award,
            ExternalResult.count,
            ExternalResult.entry_id,
            ExternalResult.work_title,
            ExternalResult.note,
        ).where(ExternalResult.office_id == office_id, ExternalResult.year == year)
    )
    given = db.session.execute(
        select(Honour.school_id, Honour.honour, Honour.given_by).where(
            Honour.office_id == office_id, Honour.year == year
        )
    )
    return {tuple(row) for row in awards}, {tuple(row) for row in given}


def _or_not_found(row: Any) -> Any:
    if row is None:
        raise NotFound
    return row

"""Reads of what the year brought from outside."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.people.models import School
from contest_portal.results.models import ExternalResult, Honour


def external_results(office_id: int, year: int) -> list[ExternalResult]:
    """The year's awards of upper contests, in the order they were entered."""
    return list(
        db.session.scalars(
            select(ExternalResult)
            .where(ExternalResult.office_id == office_id, ExternalResult.year == year)
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


def _or_not_found(row: Any) -> Any:
    if row is None:
        raise NotFound
    return row

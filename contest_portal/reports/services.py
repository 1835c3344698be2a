"""The verbs of reports."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import locked, unit_of_work
from contest_portal.core.errors import Invalid
from contest_portal.core.text import N_
from contest_portal.people.models import Office, School
from contest_portal.reports.models import SummaryNote


def name_schools(actor: Actor, office_id: int, year: int, school_ids: Sequence[int]) -> SummaryNote:
    """Choose the schools that the year's summary names, in this order. Raises Invalid for another office's school."""
    with unit_of_work(actor, "reports.name_schools") as work:
        locked(Office, office_id)
        known = set(
            work.session.scalars(select(School.id).where(School.office_id == office_id, School.id.in_(school_ids)))
        )
        if known != set(school_ids):
            raise Invalid("reports.unknown_school", N_("所选学校不属于本单位，请重新选择。"), field="schools")
        row = work.session.scalar(
            select(SummaryNote).where(SummaryNote.office_id == office_id, SummaryNote.year == year)
        )
        before = list(row.school_ids) if row else []
        if row is None:
            row = SummaryNote(office_id=office_id, year=year)
            work.session.add(row)
        row.school_ids, row.updated_at = list(dict.fromkeys(school_ids)), now()
        work.record(row, before={"school_ids": before}, after={"school_ids": row.school_ids})
    return row

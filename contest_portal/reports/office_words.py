"""Reads of what the office itself wrote and chose for a year's summary."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.people.models import School
from contest_portal.reports.models import SummaryNote, SummaryNumber, SummaryText
from contest_portal.reports.parts import Own, Part


def own_words(office_id: int, year: int, parts: Sequence[Part]) -> tuple[dict[str, Own], dict[str, int]]:
    """What the office wrote of each part instead of the program, and each part's version (0: nothing yet)."""
    texts = db.session.scalars(
        select(SummaryText).where(SummaryText.office_id == office_id, SummaryText.year == year)
    ).all()
    numbers = db.session.scalars(
        select(SummaryNumber).where(SummaryNumber.office_id == office_id, SummaryNumber.year == year)
    ).all()
    written = {row.part: row for row in texts}
    stated = {row.key: (row.value, row.why) for row in numbers}
    own, versions = {}, {}
    for part in parts:
        row = written.get(part.code)
        keys = {number.key for number in part.numbers}
        own[part.code] = Own(row.text if row else None, {key: said for key, said in stated.items() if key in keys})
        versions[part.code] = row.version if row else 0
    return own, versions


def schools_named(office_id: int, year: int) -> list[str]:
    """The names of the schools that the office chose to name, in its order."""
    rows = db.session.execute(
        select(SummaryNote.school_ids, School.id, School.name)
        .join(School, School.office_id == SummaryNote.office_id)
        .where(SummaryNote.office_id == office_id, SummaryNote.year == year)
    ).all()
    names = {row.id: row.name for row in rows}
    chosen = rows[0].school_ids if rows else []
    return [names[school_id] for school_id in chosen if school_id in names]


def named_school_ids(office_id: int, year: int) -> list[int]:
    """The schools that the office chose to name in the year's summary, in its order."""
    chosen = db.session.scalar(
        select(SummaryNote.school_ids).where(SummaryNote.office_id == office_id, SummaryNote.year == year)
    )
    return [int(school_id) for school_id in chosen or ()]

"""Works whose teams did not come to their interview: kept by entry, so that another lot does not forget them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.entries.models import Entry
from contest_portal.judging.models import Round
from contest_portal.judging.queries.requests import excluded_entries

Noted = Mapping[int, Sequence[int]]
"""Entry → its tasks that were set aside for the absence."""


def noted_absences(row: Round) -> Noted:
    """All that are noted. No statement."""
    noted: Mapping[str, Sequence[int]] = row.plan_facts.get("interviews", {}).get("absent", {})
    return {int(entry_id): tasks for entry_id, tasks in noted.items()}


def absences(row: Round) -> Noted:
    """Those that may still end: not of works that were withdrawn or that a decision took out. Two statements where any
    is noted."""
    noted = noted_absences(row)
    if not noted:
        return {}
    accepted = set(db.session.scalars(select(Entry.id).where(Entry.id.in_(noted), Entry.state == "accepted")))
    return {entry_id: noted[entry_id] for entry_id in accepted - excluded_entries(row.id).keys()}

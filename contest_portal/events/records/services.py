"""The verbs of events: what the office notes of the year's activities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import locked, unit_of_work
from contest_portal.core.errors import Invalid
from contest_portal.core.text import N_
from contest_portal.events.records.models import ActivityRecord
from contest_portal.people.models import Office


@dataclass(frozen=True)
class Figure:
    """One named figure of an activity: a stable key, what people call it, and its value as the office states it."""

    key: str
    label: str
    value: str | int


def record_activity(actor: Actor, office_id: int, year: int, name: str, figures: Sequence[Figure]) -> ActivityRecord:
    """Note an activity of the year with its figures. Raises Invalid for a name without words."""
    if not name.strip():
        raise Invalid("events.no_name", N_("请填写活动名称。"), field="name")
    with unit_of_work(actor, "events.record_activity") as work:
        row = ActivityRecord(
            office_id=locked(Office, office_id).id,
            year=year,
            name=name.strip(),
            figures=[{"key": figure.key, "label": figure.label, "value": figure.value} for figure in figures],
            recorded_at=now(),
        )
        work.session.add(row)
        work.record(row, after={"year": year, "name": row.name})
    return row


def remove_activity(actor: Actor, activity_id: int) -> None:
    """Take a wrong record back."""
    with unit_of_work(actor, "events.remove_activity") as work:
        row = locked(ActivityRecord, activity_id)
        work.record(row, before={"year": row.year, "name": row.name, "figures": row.figures})
        work.session.delete(row)

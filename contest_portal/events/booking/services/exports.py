"""Taking the leaders' telephone numbers away as a workbook: allowed, and always recorded."""

from __future__ import annotations

from contest_portal.core.actor import Actor
from contest_portal.core.database import unit_of_work


def record_export_with_phones(actor: Actor, event_id: int, count: int) -> None:
    """Note that somebody takes away the telephone numbers of `count` parties of an event."""
    with unit_of_work(actor, "events.export_with_phones") as work:
        work.record(("event", event_id), after={"count": count})

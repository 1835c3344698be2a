"""Opening a whole roster's numbers: allowed, and always recorded."""

from __future__ import annotations

from contest_portal.core.actor import Actor
from contest_portal.core.database import unit_of_work
from contest_portal.people.roster import RosterKind


def record_full_export(actor: Actor, school_id: int, kind: RosterKind, count: int) -> None:
    """Note that somebody takes away the numbers of `count` people of a school."""
    with unit_of_work(actor, "people.export_full_roster") as work:
        work.record(("school", school_id), after={"kind": kind, "count": count})

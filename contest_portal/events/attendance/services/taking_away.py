"""Lists with phones that leave the program: allowed to who works at the door, and always recorded."""

from __future__ import annotations

from contest_portal.core.actor import Actor
from contest_portal.core.database import unit_of_work
from contest_portal.events.planning.models import Event, EventSession


def record_session_list(actor: Actor, session: EventSession, count: int) -> None:
    """Note that somebody takes away the list of a session with the phones of `count` parties' leaders."""
    with unit_of_work(actor, "events.print_session_list") as work:
        work.record(session, after={"parties": count})


def record_proofs(actor: Actor, event: Event, count: int) -> None:
    """Note that `count` certificates of attendance were made."""
    with unit_of_work(actor, "events.make_attendance_proofs") as work:
        work.record(event, after={"certificates": count})

"""The office's event in the scene: a session, a party of the school with places, one that waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.sealed_files import keep_sealed
from contest_portal.events.attendance.models import CheckIn
from contest_portal.events.booking import services
from contest_portal.events.booking.models import Waiting
from contest_portal.events.booking.party import ClassOf, Details, Party
from contest_portal.people.models import Office, School
from tests.events.factories import make_event, make_file, make_session
from tests.factories import made

LEADER = Details(leader_name="本人老师", leader_phone="13900000001")
"""The teacher of the scene leads the parties, which a colleague may only see."""


def event_values(office: Office, school: School, manager: Actor) -> dict[str, Any]:
    """The values that addresses of events take."""
    event = make_event(office)
    make_file(event)
    session = make_session(event, now() + timedelta(days=30))
    party = Party((ClassOf(4, "1班", 40),), adults=2)
    booking = services.book(manager, services.hold(manager, event.id, school.id, session.id, party).id, LEADER)
    larger = Party((ClassOf(5, "1班", 140),), adults=2)
    queued = services.join_new(manager, event.id, school.id, [session.id], larger, LEADER)
    row = db.session.scalars(select(Waiting).where(Waiting.booking_id == queued.id)).one()
    return {
        "event_id": event.id,
        "session_id": session.id,
        "booking_id": booking.id,
        "waiting_id": row.id,
        "booking_token": booking.token,
        "check_in_id": _came(session.id, booking.id).id,
    }


def _came(session_id: int, booking_id: int) -> CheckIn:
    """The party's check-in with a photo of its group."""
    counts = {"pupils": 40, "adults": 2, "arrived_at": now(), "recorded_at": now()}
    photo = keep_sealed(b"\xff\xd8 a photo")
    return made(CheckIn(key="scene", session_id=session_id, booking_id=booking_id, photo_file_sha256=photo, **counts))

"""An event whose parties are as many as the rows of other lists, all of one school."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol

from contest_portal.core.clock import local, now
from contest_portal.events.booking.models import Booking, BookingChange, BookingGroup, BookingPlace, Waiting
from contest_portal.events.booking.services.parties import CODE_LETTERS
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.people.models import Office, School
from tests.events.factories import make_event, make_session
from tests.lists.attendance_rows import fill_attendance


class Maker(Protocol):
    """What fills the world with rows."""

    size: int
    office: Office
    school: School
    teachers: list[int]

    def many(self, model: Any, row: Callable[[int], dict[str, Any]], count: int | None = None) -> list[int]: ...


def code_of(number: int) -> str:
    """BBB, BBC, …: the code of the party with this number."""
    count = len(CODE_LETTERS)
    return "".join(CODE_LETTERS[number // count**place % count] for place in (2, 1, 0))


def fill_events(maker: Maker) -> dict[str, int]:
    """An event with one session that all parties come to, and one whose queue all of them stand in. Gives ids."""
    moment, size = now(), maker.size
    event = make_event(maker.office)
    session = make_session(event, moment + timedelta(days=30), capacity=50 * size, taken=42 * size, parties=size)
    other = make_session(event, moment + timedelta(days=31))
    parties = maker.many(
        Booking,
        lambda n: {
            "event_id": event.id, "school_id": maker.school.id, "state": "booked", "pupils": 40, "adults": 2,
            "leader_name": f"带队{n:04d}", "code": code_of(n), "token": f"token{n}", "created_at": moment,
            "updated_at": moment,
        },
    )  # fmt: skip
    maker.many(BookingGroup, lambda n: {"booking_id": parties[n], "grade": 4, "class_name": f"{n}班", "pupils": 40})
    maker.many(BookingPlace, lambda n: {"booking_id": parties[n], "session_id": session.id, "people": 42})
    queued = {"session_id": other.id, "people": 42, "state": "waiting", "joined_at": moment}
    maker.many(Waiting, lambda n: {**queued, "booking_id": parties[n]})
    maker.many(BookingChange, lambda n: {"booking_id": parties[0], "act": "move", "details": {}, "at": moment})
    planned = fill_planned(maker)
    came = fill_attendance(maker, session.id, parties)
    return {
        "event": event.id,
        "event_session": session.id,
        "party": parties[0],
        "planned_event": planned,
        "check_in": came,
    }


def fill_planned(maker: Maker) -> int:
    """As many events that nobody books, of a session each; and one of as many sessions, whose id it gives."""
    moment = now()
    place = {"office_id": maker.office.id, "state": "public", "mode": "open", "venue": "", "created_at": moment}
    events = maker.many(
        Event,
        lambda n: {
            **place,
            "kind": "talk",
            "title": f"讲座{n:04d}",
            "published_at": moment,
            "stages": [],
            "grades": [],
        },
    )
    begin = moment + timedelta(days=1)
    times = {"day": local(begin).date(), "starts_at": begin, "ends_at": begin + timedelta(hours=1), "capacity": 50}
    maker.many(EventSession, lambda n: {**times, "event_id": events[n], "number": 1})
    large = make_event(maker.office, "场次很多的活动")
    maker.many(EventSession, lambda n: {**times, "event_id": large.id, "number": n + 1})
    return int(large.id)

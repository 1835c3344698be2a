"""The last places of a session: sixty schools at the same second, two server processes, either database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.events.booking.models import Booking, BookingPlace
from contest_portal.events.planning.models import Event, EventSession
from tests.events.party_factories import require_counts
from tests.events.rush import prepare_rush, press_at_once, two_servers

SCHOOLS, PLACES, PARTY = 60, 45, 15


@pytest.mark.database
def test_the_last_places_go_to_as_many_as_fit_and_the_others_are_told(
    app: Flask, tmp_path: Path, database_url: str, clock: MovingClock
) -> None:
    clock.move_to(datetime.now(UTC))  # as the servers' own clock, by which sessions end
    rush = prepare_rush(app, SCHOOLS, places=PLACES)
    fields = {"extra_grade": "4", "extra_class": "1班", "extra_count": str(PARTY - 1), "adults": "1"}
    with two_servers(tmp_path / "instance", database_url) as ports:
        answers = press_at_once(rush, ports, fields)

    won = [one for one in answers if one.status == 302]
    lost = [one for one in answers if one.status != 302]
    assert len(won) == PLACES // PARTY
    assert all(one.location.endswith("/confirm") for one in won)
    assert len(lost) == SCHOOLS - len(won)
    assert {one.status for one in lost} == {422}
    assert all("还剩 0 个位置，您这次需要 15 个" in one.words for one in lost)
    assert all("加入候补" in one.words for one in lost)

    session = db.session.get_one(EventSession, rush.session_id)
    db.session.refresh(session)
    assert (session.taken, session.parties) == (PLACES, PLACES // PARTY)
    assert db.session.query(Booking).count() == len(won)
    assert {row.people for row in db.session.query(BookingPlace)} == {PARTY}
    require_counts(db.session.get_one(Event, rush.event_id))

"""The waiting list when several schools press at the same moment, each with a session of its own, on either database."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.events.booking import services
from contest_portal.events.booking.models import Booking, Waiting
from contest_portal.events.booking.places import places_of
from contest_portal.events.planning.models import Event, EventSession
from tests.events.factories import make_event, make_session
from tests.events.party_factories import LEADER, Booker, booker, classes, require_counts
from tests.factories import make_account, make_office, sign_in


@pytest.fixture
def event(app: Flask) -> Event:
    return make_event(make_office())


def booked(event: Event, who: Booker, session: EventSession, *pupils: int) -> Booking:
    held = services.hold(who.actor, event.id, who.school.id, session.id, classes(*pupils))
    return services.book(who.actor, held.id, LEADER)


def pressed_at_once(*presses: tuple[FlaskClient, str]) -> list[int]:
    """Each client posts to its address at the same moment. Gives the statuses."""
    db.session.remove()
    ready, statuses = threading.Barrier(len(presses)), list[int]()

    def press(client: FlaskClient, address: str) -> None:
        ready.wait(30)
        statuses.append(client.post(address).status_code)

    threads = [threading.Thread(target=press, args=one) for one in presses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(statuses)


def states(event: Event) -> list[str]:
    db.session.rollback()
    db.session.expire_all()
    return [row.state for row in db.session.query(Waiting).order_by(Waiting.id)]


def test_two_cancellations_at_once_serve_the_queue_once_each(app: Flask, event: Event) -> None:
    office = event.office
    session = make_session(event, capacity=100)
    holders = [booker(office, f"{name}小学") for name in "甲乙"]
    parties = [booked(event, who, session, 50) for who in holders]
    for name, count in {"大": 90, "丙": 45, "丁": 48, "戊": 5}.items():
        who = booker(office, f"{name}小学")
        services.join_new(who.actor, event.id, who.school.id, [session.id], classes(count), LEADER)
    clients = [sign_in(app.test_client(), who.actor) for who in holders]
    addresses = [f"/bookings/{party.id}/cancel" for party in parties]
    assert pressed_at_once(*zip(clients, addresses, strict=True)) == [302, 302]
    # Whoever comes first: 45 and 5 fit into the first 50, 48 into the second; 90 stays ahead and was told.
    assert states(event) == ["waiting", "offered", "offered", "offered"]
    large = db.session.query(Waiting).order_by(Waiting.id).limit(1).one()
    assert large.passed_at is not None
    require_counts(event)


def test_one_offer_accepted_by_two_people_of_the_school_is_one_booking(app: Flask, event: Event) -> None:
    session, who = make_session(event, capacity=50), booker(event.office, "西关小学")
    services.join_new(who.actor, event.id, who.school.id, [session.id], classes(40), LEADER)
    colleague = make_account(Role.SCHOOL_MANAGER, school=who.school)
    address = f"/waiting/{db.session.query(Waiting).one().id}/accept"
    clients = [sign_in(app.test_client(), actor) for actor in (who.actor, colleague)]
    assert pressed_at_once(*((client, address) for client in clients)) == [302, 409]
    assert places_of(db.session.query(Booking).one()) == {session.id: 40}
    require_counts(event)


def test_accepting_and_cancelling_at_once_leaves_the_counts_right(app: Flask, event: Event) -> None:
    session, who = make_session(event, capacity=50), booker(event.office, "西关小学")
    party = services.join_new(who.actor, event.id, who.school.id, [session.id], classes(40), LEADER)
    colleague = make_account(Role.SCHOOL_MANAGER, school=who.school)
    accept = f"/waiting/{db.session.query(Waiting).one().id}/accept"
    cancel = f"/bookings/{party.id}/cancel"
    clients = [sign_in(app.test_client(), actor) for actor in (who.actor, colleague)]
    statuses = pressed_at_once((clients[0], accept), (clients[1], cancel))
    assert statuses in ([302, 302], [302, 409])
    assert states(event) in (["taken"], ["left"])
    assert db.session.query(Booking).one().state == "cancelled"
    require_counts(event)

"""The waiting list: in order, nobody skipped in silence, offers that run out, several things at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from contest_portal.core.actor import Role
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, TooLate
from contest_portal.core.models import Notice
from contest_portal.events.booking import services
from contest_portal.events.booking.models import Booking, Waiting
from contest_portal.events.booking.places import places_of
from contest_portal.events.planning.event_data import SessionData
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.events.planning.services import edit_session
from contest_portal.people.models import Office
from tests.events.factories import make_event, make_session
from tests.events.party_factories import LEADER, Booker, booker, classes, require_counts, reread
from tests.factories import make_account, make_office


@pytest.fixture
def office(app: Flask) -> Office:
    return make_office()


@pytest.fixture
def event(office: Office) -> Event:
    return make_event(office, offer_hours=24)


def booked(event: Event, who: Booker, session: EventSession, *pupils: int) -> Booking:
    held = services.hold(who.actor, event.id, who.school.id, session.id, classes(*pupils))
    return services.book(who.actor, held.id, LEADER)


def waiting(event: Event, who: Booker, session: EventSession, *pupils: int) -> Booking:
    return services.join_new(who.actor, event.id, who.school.id, [session.id], classes(*pupils), LEADER)


def entry(booking: Booking) -> Waiting:
    db.session.rollback()
    db.session.expire_all()
    return db.session.query(Waiting).filter_by(booking_id=booking.id).order_by(Waiting.id.desc()).limit(1).one()


def titles(who: Booker) -> list[str]:
    rows = db.session.query(Notice).filter_by(account_id=who.actor.account_id).order_by(Notice.id)
    return [row.title % row.params for row in rows]


def test_a_freed_place_goes_to_the_first_that_fits_and_the_larger_ahead_is_told(office: Office, event: Event) -> None:
    session = make_session(event, capacity=100)
    full = [booked(event, booker(office, f"{name}小学"), session, 50) for name in "甲乙"]
    large, small, later = (booker(office, f"{name}小学") for name in ("大", "小", "后"))
    big = waiting(event, large, session, 60)
    little, last = waiting(event, small, session, 30), waiting(event, later, session, 30)
    services.cancel(make_account(Role.OFFICE, office=office), full[0].id, by_office=True)

    assert (entry(big).state, entry(big).passed_people) == ("waiting", 50)
    assert entry(little).state == "offered"
    assert entry(last).state == "waiting"  # 20 are left, it needs 30
    assert entry(little).offered_until == now() + timedelta(hours=24)
    assert any("先给了后面人数较少的队伍" in title for title in titles(large))
    assert any("候补有名额了" in title for title in titles(small))
    require_counts(event)

    # It lowers its number and keeps its turn: before the one that joined later.
    with pytest.raises(Invalid, match="只能减少人数（现为 60 人）"):
        services.change_party(large.actor, big.id, db.session.get_one(Booking, big.id).version, classes(61))
    services.change_party(large.actor, big.id, db.session.get_one(Booking, big.id).version, classes(20))
    assert entry(big).state == "offered"
    assert entry(last).state == "waiting"
    require_counts(event)


def test_an_accepted_offer_is_a_booking_and_ends_its_other_queues(office: Office, event: Event) -> None:
    one, two = make_session(event, capacity=50), make_session(event, "2018-09-12 10:40", capacity=50)
    holders = [booked(event, booker(office, f"{n}小学"), s, 50) for n, s in (("甲", one), ("乙", two))]
    who = booker(office, "西关小学")
    party = services.join_new(who.actor, event.id, who.school.id, [one.id, two.id], classes(40), LEADER)
    for holder in holders:  # both become free at the same time: two offers, one is taken
        services.cancel(make_account(Role.OFFICE, office=office), holder.id, by_office=True)
    rows = db.session.query(Waiting).order_by(Waiting.id).all()
    assert [row.state for row in rows] == ["offered", "offered"]
    services.accept(who.actor, rows[1].id)
    reread(party)
    assert party.state == "booked"
    assert places_of(party) == {two.id: 40}
    reread(one)
    assert one.taken == 0
    with pytest.raises(Conflict):
        services.accept(who.actor, rows[0].id)
    require_counts(event)


def test_an_expired_offer_goes_to_the_next(office: Office, event: Event, clock: MovingClock) -> None:
    session = make_session(event, capacity=50)
    holder = booked(event, booker(office, "甲小学"), session, 50)
    first, second = booker(office, "乙小学"), booker(office, "丙小学")
    one, two = waiting(event, first, session, 50), waiting(event, second, session, 45)
    services.cancel(make_account(Role.OFFICE, office=office), holder.id, by_office=True)
    assert entry(one).state == "offered"
    clock.advance(hours=24)
    with pytest.raises(TooLate, match="逾期"):
        services.accept(first.actor, entry(one).id)
    assert services.settle_due() == 1
    assert (entry(one).state, entry(two).state) == ("expired", "offered")
    reread(one)
    assert one.state == "expired"
    assert any("逾期未确认" in title for title in titles(first))
    services.accept(second.actor, entry(two).id)
    require_counts(event)


def test_a_declined_offer_goes_to_the_next_and_who_leaves_is_not_asked(office: Office, event: Event) -> None:
    session = make_session(event, capacity=50)
    holder = booked(event, booker(office, "甲小学"), session, 50)
    people = [booker(office, f"{name}小学") for name in "乙丙丁"]
    parties = [waiting(event, who, session, 50) for who in people]
    services.leave(people[1].actor, entry(parties[1]).id)
    services.cancel(make_account(Role.OFFICE, office=office), holder.id, by_office=True)
    services.decline(people[0].actor, entry(parties[0]).id)
    assert [entry(party).state for party in parties] == ["declined", "left", "offered"]
    reread(parties[0])
    assert parties[0].state == "cancelled"
    require_counts(event)


def test_two_cancellations_make_room_for_a_large_party_that_stayed_ahead(office: Office, event: Event) -> None:
    session = make_session(event, capacity=100)
    holders = [booked(event, booker(office, f"{name}小学"), session, 50) for name in "甲乙"]
    large = booker(office, "大小学")
    big = waiting(event, large, session, 90)
    staff = make_account(Role.OFFICE, office=office)
    services.cancel(staff, holders[0].id, by_office=True)
    assert (entry(big).state, entry(big).passed_people, entry(big).passed_at) == ("waiting", 50, None)
    services.cancel(staff, holders[1].id, by_office=True)
    assert entry(big).state == "offered"
    require_counts(event)


def test_an_offer_ends_when_its_session_begins(office: Office, event: Event, clock: MovingClock) -> None:
    session = make_session(event, now() + timedelta(hours=5), capacity=50)
    holder = booked(event, booker(office, "甲小学"), session, 50)
    who = booker(office, "乙小学")
    party = waiting(event, who, session, 50)
    services.cancel(make_account(Role.OFFICE, office=office), holder.id, by_office=True)
    assert entry(party).offered_until == session.starts_at
    clock.advance(hours=5)
    services.settle_due()
    assert entry(party).state == "expired"
    require_counts(event)


def test_more_capacity_rings_the_queue(office: Office, event: Event) -> None:
    session = make_session(event, capacity=50)
    booked(event, booker(office, "甲小学"), session, 50)
    party = waiting(event, booker(office, "乙小学"), session, 30)
    reread(session)
    data = SessionData(session.starts_at, session.ends_at, 80)
    edit_session(make_account(Role.OFFICE, office=office), session.id, data, session.version)
    assert entry(party).state == "offered"
    require_counts(event)


def test_more_capacity_set_on_the_page_of_parties_rings_the_queue_too(office: Office, event: Event) -> None:
    session = make_session(event, capacity=50)
    booked(event, booker(office, "甲小学"), session, 50)
    party = waiting(event, booker(office, "乙小学"), session, 30)
    reread(session)
    services.resettle(make_account(Role.OFFICE, office=office), session.id, session.version, 80, {}, "")
    assert entry(party).state == "offered"
    require_counts(event)


def test_an_event_that_is_closed_has_no_queue_to_join(office: Office, event: Event) -> None:
    first, second = make_session(event, capacity=50), make_session(event, "2018-09-12 10:40", capacity=50)
    for session, name in ((first, "甲小学"), (second, "乙小学")):
        booked(event, booker(office, name), session, 50)
    who = booker(office, "丙小学")
    party = waiting(event, who, first, 30)
    event.state = "closed"
    db.session.commit()
    with pytest.raises(Conflict, match="现在不接受这种预约"):
        services.join(who.actor, party.id, [second.id])
    assert db.session.query(Waiting).filter_by(booking_id=party.id).count() == 1


def test_a_session_for_one_party_offers_only_one(office: Office, event: Event) -> None:
    session = make_session(event, capacity=1000, most_parties=1)
    holder = booked(event, booker(office, "甲小学"), session, 50)
    parties = [waiting(event, booker(office, f"{name}小学"), session, 100) for name in "乙丙"]
    services.cancel(make_account(Role.OFFICE, office=office), holder.id, by_office=True)
    assert [entry(party).state for party in parties] == ["offered", "waiting"]
    require_counts(event)


def test_a_course_has_one_queue_for_all_its_sessions(office: Office) -> None:
    event = make_event(office, is_course=True)
    sessions = [make_session(event, f"2018-09-1{day} 09:00", capacity=50) for day in (2, 3)]
    holder = booked(event, booker(office, "甲小学"), sessions[0], 50)
    who = booker(office, "乙小学")
    party = services.join_new(who.actor, event.id, who.school.id, [sessions[1].id], classes(30), LEADER)
    services.cancel(make_account(Role.OFFICE, office=office), holder.id, by_office=True)
    require_counts(event)
    services.accept(who.actor, entry(party).id)
    assert places_of(party) == {sessions[0].id: 30, sessions[1].id: 30}
    require_counts(event)

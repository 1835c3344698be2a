"""First come, first served: places kept while the form is open, limits, splitting, changes."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import insert

from contest_portal.core.actor import Role
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, Stale, TooLate
from contest_portal.core.job_schedule import ask_for_due
from contest_portal.core.jobs import run_all
from contest_portal.core.models import Notice
from contest_portal.events.booking import services
from contest_portal.events.booking.models import Booking, BookingChange, BookingGroup, BookingPlace
from contest_portal.events.booking.party import ClassOf, Details, Party
from contest_portal.events.booking.places import places_of
from contest_portal.events.booking.services.parties import CODE_LETTERS
from contest_portal.events.planning.services import cancel_session, change_state
from contest_portal.people.models import Office
from tests.events.factories import make_event, make_session
from tests.events.party_factories import LEADER, booker, classes, require_counts, reread
from tests.factories import make_account, make_office, make_student, make_teacher


@pytest.fixture
def office(app: Flask) -> Office:
    return make_office()


def test_opening_the_form_keeps_the_places_and_confirming_books_them(office: Office) -> None:
    event, who = make_event(office), booker(office, "西关小学")
    session = make_session(event, capacity=150)
    held = services.hold(who.actor, event.id, who.school.id, session.id, classes(45, 40, adults=5))
    assert (held.state, held.held_until) == ("held", now() + timedelta(minutes=10))
    reread(session)
    assert (session.taken, session.parties) == (90, 1)

    booked = services.book(who.actor, held.id, LEADER)
    assert (booked.state, booked.held_until, booked.leader_phone) == ("booked", None, "13900000001")
    assert [one.session_id for one in db.session.query(BookingGroup)] == [session.id, session.id]
    assert len(booked.code) == 3
    require_counts(event)


def test_a_school_keeps_places_for_three_forms_at_a_time(office: Office, clock: MovingClock) -> None:
    event, who, other = make_event(office, once_per_pupil=False), booker(office, "西关小学"), booker(office, "东街小学")
    session = make_session(event, capacity=150)
    held = [services.hold(who.actor, event.id, who.school.id, session.id, classes(10)) for _ in range(3)]
    with pytest.raises(Conflict, match="已有 3 份预约正在填写"):
        services.hold(who.actor, event.id, who.school.id, session.id, classes(10))
    services.hold(other.actor, event.id, other.school.id, session.id, classes(10))
    services.book(who.actor, held[0].id, LEADER)
    services.hold(who.actor, event.id, who.school.id, session.id, classes(10))
    clock.advance(minutes=10)
    services.hold(who.actor, event.id, who.school.id, session.id, classes(10))


def test_places_kept_too_long_go_back_when_somebody_needs_them(office: Office, clock: MovingClock) -> None:
    event, first, second = make_event(office), booker(office, "西关小学"), booker(office, "东街小学")
    session = make_session(event, capacity=100)
    held = services.hold(first.actor, event.id, first.school.id, session.id, classes(60))
    with pytest.raises(Conflict, match="还剩 40 个位置，您这次需要 80 个"):
        services.hold(second.actor, event.id, second.school.id, session.id, classes(80))
    clock.advance(minutes=10)
    services.hold(second.actor, event.id, second.school.id, session.id, classes(80))
    reread(held)
    assert held.state == "expired"
    with pytest.raises(TooLate, match="10 分钟"):
        services.book(first.actor, held.id, LEADER)
    # Its classes may come with another party.
    services.hold(first.actor, event.id, first.school.id, session.id, classes(20))
    require_counts(event)


def test_the_minutes_job_gives_back_what_nobody_asks_for(office: Office, clock: MovingClock) -> None:
    event, who = make_event(office), booker(office, "西关小学")
    session = make_session(event)
    services.hold(who.actor, event.id, who.school.id, session.id, classes(60))
    ask_for_due()
    run_all()
    reread(session)
    assert session.taken == 60
    clock.advance(minutes=11)
    ask_for_due()
    run_all()
    reread(session)
    assert (session.taken, session.parties) == (0, 0)


def test_letting_go_frees_places_and_classes_at_once(office: Office) -> None:
    event, who = make_event(office), booker(office, "西关小学")
    session = make_session(event, capacity=60)
    held = services.hold(who.actor, event.id, who.school.id, session.id, classes(60))
    services.let_go(who.actor, held.id)
    services.hold(who.actor, event.id, who.school.id, session.id, classes(60))
    require_counts(event)


def test_a_class_comes_once_and_a_single_pupil_of_it_too(office: Office) -> None:
    event, who = make_event(office), booker(office, "西关小学")
    one, other = make_session(event), make_session(event, "2018-09-12 10:40")
    pupil = make_student(who.school, grade=4, class_name="1班")
    elsewhere = make_student(who.school, name="李小红", grade=4, class_name="2班")
    services.hold(who.actor, event.id, who.school.id, one.id, classes(40))
    with pytest.raises(Invalid, match=r"四年级1班已在预约 \w{3} 中"):
        services.hold(who.actor, event.id, who.school.id, other.id, classes(40))
    with pytest.raises(Invalid, match="四年级1班已在预约"):
        services.hold(who.actor, event.id, who.school.id, other.id, Party(students=(pupil.id,)))
    services.hold(who.actor, event.id, who.school.id, other.id, Party(students=(elsewhere.id,)))
    with pytest.raises(Invalid, match="李小红已在预约"):
        services.hold(who.actor, event.id, who.school.id, other.id, Party(students=(elsewhere.id,)))
    with pytest.raises(Invalid, match="四年级2班已在预约"):
        services.hold(who.actor, event.id, who.school.id, other.id, Party((ClassOf(4, "2班", 40),)))
    require_counts(event)


def test_the_database_itself_refuses_a_class_twice(office: Office) -> None:
    event, who = make_event(office), booker(office, "西关小学")
    session = make_session(event)
    booking = services.hold(who.actor, event.id, who.school.id, session.id, classes(40))
    key = db.session.query(BookingGroup).one().once_key
    db.session.add(BookingGroup(booking_id=booking.id, grade=4, class_name="1班", pupils=3, once_key=key))
    with pytest.raises(Exception, match="once_key"):
        db.session.commit()
    db.session.rollback()


def test_limits_adults_and_grades_are_told_with_their_numbers(office: Office) -> None:
    event = make_event(
        office, most_parties_a_school=1, most_people_a_school=100, pupils_per_adult=20, grades=[4], stages=["小学"]
    )
    who, session = booker(office, "西关小学"), make_session(event)
    with pytest.raises(Invalid, match="至少要有 3 位成人带队（每 20 名学生 1 位），现在是 2 位"):
        services.hold(who.actor, event.id, who.school.id, session.id, classes(45, adults=2))
    with pytest.raises(Invalid, match="最多 100 人，贵校已预约 0 人，这次 101 人，超出 1 人"):
        services.hold(who.actor, event.id, who.school.id, session.id, classes(95, adults=6))
    with pytest.raises(Invalid, match="五年级不在本活动的招收范围"):
        services.hold(who.actor, event.id, who.school.id, session.id, classes(20, grade=5, adults=1))
    services.hold(who.actor, event.id, who.school.id, session.id, classes(20, adults=1))
    with pytest.raises(Invalid, match="最多预约 1 批，贵校已有 1 批"):
        services.hold(who.actor, event.id, who.school.id, session.id, Party((ClassOf(4, "9班", 5),), adults=1))
    require_counts(event)


def test_a_class_that_the_kind_of_school_does_not_have_is_a_slip(office: Office) -> None:
    event = make_event(office)
    session = make_session(event, now() + timedelta(days=9))
    senior = booker(office, "河西高级中学")
    senior.school.kind = "senior"
    db.session.commit()
    with pytest.raises(Invalid, match="七年级1班不在本校（高中）的年级范围内"):
        services.hold(senior.actor, event.id, senior.school.id, session.id, classes(30, grade=7))
    assert services.hold(senior.actor, event.id, senior.school.id, session.id, classes(30, grade=10)).state == "held"


def test_nothing_is_booked_before_the_time_or_after_it(office: Office, clock: MovingClock) -> None:
    opens, closes = now() + timedelta(days=1), now() + timedelta(days=2)
    event = make_event(office, booking_opens_at=opens, booking_closes_at=closes)
    who, session = booker(office, "西关小学"), make_session(event)

    def attempt() -> None:
        services.hold(who.actor, event.id, who.school.id, session.id, classes(20))

    with pytest.raises(Conflict, match="开始预约"):
        attempt()
    clock.move_to(closes + timedelta(seconds=1))
    with pytest.raises(TooLate, match="截止"):
        attempt()
    clock.move_to(closes)
    attempt()


def test_a_party_is_divided_over_neighbours_in_whole_classes_only_if_the_school_allows_it(office: Office) -> None:
    event, who, other = make_event(office, splittable=True), booker(office, "西关小学"), booker(office, "东街小学")
    first, second = make_session(event, capacity=100), make_session(event, "2018-09-12 10:40", capacity=60)
    next_day = make_session(event, "2018-09-13 09:00", capacity=500)
    party = classes(45, 40, 42, adults=3)
    with pytest.raises(Conflict, match="还剩 100 个位置，您这次需要 130 个"):
        services.hold(who.actor, event.id, who.school.id, first.id, party)
    booking = services.hold(who.actor, event.id, who.school.id, first.id, party, may_split=True)
    places = places_of(booking)
    assert set(places) == {first.id, second.id}
    assert sum(places.values()) == 130
    groups = db.session.query(BookingGroup).filter_by(booking_id=booking.id).all()
    for session_id, people in places.items():
        assert people == sum(one.pupils + 1 for one in groups if one.session_id == session_id)
    # What is left of the day does not hold two classes of 45; the next day is no neighbour.
    with pytest.raises(Conflict, match="各班不拆开"):
        services.hold(other.actor, event.id, other.school.id, first.id, classes(45, 45), may_split=True)
    assert next_day.taken == 0
    require_counts(event)


def test_a_course_takes_all_its_sessions_or_none_and_teachers_by_name(office: Office) -> None:
    event, who = make_event(office, kind="training", is_course=True), booker(office, "西关小学")
    first, second = make_session(event, capacity=4), make_session(event, "2018-09-13 09:00", capacity=3)
    ids = [make_teacher(who.school, f"{name}老师").id for name in "赵钱孙李"]
    with pytest.raises(Conflict, match=r"第 2 场.*还剩 3 个位置，您这次需要 4 个"):
        services.hold(who.actor, event.id, who.school.id, first.id, Party(teachers=tuple(ids)))
    reread(first)
    assert first.taken == 0
    booking = services.hold(who.actor, event.id, who.school.id, first.id, Party(teachers=tuple(ids[:2])))
    assert places_of(booking) == {first.id: 2, second.id: 2}
    with pytest.raises(Invalid, match="赵老师已在预约"):
        services.hold(who.actor, event.id, who.school.id, first.id, Party(teachers=(ids[0],)))
    require_counts(event)


def test_a_party_is_reduced_enlarged_moved_and_cancelled_until_the_day(office: Office, clock: MovingClock) -> None:
    event = make_event(office, change_until=now() + timedelta(days=3))
    who, one = booker(office, "西关小学"), make_session(event, capacity=100)
    other = make_session(event, "2018-09-12 10:40", capacity=50)
    booking = services.book(
        who.actor, services.hold(who.actor, event.id, who.school.id, one.id, classes(40, 40)).id, LEADER
    )
    with pytest.raises(Conflict, match="还剩 50 个位置，您这次需要 80 个"):
        services.move(who.actor, booking.id, other.id)
    assert places_of(booking) == {one.id: 80}
    with pytest.raises(Stale):
        services.change_party(who.actor, booking.id, booking.version - 1, classes(40))
    booking = services.change_party(who.actor, booking.id, booking.version, classes(40))
    assert places_of(booking) == {one.id: 40}
    booking = services.change_party(who.actor, booking.id, booking.version, classes(45))
    services.move(who.actor, booking.id, other.id)
    assert places_of(booking) == {other.id: 45}
    require_counts(event)
    clock.advance(days=3, seconds=1)
    with pytest.raises(TooLate, match="可修改和取消的时间已于"):
        services.cancel(who.actor, booking.id)
    office_actor = make_account(Role.OFFICE, office=office)
    services.cancel(office_actor, booking.id, by_office=True, why="场馆停电")
    reread(booking)
    assert (booking.state, booking.ended_why) == ("cancelled", "场馆停电")
    assert "停电" in db.session.query(Notice).filter_by(account_id=who.actor.account_id).one().params["why"]
    require_counts(event)
    acts = [line.act for line in db.session.query(BookingChange).filter_by(booking_id=booking.id)]
    assert acts == ["hold", "book", "change_party", "change_party", "move", "cancel"]


def test_who_leads_the_party_can_be_called(office: Office) -> None:
    event, who = make_event(office), booker(office, "西关小学")
    held = services.hold(who.actor, event.id, who.school.id, make_session(event).id, classes(40))
    with pytest.raises(Invalid, match="姓名"):
        services.book(who.actor, held.id, Details(leader_phone="13900000001"))
    with pytest.raises(Invalid, match="电话"):
        services.book(who.actor, held.id, Details(leader_name="王老师", leader_phone="12"))


def test_the_office_books_by_hand_after_the_time_but_never_over_capacity(office: Office) -> None:
    event, who = make_event(office, booking_closes_at=now() - timedelta(days=1)), booker(office, "西关小学")
    session, staff = make_session(event, capacity=50), make_account(Role.OFFICE, office=office)
    with pytest.raises(Conflict, match="还剩 50 个位置"):
        services.book_by_hand(staff, event.id, who.school.id, session.id, classes(51), LEADER)
    booking = services.book_by_hand(staff, event.id, who.school.id, session.id, classes(50), LEADER)
    assert booking.state == "booked"
    assert db.session.query(Notice).filter_by(account_id=who.actor.account_id).count() == 1
    require_counts(event)


def test_who_did_not_come_is_noted_once_the_session_has_begun(office: Office, clock: MovingClock) -> None:
    event, who, staff = make_event(office), booker(office, "西关小学"), make_account(Role.OFFICE, office=office)
    session = make_session(event)
    booking = services.book_by_hand(staff, event.id, who.school.id, session.id, classes(50), LEADER)
    with pytest.raises(Conflict, match="还没有开始"):
        services.record_no_show(staff, booking.id, session.id)
    clock.move_to(session.starts_at)
    services.record_no_show(staff, booking.id, session.id)
    place = db.session.query(BookingPlace).one()
    assert place.no_show_at == now()
    services.record_no_show(staff, booking.id, session.id, did_not_come=False)
    db.session.refresh(place)
    assert place.no_show_at is None


def test_wishes_are_changed_until_the_date_and_not_after_it(office: Office, clock: MovingClock) -> None:
    event = make_event(office, mode="wishes", most_wishes=2, booking_closes_at=now() + timedelta(days=5))
    who = booker(office, "西关小学")
    one, two, three = (make_session(event, f"2018-09-1{day} 09:00", capacity=90) for day in (2, 3, 4))
    with pytest.raises(Invalid, match="最多填 2 个志愿，现在是 3 个"):
        services.wish(who.actor, event.id, who.school.id, [one.id, two.id, three.id], classes(40), LEADER)
    with pytest.raises(Invalid, match="最多容纳 90 人，您这次是 95 人"):
        services.wish(who.actor, event.id, who.school.id, [one.id], classes(95), LEADER)
    booking = services.wish(who.actor, event.id, who.school.id, [one.id, two.id], classes(40), LEADER)
    assert booking.state == "wished"
    booking = services.change_wishes(who.actor, booking.id, booking.version, [three.id], classes(50), LEADER)
    assert booking.pupils == 50
    clock.advance(days=5, seconds=1)
    with pytest.raises(TooLate):
        services.change_wishes(who.actor, booking.id, booking.version, [one.id], classes(50), LEADER)
    require_counts(event)


def test_priorities_are_given_to_many_with_a_reason(office: Office) -> None:
    event = make_event(office, mode="wishes", booking_closes_at=now() + timedelta(days=5))
    session, staff = make_session(event), make_account(Role.OFFICE, office=office)
    schools = [booker(office, f"{name}小学") for name in "甲乙"]
    ids = [services.wish(w.actor, event.id, w.school.id, [session.id], classes(40), LEADER).id for w in schools]
    with pytest.raises(Invalid, match="原因"):
        services.set_priorities(staff, event.id, ids, 2, "")
    assert services.set_priorities(staff, event.id, ids, 2, "农村学校") == 2
    assert {(one.priority, one.priority_why) for one in db.session.query(Booking)} == {(2, "农村学校")}


def test_a_smaller_session_moves_and_cancels_the_chosen_in_one_act_or_not_at_all(office: Office) -> None:
    event, staff = make_event(office), make_account(Role.OFFICE, office=office)
    session, other = make_session(event, capacity=120), make_session(event, "2018-09-12 10:40", capacity=45)
    schools = [booker(office, f"{name}小学") for name in "甲乙丙"]
    bookings = [
        services.book_by_hand(staff, event.id, who.school.id, session.id, classes(40), LEADER) for who in schools
    ]
    reread(session)
    with pytest.raises(Conflict, match="还有 80 人，比新的容量 40 人多 40 人"):
        services.resettle(staff, session.id, session.version, 40, {bookings[2].id: other.id}, "展厅维修")
    require_counts(event)
    reread(session)
    assert session.capacity == 120
    decisions = {bookings[2].id: other.id, bookings[1].id: None}
    services.resettle(staff, session.id, session.version, 40, decisions, "展厅维修")
    for row in bookings:
        reread(row)
    assert [row.state for row in bookings] == ["booked", "cancelled", "booked"]
    assert places_of(bookings[2]) == {other.id: 40}
    reread(session)
    assert (session.capacity, session.taken) == (40, 40)
    require_counts(event)


def test_a_cancelled_session_leaves_its_parties_to_choose_another(office: Office) -> None:
    event, staff, who = make_event(office), make_account(Role.OFFICE, office=office), booker(office, "西关小学")
    session, other = make_session(event), make_session(event, "2018-09-12 10:40")
    booking = services.book_by_hand(staff, event.id, who.school.id, session.id, classes(40), LEADER)
    cancel_session(staff, session.id, "停电")
    reread(booking)
    assert booking.state == "unplaced"
    services.join(who.actor, booking.id, [other.id])
    reread(booking)
    assert booking.state == "waiting"
    require_counts(event)


def test_a_cancelled_event_ends_every_party_and_tells_the_schools(office: Office) -> None:
    event, staff, who = make_event(office), make_account(Role.OFFICE, office=office), booker(office, "西关小学")
    booking = services.book_by_hand(staff, event.id, who.school.id, make_session(event).id, classes(40), LEADER)
    change_state(staff, event.id, "cancel", "疫情")
    reread(booking)
    assert booking.state == "cancelled"
    require_counts(event)


def test_the_last_code_is_given_and_then_a_school_is_told(office: Office) -> None:
    event, who = make_event(office), booker(office, "甲小学")
    session = make_session(event, capacity=500)
    *used, last = ("".join(letters) for letters in product(CODE_LETTERS, repeat=3))
    ended = {"event_id": event.id, "school_id": who.school.id, "state": "expired", "pupils": 1, "adults": 0}
    ended |= {"created_at": now(), "updated_at": now()}
    db.session.execute(insert(Booking), [{**ended, "code": code, "token": code} for code in used])
    db.session.commit()
    assert services.hold(who.actor, event.id, who.school.id, session.id, classes(40)).code == last
    with pytest.raises(Conflict, match=f"预约号（{len(used) + 1} 个）已经用完"):
        services.hold(who.actor, event.id, who.school.id, session.id, classes(40, grade=5))

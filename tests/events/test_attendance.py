"""The door: a party is written once, told when somebody else was first, set right with a reason; who did not come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.core.clock import MovingClock, local, now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotFound, Stale
from contest_portal.core.models import AuditRecord
from contest_portal.events.attendance import queries as year
from contest_portal.events.attendance.counting import Stay, tally
from contest_portal.events.attendance.models import CheckIn, CheckInCorrection
from contest_portal.events.attendance.queries import board
from contest_portal.events.attendance.queries.sessions import scanned, session, session_day
from contest_portal.events.attendance.queries.training import attendance_of
from contest_portal.events.attendance.queries.year import visits_of_school
from contest_portal.events.attendance.services.check_ins import (
    AlreadyCheckedIn,
    check_in,
    leave_hall,
    undo_check_in,
)
from contest_portal.events.attendance.services.corrections import correct_counts
from contest_portal.events.attendance.services.no_shows import mark_no_shows, take_no_show_back
from contest_portal.events.attendance.services.presences import tick_presences
from contest_portal.events.booking.models import BookingChange, BookingGroup, BookingPlace
from tests.events.attendance_scene import Door, arrival, make_party, make_trainee
from tests.events.factories import make_event, make_session, moment


@pytest.fixture
def door(app: Flask) -> Door:
    return Door()


def counted(door: Door) -> list[tuple[int, int]]:
    """Pupils and adults of what counts in the first session."""
    rows = db.session.execute(
        select(CheckIn.pupils, CheckIn.adults)
        .where(CheckIn.session_id == door.session.id, CheckIn.undone_at.is_(None))
        .order_by(CheckIn.id)
    )
    return [(pupils, adults) for pupils, adults in rows]


def test_what_is_sent_twice_is_written_once(door: Door) -> None:
    typed = arrival(door.kqm, 88, 4)
    first = check_in(door.staff, door.session.id, typed)
    again = check_in(door.staff, door.session.id, typed)
    assert first.id == again.id
    assert counted(door) == [(88, 4)]


def test_a_page_gone_back_to_does_not_lose_a_second_party_under_the_first_ones_key(door: Door) -> None:
    check_in(door.staff, door.session.id, arrival(None, 30, 2, key="a-page-of-before", party_name="老年大学"))
    with pytest.raises(Conflict, match="刷新"):
        check_in(door.staff, door.session.id, arrival(None, 12, 1, key="a-page-of-before", party_name="青少年宫"))
    assert counted(door) == [(30, 2)]


def test_another_device_is_told_who_was_first_when_and_with_which_counts(door: Door, clock: MovingClock) -> None:
    clock.move_to(moment("2018-03-01 09:05"))
    row = check_in(door.staff, door.session.id, arrival(door.kqm, 88, 4))
    with pytest.raises(AlreadyCheckedIn) as caught:
        check_in(door.colleague, door.session.id, arrival(door.kqm, 90, 4))
    assert caught.value.check_in_id == row.id
    assert all(word in str(caught.value) for word in ("南街小学", "KQM", "王干事", "09:05", "学生 88 人", "带队 4 人"))
    assert counted(door) == [(88, 4)]


def test_an_undone_check_in_stays_and_the_party_may_come_again(door: Door) -> None:
    typed = arrival(door.rst, 40, 2)
    wrong = check_in(door.staff, door.session.id, typed)
    undo_check_in(door.colleague, wrong.id)
    assert counted(door) == []
    assert check_in(door.staff, door.session.id, typed).undone_at is not None  # the phone sends it once more
    assert counted(door) == []
    check_in(door.staff, door.session.id, arrival(door.rst, 39, 2))
    assert counted(door) == [(39, 2)]
    with pytest.raises(Conflict, match="撤销"):
        correct_counts(door.staff, wrong.id, 1, 1, "试试", wrong.version)


@pytest.mark.parametrize(("pupils", "adults", "word"), [(0, 0, "都是 0 人"), (5001, 1, "5001"), (-1, 1, "-1")])
def test_counts_that_cannot_be_are_refused(door: Door, pupils: int, adults: int, word: str) -> None:
    with pytest.raises(Invalid, match=word):
        check_in(door.staff, door.session.id, arrival(door.kqm, pupils, adults))
    assert counted(door) == []


def test_nobody_checks_in_before_the_day_or_to_a_cancelled_session(door: Door) -> None:
    tomorrow = make_session(door.event, "2018-03-02 09:00")
    with pytest.raises(Conflict, match=r"2018-03-02.*2018-03-01"):
        check_in(door.staff, tomorrow.id, arrival(None, 3, 1, party_name="青少年宫"))
    cancelled = make_session(door.event, "2018-03-01 16:00", state="cancelled")
    with pytest.raises(Conflict, match="取消"):
        check_in(door.staff, cancelled.id, arrival(None, 3, 1, party_name="青少年宫"))


def test_a_cancelled_party_and_one_of_another_event_do_not_check_in(door: Door) -> None:
    gone = make_party(door.event, door.west, "GON", [], pupils=10, adults=1, state="cancelled")
    with pytest.raises(Conflict, match="取消或过期"):
        check_in(door.staff, door.session.id, arrival(gone, 10, 1))
    other = make_event(door.office, "科普日")
    theirs = make_party(other, door.west, "OTH", [make_session(other, "2018-03-01 09:00")], pupils=10, adults=1)
    with pytest.raises(NotFound):
        check_in(door.staff, door.session.id, arrival(theirs, 10, 1))


def test_what_waited_in_a_browser_counts_from_when_it_was_typed(door: Door, clock: MovingClock) -> None:
    clock.move_to(moment("2018-03-01 10:10"))
    row = check_in(door.staff, door.session.id, arrival(door.kqm, 88, 4, seconds_ago=3600))
    assert f"{local(row.arrived_at):%H:%M}" == "09:10"
    clock.move_to(moment("2018-03-02 08:00"))
    late_typed = check_in(door.staff, door.session.id, arrival(door.rst, 40, 2))
    assert late_typed.arrived_at == door.session.starts_at  # from paper, a day later


def test_a_walk_in_party_of_the_offices_own_school_belongs_to_it(door: Door) -> None:
    known = check_in(door.staff, door.session.id, arrival(None, 20, 1, party_name=" 西关小学 "))
    stranger = check_in(door.staff, door.session.id, arrival(None, 0, 9, party_name="老年大学"))
    assert (known.school_id, stranger.school_id, stranger.party_name) == (door.west.id, None, "老年大学")
    with pytest.raises(Invalid, match="名称"):
        check_in(door.staff, door.session.id, arrival(None, 5, 1, party_name="  "))


def test_a_correction_needs_a_reason_and_keeps_what_stood_there(door: Door) -> None:
    row = check_in(door.staff, door.session.id, arrival(door.kqm, 88, 4))
    seen = row.version
    with pytest.raises(Invalid, match="原因"):
        correct_counts(door.colleague, row.id, 90, 4, " ", seen)
    with pytest.raises(Invalid, match="没有变化"):
        correct_counts(door.colleague, row.id, 88, 4, "看错了", seen)
    correct_counts(door.colleague, row.id, 90, 4, "清点时漏数两人", seen)
    with pytest.raises(Stale):
        correct_counts(door.staff, row.id, 91, 4, "我也数了", seen)
    assert counted(door) == [(90, 4)]
    kept = db.session.scalars(select(CheckInCorrection)).one()
    assert (kept.pupils_before, kept.adults_before, kept.pupils, kept.why, kept.by) == (
        88, 4, 90, "清点时漏数两人", door.colleague.account_id,
    )  # fmt: skip
    trail = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "events.correct_check_in")).one()
    assert (trail.before, trail.why) == ({"pupils": 88, "adults": 4}, "清点时漏数两人")


def test_no_shows_are_marked_after_the_end_and_taken_back_by_a_late_check_in(door: Door, clock: MovingClock) -> None:
    check_in(door.staff, door.session.id, arrival(door.rst, 40, 2))
    with pytest.raises(Conflict, match="还没有结束"):
        mark_no_shows(door.staff, session(door.session.id), [door.kqm.id])
    clock.move_to(moment("2018-03-01 10:30"))
    day = session_day(session(door.session.id))
    assert [one.booking.code for one in day.missing] == ["KQM"]
    assert mark_no_shows(door.staff, session(door.session.id), [door.kqm.id, door.rst.id]) == 1
    assert states_of(door) == {"KQM": "no_show", "RST": "arrived"}
    take_no_show_back(door.staff, door.session.id, door.kqm.id)
    assert states_of(door) == {"KQM": "expected", "RST": "arrived"}
    mark_no_shows(door.staff, session(door.session.id), [door.kqm.id])
    check_in(door.staff, door.session.id, arrival(door.kqm, 80, 4))
    assert states_of(door) == {"KQM": "arrived", "RST": "arrived"}
    assert not db.session.scalars(select(BookingPlace).where(BookingPlace.no_show_at.is_not(None))).all()
    told = db.session.scalars(select(BookingChange.act).order_by(BookingChange.id)).all()
    assert told == ["no_show", "came_after_all", "no_show", "came_after_all"]


def states_of(door: Door) -> dict[str, str]:
    """What the page says of each party of the first session."""
    return {one.booking.code: one.state for one in session_day(session(door.session.id)).parties}


def test_a_party_that_comes_to_another_session_of_the_day_is_not_missing_in_its_own(door: Door) -> None:
    check_in(door.staff, door.next.id, arrival(door.kqm, 85, 4))
    assert states_of(door) == {"KQM": "elsewhere", "RST": "expected"}
    other = session_day(session(door.next.id))
    assert [(one.booking_id, one.pupils) for one in other.others] == [(door.kqm.id, 85)]


def test_a_divided_party_is_expected_in_each_session_with_its_classes(door: Door) -> None:
    party = make_party(door.event, door.west, "DIV", [], pupils=90, adults=4, classes=[45, 45])
    groups = db.session.scalars(select(BookingGroup).where(BookingGroup.booking_id == party.id)).all()
    for group, where in zip(groups, (door.session, door.next), strict=True):
        group.session_id = where.id
        db.session.add(BookingPlace(booking_id=party.id, session_id=where.id, people=47))
    db.session.commit()
    for where in (door.session, door.next):
        mine = next(one for one in session_day(session(where.id)).parties if one.booking.code == "DIV")
        assert (mine.pupils, mine.adults, len(mine.groups)) == (45, 2, 1)
    check_in(door.staff, door.session.id, arrival(party, 44, 2))
    other = next(one for one in session_day(session(door.next.id)).parties if one.booking.code == "DIV")
    assert other.state == "expected"


def test_the_board_counts_who_is_in_the_hall_now(door: Door, clock: MovingClock) -> None:
    clock.move_to(moment("2018-03-01 09:05"))
    first = check_in(door.staff, door.session.id, arrival(door.kqm, 88, 4))
    check_in(door.staff, door.session.id, arrival(door.rst, 40, 2))
    assert hall(door) == (136, 134, 134)
    clock.advance(minutes=30)
    leave_hall(door.staff, first.id)
    assert hall(door) == (136, 134, 42)
    clock.move_to(door.session.ends_at)
    assert hall(door) == (136, 134, 0)


def hall(door: Door) -> tuple[int, int, int]:
    """(expected, arrived, in the hall) of today."""
    found = board.board_of(door.event)
    assert found.is_today
    return found.total.expected, found.total.arrived, found.total.in_hall


def test_the_qr_of_a_party_of_several_sessions_leads_to_the_next_one(door: Door, clock: MovingClock) -> None:
    course = make_event(door.office, "辅导员培训", kind="training", is_course=True)
    parts = [make_session(course, "2018-03-01 09:00"), make_session(course, "2018-03-01 14:00")]
    party = make_party(course, door.west, "ABC", parts, pupils=0, adults=3)
    assert scanned(party.token).session.id == parts[0].id
    clock.move_to(moment("2018-03-01 11:00"))
    assert scanned(party.token).session.id == parts[1].id
    clock.advance(days=3)
    assert scanned(party.token).session.id == parts[1].id
    with pytest.raises(NotFound):
        scanned("no-such-token")


def test_visits_of_the_year_are_the_sum_of_actual_counts(door: Door, clock: MovingClock) -> None:
    row = check_in(door.staff, door.session.id, arrival(door.kqm, 88, 4))
    correct_counts(door.staff, row.id, 90, 4, "漏数两人", row.version)
    undone = check_in(door.staff, door.session.id, arrival(door.rst, 40, 2))
    undo_check_in(door.staff, undone.id)
    check_in(door.staff, door.next.id, arrival(None, 0, 6, party_name="老年大学"))
    make_session(door.event, "2019-01-02 09:00")
    make_event(door.office, "没有办成的", state="cancelled")
    found = year.visits(door.office.id, 2018)
    assert [(one.title, one.kind, one.theme, one.sessions) for one in found] == [
        (door.event.title, "museum", "体验科学", 2)
    ]
    assert (found[0].parties, found[0].pupils, found[0].adults, found[0].visits) == (2, 90, 10, 100)
    assert [one.visits for one in year.visits(door.office.id, 2019)] == [0]
    assert year.visits(door.office.id + 1, 2018) == []


def test_a_training_that_is_ticked_by_name_counts_once_whatever_else_is_counted(door: Door) -> None:
    course = make_event(door.office, "辅导员培训", kind="training", is_course=True)
    part = make_session(course, "2018-03-01 09:00")
    ticked = make_party(course, door.west, "ABC", [part], pupils=0, adults=2)
    both = make_party(course, door.south, "DEF", [part], pupils=0, adults=1)
    people = [make_trainee(ticked, door.west, name) for name in ("陈建国", "马晓燕")]
    people.append(make_trainee(both, door.south, "李文静"))
    tick_presences(door.staff, part.id, present=[one.id for one in people], absent=[])
    check_in(door.staff, part.id, arrival(both, 0, 1))
    found = next(one for one in year.visits(door.office.id, 2018) if one.event_id == course.id)
    assert (found.parties, found.pupils, found.adults, found.visits) == (2, 0, 3, 3)


def test_an_hours_old_clock_of_a_phone_does_not_move_a_party_to_another_day(door: Door) -> None:
    row = check_in(door.staff, door.session.id, arrival(door.kqm, 88, 4, seconds_ago=2 * 86_400))
    assert row.arrived_at == door.session.starts_at
    assert row.recorded_at == now()
    assert now() - row.arrived_at < timedelta(hours=1)


def test_a_party_without_a_booking_hides_none_that_has_not_come() -> None:
    noon = datetime(2018, 9, 12, 12, tzinfo=UTC)
    stays = [Stay(40, noon, noon + timedelta(hours=1)), Stay(12, noon, noon + timedelta(hours=1), is_booked=False)]
    found = tally([40, 45], stays, noon)
    assert (found.expected_parties, found.arrived_parties, found.walk_ins) == (2, 1, 1)
    assert (found.arrived, found.in_hall) == (52, 52)


def test_a_school_reads_of_itself_what_the_office_counts(door: Door) -> None:
    """Counted at the door, ticked at a training; neither what was undone nor what was cancelled."""
    check_in(door.staff, door.session.id, arrival(door.kqm, 88, 4))
    undo_check_in(door.staff, check_in(door.staff, door.session.id, arrival(door.rst, 40, 2)).id)
    course = make_event(door.office, "辅导员培训", kind="training", is_course=True)
    part, off = make_session(course, "2018-03-01 09:00"), make_session(course, "2018-03-01 14:00")
    party = make_party(course, door.south, "ABC", [part, off], pupils=0, adults=2)
    people = [make_trainee(party, door.south, name).id for name in ("陈建国", "马晓燕")]
    for one in (part, off):
        tick_presences(door.staff, one.id, present=people, absent=[])
    off.state = "cancelled"
    db.session.commit()
    assert visits_of_school(door.south.id) == {2018: 94}
    assert visits_of_school(door.west.id) == {}
    assert sum(one.visits for one in year.visits(door.office.id, 2018)) == 94


def test_who_is_ticked_by_name_has_come_on_the_board(door: Door, clock: MovingClock) -> None:
    course = make_event(door.office, "辅导员培训", kind="training", is_course=True)
    part, later = make_session(course, "2018-03-01 09:00"), make_session(course, "2018-03-01 14:00")
    party = make_party(course, door.west, "ABC", [part, later], pupils=0, adults=3)
    both = make_party(course, door.south, "DEF", [part], pupils=0, adults=1)
    people = [make_trainee(party, door.west, name).id for name in ("陈建国", "马晓燕")]
    people.append(make_trainee(both, door.south, "李文静").id)
    tick_presences(door.staff, part.id, present=people, absent=[])
    check_in(door.staff, part.id, arrival(both, 0, 1))
    total = board.board_of(course).sessions[0].tally
    assert (total.expected, total.arrived, total.expected_parties, total.arrived_parties) == (4, 3, 2, 2)
    assert board.event_total(course) == (2, 0, 3)
    found = attendance_of(course)
    assert found.begun == {part.id}

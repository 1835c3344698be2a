"""The pages of booking over HTTP, without scripts: a school's two steps, the waiting list, the office's acts."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from contest_portal.core.actor import Role
from contest_portal.core.clock import MovingClock, local, now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict
from contest_portal.core.models import AuditRecord
from contest_portal.events.booking import services
from contest_portal.events.booking.models import Booking, BookingGroup, BookingPerson, BookingWish, Waiting
from contest_portal.events.booking.queries.affected import affected
from contest_portal.events.planning.services import cancel_session
from contest_portal.people.models import Office
from tests.events.factories import make_event, make_session
from tests.events.party_factories import LEADER, Booker, booker, classes, require_counts, reread
from tests.factories import make_account, make_office, make_student, make_teacher, sign_in

DETAILS = {"leader_name": "王老师", "leader_phone": "139 0000 0001", "wheelchairs": "1", "needs_bus": "y"}


@pytest.fixture
def office(app: Flask) -> Office:
    return make_office()


@pytest.fixture
def who(office: Office) -> Booker:
    found = booker(office, "西关小学")
    for number in range(3):
        make_student(found.school, f"学生{number}", grade=4, class_name="1班")
    make_student(found.school, "别班", grade=4, class_name="2班")
    return found


def text_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))


def one_booking() -> Booking:
    db.session.rollback()
    return db.session.scalars(select(Booking).execution_options(populate_existing=True)).one()


def test_a_school_books_in_two_steps_and_prints_its_slip(app: Flask, office: Office, who: Booker) -> None:
    event = make_event(office, pupils_per_adult=20, conduct="准时到达")
    session = make_session(event, now() + timedelta(days=9))
    client = sign_in(app.test_client(), who.actor)
    assert event.title in text_of(client, "/bookings")
    page = client.get(f"/events/{event.id}/book").get_data(as_text=True)
    assert 'name="class" value="4|1班"' in page
    assert 'name="count-4|1班" value="3"' in page

    form = {"class": "4|1班", "count-4|1班": "3", "session": session.id}
    answer = client.post(f"/events/{event.id}/book", data=form)
    assert answer.status_code == 422
    assert "至少要有 1 位成人带队" in answer.get_data(as_text=True)
    answer = client.post(f"/events/{event.id}/book", data={**form, "adults": "1"})
    booking = one_booking()
    assert answer.location == f"/bookings/{booking.id}/confirm"
    held = client.get(answer.location).get_data(as_text=True)
    assert booking.held_until is not None
    assert f'data-countdown="{booking.held_until.isoformat()}"' in held
    assert "现在要做的" in text_of(client, "/bookings")

    wrong = client.post(answer.location, data={**DETAILS, "leader_phone": "12"})
    assert wrong.status_code == 422
    assert 'value="王老师"' in wrong.get_data(as_text=True)
    assert client.post(answer.location, data=DETAILS).location == f"/bookings/{booking.id}"
    assert one_booking().state == "booked"
    slip = client.get(f"/bookings/{booking.id}/slip").get_data(as_text=True)
    assert booking.code in slip
    assert "四年级1班（3 人）" in slip
    assert "准时到达" in slip
    assert "data:image/svg+xml;base64," in slip


def test_who_comes_too_late_under_the_clock_is_told_and_nothing_is_booked(
    app: Flask, office: Office, who: Booker, clock: MovingClock
) -> None:
    event = make_event(office)
    session = make_session(event, now() + timedelta(days=9))
    held = services.hold(who.actor, event.id, who.school.id, session.id, classes(30))
    client = sign_in(app.test_client(), who.actor)
    clock.advance(minutes=10)
    answer = client.post(f"/bookings/{held.id}/confirm", data=DETAILS)
    assert "占位已超过 10 分钟" in answer.get_data(as_text=True)
    assert one_booking().state == "held"
    assert "余 150" in text_of(
        client, f"/events/{event.id}/book"
    )  # what ran out counts as free before it is given back


def test_a_full_session_takes_what_was_typed_into_the_waiting_list(app: Flask, office: Office, who: Booker) -> None:
    event = make_event(office)
    session = make_session(event, now() + timedelta(days=9), capacity=50)
    other = booker(office, "东街小学")
    services.hold(other.actor, event.id, other.school.id, session.id, classes(48))
    client = sign_in(app.test_client(), who.actor)
    form = {"class": "4|1班", "count-4|1班": "3", "session": session.id, "adults": "1"}
    answer = client.post(f"/events/{event.id}/book", data=form)
    page = answer.get_data(as_text=True)
    assert "还剩 2 个位置，您这次需要 4 个" in page
    assert f'formaction="/events/{event.id}/wait"' in page
    page = client.post(f"/events/{event.id}/wait", data={**form, "from_booking": "1"}).get_data(as_text=True)
    assert 'value="4|1班" checked' in page
    answer = client.post(f"/events/{event.id}/wait", data={**form, **DETAILS})
    row = db.session.scalars(select(Waiting)).one()
    assert answer.location == f"/bookings/{row.booking_id}"
    assert "前面还有 0 支队伍" in text_of(client, answer.location)


def test_an_offer_is_the_first_thing_on_the_schools_page_and_is_answered_there(
    app: Flask, office: Office, who: Booker
) -> None:
    event, other = make_event(office), booker(office, "东街小学")
    session = make_session(event, now() + timedelta(days=9), capacity=50)
    held = services.hold(other.actor, event.id, other.school.id, session.id, classes(48))
    party = services.join_new(who.actor, event.id, who.school.id, [session.id], classes(30), LEADER)
    services.let_go(other.actor, held.id)
    client = sign_in(app.test_client(), who.actor)
    page = text_of(client, "/bookings")
    assert page.index("现在要做的") < page.index("候补有名额了，请在") < page.index("可以预约的活动")
    row = db.session.scalars(select(Waiting)).one()
    client.post(f"/waiting/{row.id}/accept")
    reread(party)
    assert party.state == "booked"
    again = client.post(f"/waiting/{row.id}/accept")
    assert again.status_code == 409
    assert "没有可确认的名额" in again.get_data(as_text=True)
    require_counts(event)


def test_single_pupils_are_chosen_from_a_class(app: Flask, office: Office, who: Booker) -> None:
    event = make_event(office)
    session = make_session(event, now() + timedelta(days=9))
    client = sign_in(app.test_client(), who.actor)
    page = client.post(f"/events/{event.id}/book", data={"pick_class": "4|1班", "adults": "2"}).get_data(as_text=True)
    assert "有 1 处需要更正" not in page
    ids = re.findall(r'name="student" value="(\d+)"', page)
    assert len(ids) == 3
    form = {"student": ids[:2], "pick": "4|1班", "session": session.id, "adults": "2"}
    assert client.post(f"/events/{event.id}/book", data=form).status_code == 302
    group = db.session.scalars(select(BookingGroup)).one()
    assert (group.grade, group.class_name, group.pupils, group.once_key) == (4, "1班", 2, None)
    assert {str(one.student_id) for one in db.session.scalars(select(BookingPerson))} == set(ids[:2])


def test_pupils_of_another_school_are_refused(app: Flask, office: Office, who: Booker) -> None:
    event, other = make_event(office), booker(office, "东街小学")
    session = make_session(event, now() + timedelta(days=9))
    stranger = make_student(other.school, "陌生人")
    client = sign_in(app.test_client(), who.actor)
    answer = client.post(f"/events/{event.id}/book", data={"student": stranger.id, "session": session.id})
    assert answer.status_code == 422
    assert "已不在本校名册中" in answer.get_data(as_text=True)
    assert db.session.query(Booking).count() == 0


def test_a_training_takes_teachers_by_name(app: Flask, office: Office, who: Booker) -> None:
    event = make_event(office, kind="training", is_course=True)
    sessions = [make_session(event, now() + timedelta(days=9 + n), capacity=120) for n in range(2)]
    teacher = make_teacher(who.school, "赵老师")
    client = sign_in(app.test_client(), who.actor)
    assert "报名后参加全部 2 场" in text_of(client, f"/events/{event.id}/book")
    client.post(f"/events/{event.id}/book", data={"teacher": teacher.id, "session": sessions[0].id})
    assert (one_booking().adults, one_booking().pupils) == (1, 0)
    require_counts(event)


def test_wishes_are_handed_in_and_changed_on_one_page(app: Flask, office: Office, who: Booker) -> None:
    event = make_event(office, mode="wishes", booking_closes_at=now() + timedelta(days=3))
    one, two = (make_session(event, now() + timedelta(days=9 + n)) for n in range(2))
    client = sign_in(app.test_client(), who.actor)
    form = {"class": "4|1班", "count-4|1班": "3", "adults": "1", **DETAILS}
    client.post(f"/events/{event.id}/book", data={**form, "session": [one.id, ""]})
    booking = one_booking()
    page = client.get(f"/bookings/{booking.id}/change").get_data(as_text=True)
    assert f'value="{one.id}" selected' in page
    assert 'value="4|1班" checked' in page
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert version
    change = {**form, "session": [two.id, one.id], "version": version[1]}
    assert client.post(f"/bookings/{booking.id}/change", data=change).status_code == 302
    rows = db.session.scalars(select(BookingWish).order_by(BookingWish.position))
    assert [row.session_id for row in rows] == [two.id, one.id]
    stale = client.post(f"/bookings/{booking.id}/change", data=change)
    assert "已被他人修改" in stale.get_data(as_text=True)


def test_after_the_last_moment_there_is_no_form(app: Flask, office: Office, who: Booker) -> None:
    event = make_event(office, mode="wishes", booking_closes_at=now() - timedelta(minutes=1))
    make_session(event, now() + timedelta(days=9))
    answer = sign_in(app.test_client(), who.actor).get(f"/events/{event.id}/book", follow_redirects=True)
    text = answer.get_data(as_text=True)
    assert answer.request.path == f"/events/{event.id}"
    assert "的预约已于" in text
    assert "提交志愿" not in text


def test_the_office_exports_the_leaders_numbers_only_with_a_record(app: Flask, office: Office, who: Booker) -> None:
    event, staff = make_event(office), make_account(Role.OFFICE, office=office)
    session = make_session(event, now() + timedelta(days=9))
    services.book_by_hand(staff, event.id, who.school.id, session.id, classes(30), LEADER)
    client = sign_in(app.test_client(), staff)
    page = text_of(client, f"/office/events/{event.id}/bookings")
    assert "西关小学" in page
    assert LEADER.leader_phone not in page

    def cells(content: bytes) -> set[object]:
        return {cell.value for row in load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row}

    plain = client.get(f"/office/events/{event.id}/bookings/export")
    assert "西关小学" in cells(plain.data)
    assert LEADER.leader_phone not in cells(plain.data)
    opened = client.post(f"/office/events/{event.id}/bookings/export-with-phones")
    assert LEADER.leader_phone in cells(opened.data)
    acts = db.session.scalars(select(AuditRecord.action)).all()
    assert acts.count("events.export_with_phones") == 1
    booking = one_booking()
    assert "139****0001" in text_of(client, f"/bookings/{booking.id}")


def test_the_office_books_by_hand_and_prefers_rural_schools(app: Flask, office: Office, who: Booker) -> None:
    event, staff = make_event(office, mode="wishes"), make_account(Role.OFFICE, office=office)
    session = make_session(event, now() + timedelta(days=9))
    client = sign_in(app.test_client(), staff)
    assert "为哪所学校预约" in text_of(client, f"/office/events/{event.id}/book")
    address = f"/office/events/{event.id}/book"
    assert "四年级1班" in text_of(client, f"{address}?school={who.school.id}")
    form = {"school": who.school.id, "class": "4|1班", "count-4|1班": "3", "session": session.id, "adults": "1"}
    assert client.post(address, data={**form, **DETAILS}).status_code == 302
    assert one_booking().state == "booked"

    rural, urban = booker(office, "乡镇小学"), booker(office, "城区小学")
    rural.school.is_urban = False
    db.session.commit()
    for one in (rural, urban):
        services.wish(one.actor, event.id, one.school.id, [session.id], classes(20), LEADER)
    address = f"/office/events/{event.id}/bookings"
    listed = text_of(client, f"{address}?who=rural&state=wished")
    assert "乡镇小学" in listed
    assert "城区小学" not in listed.split("提交时间")[-1]
    all_of_it = {"all": "1", "priority": "3", "why": "农村学校"}
    client.post(f"{address}/priorities?who=rural&state=wished", data=all_of_it)
    rows = db.session.execute(select(Booking.school_id, Booking.priority).where(Booking.state == "wished")).all()
    assert dict(rows) == {rural.school.id: 3, urban.school.id: 1}


def test_a_smaller_session_shows_who_is_affected_and_settles_them_in_one_act(
    app: Flask, office: Office, who: Booker, clock: MovingClock
) -> None:
    event, staff = make_event(office), make_account(Role.OFFICE, office=office)
    session = make_session(event, now() + timedelta(days=9), capacity=100)
    other = make_session(event, now() + timedelta(days=9, hours=2), capacity=45)
    first = services.book_by_hand(staff, event.id, who.school.id, session.id, classes(40), LEADER)
    clock.advance(minutes=1)
    late = booker(office, "后来小学")
    second = services.book_by_hand(staff, event.id, late.school.id, session.id, classes(40), LEADER)
    client = sign_in(app.test_client(), staff)
    address = f"/office/sessions/{session.id}/settle"
    page = client.get(f"{address}?capacity=50").get_data(as_text=True)
    assert page.count("坐不下</") == 1
    assert page.index("后来小学") < page.index("西关小学")
    assert f'value="{other.id}"' in page
    reread(session)
    form = {"capacity": "50", "version": session.version, f"party-{second.id}": other.id, f"party-{first.id}": "stay"}
    answer = client.post(address, data={**form, "why": ""})
    assert "请写明原因" in answer.get_data(as_text=True)
    assert client.post(address, data={**form, "why": "展厅维修"}).status_code == 302
    reread(session)
    reread(other)
    assert (session.capacity, session.taken, other.taken) == (50, 40, 40)
    require_counts(event)


def test_a_party_whose_session_was_cancelled_reads_which_and_why(app: Flask, office: Office, who: Booker) -> None:
    event = make_event(office)
    session = make_session(event, (now() + timedelta(days=9)).replace(hour=1, minute=0))
    make_session(event, now() + timedelta(days=10))
    held = services.hold(who.actor, event.id, who.school.id, session.id, classes(30))
    booking = services.book(who.actor, held.id, LEADER)
    staff = make_account(Role.OFFICE, office=office)
    cancel_session(staff, session.id, "停电。")

    words = f"您预约的第 1 场（{local(session.starts_at):%m-%d} 09:00）已取消：停电。"
    client = sign_in(app.test_client(), who.actor)
    for address in ("/bookings", f"/bookings/{booking.id}"):
        page = text_of(client, address)
        assert words in page
        assert "请另选一场或加入候补" in page
        assert "没有排上场次" not in page
    assert "停电" in text_of(sign_in(app.test_client(), staff), f"/bookings/{booking.id}")


def test_a_party_in_the_queue_of_a_cancelled_session_reads_so(app: Flask, office: Office, who: Booker) -> None:
    event = make_event(office)
    session = make_session(event, now() + timedelta(days=9))
    booking = services.join_new(who.actor, event.id, who.school.id, [session.id], classes(30), LEADER)
    cancel_session(make_account(Role.OFFICE, office=office), session.id, "布展")
    client = sign_in(app.test_client(), who.actor)
    assert "您候补的第 1 场" in text_of(client, "/bookings")
    assert "已取消：布展。" in text_of(client, f"/bookings/{booking.id}")


def test_the_places_of_a_contest_day_are_those_of_visitors(app: Flask, office: Office, who: Booker) -> None:
    event = make_event(office, "机器人竞赛", kind="contest_day")
    make_session(event, now() + timedelta(days=9), capacity=300)
    client = sign_in(app.test_client(), who.actor)
    for address in ("/bookings", f"/events/{event.id}", f"/events/{event.id}/book"):
        page = text_of(client, address)
        assert "观众位置" in page
        assert "比赛队伍" in page
    museum = make_event(office)
    make_session(museum, now() + timedelta(days=9))
    assert "观众" not in text_of(client, f"/events/{museum.id}/book")


@pytest.mark.parametrize(
    ("count", "words"),
    [
        ("-4", "四年级2班的人数应是 1 到 200 的整数，现在是「-4」。"),
        ("", "请填写四年级2班的人数（1 到 200）。"),
        ("0", "四年级2班的人数应为 1 到 200，现在是 0。"),
    ],
)
def test_a_wrong_number_names_its_class_and_what_it_may_be(
    app: Flask, office: Office, who: Booker, count: str, words: str
) -> None:
    event = make_event(office)
    session = make_session(event, now() + timedelta(days=9))
    form = {"class": "4|2班", "count-4|2班": count, "session": session.id}
    answer = sign_in(app.test_client(), who.actor).post(f"/events/{event.id}/book", data=form)
    assert answer.status_code == 422
    assert words in answer.text


@pytest.mark.parametrize(
    ("count", "words"),
    [
        ("999", "四年级2班的人数应为 1 到 200，现在是 999。"),
        ("61", "本活动每所学校最多 60 人，贵校已预约 0 人，这次 61 人，超出 1 人。"),
    ],
)
def test_who_can_never_come_is_told_so_and_not_sent_to_the_waiting_list(
    app: Flask, office: Office, who: Booker, count: str, words: str
) -> None:
    event = make_event(office, most_people_a_school=60)
    session = make_session(event, now() + timedelta(days=9), capacity=45)
    form = {"class": "4|2班", "count-4|2班": count, "session": session.id}
    answer = sign_in(app.test_client(), who.actor).post(f"/events/{event.id}/book", data=form)
    assert answer.status_code == 422
    assert words in answer.text
    assert "还剩 45 个位置" not in answer.text
    assert f'formaction="/events/{event.id}/wait"' not in answer.text


def test_only_sessions_that_can_take_the_party_are_offered_for_moving(app: Flask, office: Office, who: Booker) -> None:
    event = make_event(office)
    session = make_session(event, now() + timedelta(days=9))
    small = make_session(event, now() + timedelta(days=10), capacity=34)
    large = make_session(event, now() + timedelta(days=11), capacity=66)
    booking = services.book(
        who.actor, services.hold(who.actor, event.id, who.school.id, session.id, classes(66)).id, LEADER
    )
    client = sign_in(app.test_client(), who.actor)
    page = client.get(f"/bookings/{booking.id}").text
    assert f'<option value="{large.id}">' in page
    assert f'<option value="{small.id}">' not in page
    large.capacity = 65
    db.session.commit()
    page = client.get(f"/bookings/{booking.id}").text
    assert "其他场次都坐不下这支 66 人的队伍" in page
    assert f'action="/bookings/{booking.id}/move"' not in page


def test_a_party_that_grows_is_told_how_many_places_there_are_beside_its_own(office: Office, who: Booker) -> None:
    event = make_event(office)
    session = make_session(event, now() + timedelta(days=9), capacity=50)
    booking = services.book(
        who.actor, services.hold(who.actor, event.id, who.school.id, session.id, classes(45)).id, LEADER
    )
    with pytest.raises(Conflict, match="还剩 5 个位置，您要从 45 人增加到 95 人，多 50 人"):
        services.change_booking(who.actor, booking.id, booking.version, classes(95), LEADER)
    require_counts(event)
    assert services.change_booking(who.actor, booking.id, one_booking().version, classes(50), LEADER).pupils == 50


def test_when_the_time_for_changes_is_over_there_is_no_form(
    app: Flask, office: Office, who: Booker, clock: MovingClock
) -> None:
    begins = now() + timedelta(days=9)
    event = make_event(office, change_until=begins - timedelta(days=2))
    session = make_session(event, begins)
    make_session(event, begins + timedelta(days=1))
    booking = services.book(
        who.actor, services.hold(who.actor, event.id, who.school.id, session.id, classes(30)).id, LEADER
    )
    client, address = sign_in(app.test_client(), who.actor), f"/bookings/{booking.id}"
    acts = (f"{address}/change", f"{address}/cancel", f"{address}/move")
    assert all(act in client.get(address).text for act in acts)
    for moment, words in (
        (begins - timedelta(days=1), "可修改和取消的时间已过"),
        (begins + timedelta(minutes=1), "这一场已经开始，不能再修改"),
        (begins + timedelta(minutes=91), "这一场已经结束，不能再修改"),
    ):
        clock.move_to(moment)
        client = sign_in(app.test_client(), who.actor)
        page = client.get(address).text
        assert words in page
        assert not any(act in page for act in acts)
        assert client.post(f"{address}/cancel").status_code == 409
        assert client.get(f"{address}/cancel").location == address
        answer = client.get(f"{address}/change")
        assert answer.location == address
        assert words in client.get(address).text


def test_a_party_that_waits_is_offered_only_sessions_it_fits_in_and_may_go_when_changes_are_over(
    app: Flask, office: Office, who: Booker, clock: MovingClock
) -> None:
    begins = now() + timedelta(days=9)
    event = make_event(office, change_until=begins - timedelta(days=2))
    full = make_session(event, begins, capacity=50)
    small = make_session(event, begins + timedelta(days=1), capacity=44)
    large = make_session(event, begins + timedelta(days=2), capacity=45)
    other = booker(office, "东街小学")
    services.book(other.actor, services.hold(other.actor, event.id, other.school.id, full.id, classes(48)).id, LEADER)
    booking = services.join_new(who.actor, event.id, who.school.id, [full.id], classes(45), LEADER)
    address = f"/bookings/{booking.id}"
    page = sign_in(app.test_client(), who.actor).get(address).text
    assert f'<option value="{large.id}">' in page
    assert f'<option value="{small.id}">' not in page
    assert f'<option value="{full.id}">' not in page
    large.capacity = 44
    db.session.commit()
    clock.move_to(begins - timedelta(days=1))
    page = sign_in(app.test_client(), who.actor).get(address).text
    assert "其他场次都坐不下这支 45 人的队伍" in page
    assert "可修改的时间已过；不来的可以取消。" in page
    assert "可修改和取消的时间已过" not in page
    assert f'action="{address}/cancel"' in page


def test_when_wishes_are_closed_a_party_can_only_be_cancelled(
    app: Flask, office: Office, who: Booker, clock: MovingClock
) -> None:
    closes = now() + timedelta(days=3)
    event = make_event(office, mode="wishes", booking_closes_at=closes)
    session = make_session(event, now() + timedelta(days=9))
    booking = services.wish(who.actor, event.id, who.school.id, [session.id], classes(30), LEADER)
    clock.move_to(closes + timedelta(seconds=1))
    client, address = sign_in(app.test_client(), who.actor), f"/bookings/{booking.id}"
    page = client.get(address).text
    assert "志愿填报已截止，不能再修改" in page
    assert f"{address}/change" not in page
    assert client.get(f"{address}/change").location == address
    assert client.post(f"{address}/cancel").location == address
    assert one_booking().state == "cancelled"


def test_a_teacher_changes_only_parties_that_he_made_or_leads(app: Flask, office: Office, who: Booker) -> None:
    event = make_event(office, once_per_pupil=False)
    session = make_session(event, now() + timedelta(days=9))
    leads, made_it, other = (make_teacher(who.school, name) for name in ("王老师", "李老师", "马老师"))
    actors = [make_account(Role.TEACHER, school=who.school, teacher=one) for one in (leads, made_it, other)]
    held = services.hold(actors[1], event.id, who.school.id, session.id, classes(30))
    booking = services.book(actors[1], held.id, LEADER)  # whom 王老师 leads
    address = f"/bookings/{booking.id}"
    for actor, can in zip([who.actor, *actors], (True, True, True, False), strict=True):
        client = sign_in(app.test_client(), actor)
        page = client.get(address).text
        assert (f"{address}/cancel" in page) is can
        assert ("本校管理员、预约的老师和带队老师可以修改或取消" in page) is not can
        assert client.get(f"{address}/change").status_code == (200 if can else 403)
    assert sign_in(app.test_client(), actors[2]).post(f"{address}/cancel").status_code == 403
    assert one_booking().state == "booked"


def test_a_training_without_a_teacher_ticked_says_so(app: Flask, office: Office, who: Booker) -> None:
    event = make_event(office, "辅导员培训班", kind="training", is_course=True)
    session = make_session(event, now() + timedelta(days=9))
    teacher = make_teacher(who.school, "李老师")
    client = sign_in(app.test_client(), who.actor)
    answer = client.post(f"/events/{event.id}/book", data={"session": session.id})
    assert answer.status_code == 422
    assert "请勾选参加的教师" in answer.text
    assert "请选择班级" not in answer.text
    client.post(f"/events/{event.id}/book", data={"session": session.id, "teacher": teacher.id})
    assert "学生 0 人" not in text_of(client, f"/bookings/{one_booking().id}")


def test_the_office_reads_which_party_does_not_fit_where_it_was_to_go(app: Flask, office: Office, who: Booker) -> None:
    event = make_event(office)
    session, other = make_session(event, now() + timedelta(days=9)), make_session(event, now() + timedelta(days=10))
    other.capacity = 20
    db.session.commit()
    staff = make_account(Role.OFFICE, office=office)
    booking = services.book_by_hand(staff, event.id, who.school.id, session.id, classes(34), LEADER)
    form = {"capacity": "10", f"party-{booking.id}": str(other.id), "why": "维修", "version": str(session.version)}
    answer = sign_in(app.test_client(), staff).post(f"/office/sessions/{session.id}/settle", data=form)
    assert f"西关小学（{booking.code}，34 人）放不进第 2 场" in answer.text
    assert "您这次需要" not in answer.text
    require_counts(event)


def test_who_comes_later_and_fits_beside_those_who_stay_is_not_marked(office: Office) -> None:
    event, staff = make_event(office), make_account(Role.OFFICE, office=office)
    session = make_session(event, now() + timedelta(days=9), capacity=100)
    schools = [booker(office, f"{name}小学") for name in "甲乙丙"]
    rows = [
        services.book_by_hand(staff, event.id, one.school.id, session.id, classes(people), LEADER).id
        for one, people in zip(schools, (45, 34, 20), strict=True)
    ]
    reread(session)
    marked = {capacity: [one.booking.id for one in affected(session, capacity)] for capacity in (100, 65, 60, 30)}
    assert marked == {100: [], 65: [rows[1]], 60: [rows[2], rows[1]], 30: [rows[1], rows[0]]}
    assert [one.booking.id for one in affected(session, 100, 2)] == [rows[2]]

"""Events as everybody sees them: the list, the month, one event, iCalendar read back, the picture with its QR code, files."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import cv2
import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from PIL import Image

from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db
from contest_portal.events.booking.services import hold
from contest_portal.events.planning import queries, services
from contest_portal.events.planning.event_data import EventData, SessionData
from contest_portal.events.planning.month import read_month
from contest_portal.people.models import Office
from tests.events.factories import make_event, make_session, moment
from tests.events.party_factories import booker, classes
from tests.factories import make_account, make_office, sign_in


@pytest.fixture
def office(app: Flask, clock: MovingClock) -> Office:
    clock.move_to(moment("2018-09-10 08:00"))
    return make_office()


def read_back(client: FlaskClient, address: str) -> list[Any]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    return list(Calendar.from_ical(answer.data).walk("VEVENT"))


def test_the_list_shows_what_is_coming_and_what_was_but_no_drafts(client: FlaskClient, office: Office) -> None:
    make_session(make_event(office, "十月巡展"), "2018-10-12 09:00")
    make_session(make_event(office, "五月大篷车", kind="caravan"), "2018-05-12 09:00")
    make_session(make_event(office, "还是草稿", state="draft"), "2018-10-12 09:00")
    text = client.get("/events").text
    assert text.index("十月巡展") < text.index("以往的活动") < text.index("五月大篷车")
    assert "还是草稿" not in text
    assert "1 场，余 150 个名额" in text
    assert "十月巡展" not in client.get("/events?kind=caravan").text


def test_the_stage_filter_keeps_what_is_for_everybody(client: FlaskClient, office: Office) -> None:
    make_session(make_event(office, "小学场", stages=["小学"]), "2018-10-12 09:00")
    make_session(make_event(office, "八年级场", grades=[8]), "2018-10-12 09:00")
    make_session(make_event(office, "人人都可以"), "2018-10-12 09:00")
    text = client.get("/events?stage=初中").text
    assert "小学场" not in text
    assert "八年级场" in text
    assert "人人都可以" in text


def test_another_offices_events_stand_apart(client: FlaskClient, office: Office) -> None:
    other = make_office("临泽县科学技术协会")
    make_session(make_event(other, "临泽的讲座", kind="talk"), "2018-10-12 09:00")
    make_session(make_event(office, "甘州的讲座", kind="talk"), "2018-10-12 09:00")
    text = client.get(f"/events?office={other.id}").text
    assert "临泽的讲座" in text
    assert "甘州的讲座" not in text
    titles = [str(one["SUMMARY"]) for one in read_back(client, f"/events.ics?office={other.id}")]
    assert titles == ["临泽的讲座"]


def test_a_month_shows_each_day_with_its_sessions_and_free_places(client: FlaskClient, office: Office) -> None:
    event = make_event(office, "巡展")
    make_session(event, "2018-09-12 09:00", taken=100)
    make_session(event, "2018-09-12 14:00")
    make_session(event, "2018-09-13 09:00", state="cancelled")
    make_session(event, "2018-10-12 09:00")
    text = client.get("/events?month=2018-09").text
    assert text.count("巡展") == 1
    assert "2 场，余 200 个名额" in text
    assert "month=2018-08" in text
    assert "month=2018-10" in text
    assert "这个月没有活动" in client.get("/events?month=2018-11").text
    assert client.get("/events?month=2018-13").status_code == 200


def test_months_at_the_ends_of_years() -> None:
    december = read_month("2018-12", date(2018, 9, 1))
    assert (december.before, december.after) == ("2018-11", "2019-01")
    assert december.weeks[0][0] == date(2018, 11, 26)
    assert december.weeks[-1][-1] == date(2019, 1, 6)
    assert read_month("nonsense", date(2018, 1, 9)).before == "2017-12"


def test_an_event_shows_places_that_are_free_and_rules(client: FlaskClient, office: Office) -> None:
    event = make_event(office, conduct="请勿奔跑", directions="2 路公交到甘州中学", contact_name="科普部")
    make_session(event, "2018-09-12 09:00", taken=150, parties=2)
    make_session(event, "2018-09-12 14:00", taken=105)
    make_session(event, "2018-09-08 09:00", taken=30)
    text = client.get(f"/events/{event.id}").text
    for words in (
        "已满",
        "余 45 个名额",
        "请勿奔跑",
        "2 路公交到甘州中学",
        "科普部 0936-8000000",
        "已结束的场次（1 天）",
    ):
        assert words in text


def test_a_draft_is_seen_by_its_own_office_alone(client: FlaskClient, office: Office) -> None:
    event = make_event(office, state="draft")
    addresses = [f"/events/{event.id}", f"/events/{event.id}.ics", f"/events/{event.id}/share.png"]
    assert [client.get(one).status_code for one in addresses] == [404] * 3
    sign_in(client, make_account(Role.OFFICE, office=make_office("临泽县科学技术协会")))
    assert [client.get(one).status_code for one in addresses] == [404] * 3
    sign_in(client, make_account(Role.SUPERVISOR, office=office))
    assert [client.get(one).status_code for one in addresses] == [200] * 3


def test_an_events_calendar_is_read_back_with_every_session(client: FlaskClient, office: Office) -> None:
    event = make_event(office, "中国流动科技馆甘州区巡展，第一阶段；从九月到十月，欢迎各学校按班级预约参观")
    make_session(event, "2018-09-12 09:00", place="报告厅", note="有手语讲解")
    cancelled = make_session(event, "2018-09-12 14:00", state="cancelled")
    first, second = read_back(client, f"/events/{event.id}.ics")
    assert str(first["SUMMARY"]) == event.title
    # 09:00 in Zhangye is 01:00 UTC.
    assert first.decoded("DTSTART") == datetime(2018, 9, 12, 1, 0, tzinfo=UTC)
    assert first.decoded("DTEND") == datetime(2018, 9, 12, 2, 30, tzinfo=UTC)
    assert str(first["LOCATION"]) == "报告厅"
    assert "有手语讲解" in str(first["DESCRIPTION"])
    assert str(first["URL"]).endswith(f"/events/{event.id}")
    assert (str(first["STATUS"]), str(second["STATUS"])) == ("CONFIRMED", "CANCELLED")
    assert str(second["UID"]).startswith(f"event-session-{cancelled.id}@")


def test_a_session_that_moved_keeps_its_uid_and_counts_on(client: FlaskClient, office: Office) -> None:
    session = make_session(make_event(office))
    (before,) = read_back(client, f"/events/{session.event_id}.ics")
    staff = make_account(Role.OFFICE, office=office)
    moved = SessionData(moment("2018-09-13 09:00"), moment("2018-09-13 10:30"), 150)
    services.edit_session(staff, session.id, moved, session.version)
    (after,) = read_back(client, f"/events/{session.event_id}.ics")
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after.decoded("DTSTART") == before.decoded("DTSTART") + timedelta(days=1)


def test_an_event_of_many_sessions_is_one_entry_in_the_offices_calendar(client: FlaskClient, office: Office) -> None:
    event = make_event(office, "四周巡展")
    begin = moment("2018-09-11 09:00")
    for number in range(11):
        make_session(event, begin + timedelta(days=number))
    make_session(make_event(office, "一场讲座"), "2018-10-12 09:00")
    found = {str(one["SUMMARY"]): one for one in read_back(client, "/events.ics")}
    assert found["四周巡展"].decoded("DTSTART") == date(2018, 9, 11)
    assert found["四周巡展"].decoded("DTEND") == date(2018, 9, 22)  # the day after the last (RFC 5545)
    assert found["一场讲座"].decoded("DTSTART") == datetime(2018, 10, 12, 1, 0, tzinfo=UTC)


def test_the_picture_is_1080_wide_and_its_code_leads_to_the_event(client: FlaskClient, office: Office) -> None:
    event = make_event(office, "中国流动科技馆全国巡展甘州区站暨青少年科学体验活动月", theme="体验科学 启迪创新")
    make_session(event)
    answer = client.get(f"/events/{event.id}/share.png")
    picture = Image.open(io.BytesIO(answer.data))
    assert (picture.format, picture.width) == ("PNG", 1080)
    pixels = cv2.cvtColor(np.asarray(picture.convert("RGB")), cv2.COLOR_RGB2GRAY)
    text, _corners, _straight = cv2.QRCodeDetector().detectAndDecode(pixels)
    assert text == f"http://localhost/events/{event.id}"
    # What a chat group sends on is half as large and squeezed.
    small = io.BytesIO()
    picture.convert("RGB").resize((540, picture.height // 2)).save(small, "JPEG", quality=60)
    squeezed = cv2.imdecode(np.frombuffer(small.getvalue(), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert cv2.QRCodeDetector().detectAndDecode(squeezed)[0] == text


@pytest.fixture
def staff(office: Office, client: FlaskClient) -> Actor:
    actor = make_account(Role.OFFICE, office=office)
    sign_in(client, actor)
    return actor


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "#1b5a83").save(out, "PNG")
    return out.getvalue()


@pytest.mark.usefixtures("staff")
def test_a_file_is_public_with_its_event_and_gone_when_removed(client: FlaskClient, office: Office) -> None:
    event = make_event(office)
    given = {"files": [(io.BytesIO(png()), "场地 平面图.png")]}
    assert client.post(f"/office/events/{event.id}/files", data=given).status_code == 302
    (file,) = queries.files_of(event.id)
    visitor = client.application.test_client()
    address = f"/events/{event.id}/files/{file.id}"
    assert address in visitor.get(f"/events/{event.id}").text
    answer = visitor.get(address)
    assert answer.data == png()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    other = make_event(office, "别的活动")
    assert visitor.get(f"/events/{other.id}/files/{file.id}").status_code == 404
    client.post(f"/office/event-files/{file.id}/remove")
    assert visitor.get(address).status_code == 404


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (
            "通知.pdf",
            b"<html><script>alert(1)</script></html>",
            "「通知.pdf」不是 PDF、图片、Word（docx）或 Excel（xlsx）文件",
        ),
        ("空.pdf", b"", "「空.pdf」"),
        ("坏.png", png()[:60], "「坏.png」"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused(
    client: FlaskClient, office: Office, name: str, content: bytes, words: str
) -> None:
    event = make_event(office)
    answer = client.post(f"/office/events/{event.id}/files", data={"files": [(io.BytesIO(content), name)]})
    assert answer.status_code == 422
    assert words in answer.text
    assert not queries.files_of(event.id)


@pytest.mark.usefixtures("staff")
def test_a_public_event_cannot_lose_what_publishing_asked_for(client: FlaskClient, office: Office) -> None:
    event = make_event(office)
    make_session(event)
    form = {
        "title": event.title,
        "kind": "museum",
        "mode": "first_come",
        "venue": "",
        "contact_phone": "1",
        "once_per_pupil": "y",
        "version": "1",
    }
    answer = client.post(f"/office/events/{event.id}/edit", data=form)
    assert answer.status_code == 422
    assert "还没有填写活动地点" in answer.text
    db.session.expire_all()
    assert queries.event(event.id).venue == "甘州中学体育馆"


def test_the_services_make_a_whole_event_without_a_page(office: Office) -> None:
    actor = make_account(Role.LEADER, office=office)
    data = EventData("talk", "院士讲座", venue="礼堂", contact_phone="0936-8000000")
    event = services.make_event(actor, office.id, data)
    later, earlier = (
        SessionData(moment(f"2018-10-{day} 15:00"), moment(f"2018-10-{day} 16:30"), 200) for day in (13, 12)
    )
    services.add_sessions(actor, event.id, [later])
    services.add_sessions(actor, event.id, [earlier])
    assert [(one.number, one.day.day) for one in queries.sessions_of(event.id)] == [(1, 12), (2, 13)]
    services.publish(actor, event.id)
    services.add_sessions(actor, event.id, [SessionData(moment("2018-10-11 15:00"), moment("2018-10-11 16:30"), 200)])
    # What schools know keeps its number.
    assert [(one.number, one.day.day) for one in queries.sessions_of(event.id)] == [(3, 11), (1, 12), (2, 13)]
    services.change_state(actor, event.id, "cancel", "场馆停电")
    assert [one.event.cancelled_why for one in queries.public_events(office.id)] == ["场馆停电"]


def test_a_cancelled_event_and_a_session_that_has_begun_offer_no_places(
    client: FlaskClient, office: Office, clock: MovingClock
) -> None:
    cancelled = make_event(office, "取消的巡展", state="cancelled", published_at=now(), cancelled_why="疫情")
    make_session(cancelled, "2018-10-12 09:00")
    assert "个名额" not in client.get(f"/events/{cancelled.id}").text
    event = make_event(office, "今天的巡展")
    make_session(event, "2018-09-10 09:00")
    make_session(event, "2018-09-10 14:00", capacity=45)
    clock.move_to(moment("2018-09-10 11:00"))
    page = client.get(f"/events/{event.id}").text
    assert "已结束" in page
    assert re.findall(r"余 \d+ 个名额", page) == ["余 45 个名额"]
    assert "1 场，余 45 个名额" in client.get("/events").text
    clock.move_to(moment("2018-09-10 14:30"))
    assert "已开始" in client.get(f"/events/{event.id}").text
    for address in ("/events", "/events?month=2018-09", f"/events/{event.id}"):
        assert "个名额" not in client.get(address).text


def test_where_one_school_comes_at_a_time_days_are_counted(client: FlaskClient, office: Office) -> None:
    event = make_event(office, "大篷车", kind="caravan")
    for day, parties in ((12, 0), (13, 1), (14, 0)):
        make_session(event, f"2018-10-{day} 09:00", capacity=1500, most_parties=1, parties=parties, taken=42 * parties)
    assert "3 场，还有 2 天可约" in client.get("/events").text
    page = client.get(f"/events/{event.id}").text
    assert (page.count("可约"), page.count("已满")) == (2, 1)
    assert "1,458" not in page


def test_places_kept_for_a_form_whose_time_is_over_are_free(
    client: FlaskClient, office: Office, clock: MovingClock
) -> None:
    event, who = make_event(office, "巡展"), booker(office, "西关小学")
    session = make_session(event, "2018-10-12 09:00", capacity=50, most_parties=1)
    other = make_session(event, "2018-10-12 14:00", capacity=50)
    hold(who.actor, event.id, who.school.id, session.id, classes(30))
    hold(who.actor, event.id, who.school.id, other.id, classes(30, grade=5))
    page = client.get(f"/events/{event.id}").text
    assert "已满" in page
    assert "余 20 个名额" in page
    clock.move_to(now() + timedelta(minutes=10))
    page = client.get(f"/events/{event.id}").text
    assert "可约" in page
    assert "余 50 个名额" in page
    assert "2 场，余 100 个名额" in client.get("/events?month=2018-10").text


def test_after_the_last_moment_lists_say_that_booking_is_over(client: FlaskClient, office: Office) -> None:
    make_session(make_event(office, "巡展", booking_closes_at=moment("2018-09-09 18:00")), "2018-10-12 09:00")
    text = client.get("/events").text
    assert "预约已截止" in text
    assert "个名额" not in text

"""The office's pages of events: a kind, the form, sessions by a pattern, publishing, one session changed and cancelled."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import MovingClock
from contest_portal.core.text import Message
from contest_portal.events.planning import queries
from contest_portal.people.models import Office
from tests.events.factories import make_event, make_file, make_session, moment
from tests.factories import make_account, make_office, sign_in

TYPED = {
    "title": "中国流动科技馆甘州区巡展",
    "kind": "museum",
    "mode": "wishes",
    "venue": "甘州中学体育馆",
    "contact_phone": "0936-8000000",
    "booking_closes_at": "2018-09-01T18:00",
    "once_per_pupil": "y",
    "stages": ["小学", "初中"],
}
PATTERN = {
    "first_on": "2018-09-25",
    "last_on": "2018-10-09",
    "weekdays": ["0", "1", "2", "3", "4"],
    "how": "regular",
    "first_at": "09:00",
    "day_ends_at": "17:00",
    "lunch_from": "12:00",
    "lunch_to": "14:00",
    "minutes": "90",
    "capacity": "135",
    "leave_out_holidays": "y",
    "closed": "2018-10-09 撤展",
}


@pytest.fixture
def office(app: Flask) -> Office:
    return make_office()


@pytest.fixture
def staff(office: Office, client: FlaskClient) -> Actor:
    actor = make_account(Role.OFFICE, office=office)
    sign_in(client, actor)
    return actor


@pytest.mark.usefixtures("staff")
def test_from_a_kind_to_a_public_event(client: FlaskClient, office: Office) -> None:
    assert "流动科技馆" in client.get("/office/events/new").text
    form = client.get("/office/events/new/museum").text
    assert 'value="wishes" checked' in form  # the kind's own way of booking is chosen
    made = client.post("/office/events/new/museum", data=TYPED)
    event = queries.events_of(office.id)[0]
    assert made.headers["Location"] == f"/office/events/{event.id}/sessions"
    assert (event.state, event.mode, event.stages, event.is_course) == ("draft", "wishes", ["小学", "初中"], False)

    preview = client.post(f"/office/events/{event.id}/sessions/preview", data=PATTERN).text
    assert "国庆节放假" in preview
    assert "不开放：撤展" in preview
    assert not queries.sessions_of(event.id)
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', preview)
    again: dict[str, list[str]] = {}
    for name, value in hidden:
        again.setdefault(name, []).append(value)
    client.post(f"/office/events/{event.id}/sessions/make", data=again)
    sessions = queries.sessions_of(event.id)
    # Tuesday 25 to Friday 28 September and Monday 8 October: the rest is National Day, a weekend, or closed.
    assert len(sessions) == 5 * 4
    assert {row.capacity for row in sessions} == {135}
    assert [row.number for row in sessions] == list(range(1, 21))
    assert sessions[2].starts_at == moment("2018-09-25 14:00")

    assert client.get(f"/events/{event.id}").status_code == 200
    client.post(f"/office/events/{event.id}/state/publish")
    assert queries.event(event.id).state == "public"


@pytest.mark.usefixtures("staff")
def test_a_draft_that_lacks_something_is_not_published_and_says_what(client: FlaskClient, office: Office) -> None:
    event = make_event(office, state="draft", venue="", contact_phone="")
    answer = client.post(f"/office/events/{event.id}/state/publish")
    assert answer.status_code == 422
    for lack in ("还没有填写活动地点", "还没有填写联系电话", "还没有安排场次"):
        assert lack in answer.text
    assert queries.event(event.id).state == "draft"


@pytest.mark.usefixtures("staff")
def test_a_form_with_mistakes_keeps_what_was_typed(client: FlaskClient) -> None:
    typed = TYPED | {"booking_opens_at": "2018-09-02T08:00", "hold_minutes": "0", "pupils_per_adult": "²"}
    answer = client.post("/office/events/new/museum", data=typed)
    assert answer.status_code == 422
    assert "甘州中学体育馆" in answer.text
    answer = client.post("/office/events/new/museum", data=typed | {"pupils_per_adult": "20"})
    assert "截止时间应晚于开始时间" in answer.text
    assert "应是 1 到 120 之间的整数，现在是 0" in answer.text
    for number, words in (("-1", "应是 1 到 1000 之间的整数，现在是 -1"), ("99999999999", "99999999999 太大了")):
        answer = client.post("/office/events/new/museum", data=TYPED | {"most_parties_a_school": number})
        assert words in answer.text
        assert "2147483647" not in answer.text


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"last_on": "2018-09-20"}, "最后一天应不早于第一天"),
        ({"last_on": "2020-09-20"}, "一次最多安排 366 天，现在是 727 天"),
        ({"closed": "九月十二"}, "「九月十二」不是日期"),
        ({"how": "listed", "begins": "9点"}, "「9点」不是时间"),
        ({"how": "listed", "begins": "9:00 10:00"}, "09:00 开始的一场到 10:30 才结束"),
        ({"lunch_to": ""}, "午休的两个时间要都填或都不填"),
        ({"day_ends_at": "09:30"}, "一天里一场也排不下"),
        ({"weekdays": []}, "星期几"),
    ],
)
def test_a_pattern_that_cannot_be_says_why(
    client: FlaskClient, office: Office, changes: dict[str, object], words: str
) -> None:
    event = make_event(office, state="draft")
    answer = client.post(f"/office/events/{event.id}/sessions/preview", data=PATTERN | changes)
    assert answer.status_code == 422
    assert words in answer.text


@pytest.mark.usefixtures("staff")
def test_less_room_than_is_taken_is_refused_with_who_is_affected(
    client: FlaskClient, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session(make_event(office), taken=90, parties=2)
    monkeypatch.setattr(
        "contest_portal.events.planning.capacity_advice._advisers",
        [lambda row, capacity, _most: [Message.of("西关小学 %(n)s 人", n=row.taken - capacity)]],
    )
    typed = {
        "starts_at": "2018-09-12T09:00",
        "ends_at": "2018-09-12T10:30",
        "capacity": "60",
        "most_parties": "1",
        "version": "1",
    }
    answer = client.post(f"/office/sessions/{session.id}", data=typed)
    assert answer.status_code == 422
    assert "这一场已有 90 人占了名额，容量不能减到 60 人" in answer.text
    assert "这一场已有 2 批占了名额，不能减到 1 批" in answer.text
    assert "西关小学 30 人" in answer.text
    assert queries.session(session.id).capacity == 150
    done = client.post(f"/office/sessions/{session.id}", data=typed | {"capacity": "90", "most_parties": ""})
    assert done.status_code == 302
    assert queries.session(session.id).capacity == 90


@pytest.mark.usefixtures("staff")
def test_every_page_of_an_event_opens(client: FlaskClient, office: Office) -> None:
    session = make_session(make_event(office))
    for address in (
        "/office/events",
        "/office/events?state=public&kind=museum&q=巡展&sort=title",
        "/office/events/export",
        f"/office/events/{session.event_id}",
        f"/office/events/{session.event_id}/edit",
        f"/office/events/{session.event_id}/sessions",
        f"/office/events/{session.event_id}/sessions/export",
        f"/office/events/{session.event_id}/sessions/new",
        f"/office/events/{session.event_id}/sessions/plan",
        f"/office/sessions/{session.id}",
    ):
        assert client.get(address).status_code == 200, address


@pytest.mark.usefixtures("staff")
def test_a_cancelled_session_stays_in_sight_with_its_reason(client: FlaskClient, office: Office) -> None:
    session = make_session(make_event(office))
    assert client.post(f"/office/sessions/{session.id}/cancel", data={"why": " "}).status_code == 422
    client.post(f"/office/sessions/{session.id}/cancel", data={"why": "大风停电"})
    assert queries.session(session.id).state == "cancelled"
    assert "大风停电" in client.get(f"/events/{session.event_id}").text
    assert client.post(f"/office/sessions/{session.id}/cancel", data={"why": "再取消"}).status_code == 422


@pytest.mark.usefixtures("staff")
def test_a_copy_has_the_rules_but_neither_sessions_nor_days_of_booking(client: FlaskClient, office: Office) -> None:
    event = make_event(office, pupils_per_adult=15, booking_closes_at=moment("2018-09-01 18:00"))
    make_session(event)
    client.post(f"/office/events/{event.id}/duplicate", data={"title": "第二轮巡展"})
    copy = queries.events_of(office.id, states=["draft"])[0]
    assert (copy.title, copy.pupils_per_adult, copy.booking_closes_at) == ("第二轮巡展", 15, None)
    assert not queries.sessions_of(copy.id)


@pytest.mark.usefixtures("staff")
def test_the_way_of_booking_stands_once_the_event_is_public(client: FlaskClient, office: Office) -> None:
    event = make_event(office, mode="first_come", booking_closes_at=moment("2018-09-01 18:00"))
    make_session(event)
    changed = TYPED | {"mode": "wishes", "kind": "talk", "once_per_pupil": "", "version": "1"}
    answer = client.post(f"/office/events/{event.id}/edit", data=changed)
    assert answer.status_code == 422
    assert answer.text.count("学校按原来的方式预约，这一项不能再改") == 2 * 3  # beside three fields, and above them all
    kept = TYPED | {"mode": "first_come", "title": "改了名称", "version": "1"}
    assert client.post(f"/office/events/{event.id}/edit", data=kept).status_code == 302
    assert (queries.event(event.id).title, queries.event(event.id).mode) == ("改了名称", "first_come")
    # A second page opened before that is told so.
    assert "已被他人修改" in client.post(f"/office/events/{event.id}/edit", data=kept).text


@pytest.mark.usefixtures("staff")
def test_an_event_goes_the_ways_of_its_table_and_no_other(client: FlaskClient, office: Office) -> None:
    event = make_event(office)
    make_session(event)
    ways = [("publish", 409), ("close", 302), ("cancel", 409), ("reopen", 302), ("cancel", 302), ("reopen", 409)]
    for act, status in ways:
        answer = client.post(f"/office/events/{event.id}/state/{act}", data={"why": "场馆停电"})
        assert answer.status_code == status, act
    assert "场馆停电" in client.get(f"/events/{event.id}").text
    assert client.post(f"/office/events/{event.id}/state/explode").status_code == 404
    assert client.get(f"/office/events/{event.id}/sessions").status_code == 200


@pytest.mark.usefixtures("staff")
def test_days_that_have_passed_are_pointed_out_before_sessions_are_made(
    app: Flask, office: Office, clock: MovingClock
) -> None:
    event = make_event(office, state="draft")
    pattern = PATTERN | {"first_on": "2018-09-10", "last_on": "2018-09-14"}
    client = sign_in(app.test_client(), make_account(Role.OFFICE, office=office))
    address = f"/office/events/{event.id}/sessions/preview"
    assert "已经过去" not in client.post(address, data=pattern).text
    clock.move_to(moment("2018-09-12 08:00"))
    client = sign_in(app.test_client(), make_account(Role.OFFICE, office=office))
    assert "其中 2 天已经过去（2018-09-10 至 2018-09-11）" in client.post(address, data=pattern).text


@pytest.mark.usefixtures("staff")
def test_too_many_files_are_refused_before_one_is_read(client: FlaskClient, office: Office) -> None:
    event = make_event(office, state="draft")
    for _number in range(8):
        make_file(event)
    files = [(io.BytesIO(b"%PDF-1.4 no file at all"), f"{number}.pdf") for number in range(3)]
    answer = client.post(f"/office/events/{event.id}/files", data={"files": files})
    assert answer.status_code == 422
    assert "一个活动最多 10 个文件，加上这些就有 11 个了" in answer.text
    assert "0.pdf" not in answer.text  # nobody looked into it

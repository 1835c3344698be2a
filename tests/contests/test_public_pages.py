"""What everybody sees: the home, a contest, its files; nothing of drafts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from contest_portal.contests import home, services
from contest_portal.contests.home import HomeItem, HomeSection, add_home_section
from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.people.models import Office
from tests.factories import make_account, make_contest, make_office, sign_in

ZONE = ZoneInfo("Asia/Shanghai")
CALL = "各学校：\n决定举办大赛。\n一、主题\n创新。\n二、对象\n学生。\n三、办法\n1. 申报。\n2. 提交。\n四、其他\n免费。"


@pytest.fixture
def office(app: Flask) -> Office:
    return make_office(phone="0936-0000000", address="青年东街 2 号")


@pytest.fixture
def staff(office: Office) -> Actor:
    return make_account(Role.OFFICE, office=office)


def opened(office: Office, **values: object) -> Contest:
    return make_contest(
        office,
        call_title=values.pop("call_title", "关于举办大赛的通知"),
        call_text=CALL,
        who_may_enter="全区中小学在校学生",
        called_on=date(2018, 2, 20),
        **values,
    )


def test_the_home_shows_the_open_contests_call_and_counts_down_to_its_deadline(
    client: FlaskClient, office: Office, staff: Actor
) -> None:
    contest = opened(office, submission_closes_at=datetime(2018, 4, 20, 23, 59, 59, tzinfo=ZONE))
    services.add_attachment(
        staff,
        contest.id,
        kind="blank_form",
        title="申报书（2018 版）",
        file_name="a.docx",
        stream=BytesIO(b"PK\x03\x04"),
    )
    page = client.get("/").text
    for text in ("关于举办大赛的通知", "决定举办大赛。", "全区中小学在校学生", "申报书（2018 版）", "科幻画作品"):
        assert text in page
    assert 'data-countdown="2018-04-20T23:59:59+08:00"' in page
    assert "0936-0000000" in page
    assert page.count("<h1") == 1


def test_after_the_deadline_the_home_says_what_goes_on(client: FlaskClient, office: Office, clock: MovingClock) -> None:
    closes = datetime(2018, 4, 20, 23, 59, 59, tzinfo=ZONE)
    opened(office, submission_closes_at=closes, screening_until=date(2018, 4, 30))
    clock.move_to(closes)
    assert "data-countdown" in client.get("/").text
    clock.move_to(closes + timedelta(days=1))
    page = client.get("/").text
    assert "data-countdown" not in page
    assert "申报已于 2018-04-20 23:59 截止" in page
    assert "现在进行：审核" in page


def test_drafts_are_nobodys_business_but_the_offices(client: FlaskClient, office: Office, staff: Actor) -> None:
    contest = opened(office, state="draft")
    file = services.add_attachment(
        staff, contest.id, kind="attachment", title="", file_name="a.pdf", stream=BytesIO(b"%PDF-1.4")
    )
    urls = [f"/contests/{contest.id}", f"/contests/{contest.id}/print", f"/contests/{contest.id}/files/{file.id}"]
    assert {client.get(url).status_code for url in urls} == {404}
    assert "关于举办大赛的通知" not in client.get("/").text
    sign_in(client, staff)
    assert {client.get(url).status_code for url in urls} == {200}
    assert "这是草稿的预览" in client.get(urls[0]).text


def test_an_abandoned_draft_stays_hidden_and_an_archived_contest_stays_readable(
    client: FlaskClient, office: Office
) -> None:
    abandoned = opened(office, name="放弃的", state="archived")
    past = opened(office, name="往届的", state="archived", opened_at=datetime(2017, 3, 1, tzinfo=ZONE))
    assert client.get(f"/contests/{abandoned.id}").status_code == 404
    assert client.get(f"/contests/{past.id}").status_code == 200
    page = client.get("/").text
    assert "往届的" in page
    assert "放弃的" not in page


def test_the_contest_page_tells_what_each_category_asks(client: FlaskClient, office: Office) -> None:
    contest = opened(office)
    page = client.get(f"/contests/{contest.id}").text
    for text in ("5 至 14 周岁（按申报截止日计算）", "长边不少于 3000 像素", "想象力", "50 分", "研究报告", "组织教师"):
        assert text in page
    assert 'id="category-KH"' in page
    assert page.count("<h1") == 1
    paper = client.get(f"/contests/{contest.id}/print").text
    assert "关于举办大赛的通知" in paper
    assert "想象力 50，科学性 25，绘画水平 25。" in paper


def test_typed_markup_is_shown_as_text(client: FlaskClient, office: Office) -> None:
    contest = opened(office, call_title="<script>alert(1)</script>")
    for url in ("/", f"/contests/{contest.id}", f"/contests/{contest.id}/print"):
        page = client.get(url).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_pdf_opens_in_the_browser_and_everything_else_is_saved(
    client: FlaskClient, office: Office, staff: Actor
) -> None:
    contest = opened(office)
    pdf = services.add_attachment(
        staff, contest.id, kind="attachment", title="", file_name="评审办法.pdf", stream=BytesIO(b"%PDF-1.4 x")
    )
    form = services.add_attachment(
        staff,
        contest.id,
        kind="blank_form",
        title="",
        file_name="申报书.doc",
        stream=BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    )
    shown = client.get(f"/contests/{contest.id}/files/{pdf.id}")
    assert shown.data == b"%PDF-1.4 x"
    assert shown.mimetype == "application/pdf"
    assert shown.headers["Content-Disposition"].startswith("inline")
    saved = client.get(f"/contests/{contest.id}/files/{form.id}")
    assert saved.mimetype == "application/octet-stream"
    assert saved.headers["Content-Disposition"].startswith("attachment")
    for answer in (shown, saved):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    other = opened(office, name="另一个")
    assert client.get(f"/contests/{other.id}/files/{pdf.id}").status_code == 404


def test_several_offices_can_be_told_apart(client: FlaskClient, office: Office) -> None:
    city = make_office("张掖市科学技术协会")
    opened(office, name="区里的大赛")
    opened(city, name="市里的大赛")
    both = client.get("/").text
    assert "区里的大赛" in both
    assert "市里的大赛" in both
    one = client.get(f"/?office={city.id}").text
    assert "区里的大赛" not in one
    assert "市里的大赛" in one
    assert client.get("/?office=x").status_code == 200


def test_the_home_asks_the_database_a_constant_number_of_times(client: FlaskClient, office: Office) -> None:
    counts = []
    for number in range(3):
        opened(office, name=f"赛事{number}")
        statements: list[str] = []
        listener = lambda *given, kept=statements: kept.append(given[2])  # noqa: E731 - taken off again below
        event.listen(db.engine, "before_cursor_execute", listener)
        client.get("/")
        event.remove(db.engine, "before_cursor_execute", listener)
        counts.append(len(statements))
    assert counts[1] == counts[2] <= 15


def test_an_empty_home_says_so(client: FlaskClient, app: Flask) -> None:
    assert "目前没有正在进行的赛事" in client.get("/").text


def test_a_higher_room_adds_its_section(client: FlaskClient, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "_makers", [])
    asked: list[int | None] = []

    def lists(office_id: int | None) -> HomeSection | None:
        asked.append(office_id)
        return HomeSection("正在公示", (HomeItem("推荐名单公示", "/p/1", date(2018, 6, 20), "至 6 月 26 日"),), "/p")

    add_home_section(lists)
    add_home_section(lambda _office_id: None)
    add_home_section(lambda _office_id: HomeSection("空的", ()))
    opened(office)
    page = client.get("/").text
    assert "正在公示" in page
    assert 'href="/p/1"' in page
    assert "2018-06-20" in page
    assert "空的" not in page
    assert asked == [None]

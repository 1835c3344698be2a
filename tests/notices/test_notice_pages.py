"""Pages: one's own settings with the link that confirms an address, the office's outbox, its letters, the inbox."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.models import AuditRecord
from contest_portal.core.outbox.kinds import MAIL
from contest_portal.core.outbox.models import NoticeAddress, NoticeChoice, NoticeTemplate
from tests.entries.entry_factories import Place
from tests.factories import make_account, make_office, sign_in
from tests.notices.acts import messages, pass_time, reached, states, tell
from tests.notices.servers import MailServer


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return unescape(answer.get_data(as_text=True))


def link_in(words: str) -> str:
    found = re.search(r"/notices/confirm/\S+", words)
    assert found, words
    return found[0]


@pytest.fixture
def teacher(place: Place, client: FlaskClient) -> FlaskClient:
    return sign_in(client, place.teacher)


def office_of(app: Flask, place: Place) -> FlaskClient:
    return sign_in(app.test_client(), place.staff)


def test_an_address_counts_when_its_link_was_opened_and_confirmed(
    app: Flask, place: Place, mailing: MailServer, clock: MovingClock, teacher: FlaskClient
) -> None:
    typed = {"channel": "mail", "address": " lizhiqiang＠example.org"}
    assert teacher.post("/account/notices/address", data=typed).status_code == 302
    assert "l***@example.org" in page(teacher, "/account/notices")
    assert "等待确认" in page(teacher, "/account/notices")
    pass_time(clock, seconds=1)
    link = link_in(mailing.text())
    stranger = app.test_client()
    assert "l***@example.org" in page(stranger, link)
    assert db.session.scalar(select(NoticeAddress.confirmed_at)) is None, "opening alone confirms nothing"
    assert stranger.post(link).status_code == 302
    assert "已确认" in page(teacher, "/account/notices")
    assert "失效" in page(stranger, link, 404)
    tell(place.staff, place.teacher)
    pass_time(clock, minutes=10)
    assert len(mailing.mails) == 2


def test_the_link_is_good_for_two_days(
    app: Flask, place: Place, mailing: MailServer, clock: MovingClock, teacher: FlaskClient
) -> None:
    teacher.post("/account/notices/address", data={"channel": "mail", "address": "li@example.org"})
    pass_time(clock, seconds=1)
    link = link_in(mailing.text())
    clock.advance(days=2)
    stranger = app.test_client()
    page(stranger, link, 404)
    assert stranger.post(link).status_code == 404
    assert db.session.scalar(select(NoticeAddress.confirmed_at)) is None


def test_an_account_asks_for_five_links_a_day_also_for_addresses_that_it_removed(
    place: Place, mailing: MailServer, clock: MovingClock, teacher: FlaskClient
) -> None:
    def ask(number: int) -> int:
        typed = {"channel": "mail", "address": f"stranger{number}@example.org"}
        status = teacher.post("/account/notices/address", data=typed).status_code
        teacher.post("/account/notices/address/remove", data={"channel": "mail"})
        return status

    assert [ask(number) for number in range(6)] == [302] * 5 + [422]
    clock.advance(days=1, minutes=1)
    assert ask(7) == 302


def test_another_address_must_be_confirmed_again_and_what_waited_for_the_old_one_is_dropped(
    place: Place, mailing: MailServer, clock: MovingClock, teacher: FlaskClient
) -> None:
    reached(place.teacher)
    clock.advance(minutes=2)
    mailing.to_rcpt = "451 later"
    tell(place.staff, place.teacher)
    pass_time(clock, minutes=10)
    mailing.to_rcpt = ""
    assert (
        teacher.post("/account/notices/address", data={"channel": "mail", "address": "neu@example.org"}).status_code
        == 302
    )
    assert states() == ["dropped", "waiting"]
    pass_time(clock, minutes=10)
    assert mailing.receivers == ["neu@example.org"]
    answer = teacher.post("/account/notices/address/remove", data={"channel": "mail"})
    assert answer.status_code == 302
    assert db.session.scalars(select(NoticeAddress)).all() == []


def test_links_are_not_sent_twice_within_a_minute_and_a_wrong_address_is_told(
    place: Place, mailing: MailServer, clock: MovingClock, teacher: FlaskClient
) -> None:
    wrong = teacher.post("/account/notices/address", data={"channel": "mail", "address": "li@"})
    assert wrong.status_code == 422
    assert "zhang@example.com" in wrong.get_data(as_text=True)
    typed = {"channel": "mail", "address": "li@example.org"}
    assert teacher.post("/account/notices/address", data=typed).status_code == 302
    again = teacher.post("/account/notices/address", data=typed)
    assert "一分钟内" in again.get_data(as_text=True)
    assert len(messages()) == 1
    no_sms = teacher.post("/account/notices/address", data={"channel": "sms", "address": "13812345678"})
    assert no_sms.status_code == 422


def test_choices_are_kept_and_what_must_show_cannot_be_switched_off(
    place: Place, mailing: MailServer, teacher: FlaskClient
) -> None:
    assert teacher.post("/account/notices", data={"mail": ["deadline"]}).status_code == 302
    text = page(teacher, "/account/notices")
    boxes = dict(re.findall(r'name="((?:in_app|mail)" value="\w+)"([^>]*)>', text))
    assert "checked" in boxes['in_app" value="entries']
    assert "disabled" in boxes['in_app" value="entries']
    assert "checked" not in boxes['in_app" value="contest']
    assert "checked" in boxes['mail" value="deadline']
    assert "checked" not in boxes['mail" value="entries']
    assert not any(name.startswith("sms") for name in boxes)
    assert db.session.scalars(select(NoticeChoice).where(NoticeChoice.kind == "entries")).one().channel == MAIL


def test_of_choices_only_kinds_go_into_the_trail(place: Place, mailing: MailServer, teacher: FlaskClient) -> None:
    sent = {"mail": ["deadline", "张三的电话" * 1000], "in_app": []}
    assert teacher.post("/account/notices", data=sent).status_code == 302
    record = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc()).limit(1)).one()
    assert record.action == "people.choose_notices"
    assert record.after["mail"] == ["deadline"]


def test_without_mail_and_sms_the_page_says_so(place: Place, teacher: FlaskClient) -> None:
    assert "没有开通邮件和短信" in page(teacher, "/account/notices")


def test_the_office_reads_holds_and_releases_and_never_sees_a_link_that_confirms(
    app: Flask, place: Place, mailing: MailServer, clock: MovingClock, teacher: FlaskClient
) -> None:
    office = office_of(app, place)
    assert office.post("/office/outbox/letters/held", data={"kinds": ["entries"]}).status_code == 302
    reached(place.manager, "wang@example.org")
    teacher.post("/account/notices/address", data={"channel": "mail", "address": "li@example.org"})
    tell(place.staff, place.manager)
    pass_time(clock, minutes=10)
    confirming, held = messages()
    text = page(office, "/office/outbox")
    assert "w***@example.org" in text
    assert "wang@" not in text
    assert "l***@example.org" not in text
    assert office.get(f"/office/outbox/{confirming.id}").status_code == 404
    assert "王校长，您好！" in page(office, f"/office/outbox/{held.id}")
    assert office.post(f"/office/outbox/{held.id}", data={"act": "release"}).status_code == 302
    pass_time(clock, seconds=1)
    assert "wang@example.org" in mailing.receivers
    assert office.post(f"/office/outbox/{held.id}", data={"act": "drop"}).status_code == 409
    assert office.post(f"/office/outbox/{held.id}", data={"act": "burn"}).status_code == 422
    rows = list(load_workbook(io.BytesIO(office.get("/office/outbox/export").data)).active.values)
    assert len(rows) >= 2
    assert not any("wang@" in str(cell) for row in rows for cell in row)


def test_a_supervisor_reads_and_another_office_knows_of_nothing(
    app: Flask, place: Place, mailing: MailServer, clock: MovingClock
) -> None:
    reached(place.teacher)
    tell(place.staff, place.teacher)
    pass_time(clock, minutes=10)
    (row,) = messages()
    supervisor = sign_in(app.test_client(), make_account("supervisor", office=place.office))
    assert "李志强" in page(supervisor, "/office/outbox")
    assert supervisor.post(f"/office/outbox/{row.id}", data={"act": "drop"}).status_code == 403
    stranger = sign_in(app.test_client(), make_account("office", office=make_office("临泽县科学技术协会")))
    assert "李志强" not in page(stranger, "/office/outbox")
    assert stranger.get(f"/office/outbox/{row.id}").status_code == 404


def test_a_letter_is_previewed_for_real_receivers_saved_refused_and_reset(
    app: Flask, place: Place, mailing: MailServer, clock: MovingClock
) -> None:
    office = office_of(app, place)
    address = "/office/outbox/letters/notice"
    own = {"subject": "{school}有新消息", "body": "{name}：请看{topic}。", "sms": "{name}请登录"}
    shown = office.post(address, data={**own, "preview": "1"}).get_data(as_text=True)
    assert "李志强：请看其他。" in shown
    assert "西关小学有新消息" in shown
    assert db.session.scalars(select(NoticeTemplate)).all() == []
    wrong = office.post(address, data={**own, "body": "{xuexiao}"})
    assert wrong.status_code == 422
    assert "没有名为 {xuexiao} 的字段" in unescape(wrong.get_data(as_text=True))
    assert office.post(address, data=own).status_code == 302
    reached(place.teacher)
    tell(place.staff, place.teacher)
    pass_time(clock, minutes=10)
    assert mailing.mails[0]["Subject"] == "西关小学有新消息"
    assert mailing.text().strip() == "李志强：请看作品报送和审核。"
    assert "李志强：请看作品报送和审核。" in page(office, address), "the last who had it come first"
    assert office.post(f"{address}/reset").status_code == 302
    assert db.session.scalars(select(NoticeTemplate)).all() == []


def test_the_inbox_is_filtered_by_kind(place: Place, teacher: FlaskClient) -> None:
    tell(place.staff, place.teacher)
    tell(place.staff, place.teacher, action="contests.publish", title="赛事已发布")
    both = page(teacher, "/notices")
    assert "月球农场" in both
    assert "赛事已发布" in both
    only = page(teacher, "/notices?kind=contest")
    assert "赛事已发布" in only
    assert "月球农场" not in only
    assert "月球农场" in page(teacher, "/notices?kind=nonsense")

"""From a notice to a mail: to whom it goes, what stands in it, once, again after a failure, held and released."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from contest_portal import create_app
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict
from contest_portal.core.kept_messages import kept
from contest_portal.core.models import AuditRecord, Notice
from contest_portal.core.notices import notices_of, unread_count
from contest_portal.core.outbox import sending
from contest_portal.core.outbox.channels import Outgoing
from contest_portal.core.outbox.kinds import IN_APP, KINDS, MAIL, SMS
from contest_portal.core.outbox.models import NoticeAddress, OutboxMessage
from contest_portal.core.outbox.smtp import Server, Smtp
from contest_portal.people.models import Account
from contest_portal.people.services import notice_choices, outbox
from contest_portal.settings import Settings
from tests.entries.entry_factories import Place
from tests.factories import make_account, make_office
from tests.notices.acts import TITLE, messages, pass_time, reached, states, tell
from tests.notices.conftest import set_up
from tests.notices.servers import MailServer, SmsProvider, sms_provider

ALL_KINDS = list(KINDS)


def sent_to(server: MailServer) -> list[str]:
    return server.receivers


def test_whoever_has_a_confirmed_address_gets_a_mail_with_the_own_name_and_nothing_of_pupils(
    place: Place, mailing: MailServer, clock: MovingClock
) -> None:
    reached(place.teacher)
    tell(place.staff, place.teacher, place.manager)
    pass_time(clock, minutes=10)
    assert sent_to(mailing) == ["lizhiqiang@example.org"]
    mail = mailing.mails[0]
    assert mail["From"] == "甘州区科协 <contest@example.org>"
    assert mail["Subject"] == "您有新的消息：作品报送和审核"
    words = mailing.text()
    assert words.startswith("李志强，您好！")
    assert "https://contest.example.org/entries/7" in words
    assert place.office.name in words
    assert [word for word in ("张晓明", "月球农场", "缺件") if word in mail["Subject"] + words] == []
    assert [title.source for _row, title, _body in notices_of(place.manager.account_id or 0)] == [TITLE]


def test_the_address_and_the_text_are_sealed_and_the_address_goes_with_the_mail(
    place: Place, mailing: MailServer, clock: MovingClock
) -> None:
    reached(place.teacher)
    mailing.to_rcpt = "451 later"
    tell(place.staff, place.teacher)
    pass_time(clock, minutes=10)
    stored = db.session.execute(text("SELECT address, body FROM outbox_message")).one()
    given = db.session.execute(text("SELECT address FROM notice_address")).scalar_one()
    for value in (*stored, given):
        assert b"example" not in bytes(value)
        assert "您好".encode() not in bytes(value)
    mailing.to_rcpt = ""
    pass_time(clock, minutes=3)
    assert [(row.state, row.address) for row in messages()] == [("sent", None)]


def test_ten_notices_of_a_kind_within_five_minutes_make_one_mail(
    place: Place, mailing: MailServer, clock: MovingClock
) -> None:
    reached(place.teacher)
    for _number in range(5):
        tell(place.staff, place.teacher)
    clock.advance(minutes=4)
    for _number in range(5):
        tell(place.staff, place.teacher)
    tell(place.staff, place.teacher, action="contests.publish")
    pass_time(clock, minutes=6)
    assert sorted(mail["Subject"] for mail in mailing.mails) == [
        "您有新的消息：作品报送和审核",
        "您有新的消息：赛事通知",
    ]
    tell(place.staff, place.teacher)
    pass_time(clock, minutes=10)
    assert len(mailing.mails) == 3


def test_a_repeated_job_sends_nothing_twice(place: Place, mailing: MailServer, clock: MovingClock) -> None:
    reached(place.teacher)
    tell(place.staff, place.teacher)
    pass_time(clock, minutes=10)
    db.session.execute(text("UPDATE notice SET queued_at = NULL"))
    db.session.commit()
    for _time in range(3):
        sending.send_messages({})
    assert len(mailing.mails) == 1
    assert states() == ["sent"]


def test_an_address_that_is_not_confirmed_gets_nothing(place: Place, mailing: MailServer, clock: MovingClock) -> None:
    reached(place.teacher).confirmed_at = None
    db.session.commit()
    tell(place.staff, place.teacher)
    pass_time(clock, minutes=10)
    assert mailing.mails == []
    assert messages() == []


def test_what_the_server_does_not_take_now_is_tried_again_after_growing_pauses(
    place: Place, mailing: MailServer, clock: MovingClock
) -> None:
    reached(place.teacher)
    mailing.to_rcpt = "451 mailbox busy"
    tell(place.staff, place.teacher)
    clock.advance(minutes=10)
    tried, pauses = [], []
    for _attempt in range(len(sending.PAUSES)):
        sending.send_messages({})
        (row,) = messages()
        tried.append((row.state, row.attempts))
        pauses.append(row.next_at - now())
        sending.send_messages({})
        assert messages()[0].attempts == row.attempts, "it was tried before its pause was over"
        clock.move_to(row.next_at)
    assert tried == [("waiting", number) for number in range(1, len(sending.PAUSES) + 1)]
    assert pauses == sorted(set(pauses))
    sending.send_messages({})
    (row,) = messages()
    assert row.state == "failed"
    assert "mailbox busy" in str(kept(row.problem or {}))
    mailing.to_rcpt = ""
    outbox.decide_message(place.staff, row.id, "release")
    pass_time(clock, seconds=1)
    assert states() == ["sent"]


def test_a_refusal_for_good_is_not_tried_again(place: Place, mailing: MailServer, clock: MovingClock) -> None:
    reached(place.teacher)
    mailing.to_rcpt = "550 no such user"
    tell(place.staff, place.teacher)
    pass_time(clock, minutes=10)
    (row,) = messages()
    assert (row.state, row.attempts) == ("failed", 1)
    assert "550" in str(kept(row.problem or {}))


def test_a_mail_whose_answer_was_lost_is_not_sent_again_by_itself(
    place: Place, mailing: MailServer, clock: MovingClock
) -> None:
    reached(place.teacher)
    mailing.hangs_up = True
    tell(place.staff, place.teacher)
    pass_time(clock, minutes=10)
    mailing.hangs_up = False
    pass_time(clock, hours=30)
    (row,) = messages()
    assert (row.state, row.attempts) == ("failed", 1)
    assert "不能确定是否已发出" in str(kept(row.problem or {}))
    assert mailing.mails == []


def test_a_process_that_died_while_sending_leaves_a_message_that_somebody_decides(
    place: Place, mailing: MailServer, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached(place.teacher)
    tell(place.staff, place.teacher)
    clock.advance(minutes=10)

    class Killed(BaseException):
        pass

    def die(*_anything: object) -> bool:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(sending, "_hand_over", die)
        with pytest.raises(Killed):
            sending.send_messages({})
    assert states() == ["sending"]
    sending.send_messages({})
    assert (states(), mailing.mails) == (["sending"], [])
    clock.advance(minutes=11)
    sending.send_messages({})
    assert (states(), mailing.mails) == (["failed"], [])


def test_a_server_that_is_down_costs_one_message_an_attempt_and_all_go_out_later(
    app: Flask, place: Place, mailing: MailServer, clock: MovingClock
) -> None:
    people = [place.teacher, place.manager, place.staff]
    for number, one in enumerate(people):
        reached(one, f"ren{number}@example.org")
    set_up(app, smtp_url="smtp://127.0.0.1:9?tls=none")
    tell(place.staff, *people)
    pass_time(clock, minutes=10)
    assert [row.attempts for row in messages()] == [1, 0, 0]
    assert "连不上邮件服务器" in str(kept(messages()[0].problem or {}))
    set_up(app, smtp_url=mailing.url)
    pass_time(clock, minutes=4)
    assert sorted(sent_to(mailing)) == ["ren0@example.org", "ren1@example.org", "ren2@example.org"]


def test_a_kind_that_the_office_holds_waits_for_its_release(
    place: Place, mailing: MailServer, clock: MovingClock
) -> None:
    outbox.hold_kinds(place.staff, ["entries"])
    reached(place.teacher)
    reached(place.manager, "wang@example.org")
    tell(place.staff, place.teacher, place.manager)
    tell(place.staff, place.teacher, action="contests.publish")
    pass_time(clock, minutes=10)
    assert [mail["Subject"] for mail in mailing.mails] == ["您有新的消息：赛事通知"]
    first, second, _sent = messages()
    assert first.account_id == place.manager.account_id
    outbox.decide_message(place.staff, first.id, "drop")
    assert outbox.decide_kind(place.staff, "entries", "release") == 1
    pass_time(clock, seconds=1)
    assert [row.state for row in messages()] == ["dropped", "sent", "sent"]
    assert sent_to(mailing) == ["lizhiqiang@example.org", "lizhiqiang@example.org"]
    assert second.id == messages()[1].id
    with pytest.raises(Conflict):
        outbox.decide_message(place.staff, second.id, "drop")


def test_all_of_a_kind_are_held_before_they_go_out_and_other_offices_stay_untouched(
    place: Place, mailing: MailServer, clock: MovingClock
) -> None:
    elsewhere = make_account("office", office=make_office("临泽县科学技术协会"))
    reached(place.teacher)
    tell(place.staff, place.teacher)
    tell(elsewhere, place.teacher)
    sending.send_messages({})
    assert outbox.decide_kind(place.staff, "entries", "hold") == 1
    pass_time(clock, minutes=10)
    assert sorted(row.state for row in messages()) == ["held", "sent"]
    assert outbox.decide_kind(elsewhere, "entries", "drop") == 0
    acts = set(db.session.scalars(select(AuditRecord.action)))
    assert {"people.hold_messages", "people.drop_messages"} <= acts


def test_a_message_stands_in_the_outbox_for_five_minutes_before_it_goes_out(
    place: Place, mailing: MailServer, clock: MovingClock
) -> None:
    reached(place.teacher)
    tell(place.staff, place.teacher)
    pass_time(clock, minutes=5)
    pass_time(clock, minutes=4)
    assert (states(), mailing.mails) == (["waiting"], [])
    pass_time(clock, minutes=2)
    assert (states(), len(mailing.mails)) == (["sent"], 1)


def test_a_server_that_offers_no_tls_gets_no_mail_unless_the_address_allows_it(
    app: Flask, place: Place, mailing: MailServer, clock: MovingClock
) -> None:
    set_up(app, smtp_url=mailing.url.removesuffix("?tls=none"))
    reached(place.teacher)
    tell(place.staff, place.teacher)
    pass_time(clock, minutes=10)
    assert (states(), mailing.mails) == (["waiting"], [])
    assert "STARTTLS" in str(kept(messages()[0].problem or {}))


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"smtp_url": "http://127.0.0.1", "mail_from": "a@example.org"}, "SMTP_URL"),
        ({"smtp_url": "smtp://127.0.0.1:99999", "mail_from": "a@example.org"}, "SMTP_URL"),
        ({"smtp_url": "smtp://127.0.0.1"}, "MAIL_FROM"),
        ({"smtp_url": "smtp://127.0.0.1", "mail_from": "科协 <科协@example.org>"}, "MAIL_FROM"),
        ({"sms_url": "ftp://127.0.0.1"}, "SMS_URL"),
        ({"sms_url": "https://127.0.0.1:port/"}, "SMS_URL"),
        ({"sms_url": "https://127.0.0.1/发送"}, "SMS_URL"),
        ({"sms_url": "https://127.0.0.1/", "sms_body": '{"to": "{phone}"}'}, "SMS_BODY"),
        ({"sms_url": "https://127.0.0.1/", "sms_body": "{phone} {text}"}, "SMS_BODY"),
        ({"sms_url": "https://127.0.0.1/", "sms_header": "Bearer"}, "SMS_HEADER"),
        ({"sms_url": "https://127.0.0.1/", "sms_header": "A: b\nC: d"}, "SMS_HEADER"),
        ({"sms_url": "https://127.0.0.1/", "sms_header": "Authorization: 密钥"}, "SMS_HEADER"),
    ],
)
def test_a_setting_that_nothing_could_be_sent_with_stops_the_start(
    tmp_path: Path, values: dict[str, str], named: str
) -> None:
    with pytest.raises(ValueError, match=f"CONTEST_PORTAL_{named}"):
        create_app(Settings(instance=tmp_path, **values))


def test_who_switches_a_kind_off_by_mail_still_reads_it_inside(
    place: Place, mailing: MailServer, clock: MovingClock
) -> None:
    reached(place.teacher)
    on = {IN_APP: ALL_KINDS, MAIL: [kind for kind in ALL_KINDS if kind != "entries"]}
    notice_choices.choose(place.teacher, on, [IN_APP, MAIL])
    tell(place.staff, place.teacher)
    pass_time(clock, minutes=10)
    assert mailing.mails == []
    assert unread_count(place.teacher.account_id or 0) == 1


def test_a_kind_switched_off_inside_comes_by_mail_only_and_one_that_must_show_stays(
    place: Place, mailing: MailServer, clock: MovingClock
) -> None:
    reached(place.teacher)
    notice_choices.choose(place.teacher, {MAIL: ALL_KINDS}, [IN_APP, MAIL])
    tell(place.staff, place.teacher, action="contests.publish")
    tell(place.staff, place.teacher)
    pass_time(clock, minutes=10)
    assert len(mailing.mails) == 2
    assert [row.kind for row, _title, _body in notices_of(place.teacher.account_id or 0)] == ["entries"]
    assert unread_count(place.teacher.account_id or 0) == 1


def test_nothing_goes_to_an_account_that_was_closed(place: Place, mailing: MailServer, clock: MovingClock) -> None:
    reached(place.teacher)
    tell(place.staff, place.teacher)
    db.session.get_one(Account, place.teacher.account_id).is_active = False
    db.session.commit()
    pass_time(clock, minutes=10)
    assert (mailing.mails, messages()) == ([], [])


def test_a_way_that_is_set_up_later_tells_no_old_news(
    app: Flask, place: Place, mail_server: MailServer, clock: MovingClock
) -> None:
    reached(place.teacher)
    tell(place.staff, place.teacher)
    set_up(app, smtp_url=mail_server.url, mail_from="contest@example.org")
    sending.send_messages({})
    pass_time(clock, minutes=10)
    assert mail_server.mails == []
    db.session.execute(text("UPDATE notice SET queued_at = NULL"))
    db.session.commit()
    clock.advance(days=3)
    sending.send_messages({})
    assert mail_server.mails == []
    assert db.session.scalars(select(Notice.queued_at)).all() != [None]


def test_a_message_whose_time_is_over_is_not_sent(place: Place, mailing: MailServer, clock: MovingClock) -> None:
    outbox.hold_kinds(place.staff, ["entries"])
    reached(place.teacher)
    tell(place.staff, place.teacher)
    db.session.execute(select(Notice)).scalar_one().valid_until = now() + timedelta(hours=1)
    db.session.commit()
    pass_time(clock, minutes=10)
    clock.advance(hours=2)
    sending.send_messages({})
    (row,) = messages()
    assert (row.state, row.address, mailing.mails) == ("dropped", None, [])


def test_an_sms_takes_the_form_the_provider_wants_and_goes_only_to_who_wants_it(
    place: Place, texting: SmsProvider, clock: MovingClock
) -> None:
    reached(place.teacher, "13812345678", SMS)
    reached(place.manager, "13912345678", SMS)
    notice_choices.choose(place.teacher, {SMS: ["entries"]}, [SMS])
    tell(place.staff, place.teacher, place.manager)
    pass_time(clock, minutes=10)
    ((path, headers, body),) = texting.taken
    assert path == "/send?v=1"
    assert headers["Authorization"] == "Bearer made-up"
    assert body["to"] == ["13812345678"]
    assert body["content"]["words"].startswith("【科协】李志强您好")
    assert body["id"] == messages()[0].key
    assert "张晓明" not in str(body)


@pytest.mark.parametrize(("status", "state"), [(429, "waiting"), (400, "failed"), (500, "failed"), (0, "failed")])
def test_what_becomes_of_an_sms_by_the_providers_answer(
    place: Place, texting: SmsProvider, clock: MovingClock, status: int, state: str
) -> None:
    reached(place.teacher, "13812345678", SMS)
    notice_choices.choose(place.teacher, {SMS: ["entries"]}, [SMS])
    texting.status = status
    tell(place.staff, place.teacher)
    pass_time(clock, minutes=10)
    assert states() == [state]
    assert len(texting.taken) == 1


def test_a_provider_that_sends_elsewhere_is_not_followed(
    place: Place, texting: SmsProvider, clock: MovingClock
) -> None:
    reached(place.teacher, "13812345678", SMS)
    notice_choices.choose(place.teacher, {SMS: ["entries"]}, [SMS])
    with sms_provider() as other:
        texting.status, texting.location = 307, other.url
        tell(place.staff, place.teacher)
        pass_time(clock, minutes=10)
        assert other.taken == []
    assert states() == ["failed"]


def test_a_title_with_lines_of_its_own_adds_no_line_to_a_mails_head(mailing: MailServer) -> None:
    channel = Smtp(Server.from_url(mailing.url), "科协 <office@example.org>")
    channel.send(Outgoing("key", "lizhiqiang@example.org", "提醒\r\nBcc: stranger@example.org\r\n\r\n正文", "请看。"))
    channel.close()
    (letter,) = mailing.mails
    assert mailing.receivers == ["lizhiqiang@example.org"]
    assert letter["Bcc"] is None
    assert letter["Subject"] == "提醒 Bcc: stranger@example.org 正文"


def test_while_developing_both_go_into_files(app: Flask, place: Place, clock: MovingClock, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    set_up(app, smtp_url=f"file://{folder}", sms_url=f"file://{folder}")
    reached(place.teacher)
    reached(place.teacher, "13812345678", SMS)
    notice_choices.choose(place.teacher, {SMS: ["entries"]}, [SMS])
    tell(place.staff, place.teacher)
    pass_time(clock, minutes=10)
    assert "lizhiqiang@example.org" in (folder / "mail.jsonl").read_text("utf-8")
    assert "13812345678" in (folder / "sms.jsonl").read_text("utf-8")


def test_old_messages_are_tidied_away_and_addresses_stay(place: Place, mailing: MailServer, clock: MovingClock) -> None:
    reached(place.teacher)
    tell(place.staff, place.teacher)
    pass_time(clock, minutes=10)
    clock.advance(days=181)
    sending.tidy_messages({})
    assert db.session.scalars(select(OutboxMessage)).all() == []
    assert len(db.session.scalars(select(NoticeAddress)).all()) == 1

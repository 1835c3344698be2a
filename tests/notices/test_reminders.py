"""Reminders: who is told what is missing three days before, once; tasks that a judge has not read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.core import jobs
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db
from contest_portal.core.i18n import minute
from contest_portal.core.job_schedule import ask_for_due
from contest_portal.core.models import Notice
from contest_portal.core.outbox import sending
from contest_portal.core.outbox.reminders import REMINDERS
from contest_portal.entries.services.drafts import create_draft
from contest_portal.entries.services.submission import submit_entry
from contest_portal.judging.models import Assignment, Judge
from tests.entries.entry_factories import Place, make_painting
from tests.events.attendance_scene import make_party
from tests.events.factories import make_event, make_session
from tests.judging import making
from tests.notices.acts import messages, pass_time, reached
from tests.notices.servers import MailServer


def remind(code: str = "deadline") -> list[Notice]:
    REMINDERS[code]()
    db.session.rollback()
    return list(db.session.scalars(select(Notice).where(Notice.key.like(f"{code}-%")).order_by(Notice.id)))


def closes_in(place: Place, **amount: float) -> None:
    place.contest.submission_closes_at = now() + timedelta(**amount)
    db.session.commit()


def begin(place: Place, code: str) -> None:
    create_draft(place.teacher, place.contest.id, place.category(code).id, place.school.id)


def test_a_teacher_reads_three_days_before_what_is_missing_in_how_many_works(place: Place) -> None:
    begin(place, "KH")
    begin(place, "CG")
    begin(place, "CG")
    painting = make_painting(place, title="已交的画")
    submit_entry(place.teacher, painting.id, painting.version)
    closes_in(place, days=3)
    (row,) = remind()
    assert row.account_id == place.teacher.account_id
    assert row.params["count"] == "3"
    asked = {slot.label: 2 for slot in place.category("CG").rules.slots if slot.required}
    asked |= {slot.label: 1 for slot in place.category("KH").rules.slots if slot.required}
    assert len(asked) == 4, "the template of 2018 asks for three papers of a project and one picture"
    for label, count in asked.items():
        assert f"{label}（{count} 件）" in row.params["named"]


def test_a_draft_with_all_its_materials_is_told_to_be_submitted(place: Place) -> None:
    make_painting(place)
    closes_in(place, days=1)
    (row,) = remind()
    assert "已齐" in row.body


@pytest.mark.parametrize("days", [-0.1, 4])
def test_nobody_is_reminded_of_what_is_over_or_far_away(place: Place, days: float) -> None:
    begin(place, "KH")
    closes_in(place, days=days)
    assert remind() == []


def test_a_contest_for_practice_reminds_nobody(place: Place) -> None:
    begin(place, "KH")
    place.contest.is_practice = True
    closes_in(place, days=2)
    assert remind() == []


def test_the_same_deadline_is_told_once_and_a_moved_one_anew(place: Place, clock: MovingClock) -> None:
    begin(place, "KH")
    closes_in(place, days=3)
    assert len(remind()) == 1
    assert len(remind()) == 1
    clock.advance(days=1)
    assert len(remind()) == 1
    closes_in(place, days=3)
    assert len(remind()) == 2


def test_the_job_comes_each_morning_by_itself_and_a_missed_day_is_made_up_for(
    app: Flask, place: Place, clock: MovingClock
) -> None:
    begin(place, "KH")
    closes_in(place, days=2)
    ask_for_due()
    jobs.run_all()
    keys = set(db.session.scalars(select(Notice.key)))
    assert f"deadline-contest-{place.contest.id}-2018-03-03-{place.teacher.account_id}" in keys


def test_a_manager_reads_how_many_works_wait_for_approval(place: Place) -> None:
    entry = make_painting(place)
    assert remind("approvals") == []
    entry.approval_asked_at = now()
    closes_in(place, days=2)
    (row,) = remind("approvals")
    assert (row.account_id, row.params["count"]) == (place.manager.account_id, "1")


def test_a_reminder_goes_out_by_mail_with_the_contest_and_what_is_missing_but_no_title(
    place: Place, mailing: MailServer, clock: MovingClock
) -> None:
    reached(place.teacher)
    make_painting(place, title="张晓明的月球农场")
    begin(place, "CG")
    closes_in(place, days=2)
    remind()
    pass_time(clock, minutes=5)
    (mail,) = mailing.mails
    words = mailing.text()
    assert (
        mail["Subject"]
        == f"{place.contest.name}：{minute(place.contest.submission_closes_at)} 截止，还有 2 件作品没有提交"
    )
    assert "研究报告（1 件）" in words
    assert "月球农场" not in words
    assert messages()[0].expires_at == place.contest.submission_closes_at


def test_a_reminder_that_waits_until_the_deadline_is_over_is_not_sent(
    place: Place, mailing: MailServer, clock: MovingClock
) -> None:
    reached(place.teacher)
    begin(place, "KH")
    closes_in(place, hours=1)
    mailing.to_rcpt = "451 later"
    remind()
    pass_time(clock, minutes=5)
    mailing.to_rcpt = ""
    clock.advance(hours=2)
    sending.send_messages({})
    assert [row.state for row in messages()] == ["dropped"]
    assert mailing.mails == []


def test_a_judge_reads_how_many_works_are_left_before_the_round_closes(app: Flask, clock: MovingClock) -> None:
    scene = making.make_scene()
    row = making.open_round(scene)
    clock.move_to(row.closes_at - timedelta(days=2))
    todo = db.session.execute(
        select(Judge.account_id).join(Assignment, Assignment.judge_id == Judge.id).where(Assignment.state == "todo")
    ).scalars()
    left = sorted(account for account in todo if account is not None)
    told = remind("unread_tasks")
    assert sorted((one.account_id, int(one.params["count"])) for one in told) == sorted(
        (account, left.count(account)) for account in set(left)
    )
    assert told
    assert {one.kind for one in told} == {"judging"}
    assert len(remind("unread_tasks")) == len(told)


def test_a_school_is_told_the_day_before_its_session_with_time_place_and_code(
    place: Place, mailing: MailServer, clock: MovingClock
) -> None:
    reached(place.manager, "wang@example.org")
    event = make_event(place.office)
    tomorrow = make_session(event, "2018-03-02 09:00", place="东门")
    later = make_session(event, "2018-03-03 09:00")
    party = make_party(event, place.school, "KQM", [tomorrow], pupils=40, adults=2)
    make_party(event, place.school, "RST", [later], pupils=40, adults=2)
    (row,) = remind("session")
    assert (row.account_id, row.kind, row.url) == (place.manager.account_id, "events", f"/bookings/{party.id}")
    assert len(remind("session")) == 1
    pass_time(clock, minutes=5)
    assert mailing.mails[0]["Subject"] == f"明天：{event.title}，2018-03-02 09:00"
    for word in ("东门", "人数：42", f"预约号：{party.code}"):
        assert word in mailing.text()


def test_nobody_is_reminded_of_a_cancelled_party_or_session(place: Place) -> None:
    event = make_event(place.office)
    first, second = make_session(event, "2018-03-02 09:00"), make_session(event, "2018-03-02 11:00", state="cancelled")
    make_party(event, place.school, "KQM", [first], pupils=40, adults=2, state="cancelled")
    make_party(event, place.school, "RST", [second], pupils=40, adults=2)
    assert remind("session") == []

"""Screening: decisions on the version that was seen, told to the school, never overwritten by a colleague."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.core import audit, jobs
from contest_portal.core.actor import Role
from contest_portal.core.clock import MovingClock, end_of_day, now, today
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, DomainError, Invalid, Stale, TooLate
from contest_portal.core.models import AuditRecord, Notice
from contest_portal.entries.draft_input import AuthorInput
from contest_portal.entries.models import Entry, PersonClaim, ScreeningDecision
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.queries.screening import (
    counts_by_category,
    decisions_of,
    next_waiting,
    place_in_queue,
    waiting_page,
)
from contest_portal.entries.services.drafts import save_draft
from contest_portal.entries.services.screening import (
    Seen,
    accept_entries,
    accept_entry,
    reject_entry,
    reopen_entry,
    return_entry,
)
from contest_portal.entries.services.submission import submit_entry
from contest_portal.entries.services.withdrawal import withdraw_entry
from contest_portal.entries.signals import before_reopening
from tests.entries.entry_factories import Place, make_painting, make_place, make_project, painting_input
from tests.factories import make_account, make_consent, make_contest, make_office, make_school, make_student, sign_in

FIRST = Seen(1)


def submitted(place: Place, entry: Entry) -> Entry:
    return submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)


def waiting_painting(place: Place, name: str = "", **values: object) -> Entry:
    pupil = place.pupil
    if name:
        pupil = make_student(place.school, name)
        make_consent(pupil)
    return submitted(place, make_painting(place, pupil=pupil, **values))


def in_three_days():
    return end_of_day(today() + timedelta(days=3))


def notices_of(actor) -> list[Notice]:
    return list(db.session.scalars(select(Notice).where(Notice.account_id == actor.account_id).order_by(Notice.id)))


# --- Decisions --------------------------------------------------------------------------------------------------------


def test_an_accepted_entry_keeps_number_and_places_and_its_school_is_told(app: Flask) -> None:
    place = make_place()
    entry = waiting_painting(place)
    accept_entry(place.staff, entry.id, FIRST)
    found = entry_by_id(entry.id)
    assert (found.state, found.number) == ("accepted", "GZ2018-KH-X-0001")
    assert db.session.query(PersonClaim).filter_by(entry_id=entry.id).count() == 1
    assert [one.title for one in notices_of(place.teacher)][-1] == "作品《%(title)s》（%(number)s）审核通过"
    assert notices_of(place.manager)[-1].url == f"/entries/{entry.id}"
    [decision] = decisions_of(entry.id)
    assert (decision.decision, decision.version, decision.decided_by) == ("accept", 1, "科协小赵")
    assert audit.verify(db.session)[1] is None


def test_a_returned_entry_has_reasons_words_and_a_new_deadline_that_its_school_reads(app: Flask) -> None:
    place = make_place()
    entry = waiting_painting(place)
    return_entry(place.staff, entry.id, FIRST, ["签字盖章不全", "缺件"], " 申报书缺学校公章 ", in_three_days())
    found = entry_by_id(entry.id)
    assert (found.state, found.number, found.fix_until) == ("returned", "GZ2018-KH-X-0001", in_three_days())
    assert db.session.query(PersonClaim).filter_by(entry_id=entry.id).count() == 1
    [decision] = decisions_of(entry.id)
    assert (decision.reasons, decision.words) == (["缺件", "签字盖章不全"], "申报书缺学校公章")
    told = notices_of(place.teacher)[-1]
    assert told.params["why"] == "缺件；签字盖章不全；申报书缺学校公章"
    assert told.params["until"] == "2018-03-04 23:59"


def test_a_returned_entry_comes_back_after_the_contests_deadline_and_is_waiting_again(
    app: Flask, clock: MovingClock
) -> None:
    place = make_place()
    entry = waiting_painting(place)
    clock.advance(days=31)
    return_entry(place.staff, entry.id, FIRST, ["缺件"], "", in_three_days())
    found = entry_by_id(entry.id)
    save_draft(place.teacher, entry.id, found.version, painting_input(place.pupil, title="月球农场（修改）"))
    submitted(place, entry)
    category = place.category("KH")
    assert next_waiting(category) == entry.id
    accept_entry(place.staff, entry.id, Seen(2, decisions_of(entry.id)[0].id))
    assert entry_by_id(entry.id).state == "accepted"


def test_rejecting_frees_the_author_for_another_work_and_reopening_takes_the_place_back(app: Flask) -> None:
    place = make_place()
    entry = waiting_painting(place)
    reject_entry(place.staff, entry.id, FIRST, ["选题雷同"], "")
    assert entry_by_id(entry.id).state == "rejected"
    assert db.session.query(PersonClaim).filter_by(entry_id=entry.id).count() == 0
    reopen_entry(place.staff, entry.id, Seen(1, decisions_of(entry.id)[0].id), "误判，作品并不相同")
    assert entry_by_id(entry.id).state == "submitted"
    assert db.session.query(PersonClaim).filter_by(entry_id=entry.id).count() == 1


def test_a_rejected_entry_is_not_reopened_when_its_author_has_entered_another(app: Flask) -> None:
    place = make_place()
    entry = waiting_painting(place)
    reject_entry(place.staff, entry.id, FIRST, ["选题雷同"], "")
    waiting_painting(place, title="另一幅画")
    with pytest.raises(Invalid, match="张晓明"):
        reopen_entry(place.staff, entry.id, Seen(1, decisions_of(entry.id)[0].id), "误判")
    assert entry_by_id(entry.id).state == "rejected"


def test_a_returned_entry_that_was_never_mended_may_be_rejected(app: Flask) -> None:
    place = make_place()
    entry = waiting_painting(place)
    return_entry(place.staff, entry.id, FIRST, ["缺件"], "", in_three_days())
    reject_entry(place.staff, entry.id, Seen(1, decisions_of(entry.id)[0].id), ["未按时限"], "")
    assert entry_by_id(entry.id).state == "rejected"


@pytest.mark.parametrize(
    ("reasons", "words", "field"),
    [([], "  ", "reasons"), (["别的原因"], "", "reasons"), ([], "长" * 501, "words")],
)
def test_a_return_needs_a_known_reason_or_words(app: Flask, reasons: list[str], words: str, field: str) -> None:
    place = make_place()
    entry = waiting_painting(place)
    with pytest.raises(Invalid) as refused:
        return_entry(place.staff, entry.id, FIRST, reasons, words, in_three_days())
    assert refused.value.problems[0].field == field
    assert entry_by_id(entry.id).state == "submitted"
    assert decisions_of(entry.id) == []


def test_a_return_until_yesterday_is_refused(app: Flask) -> None:
    place = make_place()
    entry = waiting_painting(place)
    with pytest.raises(Invalid, match="截止日期"):
        return_entry(place.staff, entry.id, FIRST, ["缺件"], "", now() - timedelta(seconds=1))


def test_nothing_is_reopened_once_a_higher_room_refuses(app: Flask) -> None:
    place = make_place()
    entry = waiting_painting(place)
    accept_entry(place.staff, entry.id, FIRST)

    def refuse(_entry: Entry, **_details: object) -> None:
        raise Conflict("judging.entry_in_round", "已进入评审")

    with before_reopening.connected_to(refuse), pytest.raises(Conflict, match="评审"):
        reopen_entry(place.staff, entry.id, Seen(1, decisions_of(entry.id)[0].id), "误判")
    assert entry_by_id(entry.id).state == "accepted"
    assert len(decisions_of(entry.id)) == 1


# --- What was seen ----------------------------------------------------------------------------------------------------


def test_a_decision_on_an_older_version_changes_nothing_and_names_the_new_one(app: Flask) -> None:
    place = make_place()
    entry = waiting_painting(place)
    save_draft(place.teacher, entry.id, entry.version, painting_input(place.pupil, title="月球农场（第二稿）"))
    submitted(place, entry)
    with pytest.raises(Stale, match="第 2 版"):
        accept_entry(place.staff, entry.id, FIRST)
    assert entry_by_id(entry.id).state == "submitted"


def test_edits_that_were_not_submitted_do_not_take_part(app: Flask) -> None:
    place = make_place()
    entry = waiting_painting(place)
    save_draft(place.teacher, entry.id, entry.version, painting_input(place.pupil, title="偷偷改的题目"))
    accept_entry(place.staff, entry.id, FIRST)
    found = entry_by_id(entry.id)
    assert (found.title, found.has_unsubmitted_changes) == ("月球上的空中农场", False)


def test_a_return_leaves_the_schools_edits_to_it(app: Flask) -> None:
    place = make_place()
    entry = waiting_painting(place)
    save_draft(place.teacher, entry.id, entry.version, painting_input(place.pupil, title="正在改的题目"))
    return_entry(place.staff, entry.id, FIRST, ["缺件"], "", in_three_days())
    assert entry_by_id(entry.id).title == "正在改的题目"


def test_the_second_of_two_staff_is_told_who_decided_what(app: Flask) -> None:
    place = make_place()
    other = make_account(Role.OFFICE, office=place.office, name="科协老钱")
    entry = waiting_painting(place)
    return_entry(place.staff, entry.id, FIRST, ["缺件"], "", in_three_days())
    with pytest.raises(Stale, match="科协小赵已于 2018-03-01 09:00 将这件作品退回修改"):
        accept_entry(other, entry.id, FIRST)
    assert entry_by_id(entry.id).state == "returned"
    assert len(decisions_of(entry.id)) == 1


def test_of_two_staff_at_the_same_moment_exactly_one_decides(app: Flask) -> None:
    place = make_place()
    other = make_account(Role.OFFICE, office=place.office, name="科协老钱")
    entry_id = waiting_painting(place).id
    until = in_three_days()
    db.session.remove()
    results: list[object] = []
    start = threading.Barrier(2)

    def act(decide) -> None:
        with app.app_context():
            start.wait()
            try:
                decide()
                results.append("done")
            except DomainError as error:
                results.append(error)
            finally:
                db.session.remove()

    threads = [
        threading.Thread(target=act, args=(lambda: accept_entry(place.staff, entry_id, FIRST),)),
        threading.Thread(target=act, args=(lambda: return_entry(other, entry_id, FIRST, ["缺件"], "", until),)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count("done") == 1
    [refused] = [one for one in results if one != "done"]
    assert isinstance(refused, Stale)
    assert "您的操作没有生效" in str(refused)
    assert len(decisions_of(entry_id)) == 1


def test_a_withdrawn_entry_is_screened_no_more(app: Flask) -> None:
    place = make_place()
    entry = waiting_painting(place)
    withdraw_entry(place.teacher, entry.id, "学生转学")
    with pytest.raises(Conflict, match="撤回"):
        accept_entry(place.staff, entry.id, FIRST)


# --- Many at once -----------------------------------------------------------------------------------------------------


def test_many_are_accepted_each_by_itself(app: Flask) -> None:
    place = make_place()
    good, decided, odd = (waiting_painting(place, name) for name in ("王一", "王二", "王三"))
    reject_entry(place.staff, decided.id, FIRST, ["缺件"], "")
    odd_pupil = entry_by_id(odd.id).authors[0].student
    assert odd_pupil is not None
    odd_pupil.birth_on = odd_pupil.birth_on.replace(year=1999)  # found out after the submission
    db.session.commit()
    outcomes = accept_entries(
        place.staff, place.category("KH").id, [(good.id, FIRST), (decided.id, FIRST), (odd.id, FIRST), (99999, FIRST)]
    )
    assert [one.refusal is None for one in outcomes] == [True, False, False, False]
    assert "科协小赵" in str(outcomes[1].refusal)
    assert "1 条检查提示" in str(outcomes[2].refusal)
    assert [entry_by_id(one.id).state for one in (good, decided, odd)] == ["accepted", "rejected", "submitted"]


def test_an_entry_of_another_category_is_not_accepted_by_the_way(app: Flask) -> None:
    place = make_place()
    entry = waiting_painting(place)
    [outcome] = accept_entries(place.staff, place.category("CG").id, [(entry.id, FIRST)])
    assert outcome.refusal is not None
    assert entry_by_id(entry.id).state == "submitted"


# --- The queue --------------------------------------------------------------------------------------------------------


def test_the_queue_goes_round_and_ends(app: Flask) -> None:
    place = make_place()
    entries = [waiting_painting(place, name) for name in ("王一", "王二", "王三")]
    category = place.category("KH")
    assert next_waiting(category) == entries[0].id
    assert next_waiting(category, entries[0].id) == entries[1].id
    assert next_waiting(category, entries[2].id) == entries[0].id
    assert place_in_queue(entries[1]) == (2, 3)
    for entry in entries[1:]:
        accept_entry(place.staff, entry.id, FIRST)
    assert next_waiting(category, entries[0].id) is None
    assert next_waiting(place.category("CG")) is None


def test_counts_say_where_entries_stand(app: Flask, clock: MovingClock) -> None:
    place = make_place()
    one, two, three = (waiting_painting(place, name) for name in ("王一", "王二", "王三"))
    waiting_painting(place, "王四")
    make_painting(place)
    accept_entry(place.staff, one.id, FIRST)
    return_entry(place.staff, two.id, FIRST, ["缺件"], "", in_three_days())
    withdraw_entry(place.staff, three.id, "重复")
    clock.advance(days=4)
    counts = next(one for one in counts_by_category(place.contest) if one.category.code == "KH")
    assert {state: counts[state] for state in ("submitted", "returned", "accepted", "withdrawn", "draft")} == {
        "submitted": 1,
        "returned": 1,
        "accepted": 1,
        "withdrawn": 1,
        "draft": 1,
    }
    assert (counts.overdue, counts.handed_in, counts.screened) == (1, 3, 1)


# --- Pages ------------------------------------------------------------------------------------------------------------


def seen_fields(page: str, form: str) -> dict[str, str]:
    """The hidden fields of one of the page's forms."""
    return {
        name: re.search(f'name="{form}-{name}"[^>]*value="([^"]*)"', page)[1]  # type: ignore[index]
        for name in ("submission", "decision")
    }


def posted(page: str, form: str, **fields: object) -> dict[str, object]:
    return {f"{form}-{name}": value for name, value in {**seen_fields(page, form), **fields}.items()}


def test_after_a_decision_the_next_waiting_entry_opens(app: Flask, client: FlaskClient) -> None:
    place = make_place()
    one, two = waiting_painting(place, "王一"), waiting_painting(place, "王二")
    sign_in(client, place.staff)
    start = client.get(f"/office/contests/{place.contest.id}/screening/{place.category('KH').id}/next")
    assert start.location == f"/office/entries/{one.id}"
    page = client.get(start.location).text
    answer = client.post(f"/office/entries/{one.id}/accept", data=posted(page, "accept"))
    assert answer.location == f"/office/entries/{two.id}"
    page = client.get(answer.location).text
    assert "已审核通过" in page
    answer = client.post(
        f"/office/entries/{two.id}/return",
        data=posted(page, "return", reasons=["缺件"], words="缺申报书", fix_until="2018-03-05"),
    )
    assert answer.location == f"/office/contests/{place.contest.id}/screening"
    assert entry_by_id(two.id).fix_until == end_of_day(today() + timedelta(days=4))


def test_a_return_without_reason_keeps_what_was_typed(app: Flask, client: FlaskClient) -> None:
    place = make_place()
    entry = waiting_painting(place)
    sign_in(client, place.staff)
    page = client.get(f"/office/entries/{entry.id}").text
    assert 'value="2018-03-04"' in page  # three days are proposed
    answer = client.post(
        f"/office/entries/{entry.id}/return", data=posted(page, "return", words="", fix_until="2018-03-08")
    )
    assert answer.status_code == 422
    assert "请至少勾选一条原因" in answer.text
    assert 'value="2018-03-08"' in answer.text
    assert entry_by_id(entry.id).state == "submitted"


def test_a_stale_page_is_told_so_and_shows_what_is_there_now(app: Flask, client: FlaskClient) -> None:
    place = make_place()
    entry = waiting_painting(place)
    sign_in(client, place.staff)
    page = client.get(f"/office/entries/{entry.id}").text
    colleague = make_account(Role.OFFICE, office=place.office, name="科协老钱")
    accept_entry(colleague, entry.id, FIRST)
    answer = client.post(
        f"/office/entries/{entry.id}/return",
        data=posted(page, "return", reasons=["缺件"], words="缺申报书", fix_until="2018-03-05"),
    )
    assert answer.status_code == 409
    assert "科协老钱已于 2018-03-01 09:00 审核通过这件作品" in answer.text
    assert entry_by_id(entry.id).state == "accepted"


@pytest.mark.parametrize("sent", [{}, {"accept-submission": "", "accept-decision": "0"}, {"accept-submission": "7"}])
def test_a_decision_that_does_not_say_what_was_seen_is_told_so(
    app: Flask, client: FlaskClient, sent: dict[str, str]
) -> None:
    place = make_place()
    entry = waiting_painting(place)
    answer = sign_in(client, place.staff).post(f"/office/entries/{entry.id}/accept", data=sent)
    assert answer.status_code == 422
    assert "没有收到您看的是第几版" in answer.text
    assert "重新提交（第" not in answer.text
    assert entry_by_id(entry.id).state == "submitted"


def test_the_page_shows_the_submitted_version_whatever_is_edited(app: Flask, client: FlaskClient) -> None:
    place = make_place()
    entry = waiting_painting(place)
    other = make_student(place.school, "李小红", sex="女")
    make_consent(other)
    save_draft(
        place.teacher,
        entry.id,
        entry.version,
        painting_input(other, title="偷偷改的题目", authors=[AuthorInput(student_id=other.id)]),
    )
    sign_in(client, place.staff)
    page = client.get(f"/office/entries/{entry.id}").text
    assert "月球上的空中农场" in page
    assert "张晓明" in page
    assert "偷偷改的题目" not in page
    assert "李小红" not in page
    assert "学校正在修改" in page
    assert entry_by_id(entry.id).title == "偷偷改的题目"


def test_differences_to_the_version_before_are_shown(app: Flask, client: FlaskClient) -> None:
    place = make_place()
    entry = waiting_painting(place)
    save_draft(place.teacher, entry.id, entry.version, painting_input(place.pupil, title="月球农场（第二稿）"))
    submitted(place, entry)
    sign_in(client, place.staff)
    page = client.get(f"/office/entries/{entry.id}").text
    assert "与上一版相比" in page
    assert "第 2 次提交" in page


def test_files_are_shown_in_the_page_and_served_by_range(app: Flask, client: FlaskClient) -> None:
    place = make_place()
    entry = submitted(place, make_project(place, [place.pupil]))
    sign_in(client, place.staff)
    page = client.get(f"/office/entries/{entry.id}").text
    addresses = re.findall(r'<iframe[^>]*src="([^"]+)"', page)
    assert len(addresses) == 3
    part = client.get(addresses[0], headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, b"%PDF")


def test_pictures_have_a_preview_and_the_original_beside_it(app: Flask, client: FlaskClient) -> None:
    place = make_place()
    entry = waiting_painting(place)
    jobs.run_all()
    sign_in(client, place.staff)
    page = client.get(f"/office/entries/{entry.id}").text
    screen = re.search(r'<a class="preview-picture" href="([^"]+)"', page)[1]  # type: ignore[index]
    original = re.search(r'<a class="preview-open" href="([^"]+)"', page)[1]  # type: ignore[index]
    assert len(client.get(screen).data) != len(client.get(original).data)
    assert client.get(screen).mimetype == client.get(original).mimetype == "image/jpeg"


def test_an_id_number_is_masked_until_it_is_opened_and_the_opening_is_recorded(app: Flask, client: FlaskClient) -> None:
    place = make_place()
    entry = waiting_painting(place)
    number = place.pupil.id_number
    sign_in(client, place.staff)
    page = client.get(f"/office/entries/{entry.id}").text
    assert number not in page
    assert f"{number[:6]}********{number[-4:]}" in page
    address = f"/office/entries/{entry.id}/numbers/student-{place.pupil.id}/id_number"
    assert number in client.post(address).text
    fragment = client.post(address, headers={"HX-Request": "true"}).text
    assert number in fragment
    assert "<html" not in fragment
    records = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "people.open_id_number")).all()
    assert [(one.object_type, one.object_id, one.account_id) for one in records] == [
        ("student", place.pupil.id, place.staff.account_id)
    ] * 2
    assert client.post(f"/office/entries/{entry.id}/numbers/student-999/id_number").status_code == 404


def test_the_queue_accepts_what_was_chosen(app: Flask, client: FlaskClient) -> None:
    place = make_place()
    one, two = waiting_painting(place, "王一"), waiting_painting(place, "王二")
    sign_in(client, place.staff)
    address = f"/office/contests/{place.contest.id}/screening/{place.category('KH').id}"
    page = client.get(address).text
    choices = re.findall(r'name="entry" value="([^"]+)"', page)
    assert len(choices) == 2
    assert client.post(f"{address}/accept", data={"entry": choices}).status_code == 302
    assert [entry_by_id(entry.id).state for entry in (one, two)] == ["accepted", "accepted"]
    again = client.post(f"{address}/accept", data={"entry": choices})
    assert again.status_code == 409
    assert "有 2 件没有通过" in again.text


def test_the_office_withdraws_and_extends_on_the_entrys_page(app: Flask, client: FlaskClient) -> None:
    place = make_place()
    entry = waiting_painting(place)
    sign_in(client, place.staff)
    address = f"/office/entries/{entry.id}"
    assert (
        client.post(f"{address}/exception", data={"exception-until": "2018-02-01", "exception-why": "停电"}).status_code
        == 422
    )
    assert (
        client.post(f"{address}/exception", data={"exception-until": "2018-04-20", "exception-why": "停电"}).status_code
        == 302
    )
    assert entry_by_id(entry.id).exception_why == "停电"
    assert client.post(f"{address}/withdraw", data={"withdraw-why": ""}).status_code == 422
    assert client.post(f"{address}/withdraw", data={"withdraw-why": "学校来函"}).status_code == 302
    assert entry_by_id(entry.id).state == "withdrawn"
    assert "学校来函" in client.get(address).text


def test_a_school_may_be_let_in_late(app: Flask, client: FlaskClient, clock: MovingClock) -> None:
    place = make_place()
    clock.advance(days=40)
    sign_in(client, place.staff)
    address = f"/office/contests/{place.contest.id}/exceptions"
    found = f"{address}?school={place.school.id}&category={place.category('KH').id}"
    fields = {"entry": "all", "until": "2018-04-20", "why": "大雪封路"}
    assert client.post(found, data=fields).status_code == 302
    assert "大雪封路" in client.get(address).text
    assert client.post(found, data={**fields, "until": "2018-04-01"}).status_code == 422
    assert client.post(f"{address}?school={place.school.id}", data=fields).status_code == 422


def test_one_draft_is_found_and_let_in_late_and_no_other(app: Flask, client: FlaskClient, clock: MovingClock) -> None:
    place = make_place()
    other = make_student(place.school, "王小雨")
    make_consent(other)
    asked, left = make_painting(place), make_painting(place, pupil=other, title="海底的学校")
    stranger = make_school(place.office, "北街小学")
    clock.move_to(place.contest.submission_closes_at + timedelta(days=1))
    until = str((clock.now() + timedelta(days=2)).date())
    sign_in(client, place.staff)
    address = f"/office/contests/{place.contest.id}/exceptions"
    page = client.get(f"{address}?school={place.school.id}&teacher=李志").text
    assert "月球上的空中农场" in page
    assert "填报人 李志强" in page
    assert "月球上的空中农场" not in client.get(f"{address}?school={place.school.id}&teacher=孙").text
    fields = {"entry": asked.id, "until": until, "why": "学校停电"}
    assert client.post(f"{address}?school={stranger.id}", data=fields).status_code == 422
    assert client.post(f"{address}?school={place.school.id}", data=fields).status_code == 302
    assert submitted(place, asked).is_late
    with pytest.raises(TooLate):
        submitted(place, left)


def test_the_choice_of_contests_says_where_entries_wait(app: Flask, client: FlaskClient) -> None:
    place = make_place()
    practice = make_contest(place.office, name="练习赛", is_practice=True)
    waiting_painting(replace(place, contest=practice))
    sign_in(client, place.staff)
    page = client.get(f"/office/contests/{place.contest.id}/screening").get_data(as_text=True)
    assert "练习赛（待审 1 件）</option>" in page
    assert f"{place.contest.name}</option>" in page


# --- Who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.LEADER])
def test_a_supervisor_and_a_leader_read_and_decide_nothing(app: Flask, client: FlaskClient, role: Role) -> None:
    place = make_place()
    entry = waiting_painting(place)
    sign_in(client, make_account(role, office=place.office))
    page = client.get(f"/office/entries/{entry.id}")
    assert page.status_code == 200
    assert "/accept" not in page.text
    assert "查看全号" not in page.text
    assert client.get(f"/office/contests/{place.contest.id}/screening").status_code == 200
    for path in (
        "accept",
        "return",
        "reject",
        "reopen",
        "withdraw",
        "exception",
        f"numbers/student-{place.pupil.id}/id_number",
    ):
        assert client.post(f"/office/entries/{entry.id}/{path}").status_code == 403
    assert entry_by_id(entry.id).state == "submitted"


def test_another_office_and_schools_do_not_get_in(app: Flask, client: FlaskClient) -> None:
    place = make_place()
    entry = waiting_painting(place)
    other = make_office("肃南县科学技术协会")
    contest, category = place.contest.id, place.category("KH").id
    pages = [
        f"/office/contests/{contest}/screening",
        f"/office/contests/{contest}/screening/{category}",
        f"/office/contests/{contest}/entries",
        f"/office/contests/{contest}/entries.xlsx",
        f"/office/contests/{contest}/exceptions",
        f"/office/entries/{entry.id}",
        f"/office/entries/{entry.id}/versions/1/files/{entry_by_id(entry.id).files[0].blob_id}",
    ]
    sign_in(client, make_account(Role.OFFICE, office=other))
    assert [client.get(address).status_code for address in pages] == [404] * len(pages)
    assert client.post(f"/office/entries/{entry.id}/accept").status_code == 404
    for actor in (place.manager, place.teacher):
        sign_in(client, actor)
        assert [client.get(address).status_code for address in pages] == [403] * len(pages)
        assert client.post(f"/office/entries/{entry.id}/accept").status_code == 403
        assert client.get("/office/screening").status_code == 403
    assert entry_by_id(entry.id).state == "submitted"


def test_a_supervisor_reads_the_exceptions_and_has_no_form(app: Flask, client: FlaskClient) -> None:
    place = make_place()
    address = f"/office/contests/{place.contest.id}/exceptions"
    sign_in(client, make_account(Role.SUPERVISOR, office=place.office))
    page = client.get(address)
    assert (page.status_code, "查找草稿</button>" in page.get_data(as_text=True)) == (200, False)
    assert client.post(address).status_code == 403
    sign_in(client, place.staff)
    assert "查找草稿</button>" in client.get(address).get_data(as_text=True)


def test_a_draft_has_no_page_for_the_office(app: Flask, client: FlaskClient) -> None:
    place = make_place()
    entry = make_painting(place)
    sign_in(client, place.staff)
    assert client.get(f"/office/entries/{entry.id}").status_code == 404


def test_decisions_are_never_changed_nor_removed_by_the_services(app: Flask) -> None:
    place = make_place()
    entry = waiting_painting(place)
    accept_entry(place.staff, entry.id, FIRST)
    first = db.session.scalars(select(ScreeningDecision)).one()
    before = (first.id, first.decision, first.decided_at)
    reopen_entry(place.staff, entry.id, Seen(1, first.id), "签字有误")
    db.session.expire_all()
    rows = db.session.scalars(select(ScreeningDecision).order_by(ScreeningDecision.id)).all()
    assert (rows[0].id, rows[0].decision, rows[0].decided_at) == before
    assert [row.decision for row in rows] == ["accept", "reopen"]
    assert waiting_page(place.category("KH"), _listing()).rows[0].decision_id == rows[1].id


def _listing():
    from contest_portal.core.listing import Listing

    return Listing()

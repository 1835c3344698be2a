"""Names in what judges would read: found after each submission, shown to the office with page and words, dismissed or kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.core.errors import Invalid, NotFound
from contest_portal.core.models import AuditRecord
from contest_portal.entries.blind_models import NameSearch, NameTrace
from contest_portal.entries.cli_names import media_group
from contest_portal.entries.models import Entry
from contest_portal.entries.name_search import VERSION
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.services.drafts import save_draft
from contest_portal.entries.services.name_traces import find_names_again, search_entry, settle_trace
from contest_portal.entries.services.screening import Seen, accept_entries, accept_entry
from contest_portal.entries.services.submission import submit_entry
from tests.entries.blind_factories import NAMED, report_of, run_jobs, submit_report, submit_signed_painting
from tests.entries.entry_factories import Place, make_painting, make_place, painting_input
from tests.factories import make_account, make_consent, make_student, sign_in


@dataclass
class Running:
    """What the command line hands to its commands."""

    app: Flask


@pytest.fixture
def place(app: Flask) -> Place:
    return make_place()


def traces(entry: Entry) -> list[NameTrace]:
    db.session.rollback()
    wanted = select(NameTrace).where(NameTrace.entry_id == entry.id).order_by(NameTrace.page, NameTrace.letter)
    return list(db.session.scalars(wanted))


def page(client: FlaskClient, place: Place, address: str) -> str:
    answer = sign_in(client, place.staff).get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_after_submission_the_names_stand_with_page_words_and_place(place: Place) -> None:
    entry = submit_report(place)
    run_jobs("entries.find_names")
    found = [(one.page, one.role, one.words, one.is_certain) for one in traces(entry) if one.blob_id]
    assert found == [
        (2, "tutor", "李志强", True),
        (2, "author", "张晓明", True),
        (2, "school", "西关小学", True),
    ]
    tutor = traces(entry)[-3]
    assert tutor.before.endswith("感谢指导老师")
    assert len(tutor.boxes) == 1
    left, top, width, height = tutor.boxes[0]
    assert 0.1 < left < 0.9
    assert top < 0.2, "the first line of the page"
    assert 0 < width < 0.3
    assert 0 < height < 0.06


def test_what_was_typed_is_searched_too(place: Place) -> None:
    entry = make_painting(place)
    text = "我是zhang xiaoming，住在甘州区。"
    save_draft(place.teacher, entry.id, entry_by_id(entry.id).version, painting_input(place.pupil, summary=text))
    submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)
    run_jobs("entries.find_names")
    assert [(one.place, one.words) for one in traces(entry)] == [("summary", "zhang xiaoming"), ("summary", "甘州区")]


def test_only_what_judges_see_is_searched(place: Place) -> None:
    entry = submit_report(place, "没有姓名的报告")
    run_jobs("entries.find_names")
    seen = {slot.code for slot in entry.category.rules.slots if slot.judges_see}
    assert {one.place for one in traces(entry) if one.blob_id} <= seen


def test_searched_again_nothing_is_doubled_and_what_was_dismissed_stays(place: Place) -> None:
    entry = submit_report(place)
    search_entry(entry.id)
    first = traces(entry)
    settle_trace(place.staff, entry.id, first[0].id, "dismissed")
    search_entry(entry.id)
    again = traces(entry)
    assert [one.id for one in again] == [one.id for one in first]
    assert [one.state for one in again] == ["dismissed", *("open" for _one in first[1:])]
    assert db.session.scalars(select(NameSearch)).one().entry_version == 1


def test_who_dismissed_is_known_and_it_can_be_taken_back(place: Place) -> None:
    entry = submit_report(place)
    search_entry(entry.id)
    trace = traces(entry)[0]
    settle_trace(place.staff, entry.id, trace.id, "dismissed")
    assert (traces(entry)[0].settled_by, traces(entry)[0].settled_at is None) == (place.staff.account_id, False)
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "entries.settle_name")).one()
    assert record.after["state"] == "dismissed"
    settle_trace(place.staff, entry.id, trace.id, "open")
    assert (traces(entry)[0].state, traces(entry)[0].settled_by) == ("open", None)
    with pytest.raises(Invalid):
        settle_trace(place.staff, entry.id, trace.id, "masked")
    with pytest.raises(NotFound):
        settle_trace(place.staff, entry.id + 1, trace.id, "dismissed")


def test_a_picture_has_no_letters_and_a_scan_is_told_of(client: FlaskClient, place: Place) -> None:
    painting = submit_signed_painting(place)
    scan = submit_report(place, "")
    for entry in (painting, scan):
        search_entry(entry.id)
    assert "没有可以查找的文字" not in page(client, place, f"/office/entries/{painting.id}")
    html = page(client, place, f"/office/entries/{scan.id}")
    assert "没有可以查找的文字" in html
    assert db.session.scalars(select(NameSearch).where(NameSearch.entry_id == scan.id)).one().unread == [
        report_of(scan)
    ]


def test_the_sheet_shows_page_words_and_certainty_and_the_queue_counts_them(client: FlaskClient, place: Place) -> None:
    entry = submit_report(place)
    address = f"/office/entries/{entry.id}"
    assert "正在查找" in page(client, place, address)
    search_entry(entry.id)
    html = page(client, place, address)
    assert re.search(r"第 2 页：</span>“…感谢指导老师<mark>李志强</mark>", html)
    assert html.index("<mark>李志强</mark>") < html.index("<mark>西关小学</mark>")
    queue = f"/office/contests/{place.contest.id}/screening/{entry.category_id}"
    assert f"姓名线索 {len(traces(entry))} 处" in page(client, place, queue)
    pupil = make_student(place.school, "赵一")
    make_consent(pupil)
    other = submit_report(place, "没有姓名", pupil=pupil)
    number, other_number = str(entry.number), str(other.number)
    run_jobs("entries.find_names")
    assert other_number in page(client, place, queue)
    assert other_number not in page(client, place, f"{queue}?mark=names")
    assert number in page(client, place, f"{queue}?mark=names")
    for trace in traces(entry):
        client.post(f"{address}/names/{trace.id}", data={"state": "dismissed"})
    assert {one.state for one in traces(entry)} == {"dismissed"}
    assert "姓名线索 " not in page(client, place, queue)
    assert number not in page(client, place, f"{queue}?mark=names")


def test_a_work_with_names_is_not_accepted_unseen(place: Place) -> None:
    entry = submit_report(place)
    search_entry(entry.id)
    outcomes = accept_entries(place.staff, entry.category_id, [(entry.id, Seen(1))])
    assert "姓名线索" in str(outcomes[0].refusal)
    for trace in traces(entry):
        settle_trace(place.staff, entry.id, trace.id, "dismissed")
    assert accept_entries(place.staff, entry.category_id, [(entry.id, Seen(1))])[0].refusal is None


def test_one_work_with_open_names_is_accepted_only_by_who_knows_their_number(client: FlaskClient, place: Place) -> None:
    entry = submit_report(place)
    entry_id = entry.id
    search_entry(entry_id)
    address = f"/office/entries/{entry_id}"
    html = page(client, place, address)
    assert "3 处线索尚未处理，仍要通过？" in html
    assert "系统检查没有发现问题" not in html, "no green word above what is open"
    form = {"accept-submission": "1", "accept-decision": "0"}
    for known in ({}, {"accept-names": "2"}):
        answer = client.post(f"{address}/accept", data=form | known)
        assert answer.status_code == 409
        told = answer.get_data(as_text=True)
        assert "3 处姓名线索尚未处理，没有办理" in told
        assert re.search(r'name="accept-names"[^>]*value="3"', told), "the new number goes with the next press"
        assert entry_by_id(entry_id).state == "submitted"
    assert client.post(f"{address}/accept", data=form | {"accept-names": "3"}).status_code == 302
    db.session.rollback()
    assert entry_by_id(entry_id).state == "accepted"
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "entries.accept")).one()
    assert record.after["open_names"] == 3


def test_fewer_open_names_than_were_confirmed_need_no_other_word(client: FlaskClient, place: Place) -> None:
    entry = submit_report(place)
    search_entry(entry.id)
    settle_trace(place.staff, entry.id, traces(entry)[0].id, "dismissed")
    accept_entry(place.staff, entry.id, Seen(1, names=3))
    assert entry_by_id(entry.id).state == "accepted"


def test_the_command_searches_what_was_submitted_before(app: Flask, place: Place) -> None:
    entry = submit_report(place)
    answer = CliRunner().invoke(media_group, ["names"], obj=Running(app))
    assert answer.exit_code == 0, answer.output
    assert len(traces(entry)) == 3
    assert "需要查找 0 件作品" in CliRunner().invoke(media_group, ["names"], obj=Running(app)).output


def test_what_an_older_search_looked_through_is_searched_again(app: Flask, place: Place) -> None:
    entry = submit_report(place)
    run_jobs("entries.find_names")
    find_names_again({})
    run_jobs("entries.find_names")
    db.session.delete(traces(entry)[0])
    search = db.session.scalars(select(NameSearch)).one()
    assert search.search_version == VERSION
    search.search_version = VERSION - 1
    db.session.commit()
    assert len(traces(entry)) == 2
    find_names_again({})
    run_jobs("entries.find_names")
    assert (len(traces(entry)), db.session.scalars(select(NameSearch)).one().search_version) == (3, VERSION)
    db.session.scalars(select(NameSearch)).one().search_version = VERSION - 1
    db.session.commit()
    assert "需要查找 1 件作品" in CliRunner().invoke(media_group, ["names"], obj=Running(app)).output


def test_what_was_redacted_stays_so_while_it_stands_there_whatever_the_search_finds(place: Place) -> None:
    entry = make_painting(place)
    text = "我是张晓明，住在甘州区。"
    save_draft(place.teacher, entry.id, entry_by_id(entry.id).version, painting_input(place.pupil, summary=text))
    submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)
    run_jobs("entries.find_names")
    first = traces(entry)[0]
    settle_trace(place.staff, entry.id, first.id, "redacted")
    first = traces(entry)[0]
    first.name = "另一种找法"  # as if the search had found it under another name
    db.session.commit()
    search_entry(entry.id)
    assert "redacted" in [one.state for one in traces(entry) if one.words == "张晓明"]


def test_the_same_words_in_a_file_are_settled_at_once(client: FlaskClient, place: Place) -> None:
    entry = submit_report(place, "西关小学", "西关小学", "西关小学 张晓明")
    search_entry(entry.id)
    html = page(client, place, f"/office/entries/{entry.id}")
    assert "第 1–3 页：" in html
    assert html.count("<mark>西关小学</mark>") == 1
    school = next(one for one in traces(entry) if one.words == "西关小学")
    form = {"state": "dismissed", "alike": "y"}
    assert client.post(f"/office/entries/{entry.id}/names/{school.id}", data=form).status_code == 302
    assert [(one.words, one.state) for one in traces(entry)] == [
        *[("西关小学", "dismissed")] * 3,
        ("张晓明", "open"),
    ]


def test_schools_see_nothing_of_what_was_found(client: FlaskClient, place: Place) -> None:
    entry = submit_report(place)
    search_entry(entry.id)
    html = sign_in(client, place.teacher).get(f"/entries/{entry.id}").get_data(as_text=True)
    assert "匿名检查" not in html
    leader = make_account("leader", office=place.office)
    answer = sign_in(client, leader).post(f"/office/entries/{entry.id}/names/{traces(entry)[0].id}")
    assert answer.status_code == 403


def test_the_named_pages_are_what_the_test_says() -> None:
    assert "张晓明" in NAMED[1]

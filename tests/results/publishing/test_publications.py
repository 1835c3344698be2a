"""Public lists from draft to archive, with a clock moved through the whole of it."""

from __future__ import annotations

import io
import json
import re
import threading
from datetime import date, datetime, timedelta, timezone
from typing import Any

import openpyxl
import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest_portal.core import audit
from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import MovingClock, now, today
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, DomainError, Invalid, NotAllowed, Stale, TooLate
from contest_portal.people.models import Office
from contest_portal.people.sessions import visitor
from contest_portal.results.cases import open_entry_ids
from contest_portal.results.objections.models import Objection
from contest_portal.results.objections.services.lodging import Objecting, lodge_objection
from contest_portal.results.publishing.models import Publication
from contest_portal.results.publishing.queries.publications import public_lists, setting_of
from contest_portal.results.publishing.services import publications
from contest_portal.results.publishing.services.terms import Terms, remove_day, set_days, set_terms
from tests.factories import id_number, made, make_account, sign_in
from tests.results.publishing.scene import TITLE, Place

CHINA = timezone(timedelta(hours=8))


@pytest.fixture
def place(app: Flask) -> Place:
    return Place()


def second_leader(place: Place) -> Actor:
    return make_account(Role.LEADER, office=db.session.get_one(Office, place.contest.office_id), name="孙副主席")


def objection(place: Place, row: Publication, entry: int) -> Objection:
    number = place.entries[entry].number or ""
    given = Objecting(
        name="高某某",
        phone="13912340000",
        entry_number=number,
        grounds="这幅画与网上一幅画的构图和颜色完全一样，不是本人所画。",
        unit="甘州区民主街道",
        id_number=id_number(date(1980, 3, 4), "女", serial=77),
    )
    return lodge_objection(visitor(), row.id, given)[0]


def at(clock: MovingClock, year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> None:
    """Move to that time in China."""
    clock.move_to(datetime(year, month, day, hour, minute, tzinfo=CHINA))


def test_who_drafted_a_list_does_not_publish_it(place: Place) -> None:
    draft = publications.draft_publication(place.leader, place.contest.id, TITLE)
    with pytest.raises(NotAllowed, match="另一位"):
        publications.publish_list(place.leader, draft.id, draft.content_sha256)
    assert publications.publish_list(second_leader(place), draft.id, draft.content_sha256).state == "public"


@pytest.mark.parametrize("changed", [{"text": "另一份公告"}, {"open_until": date(2018, 12, 31)}])
def test_a_notice_or_term_that_the_leader_did_not_see_is_not_published(
    place: Place, client: FlaskClient, changed: dict[str, Any]
) -> None:
    draft = place.draft(text="现予公示。")
    sign_in(client, place.leader)
    page = client.get(f"/office/publications/{draft.id}").text
    form = dict(re.findall(r'name="(content_sha256|notice_sha256)" value="([0-9a-f]+)"', page))
    place.draft(**{"text": "现予公示。"} | changed)
    client.post(f"/office/publications/{draft.id}/publish", data=form)
    assert fresh_state(draft) == "draft"
    client.post(f"/office/publications/{draft.id}/publish", data={"content_sha256": form["content_sha256"]})
    assert fresh_state(draft) == "draft"
    page = client.get(f"/office/publications/{draft.id}").text
    form = dict(re.findall(r'name="(content_sha256|notice_sha256)" value="([0-9a-f]+)"', page))
    client.post(f"/office/publications/{draft.id}/publish", data=form)
    assert fresh_state(draft) == "public"


def fresh_state(row: Publication) -> str:
    db.session.expire_all()
    return db.session.get_one(Publication, row.id).state


def test_who_drafted_it_is_told_on_the_page_and_has_no_button(place: Place, client: FlaskClient) -> None:
    draft = publications.draft_publication(place.leader, place.contest.id, TITLE)
    button = f"/office/publications/{draft.id}/publish"
    sign_in(client, place.leader)
    page = client.get(f"/office/publications/{draft.id}").text
    assert "须由另一位同志公示" in page
    assert button not in page
    sign_in(client, second_leader(place))
    assert button in client.get(f"/office/publications/{draft.id}").text


def test_the_preview_shows_what_the_public_will_see(place: Place, client: FlaskClient) -> None:
    draft = place.draft(text="现予公示。")
    sign_in(client, place.leader)
    preview = part_of(client.get(f"/office/publications/{draft.id}").text)
    publications.publish_list(place.leader, draft.id, draft.content_sha256)
    with client.session_transaction() as session:
        session.clear()
    page = part_of(client.get(f"/lists/{draft.id}").text)
    assert any("火星医院1" in text for text in preview)
    assert preview == page


def part_of(page: str) -> list[str]:
    """The cells of the list as they are read; not the links with which the public objects to a line."""
    found = re.findall(r'<td data-label="([^"]*)"[^>]*>(.*?)</td>', page, re.DOTALL)
    return [text for label, text in found if label in ("序号", "姓名", "学校", "作品名称", "等级")]


def test_two_people_publish_at_once_and_one_is_told(app: Flask, place: Place) -> None:
    draft, others = place.draft(), [place.leader, second_leader(place)]
    draft_id, seen = draft.id, draft.content_sha256
    db.session.remove()
    ready, outcomes = threading.Barrier(2), []

    def press(actor: Actor) -> None:
        with app.app_context():
            ready.wait(30)
            try:
                outcomes.append(publications.publish_list(actor, draft_id, seen).state)
            except DomainError as error:
                outcomes.append(error.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press, args=(actor,)) for actor in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["public", "results.published_already"]
    assert audit.verify(db.session)[1] is None


def test_a_clock_moved_through_a_whole_publication(place: Place, client: FlaskClient, clock: MovingClock) -> None:
    # Published on Thursday 27 September 2018: Fri 28, Sat 29 and Sun 30 (worked), 1–7 October off, Mon 8, Tue 9.
    at(clock, 2018, 9, 25)
    draft = place.draft()
    assert draft.open_until == date(2018, 9, 30)
    at(clock, 2018, 9, 27)
    row = publications.publish_list(place.leader, draft.id, draft.content_sha256)
    assert (row.open_until, row.down_on) == (date(2018, 10, 9), date(2018, 11, 9))
    url = f"/lists/{row.id}"
    page = client.get(url).text
    assert "距公示截止还有 12 天（其中工作日 5 天）" in page
    assert f"{url}/objection" in page
    at(clock, 2018, 10, 9, 23, 59)
    assert "今天 24 时公示截止" in client.get(url).text
    with pytest.raises(Conflict, match="24 时截止"):
        publications.confirm_final(place.staff, row.id)
    at(clock, 2018, 10, 10, 0, 0)
    assert "已于" in client.get(url).text
    assert f"{url}/objection" not in client.get(url).text
    confirmed = publications.confirm_final(place.staff, row.id)
    assert (confirmed.state, confirmed.pending) == ("final", [])
    assert "名单已于" in client.get(url).text
    assert TITLE in client.get("/lists").text

    at(clock, 2018, 11, 8, 23, 59)
    assert "张晓1" in client.get(url).text
    at(clock, 2018, 11, 9, 0, 0)
    page = client.get(url).text
    assert "张晓1" not in page
    assert "张**" in page
    assert "西关小学" in page
    assert row.content_sha256 in page
    assert TITLE not in client.get("/lists").text
    assert TITLE in client.get("/lists/archive").text
    assert TITLE not in client.get("/").text
    assert [one.id for one in public_lists()] == []


def test_the_archives_files_have_no_names_either(place: Place, client: FlaskClient, clock: MovingClock) -> None:
    row = place.published(text="联系人：赵主任")
    clock.advance(days=60)
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/lists/{row.id}/list.xlsx").data))
    cells = " ".join(str(cell) for sheet in book for line in sheet.iter_rows(values_only=True) for cell in line)
    pdf = pypdfium2.PdfDocument(client.get(f"/lists/{row.id}/list.pdf").data)
    texts = (
        cells,
        "".join(page.get_textpage().get_text_range() for page in pdf),
        bytes(pdf.get_attachment(0).get_data()).decode(),
        client.get(f"/lists/{row.id}/list.json").text,
        client.get(f"/lists/{row.id}/print").text,
    )
    for text in texts:
        assert "西关小学" in text
        for word in ("张晓", "李老师", "赵主任", "GZ2018-KH"):
            assert word not in text


def test_the_office_may_drop_names_and_the_past_lists_follow(
    place: Place, client: FlaskClient, clock: MovingClock
) -> None:
    row = place.published()
    clock.advance(days=60)
    terms = Terms(5, 30, "dropped", ["position", "names", "school", "title", "award"])
    set_terms(place.staff, place.contest.id, terms, setting_of(place.contest.id).version)
    page = client.get(f"/lists/{row.id}").text
    assert "张*" not in page
    assert "火星医院1" in page


def test_older_versions_come_down_with_the_newest(place: Place, client: FlaskClient, clock: MovingClock) -> None:
    first = place.published()
    clock.advance(days=20)
    place.without_first()
    second = place.published("第一名不符合要求。")
    assert "张晓1" in client.get(f"/lists/{first.id}").text
    assert db.session.get_one(Publication, first.id).down_on == second.down_on
    clock.advance(days=60)
    for url in (f"/lists/{first.id}", f"/lists/{second.id}"):
        page = client.get(url).text
        assert "张晓" not in page
        assert "不符合要求" not in page


def test_a_list_taken_down_today_is_reduced_at_once_and_may_be_put_up_again(
    place: Place, client: FlaskClient, clock: MovingClock
) -> None:
    row = place.published()
    clock.advance(days=10)
    publications.set_down_on(place.staff, row.id, now().date())
    assert "张晓1" not in client.get(f"/lists/{row.id}").text
    with pytest.raises(Invalid, match="早于今天"):
        publications.set_down_on(place.staff, row.id, date(2018, 1, 1))
    sign_in(client, place.staff)
    address = f"/office/publications/{row.id}"
    assert "重新公开名单" in client.get(address).text
    later = (today() + timedelta(days=10)).isoformat()
    assert client.post(f"{address}/down", data={"down_on": later}).status_code == 302
    assert "张晓1" in client.get(f"/lists/{row.id}").text


def test_a_list_is_not_taken_down_within_its_term(place: Place, client: FlaskClient) -> None:
    row = place.published()
    assert row.open_until is not None
    sign_in(client, place.leader)
    for day in (today(), row.open_until):
        answer = client.post(f"/office/publications/{row.id}/down", data={"down_on": day.isoformat()})
        assert answer.status_code == 422
        assert f"公示到 {row.open_until} 24 时截止，公示期内不能下线" in answer.text
    page = client.get(f"/lists/{row.id}").text
    assert "张晓1" in page
    assert "提出异议" in page
    after = row.open_until + timedelta(days=1)
    assert publications.set_down_on(place.staff, row.id, after).down_on == after


def test_a_list_that_was_down_within_its_term_does_not_say_that_the_term_is_over(
    place: Place, client: FlaskClient
) -> None:
    row = place.published()
    row.down_on = today()  # as it could be set before
    db.session.commit()
    page = client.get(f"/lists/{row.id}").text
    assert "公示期已满，名单" not in page
    assert "下线，转入往期名单" in page
    assert "?entry=" not in page


def test_a_closing_day_set_by_hand_stays_and_too_short_a_term_is_warned_of(place: Place, client: FlaskClient) -> None:
    draft = place.draft(open_until=date(2018, 3, 5))  # 1 March is a Thursday: Friday and Monday
    told = "公示期只有 2 个工作日，少于设置的 5 个工作日"
    sign_in(client, place.staff)
    assert client.get(f"/office/publications/{draft.id}").text.count(told) == 1
    sign_in(client, place.leader)
    assert client.get(f"/office/publications/{draft.id}").text.count(told) == 2, "asked again before publishing"
    assert publications.publish_list(place.leader, draft.id, draft.content_sha256).open_until == date(2018, 3, 5)


def test_a_closing_day_years_ahead_is_a_slip(place: Place) -> None:
    with pytest.raises(Invalid, match="2099-01-01 离今天超过一年") as caught:
        place.draft(open_until=date(2099, 1, 1))
    assert caught.value.field == "open_until"


def test_a_draft_whose_last_day_is_over_is_not_published(place: Place, clock: MovingClock) -> None:
    draft = place.draft(open_until=date(2018, 3, 5))
    clock.advance(days=7)
    with pytest.raises(Conflict, match="截止日期已经过去"):
        publications.publish_list(place.leader, draft.id, draft.content_sha256)
    with pytest.raises(Invalid) as caught:
        place.draft(open_until=date(2018, 3, 5))
    assert caught.value.field == "open_until"


def test_a_term_into_a_year_that_is_not_announced_says_so(
    place: Place, client: FlaskClient, clock: MovingClock
) -> None:
    at(clock, 2060, 12, 30)
    draft = place.draft()
    sign_in(client, place.leader)
    assert "2061 年的放假安排尚未公布" in client.get(f"/office/publications/{draft.id}").text
    assert "尚未公布" in client.get("/office/calendar?year=2061").text


def test_the_offices_own_days_move_the_end_of_the_term(place: Place) -> None:
    set_days(place.staff, date(2018, 3, 2), date(2018, 3, 2), is_working=False, note="县庆")
    assert place.draft().open_until == date(2018, 3, 9)
    set_days(place.staff, date(2018, 3, 3), date(2018, 3, 4), is_working=True)
    assert place.draft().open_until == date(2018, 3, 7)


def test_an_open_case_keeps_its_line_waiting_and_nothing_else(
    place: Place, client: FlaskClient, clock: MovingClock
) -> None:
    row = place.published()
    case = objection(place, row, 1)
    clock.advance(days=10)
    confirmed = publications.confirm_final(place.staff, row.id)
    assert (confirmed.state, confirmed.pending) == ("final", [place.entries[1].number])
    page = client.get(f"/lists/{row.id}").text
    assert "其中 1 项待定" in page
    with pytest.raises(Conflict, match="没办结"):
        publications.confirm_final(place.staff, row.id)
    db.session.get_one(Objection, case.id).state = "withdrawn"
    db.session.commit()
    assert publications.confirm_final(place.staff, row.id).pending == []


def test_a_case_about_one_list_holds_no_line_of_another(place: Place, clock: MovingClock) -> None:
    row = place.published()
    objection(place, row, 1)
    assert open_entry_ids(place.contest.id, "shortlist") == {place.entries[1].id}
    assert open_entry_ids(place.contest.id, "award") == set()
    others = made(
        Publication(
            contest_id=place.contest.id, kind="award", version=1, state="public", title="获奖名单公示", made_at=now(),
            content=row.content, content_sha256=row.content_sha256, shortlist_ids=[], open_until=row.open_until,
        )
    )  # fmt: skip
    clock.advance(days=10)
    assert publications.confirm_final(place.staff, others.id).pending == []
    assert publications.confirm_final(place.staff, row.id).pending == [place.entries[1].number]


def test_a_list_taken_down_at_once_names_nobody_on_its_objection_form(
    place: Place, client: FlaskClient, clock: MovingClock
) -> None:
    row = place.published()
    url = f"/lists/{row.id}/objection"
    number = place.entries[0].number or ""
    assert number in client.get(url).text
    clock.advance(days=10)
    publications.set_down_on(place.staff, row.id, today())
    for answer in (client.get(url), client.post(url, data={"entry_number": number})):
        assert "张晓1" not in answer.text
        assert place.entries[1].number not in answer.text
    with pytest.raises(TooLate):
        objection(place, row, 0)


def test_the_form_of_an_amended_version_leads_to_that_of_the_version_in_force(
    place: Place, client: FlaskClient
) -> None:
    first = place.published()
    place.without_first()
    second = place.published("第一件不符合要求，取消。")
    number = place.entries[1].number
    page = client.get(f"/lists/{first.id}/objection?entry={number}").text
    assert f"/lists/{second.id}/objection?entry={number}" in page
    assert "公示期已过" not in page


def test_a_final_list_is_amended_by_a_new_version(place: Place, client: FlaskClient, clock: MovingClock) -> None:
    first = place.published()
    clock.advance(days=10)
    publications.confirm_final(place.staff, first.id)
    place.without_first()
    with pytest.raises(Invalid, match="更正"):
        place.draft()
    second = place.published("第一名不符合要求，取消推荐。")
    assert db.session.get_one(Publication, first.id).state == "amended"
    page = client.get(f"/lists/{second.id}").text
    for word in ("第 2 版", "取消推荐", "删去", "增加", "以前的版本", f"/lists/{first.id}"):
        assert word in page
    assert "这一版名单已经更正" in client.get(f"/lists/{first.id}").text


def test_public_columns_are_chosen_and_ordered_per_contest(place: Place, client: FlaskClient) -> None:
    sign_in(client, place.staff)
    url = f"/office/contests/{place.contest.id}/publication/terms"
    chosen = ["number", "names", "school", "grade", "title", "tutors"]
    empty = {f"columns-{place_}": "" for place_ in range(10)}
    form = {"open_days": "7", "stay_days": "0", "archive_names": "masked", "version": "0", **empty}
    form |= {f"columns-{place_}": key for place_, key in enumerate(chosen)}
    assert client.post(url, data={**form, "columns-1": ""}).status_code == 422
    assert client.post(url, data={**form, "columns-7": "phone"}).status_code == 422
    assert client.post(url, data=form).status_code == 302
    row = place.published()
    assert (row.open_until, row.down_on) == (date(2018, 3, 12), date(2018, 3, 13))
    section = json.loads(client.get(f"/lists/{row.id}/list.json").data)["sections"][0]
    assert section["columns"] == ["编号", "姓名", "学校", "年级", "作品名称", "指导老师"]
    assert section["lines"][0][:2] == ["GZ2018-KH-X-0001", "张晓1"]
    assert section["lines"][0][4:] == ["火星医院1", "李老师"]
    with pytest.raises(Stale):
        set_terms(place.staff, place.contest.id, Terms(5, 30, "masked", chosen), 0)


def test_the_calendar_is_set_and_taken_back_on_its_page(place: Place, client: FlaskClient) -> None:
    sign_in(client, place.staff)
    page = client.get("/office/calendar?year=2018").text
    assert "2018-02-11（周日）" in page
    answer = client.post(
        "/office/calendar", data={"first": "2018-08-13", "last": "2018-08-14", "is_working": "off", "note": "县庆"}
    )
    assert answer.status_code == 302
    page = client.get(answer.location).text
    assert page.count("县庆") >= 2
    assert (
        client.post(
            "/office/calendar", data={"first": "2018-08-14", "last": "2018-08-13", "is_working": "off"}
        ).status_code
        == 422
    )
    assert client.post("/office/calendar/1/remove").status_code == 302
    with pytest.raises(DomainError):
        remove_day(place.staff, 1)

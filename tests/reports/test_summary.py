"""The summary with the office's own words: pages, documents, years beside each other."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import docx
import pypdfium2
import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid, NotFound, Stale
from contest_portal.events.attendance.models import CheckIn
from contest_portal.events.records.services import Figure, record_activity
from contest_portal.people.models import Office, School
from contest_portal.reports.documents import summary_document
from contest_portal.reports.parts import CONTESTS, MUSEUM, Own
from contest_portal.reports.queries import annual_numbers
from contest_portal.reports.school_years import school_years
from contest_portal.reports.services import write_part
from contest_portal.reports.summary import Summary, summary_of
from contest_portal.reports.trends import change, five_years, from_the_first, year_totals
from contest_portal.results.records.services.participation import report_participation
from contest_portal.results.records.services.year import add_honour
from tests.contests.pages import form_of
from tests.events.factories import make_event, make_session
from tests.factories import made, make_account, make_contest, make_office, make_school, sign_in
from tests.reports.test_annual_numbers import approve, make_entries


@dataclass(frozen=True)
class Year:
    """An office with one contest: 3 paintings of 小学, 2 of 初中, of which one and one go up; 640 took part."""

    office: Office
    contest: Contest
    staff: Actor


@pytest.fixture
def year(app: Flask) -> Year:
    office = make_office()
    school = make_school(office, "南关学校")
    contest = make_contest(
        office, name="2018年甘州区青少年科技创新大赛", feeds_into_title="全市第九届青少年科技创新大赛"
    )
    staff = make_account(Role.OFFICE, office=office)
    small, large = (make_entries(contest, school, "KH", stage, "accepted", n) for stage, n in (("X", 3), ("C", 2)))
    approve(contest, [small[0], large[0]])
    make_entries(contest, school, "KH", "X", "rejected", 4)
    report_participation(staff, contest.id, school.id, 600, 40)
    add_honour(staff, office.id, 2018, school.id, "示范学校", "省")
    return Year(office, contest, staff)


def summary(year: Year) -> Summary:
    return summary_of(annual_numbers(year.office, 2018))


def write(year: Year, own: Own, seen: int = 0) -> None:
    write_part(year.staff, year.office.id, 2018, summary(year).part(CONTESTS), own, seen)


def said(year: Year) -> str:
    return next(text for part, text in summary(year).told() if part.code == CONTESTS)


def test_a_part_without_records_is_not_told(year: Year) -> None:
    assert [part.code for part, _text in summary(year).told()] == [CONTESTS, "honours"]
    with pytest.raises(NotFound):
        summary(year).part("weather")


def test_own_words_stay_and_their_numbers_live(year: Year) -> None:
    write(year, Own("我区{参加师生}参加，征集科幻画{科幻画作品征集}件。"))
    assert said(year) == "我区600多名师生参加，征集科幻画5件。"
    make_entries(year.contest, make_school(year.office, "甘州中学"), "KH", "C", "accepted", 2)
    assert said(year) == "我区600多名师生参加，征集科幻画7件。"


def test_an_emptied_text_follows_the_records_again(year: Year) -> None:
    before = said(year)
    write(year, Own("只有一句。"))
    assert said(year) == "只有一句。"
    write(year, Own("  "), seen=1)
    assert said(year) == before


def test_a_number_needs_a_reason_and_a_place(year: Year) -> None:
    with pytest.raises(Invalid, match="为什么改「科幻画作品征集」"):
        write(year, Own(None, {"科幻画作品征集": ("9", "")}))
    with pytest.raises(Invalid, match="没有「油画征集」"):
        write(year, Own(None, {"油画征集": ("9", "听说")}))
    with pytest.raises(Invalid, match="不是这一部分的数字"):
        write(year, Own("共{油画}件"))
    write(year, Own(None, {"科幻画作品征集": ("9", "补录 4 件")}))
    [(number, value, why)] = summary(year).corrected()
    assert (number.key, number.value, value, why) == ("科幻画作品征集", "5", "9", "补录 4 件")
    write(year, Own(None, {}), seen=1)
    assert summary(year).corrected() == []


def test_two_who_write_at_once_do_not_overwrite_each_other(year: Year) -> None:
    write(year, Own("甲写的。"))
    with pytest.raises(Stale):
        write(year, Own("乙写的。"), seen=0)
    assert said(year) == "甲写的。"


def test_the_page_links_each_number_to_the_records_that_it_counts(year: Year, app: Flask) -> None:
    client = sign_in(app.test_client(), year.staff)
    page = client.get("/office/summary/2018").text
    links = dict(re.findall(r'<a href="(/office/contests/[^"]*category=[^"]*)">(\d+)</a>', page))
    assert "5" in links.values()
    for address, number in links.items():
        rows = client.get(address.replace("&amp;", "&")).text
        assert len(re.findall(r'class="entry-number', rows)) == int(number), address


def test_a_stage_counts_only_its_own(year: Year, app: Flask) -> None:
    client = sign_in(app.test_client(), year.staff)
    address = f"/office/contests/{year.contest.id}/entries?state=counted&stage="
    counts = {stage: client.get(address + stage).text.count('class="entry-number') for stage in ("小学", "中学", "X")}
    assert counts == {"小学": 3, "中学": 2, "X": 3}


def test_the_office_writes_on_a_page_and_is_told_what_is_wrong(year: Year, app: Flask) -> None:
    client = sign_in(app.test_client(), year.staff)
    path = f"/office/summary/2018/parts/{CONTESTS}"
    fields = form_of(client.get(path).text, "version")
    wrong = client.post(path, data={**fields, "text": "共{油画}件"})
    assert wrong.status_code == 422
    assert "{油画} 不是这一部分的数字" in wrong.text
    assert client.post(path, data={**fields, "text": "共{科幻画作品征集}件。"}).status_code == 302
    assert "文字已改写" in client.get("/office/summary/2018").text
    supervisor = sign_in(app.test_client(), make_account(Role.SUPERVISOR, office=year.office))
    assert supervisor.get(path).status_code == 403


def test_the_summary_is_given_as_word_pdf_and_workbook(year: Year, app: Flask) -> None:
    write(year, Own(None, {"科幻画作品征集": ("9", "补录 4 件")}))
    client = sign_in(app.test_client(), year.staff)
    word = docx.Document(io.BytesIO(client.get("/office/summary/2018/export/docx").data))
    paragraphs = [paragraph.text for paragraph in word.paragraphs]
    assert paragraphs[0] == "甘州区科学技术协会2018年青少年科技活动总结"
    assert any(one.startswith("（一）科技创新大赛。组织开展2018年甘州区青少年科技创新大赛") for one in paragraphs)
    assert any(one.startswith("（二）表彰与荣誉。") for one in paragraphs)
    tables = [[cell.text for cell in row.cells] for table in word.tables for row in table.rows]
    assert ["科幻画作品（件）", "5", "2", "3", "1", "2", "1"] in tables
    assert ["科幻画作品征集", "5", "9", "补录 4 件"] in tables
    pdf = pypdfium2.PdfDocument(client.get("/office/summary/2018/export/pdf").data)
    assert "9件" in "".join(page.get_textpage().get_text_range() for page in pdf).replace(" ", "")
    book = load_workbook(io.BytesIO(client.get("/office/summary/2018/export/xlsx").data))
    assert "人工改写的数字" in book.sheetnames
    assert client.get("/office/summary/2018/export/txt").status_code == 404


def test_years_stand_beside_each_other(year: Year, app: Flask) -> None:
    older = make_contest(year.office, name="2017年大赛", year=2017)
    make_entries(older, make_school(year.office, "西关小学"), "KH", "X", "submitted", 4)
    totals = {one.year: one for one in year_totals(year.office.id, five_years(2018))}
    now = totals[2018]
    assert (now.participants, now.collected, now.recommended, now.schools, now.honours) == (640, 5, 2, 1, 1)
    assert (totals[2017].collected, totals[2017].recommended) == (4, 0)
    assert [one.year for one in from_the_first(list(totals.values()))] == [2017, 2018]
    assert change(4, 5) == 0.25
    assert change(0, 5) is None
    page = sign_in(app.test_client(), year.staff).get("/office/summary/2018/years?with=2017").text
    assert "+25%" in page
    assert sign_in(app.test_client(), year.staff).get("/office/summary/2018/years?with=²").status_code == 200


def test_another_offices_records_count_nowhere(year: Year) -> None:
    other = make_office("高台县科学技术协会", number_prefix="GT")
    make_entries(make_contest(other, name="高台"), make_school(other, "高台一小"), "KH", "X", "accepted", 3)
    db.session.expire_all()
    assert year_totals(year.office.id, [2018])[0].collected == 5
    assert summary(year).part(MUSEUM).text == ""


def test_what_was_counted_at_the_door_goes_before_what_was_noted(year: Year) -> None:
    for title, kind, noted, pupils in (
        ("流动科技馆", "museum", Figure("visits", "参观", "15000多人次"), 16_020),
        ("大篷车", "caravan", Figure("visitors", "参观", "2900名师生"), 3_000),
    ):
        record_activity(year.staff, year.office.id, 2018, title, [Figure("venue", "地点", "甘州中学"), noted])
        session = make_session(make_event(year.office, title, kind=kind), "2018-09-12 09:00")
        made(CheckIn(key=title, session_id=session.id, pupils=pupils, adults=0, arrived_at=now(), recorded_at=now()))
    numbers = annual_numbers(year.office, 2018)
    assert numbers.to_json()["events"] == [
        {"name": "流动科技馆", "venue": "甘州中学", "visits": "16000多人次"},
        {"name": "大篷车", "venue": "甘州中学", "visitors": "3000名师生"},
    ]
    told = {part.code: text for part, text in summary_of(numbers).told()}
    assert told["museum"] == "开展流动科技馆,在甘州中学举行,参观16000多人次。"
    assert told["caravan"] == "开展大篷车,在甘州中学举行,3000名师生参观。"


def test_a_school_reads_its_own_years_and_no_recommendation_before_the_list_is_public(year: Year, app: Flask) -> None:
    school = db.session.scalars(select(School).where(School.name == "南关学校")).one()
    [line] = school_years(school)
    assert line.year == 2018
    assert line.numbers == {
        "participants": 640, "works": 5, "recommended": 0, "upper_awards": 0, "honours": 1, "visits": 0,
    }  # fmt: skip
    page = sign_in(app.test_client(), make_account(Role.TEACHER, school=school)).get("/school/years").text
    assert "640" in page
    assert school_years(make_school(year.office, "西关小学")) == []


@pytest.mark.parametrize("page", ["", "/years", "/schools", "/statistics/school", "/parts/contests", "/export/xlsx"])
def test_a_year_that_no_calendar_has_is_not_found(app: Flask, page: str) -> None:
    client = sign_in(app.test_client(), make_account(Role.OFFICE, office=make_office()))
    assert [client.get(f"/office/summary/{year}{page}").status_code for year in (0, 99999)] == [404, 404]


def test_years_agree_with_the_summary_and_what_nobody_knows_is_a_stroke(year: Year, app: Flask) -> None:
    """The museum was noted, the caravan noted and counted; of 2017 there is no record, of 2016 a noted one alone."""
    staff, office = year.staff, year.office
    record_activity(staff, office.id, 2018, "流动科技馆", [Figure("visits", "参观", "16000多人次")])
    record_activity(staff, office.id, 2018, "大篷车", [Figure("visitors", "参观", "2900多名师生")])
    record_activity(staff, office.id, 2016, "科普周", [Figure("books", "图书", "300册"), Figure("visits", "参观", 450)])
    session = make_session(make_event(office, "大篷车", kind="caravan"), "2018-09-12 09:00")
    made(CheckIn(key="caravan-1", session_id=session.id, pupils=3000, adults=0, arrived_at=now(), recorded_at=now()))
    totals = {one.year: one for one in year_totals(office.id, [2016, 2017, 2018])}
    assert (totals[2018].value("visits"), totals[2018].value("sessions")) == (19_000, 1)
    assert (totals[2016].value("visits"), totals[2016].value("sessions"), totals[2016].value("collected")) == (
        450,
        None,
        0,
    )
    assert {totals[2017].value(name) for name in ("visits", "collected", "honours")} == {None}
    page = sign_in(app.test_client(), staff).get("/office/summary/2018/years?with=2017").text
    assert "+5" not in page
    assert "19000" in page


def test_lines_are_drawn_between_two_years_at_least(year: Year, app: Flask) -> None:
    client = sign_in(app.test_client(), year.staff)
    assert "五年里只有一年有记录" in client.get("/office/summary/2018/years").text
    make_entries(
        make_contest(year.office, name="2016", year=2016), make_school(year.office, "甲"), "KH", "X", "accepted", 1
    )
    page = client.get("/office/summary/2018/years").text
    assert "五年里只有一年有记录" not in page
    assert "<svg" in page


def test_nobody_looks_at_a_training(year: Year) -> None:
    for title, kind in (("辅导员培训", "training"), ("院士讲座", "talk"), ("开放日", "open_day")):
        event = make_event(year.office, title, kind=kind)
        for day in ("2018-03-01", "2018-03-02"):
            session = make_session(event, f"{day} 09:00")
            key = f"{title}{day}"
            made(CheckIn(key=key, session_id=session.id, pupils=0, adults=4, arrived_at=now(), recorded_at=now()))
    told = {part.code: text for part, text in summary(year).told()}["caravan"]
    assert told == "开展辅导员培训,共2场次,参加8人次。开展院士讲座,共2场次,听讲8人次。开展开放日,共2场次,参观8人次。"


def test_bare_digits_written_by_hand_keep_the_unit(year: Year) -> None:
    record_activity(year.staff, year.office.id, 2018, "流动科技馆", [Figure("visits", "参观", "16000多人次")])
    part = summary(year).part(MUSEUM)
    [number] = part.numbers
    write_part(year.staff, year.office.id, 2018, part, Own(None, {number.key: ("16500", "另有登记")}), 0)
    assert {code.code: text for code, text in summary(year).told()}[MUSEUM] == "开展流动科技馆,参观16500人次。"
    write_part(year.staff, year.office.id, 2018, part, Own(None, {number.key: ("近1.7万人次", "另有登记")}), 1)
    assert {code.code: text for code, text in summary(year).told()}[MUSEUM] == "开展流动科技馆,参观近1.7万人次。"


def test_the_table_of_works_adds_up_to_the_number_of_the_year(year: Year) -> None:
    maker = make_contest(year.office, "maker-2018", name="2018年创客大赛")
    make_entries(maker, make_school(year.office, "甲小学"), "CK", "X", "accepted", 2)
    totals = year_totals(year.office.id, [2018])
    document = summary_document(annual_numbers(year.office, 2018), summary(year), totals)
    by_word = {row[0]: row[1] for section in document.sections[:2] for row in section.rows}
    assert (by_word["合计"], by_word["另有：2018年创客大赛"], by_word["全年各项赛事"]) == (5, 2, 7)
    assert by_word["征集作品（件）"] == 7

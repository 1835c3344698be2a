"""The year's numbers from records: what counts, and the shape in which they are given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Role, console_actor
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid, NotFound
from contest_portal.entries.models import Entry
from contest_portal.events.records.services import Figure, record_activity
from contest_portal.people.models import Office, School
from contest_portal.reports import services
from contest_portal.reports.queries import annual_numbers, office_of_report, years_of
from contest_portal.reports.table import category_table
from contest_portal.results.lists.models import Shortlist, ShortlistLine
from contest_portal.results.lists.queries.shortlists import contests_of
from contest_portal.results.records.queries.participation import reports_of_school
from contest_portal.results.records.services.participation import report_participation
from contest_portal.results.records.services.year import add_external_result, add_honour
from tests.factories import made, make_account, make_contest, make_office, make_school

PUBLISHED = json.loads((Path(__file__).parents[1] / "published" / "contest_2018.json").read_text("utf-8"))


def make_entries(contest: Contest, school: School, code: str, stage: str, state: str, count: int) -> list[Entry]:
    category = next(category for category in contest.categories if category.code == code)
    rows = [
        Entry(
            contest_id=contest.id,
            category_id=category.id,
            school_id=school.id,
            state=state,
            stage_code=stage,
            answers={},
            created_at=now(),
            updated_at=now(),
        )
        for _ in range(count)
    ]
    db.session.add_all(rows)
    db.session.commit()
    return rows


def approve(contest: Contest, entries: list[Entry]) -> None:
    shortlist = Shortlist(
        contest_id=contest.id,
        category_id=entries[0].category_id,
        version=1,
        state="approved",
        quotas={},
        ranking_ids=[],
        made_at=now(),
    )
    for position, entry in enumerate(entries, start=1):
        shortlist.lines.append(
            ShortlistLine(
                entry_id=entry.id,
                position=position,
                decision="in",
                reason_code="by_rank",
                reason="按名次入选",
                reason_params={},
            )
        )
    made(shortlist)


@pytest.fixture
def office(app: Flask) -> Office:
    return make_office()


def test_only_what_stands_is_collected_and_only_approved_lines_are_recommended(office: Office) -> None:
    school = make_school(office)
    contest = make_contest(office, feeds_into_title="全市第九届青少年科技创新大赛")
    accepted = make_entries(contest, school, "CG", "X", "accepted", 3)
    older = make_entries(contest, school, "CG", "C", "accepted", 2)
    for state in ("draft", "returned", "rejected", "withdrawn"):
        make_entries(contest, school, "CG", "X", state, 1)
    approve(contest, [accepted[0], older[0]])
    numbers = annual_numbers(office, 2018)
    assert numbers.main is not None
    projects = numbers.main.categories[0]
    assert (projects.collected, projects.recommended) == (5, 2)
    assert dict(projects.collected_by_stage) == {"小学": 3, "中学": 2}
    assert dict(projects.recommended_by_stage) == {"小学": 1, "中学": 1}


def test_a_withdrawn_entry_changes_the_sentence(office: Office) -> None:
    school = make_school(office)
    contest = make_contest(office, feeds_into_title="全市第九届青少年科技创新大赛")
    entries = make_entries(contest, school, "KH", "X", "accepted", 3)
    approve(contest, entries[:2])
    assert "科幻画作品3件" in annual_numbers(office, 2018).sentence
    entries[0].state = "withdrawn"
    db.session.commit()
    sentence = annual_numbers(office, 2018).sentence
    assert "科幻画作品2件" in sentence
    assert "科幻画作品1件" in sentence


def test_the_report_has_the_published_shape(office: Office) -> None:
    school = make_school(office, "南关学校")
    city = make_office("张掖市科学技术协会", level="city", number_prefix="ZY")
    province = make_office("甘肃省科学技术协会", level="province", number_prefix="GS")
    last = make_contest(province, name="甘肃省第33届青少年科技创新大赛", year=2018, state="draft")
    upper = make_contest(city, name="张掖市第九届青少年科技创新大赛", state="draft", feeds_into_id=last.id)
    contest = make_contest(
        office,
        name="2018年甘州区青少年科技创新大赛",
        feeds_into_id=upper.id,
        feeds_into_title="全市第九届青少年科技创新大赛",
    )
    maker = make_contest(
        office, "maker-2018", name="2018年甘州区青少年创客", feeds_into_title="全省第二届青少年创客创意大赛"
    )
    make_entries(maker, school, "CK", "X", "accepted", 4)
    actor = make_account(Role.OFFICE, office=office)
    report_participation(actor, contest.id, school.id, 18_000, 637)
    add_external_result(actor, office.id, 2018, "甘肃省第33届青少年科技创新大赛", "一等奖", 5)
    add_external_result(actor, office.id, 2018, "甘肃省第33届青少年科技创新大赛", "二等奖", 7)
    add_honour(actor, office.id, 2018, school.id, "科学调查体验推广示范学校", "省")
    record_activity(actor, office.id, 2018, "全省科普大篷车河西行(甘州站)", [Figure("vehicles", "车辆", 8)])
    services.name_schools(actor, office.id, 2018, [school.id])
    report = annual_numbers(office, 2018).to_json()
    assert set(report) == set(PUBLISHED)
    assert report["participants"] == PUBLISHED["participants"]
    assert report["feeds"] == PUBLISHED["feeds"]
    assert report["then"] == PUBLISHED["then"]
    assert report["provincial_results"] == [{"contest": "甘肃省第33届青少年科技创新大赛", "一等奖": 5, "二等奖": 7}]
    assert report["maker_contest"] == {"name": "全省第二届青少年创客创意大赛", "entries": 4, "measure": "件(幅)"}
    assert report["honours"] == PUBLISHED["honours"]
    assert report["events"] == [{"name": "全省科普大篷车河西行(甘州站)", "vehicles": 8}]
    assert [set(category) for category in report["categories"]] == [set(c) for c in PUBLISHED["categories"]]


def test_a_school_reports_again_and_the_last_report_counts(office: Office) -> None:
    school = make_school(office)
    contest = make_contest(office)
    manager = make_account(Role.SCHOOL_MANAGER, school=school)
    report_participation(manager, contest.id, school.id, 300, 20)
    report_participation(manager, contest.id, school.id, 280, 21)
    numbers = annual_numbers(office, 2018)
    assert numbers.main is not None
    assert numbers.main.participants == (1, 280, 21)


def test_impossible_head_counts_are_refused_at_their_field(office: Office) -> None:
    school = make_school(office)
    contest = make_contest(office)
    with pytest.raises(Invalid) as caught:
        report_participation(console_actor(), contest.id, school.id, -1, 0)
    assert caught.value.field == "students"


def test_another_offices_school_cannot_report(office: Office) -> None:
    contest = make_contest(office)
    stranger = make_school(make_office("临泽县科学技术协会", number_prefix="LZ"), "临泽小学")
    with pytest.raises(NotFound):
        report_participation(console_actor(), contest.id, stranger.id, 1, 1)


def test_a_year_without_data_is_said_in_words(office: Office) -> None:
    with pytest.raises(NotFound, match="2031"):
        office_of_report(None, 2031)
    with pytest.raises(NotFound, match="没有名为「酒泉市科协」的主办单位，已有：甘州区"):
        office_of_report("酒泉市科协", 2018)


def test_a_draft_that_was_given_up_counts_nowhere(office: Office) -> None:
    school = make_school(office)
    given_up = make_contest(office, name="2018年放弃的草稿", state="archived")
    contest = make_contest(office, state="archived", opened_at=now())
    make_entries(contest, school, "KH", "X", "accepted", 2)
    numbers = annual_numbers(office, 2018)
    assert (numbers.main.contest.id, numbers.main.collected, numbers.others) == (contest.id, 2, [])  # type: ignore[union-attr]
    assert [line.contest_id for line in reports_of_school(school.id, office.id)] == [contest.id]
    assert given_up.id not in [row.id for row in contests_of(office.id)]


def test_a_contest_for_practice_counts_nowhere(office: Office) -> None:
    school = make_school(office)
    contest = make_contest(office, name="2018年甘州区青少年科技创新大赛")
    make_entries(contest, school, "KH", "X", "accepted", 2)
    practice = make_contest(office, name="2019年练习赛", year=2019, is_practice=True)
    make_entries(practice, school, "KH", "X", "accepted", 5)
    same_year = make_contest(office, name="2018年练习赛", is_practice=True)
    make_entries(same_year, school, "KH", "X", "accepted", 7)
    numbers = annual_numbers(office, 2018)
    assert (numbers.main.contest.id, numbers.main.collected, numbers.others) == (contest.id, 2, [])  # type: ignore[union-attr]
    make_contest(office, name="2020年草稿", year=2020, state="draft")
    assert years_of(office.id) == [2018]
    assert [line.contest_id for line in reports_of_school(school.id, office.id)] == [contest.id]
    with pytest.raises(NotFound):
        office_of_report(None, 2019)


def test_the_stages_are_counted_for_every_category_that_pupils_enter(office: Office) -> None:
    school = make_school(office)
    contest = make_contest(office)
    primary = make_entries(contest, school, "KH", "X", "accepted", 3)
    make_entries(contest, school, "KH", "C", "accepted", 2)
    make_entries(contest, school, "FA", "T", "accepted", 4)
    numbers = annual_numbers(office, 2018).main
    assert numbers is not None
    assert dict(numbers.by_stage)["科幻画作品"] == (3, 2)
    assert "科技辅导员方案" not in dict(numbers.by_stage)
    table = {line.split()[0]: line.split()[1:] for line in category_table(numbers.categories).splitlines()}
    assert table["科幻画作品(件)"] == ["5", "0", "3/0", "2/0"]
    assert table["科技辅导员方案(个)"] == ["4", "0"]
    assert "collected_by_stage" not in next(
        one for one in annual_numbers(office, 2018).to_json()["categories"] if one["name"] == "科幻画作品"
    )
    approve(contest, [primary[0]])
    numbers = annual_numbers(office, 2018).main
    assert numbers is not None
    assert "1/0" not in category_table(numbers.categories)
    assert "3/1" in category_table(numbers.categories)

"""Pages of awards over HTTP, and the moment from which schools see their results."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.core.actor import Role
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.models import AuditRecord
from contest_portal.entries.services.withdrawal import withdraw_entry
from contest_portal.results.awards.models import MeritAward
from contest_portal.results.awards.prizes.awarding import PrizeRule
from contest_portal.results.awards.queries.lists import stored_rule
from contest_portal.results.awards.queries.merits import DEFAULTS, merit_awards, merit_counts, merit_lines
from contest_portal.results.awards.queries.release import release_of
from contest_portal.results.awards.queries.special import special_awards
from contest_portal.results.awards.services import merits as services
from contest_portal.results.awards.services import release, special
from contest_portal.results.certificates.queries.awardees import awardees_of
from tests.factories import make_account, make_school, sign_in
from tests.results.awards.test_awards import Place

pytestmark = pytest.mark.database


@pytest.fixture
def place(app: Flask) -> Place:
    return Place()


def rule_fields(page: str = "", **changes: str) -> dict[str, str]:
    return {
        "version": "1",
        "source": "ranking",
        "by": "share",
        "winners_by": "all_ranked",
        "levels-0-name": "金奖",
        "levels-0-share": "25",
        "levels-1-name": "银奖",
        "levels-1-share": "75",
        **changes,
    }


def test_the_office_saves_a_rule_makes_the_list_and_a_leader_approves_it(place: Place, client: FlaskClient) -> None:
    category = place.category.id
    sign_in(client, place.staff)
    saved = client.post(f"/office/categories/{category}/awards/rule", data=rule_fields())
    assert saved.status_code == 302
    assert [level.name for level in stored_rule(category).rule.levels] == ["金奖", "银奖"]
    page = client.post(f"/office/categories/{category}/awards", follow_redirects=True).text
    assert "并列待定" in page
    decided = {
        "version": "1",
        "entry_ids": str(place.entries[1].id),
        "award": "level:金奖",
        "why": "投票决定",
        "decided_by": "评委会",
        "votes_for": "4",
        "votes_against": "1",
    }
    assert client.post(f"/office/categories/{category}/awards/decisions", data=decided).status_code == 302
    sign_in(client, place.leader)
    page = client.get(f"/office/categories/{category}/awards").text
    assert "审定获奖名单" in page
    list_id = page.split("/office/award-lists/")[1].split("/")[0]
    client.post(f"/office/award-lists/{list_id}/approve", data={"version": "2"})
    assert "已审定" in client.get(f"/office/contests/{place.contest.id}/awards").text
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/office/contests/{place.contest.id}/awards/list.xlsx").data))
    values = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert sum("金奖" in row for row in values) == 2
    assert client.get(f"/office/contests/{place.contest.id}/awards/list.pdf").data.startswith(b"%PDF")


def test_a_decision_that_takes_a_better_works_place_is_confirmed_on_the_page(place: Place, client: FlaskClient) -> None:
    draft = place.settled()
    sign_in(client, place.staff)
    address = f"/office/categories/{place.category.id}/awards"
    sent = {
        "version": str(draft.row_version),
        "entry_ids": [str(place.entries[6].id), str(place.entries[7].id)],
        "award": "level:三等奖",
        "why": "投票决定",
        "decided_by": "评委会",
    }
    assert 'name="takes_places"' not in client.get(address).text
    asked = client.post(f"{address}/decisions", data=sent)
    assert asked.status_code == 422
    assert 'name="takes_places"' in asked.text
    assert "名次在前的 1 件作品会降低奖项或不再获奖" in asked.text
    assert client.post(f"{address}/decisions", data={**sent, "takes_places": "y"}).status_code == 302
    sign_in(client, place.leader)
    assert "有 1 件名次在前的作品把名额让给了名次在后的作品" in client.get(address).text


def test_a_wrong_rule_is_told_and_what_was_typed_stays(place: Place, client: FlaskClient) -> None:
    sign_in(client, place.staff)
    sent = rule_fields(**{"levels-1-name": "金奖"})
    answer = client.post(f"/office/categories/{place.category.id}/awards/rule", data=sent)
    assert answer.status_code == 422
    assert "写了两次" in answer.text
    assert 'value="金奖"' in answer.text


def test_before_the_moment_a_school_reads_nothing_and_at_it_exactly_what_was_released(
    place: Place, client: FlaskClient, clock: MovingClock
) -> None:
    place.approved()
    manager = make_account(Role.SCHOOL_MANAGER, school=place.school)
    release.set_release(
        place.staff, place.contest.id, 0, now() + timedelta(days=1), rank=False, score=True, comments=False
    )
    sign_in(client, manager)
    page = client.get("/school/results").text
    before = re.sub(r"<[^>]*>", " ", page.partition("<main")[2])  # names of files in attributes may hold these figures
    assert "火星医院1" in before
    for secret in ("一等奖", "二等奖", "99", "名额"):
        assert secret not in before
    book = openpyxl.load_workbook(io.BytesIO(client.get("/school/results/export").data))
    cells = {str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row}
    assert "一等奖" not in cells
    assert "99" not in cells
    clock.advance(days=1, seconds=1)
    sign_in(client, manager)
    after = client.get("/school/results").text
    assert "一等奖" in after
    assert "99" in after
    assert "名额之内" not in after  # reasons and ranks were not released


def test_an_award_of_a_withdrawn_work_is_told_to_the_office_and_not_shown_to_the_school(
    place: Place, client: FlaskClient
) -> None:
    place.approved()
    release.set_release(place.staff, place.contest.id, 0, now(), rank=True, score=True, comments=False, at_once=True)
    withdraw_entry(place.staff, place.entries[0].id, "作者申请退出")
    overview = sign_in(client, place.staff).get(f"/office/contests/{place.contest.id}/awards").text
    assert f"获奖作品后来撤回：{place.category.name}。" in overview
    assert "撤回 1" in overview
    assert "一等奖 0" in overview
    address = f"/office/categories/{place.category.id}/awards"
    assert "获奖的作品中有 1 件已撤回" in client.get(address).text
    school = sign_in(client, make_account(Role.SCHOOL_MANAGER, school=place.school)).get("/school/results").text
    assert "二等奖" in school
    assert "一等奖" not in school
    sign_in(client, place.staff).post(address)
    assert "已撤回" not in client.get(address).text
    assert "获奖作品后来撤回" not in client.get(f"/office/contests/{place.contest.id}/awards").text


def released(**changes: str) -> dict[str, str]:
    return {"version": "0", "on": "1900-01-01", "hour": "9", "shows_rank": "y", "shows_score": "y", **changes}


def test_a_day_that_is_over_releases_only_when_it_is_meant(place: Place, client: FlaskClient) -> None:
    place.approved()
    address = f"/office/contests/{place.contest.id}/release"
    sign_in(client, place.staff)
    assert 'name="at_once"' not in client.get(address).text
    asked = client.post(address, data=released())
    assert asked.status_code == 422
    assert "1900-01-01 09:00 已经过去" in asked.text
    assert 'name="at_once"' in asked.text
    assert release_of(place.contest.id) is None
    assert client.post(address, data=released(at_once="y")).status_code == 302
    assert release_of(place.contest.id) is not None


@pytest.mark.parametrize("change", [{"on": "2099-01-01"}, {"shows_rank": ""}])
def test_what_schools_see_is_taken_back_only_with_a_reason_on_record(
    place: Place, client: FlaskClient, change: dict[str, str]
) -> None:
    place.approved()
    address = f"/office/contests/{place.contest.id}/release"
    sign_in(client, place.staff)
    client.post(address, data=released(at_once="y"))
    # More may be shown at any time.
    assert client.post(address, data=released(version="1", shows_comments="y")).status_code == 302
    less = {key: value for key, value in released(version="2", shows_comments="y", **change).items() if value}
    refused = client.post(address, data=less)
    assert refused.status_code == 422
    assert "请写明原因" in refused.text
    assert client.post(address, data={**less, "why": "名次有误，正在核对"}).status_code == 302
    (last,) = db.session.scalars(
        select(AuditRecord).where(AuditRecord.action == "results.set_release").order_by(AuditRecord.id.desc()).limit(1)
    )
    assert last.why == "名次有误，正在核对"
    assert last.before["parts"] == ["rank", "score", "comments"]


def test_another_schools_works_are_not_among_the_results(place: Place, client: FlaskClient) -> None:
    place.approved()
    release.set_release(place.staff, place.contest.id, 0, now(), rank=True, score=True, comments=True, at_once=True)
    other = make_account(Role.SCHOOL_MANAGER, school=make_school(place.office, "南关小学"))
    sign_in(client, other)
    assert "火星医院" not in client.get("/school/results").text


def test_a_special_award_stands_until_it_is_cancelled_with_a_reason(place: Place, client: FlaskClient) -> None:
    number = place.entries[0].number or ""
    row = special.give_special(place.staff, place.contest.id, number, "气象专项奖", "区气象局", "观察细致")
    with pytest.raises(Conflict):
        special.give_special(place.staff, place.contest.id, number.lower(), "气象专项奖", "", "再次")
    with pytest.raises(Invalid, match="GZ-0"):
        special.give_special(place.staff, place.contest.id, "GZ-0", "气象专项奖", "", "x")
    sign_in(client, place.staff)
    assert "区气象局" in client.get(f"/office/contests/{place.contest.id}/awards/special").text
    client.post(f"/office/special-awards/{row.id}/cancel", data={"why": "单位退出"})
    assert special_awards(place.contest.id) == []
    assert row.cancelled_why == "单位退出"
    again = special.give_special(place.staff, place.contest.id, number, "气象专项奖", "县气象局", "由县局设立")
    assert [one.id for one in special_awards(place.contest.id)] == [again.id]
    db.session.refresh(row)
    assert (row.cancelled_why, row.sponsor, row.reason) == ("单位退出", "区气象局", "观察细致"), "what was before stays"


def test_a_tutors_points_are_shown_and_confirmed(place: Place, client: FlaskClient) -> None:
    place.approved()
    (line,) = merit_lines(place.contest.id, "tutor", DEFAULTS["tutor"])
    # One first award, four second ones, two third ones.
    assert line.merit.points == 5 + 4 * 3 + 2 * 1
    sign_in(client, place.staff)
    address = f"/office/contests/{place.contest.id}/awards/merits?kind=tutor"
    assert "李老师" in client.get(address).text
    client.post(address, data={"confirm-version": "0", "confirm-chosen": str(line.id)})
    (award,) = merit_awards(place.contest.id)
    assert (award.award, award.points) == ("优秀科技辅导员", "19")
    with pytest.raises(Invalid, match="表彰名额"):
        services.confirm_merits(place.staff, place.contest.id, "tutor", 0, range(1, 20))


def test_what_was_confirmed_before_stays_on_record(place: Place, client: FlaskClient) -> None:
    place.approved()
    (line,) = merit_lines(place.contest.id, "tutor", DEFAULTS["tutor"])
    for chosen in ([line.id], [], [line.id]):
        services.confirm_merits(place.staff, place.contest.id, "tutor", 0, chosen)
    services.confirm_merits(place.staff, place.contest.id, "school", 0, [])
    (standing,) = merit_awards(place.contest.id)
    rows = db.session.scalars(select(MeritAward).order_by(MeritAward.id)).all()
    assert [(one.points, one.superseded_at is None) for one in rows] == [("19", False), ("19", True)]
    assert standing.id == rows[-1].id
    assert merit_counts(place.contest.id) == {"tutor": 1, "school": 0}
    assert [
        person.award for person in awardees_of(place.contest, is_one_each=True) if person.award == standing.award
    ] == [standing.award]
    changes = select(AuditRecord).where(AuditRecord.action == "results.confirm_merits").order_by(AuditRecord.id)
    assert [one.before["confirmed"] for one in db.session.scalars(changes)][1] == [[line.id, "优秀科技辅导员"]]


def test_a_rule_is_stale_when_somebody_saved_since(place: Place, client: FlaskClient) -> None:
    from contest_portal.results.awards.services.prizes import save_rule

    save_rule(place.leader, place.category.id, 1, PrizeRule())
    sign_in(client, place.staff)
    answer = client.post(f"/office/categories/{place.category.id}/awards/rule", data=rule_fields())
    assert answer.status_code == 409
    assert "又保存了奖项设置" in answer.text


def test_what_is_wrong_in_a_row_is_told_in_chinese_once_with_its_row(place: Place, client: FlaskClient) -> None:
    sign_in(client, place.staff)
    address = f"/office/categories/{place.category.id}/awards"
    wrong = {"levels-0-name": "金" * 61, "levels-1-minimum": "-3", "winners_by": "count", "winners_count": "x"}
    text = client.post(f"{address}/rule", data=rule_fields(**wrong)).get_data(as_text=True)
    summary = text[text.index('id="error-summary"') :].partition("</div>")[0]
    assert "有 3 处需要更正" in summary
    assert "第 1 行 等级：字段长度不能超过 60 个字符。" in summary
    assert "第 2 行 最低分：应是 0 至 100 之间的数。" in summary
    assert "获奖件数：应填整数，如 12。</a>" in summary
    assert [word for word in ("Levels", "Field", "Number") if word in summary] == []
    twice = client.post(f"{address}/rule", data=rule_fields(**{"levels-1-name": "金奖"})).get_data(as_text=True)
    assert "奖项等级「金奖」写了两次" in twice
    assert "Levels" not in twice
    client.post(address)
    gone = client.post(f"{address}/decisions", data={"entry_ids": "999", "award": "none"}).get_data(as_text=True)
    assert "请刷新后重新选择" in gone
    assert "not a valid choice" not in gone

"""A contest day's stories: entering teams, the lot, runs typed and confirmed by two, the list published by a second."""

from __future__ import annotations

import io
from datetime import timedelta

import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select

from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, Stale, TooLate
from contest_portal.core.models import Notice
from contest_portal.events.contest_days.drawing import draw_order
from contest_portal.events.contest_days.drawing_record import order_of, problem_of
from contest_portal.events.contest_days.models import ContestGroup, GroupResult, Run, RunChange, Team, TeamMember
from contest_portal.events.contest_days.queries.groups import stage_of_group
from contest_portal.events.contest_days.queries.results import lines_of, public_results
from contest_portal.events.contest_days.queries.starts import starts_of
from contest_portal.events.contest_days.services import groups, lots, results, runs, teams
from contest_portal.events.planning.services.events import change_state
from tests import factories
from tests.events.contest_day_factories import Day, make_day
from tests.events.factories import moment
from tests.statements import counted

pytestmark = pytest.mark.database

WEST, EAST = "西关小学", "东街小学"


@pytest.fixture
def day(app: object, clock: MovingClock) -> Day:
    return make_day(clock)


@pytest.fixture
def played(day: Day) -> tuple[Day, Team, Team, Team]:
    """Three teams with an order; staff has typed all runs, the helper has confirmed them."""
    first, second = day.team(WEST, "火星一队", [0, 1]), day.team(WEST, "火星二队", [2], coach=1)
    third = day.team(EAST, "月球队", [0])
    day.draw()
    for team, best, other in ((first, "80", "40"), (second, "80", "55"), (third, "95.5", "10")):
        day.type(team, 1, best, "1:00")
        day.type(team, 2, other, "0:50")
    _confirm_all(day)
    return day, first, second, third


def _confirm_all(day: Day) -> None:
    found = db.session.scalars(select(Run).where(Run.confirmed_at.is_(None)))
    runs.confirm_runs(day.helper, day.group.id, [(one.id, one.version) for one in found])


# --- Entering -----------------------------------------------------------------------------------------------------


def test_a_school_enters_a_team_of_its_own_pupils_with_a_coach(day: Day) -> None:
    team = day.team(WEST, " 火星  一队 ", [0, 1])
    assert (team.name, team.school.name, team.coach.name) == ("火星 一队", WEST, "赵教练")
    members = db.session.scalars(select(TeamMember.student_id).where(TeamMember.team_id == team.id)).all()
    assert members == [day.pupils[WEST][0].id, day.pupils[WEST][1].id]


def test_a_pupil_is_in_one_team_of_an_event(day: Day) -> None:
    day.team(WEST, "一队", [0, 1])
    other = groups.add_group(day.staff, day.event.id, groups.GroupData("创意 小学组", moment("2018-05-12 14:00")))
    with pytest.raises(Invalid, match="孙同学已在「一队」中"):
        day.team(WEST, "二队", [0, 2], group=other)


def test_the_database_itself_keeps_a_pupil_to_one_team(day: Day) -> None:
    """Two people enter the same pupil at the same moment: the later one is told in words."""
    day.team(WEST, "一队", [0])
    second = day.team(WEST, "二队", [1])
    pupil = day.pupils[WEST][0].id
    with pytest.raises(Invalid, match="一名学生在一次活动中只能参加一支队伍"):
        _add_past_the_check(day, second, pupil)


def _add_past_the_check(day: Day, team: Team, pupil: int) -> None:
    with unit_of_work(day.staff, "events.change_team") as work:
        work.session.add(TeamMember(team_id=team.id, student_id=pupil, once_key=day.event.id))
        work.record(team)


def test_who_withdrew_may_be_in_another_team(day: Day) -> None:
    team = day.team(WEST, "一队", [0])
    teams.withdraw_team(day.managers[WEST], team.id, team.version)
    assert day.team(WEST, "二队", [0]).state == "registered"


@pytest.mark.parametrize(
    ("pupils", "words"), [([], "每队应为 1–3 人，现有 0 人"), ([0, 1, 2, 3], "每队应为 1–3 人，现有 4 人")]
)
def test_a_team_has_so_many_members(day: Day, pupils: list[int], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        day.team(WEST, "一队", pupils)


def test_pupils_of_another_stage_or_school_and_other_schools_coaches_are_refused(day: Day) -> None:
    older = factories.make_student(day.schools[WEST], "初中生", grade=8)
    data = teams.TeamData("一队", day.coaches[EAST][0].id, [older.id, day.pupils[EAST][0].id])
    with pytest.raises(Invalid) as caught:
        teams.register_team(day.managers[WEST], day.group.id, data)
    assert [str(one.message) for one in caught.value.problems] == [
        "请从本校教师名册中选择教练员。",
        "初中生不在「综合技能 小学组」的参赛范围（学段或年级）内。",
        "队员应是本校学生名册中的学生。",
    ]


def test_of_another_school_s_pupil_in_a_team_neither_name_nor_team_is_told(day: Day) -> None:
    day.team(EAST, "月球队", [1])
    data = teams.TeamData("一队", day.coaches[WEST][0].id, [day.pupils[EAST][1].id])
    with pytest.raises(Invalid) as caught:
        teams.register_team(day.managers[WEST], day.group.id, data)
    assert [str(one.message) for one in caught.value.problems] == ["队员应是本校学生名册中的学生。"]


def test_a_school_has_so_many_teams_in_a_group(app: object, clock: MovingClock) -> None:
    day = make_day(clock, most_a_school=1)
    day.team(WEST, "一队", [0])
    with pytest.raises(Conflict, match="每校最多 1 支队伍，西关小学已报 1 支"):
        day.team(WEST, "二队", [1])
    assert day.team(EAST, "一队", [0]).state == "registered"


def test_after_the_closing_time_only_the_office_enters_teams(day: Day) -> None:
    assert day.event.booking_closes_at
    day.clock.move_to(day.event.booking_closes_at)
    day.team(WEST, "一队", [0])  # inclusive to its second
    day.clock.advance(seconds=1)
    with pytest.raises(TooLate, match="报名已于 2018-03-11 09:00 截止"):
        day.team(WEST, "二队", [1])
    data = teams.TeamData("二队", day.coaches[WEST][0].id, [day.pupils[WEST][1].id])
    assert teams.register_team(day.staff, day.group.id, data, school_id=day.schools[WEST].id).school.name == WEST


def test_a_team_changes_its_members_until_the_lot(day: Day) -> None:
    team = day.team(WEST, "一队", [0, 1])
    data = teams.TeamData("新名", day.coaches[WEST][1].id, [day.pupils[WEST][1].id, day.pupils[WEST][2].id])
    changed = teams.change_team(day.managers[WEST], team.id, team.version, data)
    with pytest.raises(Stale):
        teams.change_team(day.managers[WEST], team.id, 1, data)
    day.draw()
    with pytest.raises(Conflict, match="已经抽签"):
        teams.change_team(day.managers[WEST], team.id, changed.version, data)


# --- The lot ------------------------------------------------------------------------------------------------------


def test_nothing_is_drawn_while_schools_may_enter(day: Day) -> None:
    day.team(WEST, "一队", [0])
    with pytest.raises(Conflict, match="报名截止之后才能抽签"):
        lots.draw_group(day.staff, day.group.id, day.group.version)


def test_the_lot_is_recorded_so_that_anybody_can_draw_it_again(day: Day) -> None:
    for number in range(3):
        day.team(WEST, f"西{number}", [number], coach=number % 2)
        day.team(EAST, f"东{number}", [number], coach=number % 2)
    day.draw(seed=99)
    group = db.session.get_one(ContestGroup, day.group.id)
    again = draw_order(problem_of(group.drawing), group.drawing["seed"])
    assert (group.seed, list(order_of(group.drawing).starts)) == (99, list(again.starts))
    numbers = db.session.scalars(select(Team.lot).order_by(Team.lot)).all()
    assert numbers == [1, 2, 3, 4, 5, 6]
    at_once = [(one.at, one.team.coach_id) for one in starts_of(group)]
    assert len(at_once) == len(set(at_once)) == 12


def test_the_schools_are_told_and_a_new_lot_needs_a_reason(day: Day) -> None:
    day.team(WEST, "一队", [0])
    day.draw(seed=1)
    manager = day.managers[WEST].account_id
    assert db.session.scalar(select(func.count()).where(Notice.account_id == manager)) == 1
    with pytest.raises(Invalid, match="重新抽签请写明原因"):
        day.draw(seed=2)
    day.draw(seed=2, why="漏了一个赛台")
    kept = db.session.get_one(ContestGroup, day.group.id).drawing["lots"]
    assert [(one["seed"], one["why"]) for one in kept] == [(1, ""), (2, "漏了一个赛台")]


def test_a_coach_is_not_needed_in_two_groups_at_once(app: object, clock: MovingClock) -> None:
    day = make_day(clock, tables=1, runs=1)
    data = groups.GroupData("创意 小学组", moment("2018-05-12 09:00"), tables=1, runs=1)
    other = groups.add_group(day.staff, day.event.id, data)
    day.team(WEST, "技能队", [0])
    day.team(EAST, "对手", [0])
    mine = day.team(WEST, "创意队", [1], group=other)
    day.team(EAST, "创意对手", [1], coach=1, group=other)
    day.draw()
    for seed in range(6):
        day.draw(seed=seed, group=other, why="再抽")
        at = {one.team.name: one.at for row in (day.group, other) for one in starts_of(row)}
        assert at["技能队"] != at["创意队"]
    assert not mine.group.drawing["clashes"]


def test_after_the_lot_the_times_stay_until_it_is_taken_back(day: Day) -> None:
    day.team(WEST, "一队", [0])
    day.draw()
    later = groups.GroupData("综合技能", moment("2018-05-12 10:00"), tables=2, most=3, stages=["小学"])
    with pytest.raises(Conflict, match="撤回抽签"):
        groups.change_group(day.staff, day.group.id, day.group.version, later)
    lots.take_back(day.staff, day.group.id, day.group.version, "改时间")
    changed = groups.change_group(day.staff, day.group.id, day.group.version, later)
    assert (changed.name, changed.drawn_at, starts_of(changed)) == ("综合技能", None, [])
    assert changed.drawing["lots"][-1]["why"] == "改时间"


def test_a_team_taken_out_after_the_lot_leaves_its_place_empty(day: Day) -> None:
    team, other = day.team(WEST, "一队", [0]), day.team(EAST, "二队", [0])
    day.draw()
    before = {one.team.name: (one.run, one.at, one.table) for one in starts_of(day.group)}
    teams.withdraw_team(day.staff, team.id, team.version, "生病")
    after = {one.team.name: (one.run, one.at, one.table) for one in starts_of(day.group)}
    assert after == {other.name: before[other.name]}


def test_a_cancelled_contest_day_is_told_to_the_schools_with_teams(day: Day) -> None:
    day.team(WEST, "一队", [0])
    change_state(day.staff, day.event.id, "cancel", "场馆停电")
    rows = db.session.scalars(select(Notice).where(Notice.account_id == day.managers[WEST].account_id)).all()
    assert [one.body % one.params for one in rows] == ["原因：场馆停电"]
    assert db.session.scalar(select(func.count()).where(Notice.account_id == day.managers[EAST].account_id)) == 0
    with pytest.raises(Conflict, match="不接受报名"):
        day.team(WEST, "二队", [1])


# --- Runs ---------------------------------------------------------------------------------------------------------


def test_one_types_and_another_confirms(day: Day) -> None:
    team = day.team(WEST, "一队", [0])
    day.draw()
    day.type(team, 1, "80", "1:02.5")
    run = db.session.scalars(select(Run)).one()
    assert (run.score, run.seconds, run.confirmed_at) == (80, 62.5, None)
    with pytest.raises(Conflict, match="录入人以外的另一人"):
        runs.confirm_runs(day.staff, day.group.id, [(run.id, run.version)])
    runs.confirm_runs(day.helper, day.group.id, [(run.id, run.version)])
    assert db.session.get_one(Run, run.id).confirmed_by == day.helper.account_id


def test_what_is_wrong_is_told_by_its_row_and_nothing_is_kept(day: Day) -> None:
    first, second = day.team(WEST, "一队", [0]), day.team(EAST, "二队", [0])
    day.draw()
    rows = [runs.RunData(first.id, "ran", "80", "1:00"), runs.RunData(second.id, "ran", "八十", "1:75")]
    with pytest.raises(Invalid) as caught:
        runs.type_runs(day.staff, day.group.id, 1, rows)
    assert [one.field for one in caught.value.problems] == ["rows-1-score", "rows-1-time"]
    assert db.session.scalar(select(func.count()).select_from(Run)) == 0


def test_two_who_type_the_same_team_at_once_are_told(day: Day) -> None:
    team = day.team(WEST, "一队", [0])
    day.draw()
    day.type(team, 1, "80")
    with pytest.raises(Stale, match="一队的第 1 轮成绩刚刚被他人录入"):
        runs.type_runs(day.helper, day.group.id, 1, [runs.RunData(team.id, "ran", "70")])


def test_a_confirmed_run_is_corrected_with_a_reason_and_confirmed_again(played: tuple[Day, Team, Team, Team]) -> None:
    day, first, _second, _third = played
    run = db.session.scalars(select(Run).where(Run.team_id == first.id, Run.number == 1)).one()
    with pytest.raises(Conflict, match="请用「更正」修改"):
        day.type(first, 1, "81", "1:00", seen_version=run.version)
    data = runs.RunData(first.id, "ran", "81", "1:00", seen_version=run.version)
    with pytest.raises(Invalid, match="请写明原因"):
        runs.correct_run(day.leader, run.id, data, " ")
    changed = runs.correct_run(day.leader, run.id, data, "记分单看错一行")
    change = db.session.scalars(select(RunChange)).one()
    assert (changed.score, changed.confirmed_at) == (81, None)
    assert (change.score, change.seconds, change.why) == (80, 60, "记分单看错一行")


# --- Results ------------------------------------------------------------------------------------------------------


def test_the_ranking_takes_the_best_run_then_the_next_best(played: tuple[Day, Team, Team, Team]) -> None:
    day, *_teams = played
    lines = lines_of(day.group)
    assert [(one["place"], one["team"], one["score"], one["decided_by"]) for one in lines] == [
        (1, "月球队", 95.5, 0), (2, "火星二队", 80, 1), (3, "火星一队", 80, 2),
    ]  # fmt: skip
    assert lines[0]["runs"] == [["ran", 95.5, 60], ["ran", 10, 50]]


def test_a_list_waits_until_all_is_typed_and_confirmed(day: Day) -> None:
    team = day.team(WEST, "一队", [0])
    day.draw()
    day.type(team, 1, "80")
    with pytest.raises(Conflict, match="还有 1 项成绩没有录入、1 项没有确认"):
        results.list_results(day.staff, day.group.id)


def test_a_second_person_publishes_and_everybody_reads_it(played: tuple[Day, Team, Team, Team]) -> None:
    day, *_teams = played
    listed = results.list_results(day.staff, day.group.id)
    assert not public_results(day.event.id)
    assert stage_of_group(day.group) == "listed"
    with pytest.raises(Conflict, match="生成人以外的另一人"):
        results.publish_results(day.staff, day.group.id, listed.id)
    results.publish_results(day.leader, day.group.id, listed.id)
    (shown,) = public_results(day.event.id)
    assert [one["team"] for one in shown.lines] == ["月球队", "火星二队", "火星一队"]
    assert stage_of_group(day.group) == "published"


def test_a_correction_withdraws_the_list_and_a_published_one_is_told(played: tuple[Day, Team, Team, Team]) -> None:
    day, first, *_teams = played
    listed = results.list_results(day.staff, day.group.id)
    _correct(day, first, "99")
    with pytest.raises(Conflict, match="因成绩改动已作废"):
        results.publish_results(day.leader, day.group.id, listed.id)
    second = results.list_results(day.staff, day.group.id)
    results.publish_results(day.leader, day.group.id, second.id)
    _correct(day, first, "70")
    with pytest.raises(Invalid, match="请写明这次更正了什么"):
        results.list_results(day.staff, day.group.id)
    third = results.list_results(day.staff, day.group.id, "火星一队第 1 轮成绩录错")
    assert public_results(day.event.id)[0].lines[0]["team"] == "火星一队"  # until it is published
    results.publish_results(day.leader, day.group.id, third.id)
    shown = public_results(day.event.id)[0]
    assert (shown.lines[0]["team"], shown.corrected) == ("月球队", "火星一队第 1 轮成绩录错")
    assert db.session.scalar(select(func.count()).select_from(GroupResult)) == 3


def _correct(day: Day, team: Team, score: str) -> None:
    run = db.session.scalars(select(Run).where(Run.team_id == team.id, Run.number == 1)).one()
    runs.correct_run(day.staff, run.id, runs.RunData(team.id, "ran", score, seen_version=run.version), "录错")
    _confirm_all(day)


# --- Pages --------------------------------------------------------------------------------------------------------


def test_a_teacher_picks_members_on_the_page_and_enters_the_team(day: Day, client: FlaskClient) -> None:
    browser = factories.sign_in(client, day.managers[WEST])
    address = f"/groups/{day.group.id}/teams/new"
    one, two = day.pupils[WEST][0].id, day.pupils[WEST][1].id
    text = browser.post(address, data={"name": "一队", "member": one}).get_data(as_text=True)
    assert f'name="members-0" value="{one}"' in text
    found = browser.post(address, data={"member_query": "李同学", "find": "member"}).get_data(as_text=True)
    assert f'value="{two}"' in found
    typed = {"name": "一队", "coach_id": day.coaches[WEST][0].id, "members-0": one, "members-1": two}
    text = browser.post(address, data={**typed, "remove": two}).get_data(as_text=True)
    assert f'name="remove" value="{two}"' not in text
    assert browser.post(address, data={**typed, "save": "1"}).status_code == 302
    page = browser.get("/teams").get_data(as_text=True)
    assert "孙同学、李同学" in page


def test_results_are_typed_confirmed_and_published_through_the_pages(day: Day, client: FlaskClient) -> None:
    team = day.team(WEST, "一队", [0])
    day.draw()
    day.type(team, 2, "", outcome="absent")
    browser = factories.sign_in(client, day.staff)
    address = f"/office/groups/{day.group.id}"
    row = {"rows-0-team_id": team.id, "rows-0-version": 0, "rows-0-outcome": "ran"}
    wrong = browser.post(f"{address}/runs?run=1", data={**row, "rows-0-score": "abc"})
    assert wrong.status_code == 422
    assert "得分应是数，最多三位小数，现为「abc」" in wrong.get_data(as_text=True)
    lost = browser.post(f"{address}/runs?run=1", data={**row, "rows-0-outcome": "stopped", "rows-0-score": "40"})
    assert lost.status_code == 422
    assert "「中止」和「缺席」没有成绩" in lost.get_data(as_text=True)
    assert (
        browser.post(f"{address}/runs?run=1", data={**row, "rows-0-score": "88", "rows-0-time": "1:05"}).status_code
        == 302
    )
    chosen = [f"{one.id}-{one.version}" for one in db.session.scalars(select(Run))]
    other = factories.sign_in(client.application.test_client(), day.helper)
    assert other.post(f"{address}/confirm", data={"run": chosen}).status_code == 302
    assert browser.post(f"{address}/ranking").status_code == 302
    listed = db.session.scalars(select(GroupResult)).one()
    assert other.post(f"{address}/publish", data={"version": listed.id}).status_code == 302
    public = client.application.test_client().get(f"/events/{day.event.id}/results").get_data(as_text=True)
    assert "88 / 1:05" in public
    assert "孙同学" not in public


def test_pages_take_the_same_statements_for_more_teams(day: Day, client: FlaskClient) -> None:
    pages = [
        f"/office/groups/{day.group.id}{page}" for page in ("", "/runs", "/confirm", "/ranking", "/teams/export")
    ] + [f"/events/{day.event.id}/starts", f"/events/{day.event.id}/results", f"/office/events/{day.event.id}/groups"]

    def counts() -> list[int]:
        found = []
        for page in pages:
            with counted(db.engine) as statements:
                assert browser.get(page).status_code == 200
            found.append(len(statements))
        return found

    day.team(WEST, "一队", [0])
    day.draw()
    browser = factories.sign_in(client, day.staff)
    few = counts()
    lots.take_back(day.staff, day.group.id, day.group.version, "补报")
    for number in range(1, 6):
        pupil, coach = day.pupils[EAST][number].id, day.coaches[EAST][number % 2].id
        data = teams.TeamData(f"东{number}", coach, [pupil])
        teams.register_team(day.staff, day.group.id, data, school_id=day.schools[EAST].id)
    day.draw(why="补报")
    assert counts() == few
    assert max(few) <= 15


def test_start_list_slips_and_results_are_printed_and_exported(
    played: tuple[Day, Team, Team, Team], client: FlaskClient
) -> None:
    day, *_teams = played
    results.publish_results(day.leader, day.group.id, results.list_results(day.staff, day.group.id).id)
    for page in ("starts", "results"):
        assert f'href="/events/{day.event.id}"' in client.get(f"/events/{day.event.id}/{page}").text
    starts = _pdf(client, f"/events/{day.event.id}/starts.pdf")
    assert starts.count("火星一队") == 2
    assert "孙同学" not in starts
    browser = factories.sign_in(client, day.staff)
    slips = _pdf(browser, f"/office/groups/{day.group.id}/slips.pdf")
    assert slips.count("裁判签字") == 6  # three teams, two runs
    assert "月球队" in _pdf(browser, f"/events/{day.event.id}/results.pdf")
    book = load_workbook(io.BytesIO(browser.get(f"/events/{day.event.id}/results/export").data))
    cells = [cell.value for row in book.active.iter_rows() for cell in row]
    assert cells.index("月球队") < cells.index("火星二队") < cells.index("火星一队")
    teams_book = load_workbook(io.BytesIO(browser.get(f"/office/groups/{day.group.id}/teams/export").data))
    assert "孙同学（五年级）、李同学（五年级）" in [cell.value for row in teams_book.active.iter_rows() for cell in row]


def _pdf(browser: FlaskClient, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)


def test_the_picker_of_members_is_asked_without_a_name_in_the_address(day: Day, app: Flask) -> None:
    client = factories.sign_in(app.test_client(), day.managers[WEST])
    pupil = day.pupils[WEST][0]
    found = client.post("/teams/pupils", data={"q": pupil.name}).text
    assert f'data-value="{pupil.id}"' in found
    assert f'data-value="{day.pupils[EAST][0].id}"' not in found  # of the same name
    assert client.get("/teams/pupils", query_string={"q": pupil.name}).status_code == 405


def test_the_office_enters_and_sets_right_a_team_for_a_school_after_the_closing_time(day: Day, app: Flask) -> None:
    assert day.event.booking_closes_at
    day.clock.move_to(day.event.booking_closes_at + timedelta(minutes=1))
    client = factories.sign_in(app.test_client(), day.staff)
    group_id, school, pupil = day.group.id, day.schools[WEST], day.pupils[WEST][0]
    page = f"/office/groups/{group_id}/teams/new"
    assert school.name in client.get(page).text
    address = f"{page}?school={school.id}"
    assert day.coaches[WEST][0].name in client.get(address).text
    found = client.post(f"/office/groups/{group_id}/pupils?school={school.id}", data={"q": pupil.name}).text
    assert f'data-value="{pupil.id}"' in found
    data = {"name": "火星一队", "coach_id": day.coaches[WEST][0].id, "member": pupil.id, "save": "1"}
    assert client.post(address, data=data).location.endswith(f"/office/groups/{group_id}")
    team = db.session.scalars(select(Team)).one()
    assert (team.school_id, team.created_by) == (school.id, day.staff.account_id)
    right = {**data, "name": "火星二队", "version": team.version}
    assert client.post(f"/office/teams/{team.id}", data=right).status_code == 302
    db.session.expire_all()
    assert db.session.get_one(Team, team.id).name == "火星二队"
    told = [one.title for one in db.session.scalars(select(Notice)) if one.account_id == day.managers[WEST].account_id]
    assert len(told) == 2
    stranger = factories.make_school(factories.make_office("高台县科学技术协会", number_prefix="GT"), "高台一小")
    assert client.post(f"{page}?school={stranger.id}", data=data).status_code == 404
    assert client.post(f"/office/groups/{group_id}/pupils?school={stranger.id}", data={"q": "孙"}).status_code == 404

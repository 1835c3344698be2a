"""The robot contest day: teams from the rosters, the order by lot, runs typed by one and confirmed by another, the ranking."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.demo import calendar
from contest_portal.demo.chance import chance
from contest_portal.demo.events.making import announce, close, data_of_kind, lasting, teachers_of
from contest_portal.demo.world import World
from contest_portal.events.contest_days.models import ContestGroup, Run, Team
from contest_portal.events.contest_days.services.groups import GroupData, add_group
from contest_portal.events.contest_days.services.lots import draw_group
from contest_portal.events.contest_days.services.results import list_results, publish_results
from contest_portal.events.contest_days.services.runs import RunData, confirm_runs, correct_run, type_runs
from contest_portal.events.contest_days.services.teams import TeamData, register_team
from contest_portal.people.grades import stage_of
from contest_portal.people.models import Student

TITLE = "2018年甘州区青少年机器人竞赛"
STAGES = ("小学", "初中")
NAMES = ("星火队", "黑河队")
TEAM_SIZE = 2
FULL_MARKS, FINE_SECONDS = 200, (75.0, 180.0)


def hold_robots(world: World) -> int:
    """Called, entered, drawn, run, ranked. Gives how many teams there were."""
    world.go_to(calendar.ROBOTS_CALL)
    data = data_of_kind(
        "contest_day",
        TITLE,
        description="机器人综合技能比赛，分小学组和初中组，每队两轮，取最好成绩；得分相同的，用时少的在前。",
        venue="南关学校体育馆",
        booking_closes_at=calendar.ROBOTS_CLOSE,
    )
    event_id = announce(world, data, [lasting(calendar.ROBOTS, 480, 300)])
    groups = [_add_group(world, event_id, place, stage) for place, stage in enumerate(STAGES)]
    teams = sum(
        _enter(world, group, stage, count)
        for group, stage, count in zip(groups, STAGES, world.plan.events.teams, strict=True)
    )
    world.go_to(calendar.ROBOTS_LOT)
    for place, group in enumerate(groups):
        draw_group(world.staff[0], group, _group(group).version, seed=world.plan.seed + place)
    world.go_to(calendar.ROBOTS)
    for group in groups:
        _run(world, group)
    world.go_to(calendar.ROBOTS + timedelta(hours=8))
    for group in groups:
        listed = list_results(world.staff[0], group)
        publish_results(world.leader, group, listed.id)
    close(world, event_id)
    return teams


def _add_group(world: World, event_id: int, place: int, stage: str) -> int:
    begin = calendar.ROBOTS + timedelta(minutes=30 + 150 * place)
    data = GroupData(
        f"综合技能{stage}组", begin, tables=3, minutes=6, fewest=1, most=4, most_a_school=2, stages=[stage]
    )
    return add_group(world.staff[0], event_id, data).id


def _enter(world: World, group: int, stage: str, count: int) -> int:
    """Teams of the keenest schools; each first sends one, then some a second."""
    keen = sorted((one for one in world.schools if stage in one.stages), key=lambda one: (-one.zeal, one.index))
    entered = 0
    for place, name in enumerate(NAMES):
        for school in keen:
            pupils, teachers = _pupils(world, school.index, stage), teachers_of(world, school.index)
            chosen = pupils[place * TEAM_SIZE : (place + 1) * TEAM_SIZE]
            if entered == count or not chosen:
                continue
            world.clock.advance(minutes=25)
            coach = teachers[(1 + place) % len(teachers)]
            register_team(world.managers[school.index], group, TeamData(name, coach.id, chosen))
            entered += 1
    return entered


def _pupils(world: World, school: int, stage: str) -> list[int]:
    rows = db.session.execute(
        select(Student.id, Student.grade)
        .where(Student.school_id == world.school_ids[school], Student.state == "active")
        .order_by(Student.grade.desc(), Student.id)
    )
    return [pupil for pupil, grade in rows if stage_of(grade) == stage]


def _run(world: World, group: int) -> None:
    """All runs of the group, with one team that does not come to its second, and one slip that is corrected."""
    rng = chance(world.plan.seed, "robots", _group(group).name)
    teams = list(db.session.scalars(select(Team.id).where(Team.group_id == group).order_by(Team.lot)))
    skill = {team: rng.uniform(0.4, 0.95) for team in teams}
    for number in range(1, _group(group).runs + 1):
        world.clock.advance(minutes=55)
        rows = [_mark(rng.gauss(0, 0.07), skill[team], team) for team in teams]
        if number > 1:
            rows[-1] = RunData(teams[-1], "absent")
        type_runs(world.staff[0], group, number, rows)
        world.clock.advance(minutes=8)
        _confirm(world, group, number)
    _correct(world, group, teams[0], rng.randint(1, 4) * 5)


def _mark(luck: float, skill: float, team: int) -> RunData:
    share = min(1.0, max(0.1, skill + luck))
    fast, slow = FINE_SECONDS
    return RunData(team, "ran", str(round(FULL_MARKS * share / 5) * 5), f"{slow - (slow - fast) * share:.2f}")


def _confirm(world: World, group: int, number: int) -> None:
    rows = db.session.scalars(
        select(Run)
        .join(Team, Team.id == Run.team_id)
        .where(Team.group_id == group, Run.number == number, Run.confirmed_at.is_(None))
        .order_by(Run.id)
    )
    confirm_runs(world.staff[1], group, [(one.id, one.version) for one in rows])


def _correct(world: World, group: int, team: int, more: int) -> None:
    run = db.session.scalars(select(Run).where(Run.team_id == team, Run.number == 1)).one()
    score = f"{(run.score or 0) + more:g}"
    data = RunData(team, "ran", score, f"{run.seconds or 0:.2f}", seen_version=run.version)
    correct_run(world.staff[0], run.id, data, "裁判复核：漏记一项任务的得分")
    world.clock.advance(minutes=5)
    _confirm(world, group, 1)


def _group(group: int) -> ContestGroup:
    return db.session.get_one(ContestGroup, group, populate_existing=True)

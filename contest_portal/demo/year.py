"""The whole year 2018, from the first office to the summary, by the services that the pages call, on a moved clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from uuid import UUID

from flask import Flask

from contest_portal.core.clock import MovingClock
from contest_portal.core.current_storage import CurrentStorage
from contest_portal.core.jobs import waiting_count
from contest_portal.core.pdf import require_chinese_font
from contest_portal.demo import (
    calendar,
    calling,
    entering,
    judging,
    lists,
    opening,
    practice,
    rest_of_year,
    rosters,
    screening,
)
from contest_portal.demo.chance import chance
from contest_portal.demo.copies import with_copies
from contest_portal.demo.events.open_ones import open_events
from contest_portal.demo.events.year import hold_autumn, hold_summer
from contest_portal.demo.files import Workshop, all_files
from contest_portal.demo.intake import Intake
from contest_portal.demo.people import people
from contest_portal.demo.plan import Plan
from contest_portal.demo.progress import Progress
from contest_portal.demo.schools import schools
from contest_portal.demo.works import plan_works
from contest_portal.demo.world import World


def build_year(app: Flask, plan: Plan, progress: Progress) -> World:
    """Fill the empty database of `app` with the year; its context is open. Gives the year as it stands at its end.

    The application's clock is moved through 2018 meanwhile and put back afterwards.
    """
    require_chinese_font()
    with _prepared(app, plan) as clock, closing(Workshop()) as workshop, closing(Intake(app, workshop)) as intake:
        world = _world(plan, clock, progress, workshop, intake)
        scans = calling.scans_ordered(world)
        workshop.order(scans.values())
        workshop.order(all_files(plan, world.schools, world.every_work))
        workshop.order(file for _work, file in screening.returned_papers(world))
        step = progress.step
        with step("主办单位和人员") as one:
            opening.open_offices(world)
            one.made = f"{len(world.offices)} 级科协，{len(world.logins)} 名工作人员"
        with step("学校入驻") as one:
            one.made = opening.bring_schools(world)
        with step("师生名册") as one:
            one.made = rosters.upload_rosters(world)
        with step("赛事和通知") as one:
            calling.plan_contests(world)
            one.made = calling.publish_calls(world)
            entering.announce_files(world, screening.returned_papers(world))
        with step("监护人同意") as one:
            one.made = calling.record_all_consents(world, scans)
        with step("补充名册") as one:
            one.made = rosters.upload_supplement(world)
        with step("教师账号") as one:
            one.made = entering.invite_makers(world)
        with step("申报作品") as one:
            one.made = entering.enter_all(world)
        with step("审核") as one:
            one.made = screening.screen_all(world)
        with step("聘请评委") as one:
            bench, one.made = judging.call_judges(world)
        with step("参与人数") as one:
            one.made = rest_of_year.report_head_counts(world)
        with step("分配评审任务") as one:
            one.made = judging.open_rounds(world, bench)
        with step("评分") as one:
            one.made = judging.judge_all(world, bench)
        with step("排名") as one:
            one.made = judging.rank_all(world, bench)
        with step("推荐名单") as one:
            one.made = lists.make_lists(world)
        with step("公示") as one:
            one.made = lists.publish(world)
        rest_of_year.close_contests(world)
        with step("夏季活动") as one:
            one.made = hold_summer(world)
        with step("秋季活动") as one:
            one.made = hold_autumn(world)
        with step("年度记录") as one:
            one.made = rest_of_year.record_year(world)
        with step("练习赛") as one:
            one.made = practice.open_practice(world, bench)
        with step("练习活动") as one:
            one.made = f"{len(open_events(world))} 项，长期开放预约"
        with step("预览图") as one:
            world.go_to(calendar.END)
            one.made = f"{waiting_count()} 张，网站启动后自动生成"
    return world


def _world(plan: Plan, clock: MovingClock, progress: Progress, workshop: Workshop, intake: Intake) -> World:
    all_schools = schools(plan.schools)
    everybody = people(plan, all_schools)
    works = with_copies(plan_works(plan, all_schools, everybody))
    return World(plan, clock, progress, workshop, intake, all_schools, everybody, works)


@contextmanager
def _prepared(app: Flask, plan: Plan) -> Iterator[MovingClock]:
    """What the application stands on is exchanged for the time of building: a clock that is moved, keys by lot of the
    seed, files that need not be on the disk one by one while all of it can be made again."""
    before = dict(app.extensions)
    clock = app.extensions["clock"] = MovingClock(calendar.START)
    keys = chance(plan.seed, "keys of people")
    app.extensions["person_keys"] = lambda: UUID(int=keys.getrandbits(128), version=4)
    app.extensions["storage"] = CurrentStorage(app.config["SETTINGS"], durable=False)
    try:
        yield clock
    finally:
        app.extensions.clear()
        app.extensions.update(before)

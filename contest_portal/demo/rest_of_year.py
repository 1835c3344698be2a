"""The rest of the demo's year: head-counts, the contests' end, activities, what came back from above, the summary.

Names and numbers are the office's own, kept in tests/published/contest_2018.json.
"""

from __future__ import annotations

from contest_portal.contests import services as contests
from contest_portal.demo import calendar
from contest_portal.demo.chance import chance, shares
from contest_portal.demo.plan import MAIN
from contest_portal.demo.schools import NAMED
from contest_portal.demo.world import World, contest_version
from contest_portal.events.records.services import Figure, record_activity
from contest_portal.reports.services import name_schools
from contest_portal.results.records.services.participation import report_participation
from contest_portal.results.records.services.year import add_external_result, add_honour

YEAR = 2018
TEACHER_SHARE = 0.045

RESULTS = (
    ("甘肃省第33届青少年科技创新大赛", "一等奖", 5),
    ("甘肃省第33届青少年科技创新大赛", "二等奖", 7),
    ("甘肃省第33届青少年科技创新大赛", "三等奖", 13),
    ("全省第18届青少年机器人竞赛", "二等奖", 2),
    ("全省第18届青少年机器人竞赛", "三等奖", 3),
)
HONOURS = (("南关学校", "科学调查体验推广示范学校", "省"),)
ACTIVITIES = (
    (
        "中国流动科技馆甘州区巡展",
        (
            Figure("theme", "主题", "体验科学·感受生活"),
            Figure("visits", "参观", "16000多人次"),
            Figure("mode", "组织方式", "分批次, 按照巡展组织活动方案, 城区中小学生"),
        ),
    ),
    (
        "全省科普大篷车河西行(甘州站)",
        (
            Figure("venue", "地点", "甘州中学"),
            Figure("vehicles", "车辆", 8),
            Figure("exhibit_kinds", "展品种类", 6),
            Figure("exhibits", "展品", "50余件"),
            Figure("visitors", "参观", "3000多名师生"),
        ),
    ),
    (
        "2018年张掖市全国科普日活动启动",
        (
            Figure("date", "日期", "2018-09-14"),
            Figure("participants", "参加", "100余人"),
            Figure("boards", "展板", 72),
            Figure("books", "图书", "300余本"),
        ),
    ),
)


def report_head_counts(world: World) -> str:
    """Each school's manager reports how many pupils and teachers took part."""
    world.go_to(calendar.HEAD_COUNTS)
    rng = chance(world.plan.seed, "head counts")
    weights = [school.pupils * rng.uniform(0.8, 1.25) for school in world.schools]
    total = 0
    for school, count in zip(world.schools, shares(world.plan.participants, weights), strict=True):
        world.clock.advance(minutes=7)
        teachers = max(1, round(count * TEACHER_SHARE * rng.uniform(0.7, 1.3)))
        report_participation(
            world.managers[school.index],
            world.contests[MAIN],
            world.school_ids[school.index],
            count - teachers,
            teachers,
        )
        total += count
    return f"{len(world.schools)} 所学校 {total} 人"


def close_contests(world: World) -> None:
    """Both contests are over: they stand among the past ones."""
    world.go_to(calendar.CLOSING)
    for contest_id in world.contests.values():
        contests.change_state(world.staff[0], contest_id, "close", contest_version(contest_id))


def record_year(world: World) -> str:
    """What the office did besides, what came back from above, and the schools that the summary names."""
    staff, office_id = world.staff[0], world.office_id
    world.go_to(calendar.AUTUMN)
    for name, figures in ACTIVITIES:
        world.clock.advance(days=1)
        record_activity(staff, office_id, YEAR, name, figures)
    world.go_to(calendar.FROM_ABOVE)
    for contest, award, count in RESULTS:
        add_external_result(staff, office_id, YEAR, contest, award, count)
    for school, honour, given_by in HONOURS:
        add_honour(staff, office_id, YEAR, world.school_named(school), honour, given_by)
    world.go_to(calendar.SUMMARY)
    name_schools(staff, office_id, YEAR, [world.school_named(name) for name in NAMED])
    return f"活动 {len(ACTIVITIES)} 项，上级奖项 {sum(count for _c, _a, count in RESULTS)} 项"

"""The demo's practice contest: it stays open, so that a newcomer finds something to do in every role."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from sqlalchemy import select

from contest_portal.contests import services
from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import db
from contest_portal.demo import calendar
from contest_portal.demo.entering import begin, hand_in
from contest_portal.demo.judging import Bench
from contest_portal.demo.panel import JudgePlan, marks_of
from contest_portal.demo.plan import MAIN, PRACTICE
from contest_portal.demo.screening import RETURN_WORDS, seen_of
from contest_portal.demo.world import World, category_ids, contest_version
from contest_portal.entries.services.screening import accept_entry, return_entry
from contest_portal.judging.models import Assignment
from contest_portal.judging.services.opening import open_round
from contest_portal.judging.services.round_data import RoundData
from contest_portal.judging.services.rounds import Seat, choose_judges, create_round
from contest_portal.judging.services.sheets import submit_sheet

YEAR = 2019
NAME = "2019年甘州区青少年科技创新大赛（练习）"
TITLE = "关于开放2019年青少年科技创新大赛练习赛的通知"
TEXT = """各中小学校、各位评委：
为便于大家熟悉网上申报、审核和评审的办法，现开放练习赛。有关事项通知如下。
一、练习内容
1. 辅导教师：填写作品、上传材料、提交、打印申报书。
2. 学校管理员：查看本校作品，送审的予以同意或退回。
3. 评委：查看作品、逐项评分、提交评分表。
二、说明
1. 练习赛长期开放，类别和要求与正式比赛相同，不限年龄计算日期和完成时间。
2. 练习作品不评奖、不上报，不计入年度总结。
3. 请使用本校名册中的学生姓名，不要上传真实的证件材料。"""
WHO = "各中小学校的管理员和科技辅导员，本届受聘的评委。"
SEATS = 3


def open_practice(world: World, bench: Bench) -> str:
    """Copy the year's contest, open it for good, and leave works in every state behind."""
    contest_id = _copy(world)
    own = replace(world, contests={**world.contests, PRACTICE: contest_id}, categories=dict(category_ids(contest_id)))
    _enter(own)
    counts = _screen(own)
    sheets, tasks = _judge(own, bench)
    return f"作品 {len(world.practice)} 件（待审核 {counts['waiting']} 件），评分表 {sheets} / {tasks}"


def _copy(world: World) -> int:
    staff = world.staff[0]
    world.go_to(calendar.WINDOWS[PRACTICE][0].replace(hour=0))
    contest = services.copy_contest(staff, world.contests[MAIN], YEAR, name=NAME, with_attachments=True)
    for attachment in [one for one in contest.attachments if one.kind == "attachment"]:
        services.remove_attachment(staff, contest.id, attachment.id)
    services.change_call(staff, contest.id, None, title=TITLE, text=TEXT, who_may_enter=WHO)
    _set_practice(world, contest)
    end = calendar.PRACTICE_ENDS
    dates = services.ContestDates(
        called_on=calendar.WINDOWS[PRACTICE][0].date(),
        opens_at=calendar.WINDOWS[PRACTICE][0],
        closes_at=end,
    )
    services.change_timetable(staff, contest.id, None, dates)
    for category_id in category_ids(contest.id).values():
        _loosen(world, category_id)
    services.change_state(staff, contest.id, "open", contest_version(contest.id))
    return contest.id


def _set_practice(world: World, contest: Contest) -> None:
    services.change_settings(
        world.staff[0],
        contest.id,
        None,
        name=NAME,
        number_prefix=contest.number_prefix,
        number_pattern=contest.number_pattern,
        return_reasons=contest.return_reasons,
        is_practice=True,
    )


def _loosen(world: World, category_id: int) -> None:
    """No rule depends on the far deadline: ages count at the contest's beginning, and works may be of any day."""
    category = db.session.get_one(Category, category_id)
    rules = category.rules
    age = rules.age and replace(rules.age, on=calendar.WINDOWS[PRACTICE][0].date())
    services.change_rules(world.staff[0], category_id, None, replace(rules, age=age, completion=None))


def _enter(world: World) -> None:
    """Drafts, and what is submitted of them."""
    for work in sorted(world.practice, key=lambda one: (one.submitted_at, one.number)):
        world.go_to(work.created_at)
        begin(world, work)
        if work.fate != "draft":
            world.go_to(work.submitted_at)
            hand_in(world, world.teachers[work.maker.number], world.entries[work.number], work)


def _screen(world: World) -> Counter[str]:
    """Some are accepted, one goes back to its school, some wait for whoever tries the office's part."""
    world.go_to(calendar.PRACTICE_SCREENING)
    officer = world.staff[0]
    for work in world.practice:
        entry_id = world.entries[work.number]
        if work.fate == "accepted":
            accept_entry(officer, entry_id, seen_of(entry_id))
        elif work.fate == "returned":
            words, reasons = RETURN_WORDS["KH"]
            return_entry(officer, entry_id, seen_of(entry_id), reasons, words, calendar.PRACTICE_ENDS)
    return Counter(work.fate for work in world.practice)


def _judge(world: World, bench: Bench) -> tuple[int, int]:
    """A round that stays open; every judge has begun. Gives how many sheets there are, of how many."""
    world.go_to(calendar.PRACTICE_JUDGING)
    staff, codes = world.staff[0], sorted({work.code for work in world.practice if work.fate == "accepted"})
    data = RoundData(
        name="练习评审",
        category_ids=[world.categories[code] for code in codes],
        reads_per_entry=3,
        opens_at=calendar.PRACTICE_JUDGING,
        closes_at=calendar.PRACTICE_ENDS,
        method="mixed",
    )
    row = create_round(staff, world.contests[PRACTICE], data, seed=world.plan.seed)
    chosen = _bench_of(bench)
    row = choose_judges(staff, row.id, [Seat(bench.ids[one.index]) for one in chosen])
    row = open_round(staff, row.id, row.version)
    works = {world.entries[work.number]: work for work in world.practice if work.fate != "draft"}
    judges = {bench.ids[one.index]: one for one in chosen}
    tasks = db.session.scalars(select(Assignment).where(Assignment.round_id == row.id).order_by(Assignment.id)).all()
    done: Counter[int] = Counter()
    for task in tasks:
        done[task.judge_id] += 1
        if done[task.judge_id] > 2:
            continue
        world.clock.advance(minutes=6)
        judge, work = judges[task.judge_id], works[task.entry_id]
        rubric = db.session.get_one(Category, world.categories[work.code]).rules.criteria
        marks = marks_of(world.plan, judge, work.number, rubric)
        submit_sheet(world.judges[judge.index], task.id, task.version, marks, "")
    return sum(min(count, 2) for count in done.values()), len(tasks)


def _bench_of(bench: Bench) -> list[JudgePlan]:
    """Judges with accounts of their own: the first of the first two panels."""
    named = [one for one in bench.plans if one.teacher is None]
    chosen = [one for panel in (0, 1) for one in [judge for judge in named if judge.panel == panel][:SEATS]]
    return chosen or named[:SEATS]

"""The demo's June: judges join, rounds open, sheets come in, some judges step back, one is late; rounds are ranked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from contest_portal.contests.models import Category
from contest_portal.contests.rules import Criterion
from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.demo import calendar
from contest_portal.demo.chance import chance
from contest_portal.demo.panel import COMMENTS, JudgePlan, judges, marks_of
from contest_portal.demo.plan import MAIN
from contest_portal.demo.ties import make_a_tie
from contest_portal.demo.world import World, acting
from contest_portal.entries.models import Entry
from contest_portal.judging.judge_table import JudgeData
from contest_portal.judging.models import Assignment, Judge, Round
from contest_portal.judging.services.judges import import_judges, invite_judges
from contest_portal.judging.services.opening import open_round
from contest_portal.judging.services.progress import close_round, move_deadline, remind_judges
from contest_portal.judging.services.rankings import rank_round
from contest_portal.judging.services.reopening import ask_to_reopen, reopen_sheet
from contest_portal.judging.services.round_data import RoundData
from contest_portal.judging.services.rounds import Seat, choose_judges, create_round
from contest_portal.judging.services.sheets import declare_conflict, save_draft, submit_sheet
from contest_portal.people.services.joining import join_with_account

CONFLICTS = 4
CORRECTED_SHARE = 0.03
COMMENTED_SHARE = 0.35
WHY = ("辅导过该作品的前期研究。", "作品内容来自本人主讲的培训班。", "与作者有亲属关系。", "曾指导过同一课题组。")
METHODS = {"科技创新成果与辅导员作品初评": "mixed"}


@dataclass(frozen=True)
class Task:
    """One judge's task as the demo needs it."""

    id: int
    round_id: int
    judge: JudgePlan
    work_number: int
    code: str


@dataclass
class Bench:
    """The judges and what they have to do."""

    plans: list[JudgePlan]
    ids: dict[int, int]
    rounds: list[int]


def call_judges(world: World) -> tuple[Bench, str]:
    """Judges are entered, invited, and join; those who are teachers here keep their one account."""
    world.go_to(calendar.JUDGES)
    schools = {school.index: school.name for school in world.schools}
    tutors = sorted(number for number in world.teachers if number in {w.maker.number for w in world.works})
    plans = judges(world.plan, world.people, schools, tutors)
    rows = [JudgeData(one.name, one.phone, one.employer, one.job_title, one.codes) for one in plans]
    import_judges(world.staff[0], world.office_id, rows)
    found = db.session.scalars(select(Judge).where(Judge.office_id == world.office_id).order_by(Judge.id)).all()
    by_phone = {row.phone: row.id for row in found}
    ids = {one.index: by_phone[one.phone] for one in plans}
    invited = invite_judges(world.staff[0], world.office_id, sorted(ids.values()))
    codes = {issued.invitation.judge_id: issued.code for issued in invited}
    for one in plans:
        world.clock.advance(minutes=50)
        code = codes[ids[one.index]]
        if one.teacher is None:
            login_name = f"pw{one.index + 1:02d}"
            world.judges[one.index] = world.join(code, Role.JUDGE, login_name=login_name, phone=one.phone)
            world.note_login("评委", one.name, one.employer, login_name)
        else:
            account, _ = join_with_account(world.teachers[one.teacher], code)
            world.judges[one.index] = acting(account.id, Role.JUDGE)
    teachers = sum(one.teacher is not None for one in plans)
    return Bench(plans, ids, []), f"{len(plans)} 名（其中 {teachers} 名是学校教师，用原账号）"


def open_rounds(world: World, bench: Bench) -> str:
    """A round for each group of categories, planned and opened."""
    world.go_to(calendar.JUDGING)
    tasks = 0
    for place, (name, (codes, _count)) in enumerate(world.plan.panels.items()):
        data = RoundData(
            name=name,
            category_ids=[world.categories[code] for code in codes],
            reads_per_entry=3,
            opens_at=calendar.JUDGING,
            closes_at=calendar.JUDGING_ENDS,
            method=METHODS.get(name, "raw"),
            wanted={world.categories[code]: _places(world.plan.quotas[code]) for code in codes},
        )
        row = create_round(world.staff[0], world.contests[MAIN], data, seed=world.plan.seed + place)
        seats = [Seat(bench.ids[one.index]) for one in bench.plans if one.panel == place]
        row = choose_judges(world.staff[0], row.id, seats)
        row = open_round(world.staff[0], row.id, row.version)
        bench.rounds.append(row.id)
        tasks += len(tasks_of(world, bench, row.id))
    return f"{len(bench.rounds)} 轮，评审任务 {tasks} 项"


def _places(quotas: Mapping[str, int]) -> dict[str, int]:
    """A round knows places by stage group or in all, not both."""
    return {stage: count for stage, count in quotas.items() if stage} or dict(quotas)


def judge_all(world: World, bench: Bench) -> str:
    """Some judges step back from a work; then everybody marks; one is late and gets a day more."""
    every = [task for round_id in bench.rounds for task in tasks_of(world, bench, round_id)]
    rng = chance(world.plan.seed, "conflicts")
    for place, task in enumerate(rng.sample(every, min(CONFLICTS, len(every) // 4))):
        world.clock.advance(minutes=17)
        declare_conflict(world.judges[task.judge.index], task.id, WHY[place % len(WHY)])
    tasks = [task for round_id in bench.rounds for task in tasks_of(world, bench, round_id)]
    rubrics = {code: db.session.get_one(Category, one).rules.criteria for code, one in world.categories.items()}
    marks = {task.id: marks_of(world.plan, task.judge, task.work_number, rubrics[task.code]) for task in tasks}
    make_a_tie(world.plan, world.works, tasks, marks, rubrics)
    late = next(task.judge.index for task in reversed(tasks))
    sheets = _submit_all(world, bench, tasks, marks, rubrics, late)
    return f"评分表 {sheets} 份，回避改派 {min(CONFLICTS, len(every) // 4)} 项"


def _submit_all(
    world: World,
    bench: Bench,
    tasks: Sequence[Task],
    marks: Mapping[int, Mapping[str, float]],
    rubrics: Mapping[str, Sequence[Criterion]],
    late: int,
) -> int:
    """In the order of moments over the judges' evenings."""
    by_judge: dict[int, list[Task]] = defaultdict(list)
    for task in tasks:
        by_judge[task.judge.index].append(task)
    timed = []
    for index, own in sorted(by_judge.items()):
        rng = chance(world.plan.seed, "evenings", index)
        moments = sorted(_evening(rng.random(), rng.randrange(10_800)) for _ in own)
        if index == late:
            moments[-max(1, len(own) // 3) :] = [
                calendar.JUDGING_ENDS + timedelta(hours=3, minutes=11 * n) for n in range(max(1, len(own) // 3))
            ]
        timed += [(moment, task.id, task) for moment, task in zip(moments, own, strict=True)]
    waiting, sheets = True, 0
    for moment, _id, task in sorted(timed, key=lambda one: one[:2]):
        if waiting and moment > calendar.JUDGING_ENDS:
            _wait_for(world, bench, late)
            waiting = False
        world.go_to(moment)
        sheets += _mark(world, task, marks[task.id], rubrics[task.code])
    return sheets


def _evening(share: float, seconds: int) -> datetime:
    day = calendar.JUDGING.replace(hour=19) + timedelta(days=int(share * 9))
    return day + timedelta(seconds=seconds)


def _mark(world: World, task: Task, marks: Mapping[str, float], rubric: Sequence[Criterion]) -> int:
    """A draft now and then, the sheet, sometimes one that the office gives back. Gives how many sheets."""
    rng = chance(world.plan.seed, "manner", task.id)
    actor, version = world.judges[task.judge.index], _version(task.id)
    comment = rng.choice(COMMENTS) if rng.random() < COMMENTED_SHARE else ""
    if rng.random() < 0.15:
        version = save_draft(actor, task.id, version, {rubric[0].code: marks[rubric[0].code]}, "")
    if rng.random() < CORRECTED_SHARE:
        first = {**marks, rubric[-1].code: max(0.0, marks[rubric[-1].code] - 2)}
        submit_sheet(actor, task.id, version, first, comment)
        world.clock.advance(seconds=90)
        ask_to_reopen(actor, task.id, "最后一项少打了 2 分")
        reopen_sheet(world.staff[0], task.id, "评委申请更正一项分数")
        submit_sheet(actor, task.id, _version(task.id), marks, comment)
        return 2
    submit_sheet(actor, task.id, version, marks, comment)
    return 1


def _wait_for(world: World, bench: Bench, late: int) -> None:
    """The office reminds the one who is not done and moves the end by a day."""
    round_id = bench.rounds[next(one.panel for one in bench.plans if one.index == late)]
    world.go_to(calendar.JUDGING_ENDS - timedelta(hours=2))
    remind_judges(world.staff[0], round_id)
    row = db.session.get_one(Round, round_id, populate_existing=True)
    move_deadline(world.staff[0], round_id, calendar.JUDGING_MOVED, row.version)


def rank_all(world: World, bench: Bench) -> str:
    """Close every round and freeze its ranking."""
    world.go_to(calendar.RANKING)
    rankings = 0
    for round_id in bench.rounds:
        row = db.session.get_one(Round, round_id, populate_existing=True)
        close_round(world.staff[0], round_id, row.version)
        rankings += len(rank_round(world.staff[0], round_id))
    return f"{rankings} 份"


def tasks_of(world: World, bench: Bench, round_id: int) -> list[Task]:
    """The round's living tasks."""
    plan_of = {bench.ids[one.index]: one for one in bench.plans}
    number_of = {entry_id: number for number, entry_id in world.entries.items()}
    code_of = {category_id: code for code, category_id in world.categories.items()}
    rows = db.session.execute(
        select(Assignment.id, Assignment.judge_id, Assignment.entry_id, Entry.category_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .where(Assignment.round_id == round_id, Assignment.state.in_(("todo", "submitted")))
        .order_by(Assignment.id)
    )
    return [
        Task(task_id, round_id, plan_of[judge_id], number_of[entry_id], code_of[category_id])
        for task_id, judge_id, entry_id, category_id in rows
    ]


def _version(task_id: int) -> int:
    return db.session.scalars(select(Assignment.version).where(Assignment.id == task_id)).one()

"""A contest whose paintings are accepted, its judges, and, where a story begins later, what they gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from contest_portal.contests.models import Category, Contest
from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.judging.models import Assignment, Judge, Round
from contest_portal.judging.services import progress, rankings, rounds, sheets
from contest_portal.people.models import Account, Office, School
from tests.journeys import entered
from tests.journeys.scene import STAFF, TEACHER, SceneSchool, account, make_contest, make_office, make_school
from tests.journeys.site import Site
from tests.judging import making

JUDGES = ("baichengqi", "wuhongming", "guoping")
"""Login names of the judges 白成琪, 吴红明, 郭平; everybody's password is that of the site."""
NAMES = ("白成琪", "吴红明", "郭平")
EMPLOYERS = ("区教育科学研究室", "市科技馆", "区农业技术推广中心")
TITLES = (
    "月球上的向日葵花园",
    "海底数据图书馆",
    "沙漠里的云朵收集站",
    "会唱歌的空气净化树",
    "细胞列车",
    "未来的祁连山",
)


@dataclass
class Judged:
    """The rows of the scene by their numbers."""

    office_id: int
    contest_id: int
    category_id: int
    schools: list[SceneSchool]
    entry_ids: list[int] = field(default_factory=list)
    round_id: int = 0


def accepted_paintings(site: Site, count: int = 4) -> Judged:
    """Two schools with accepted paintings, the pupils taken in turn. Built once in a run, picture after picture."""
    return site.kept.scene(site.app, f"{count} paintings", lambda: _one_more(site, count) if count else _none_yet(site))


def _none_yet(site: Site) -> Judged:
    with site.inside():
        office = make_office()
        contest = make_contest(office)
        category = db.session.scalars(
            select(Category).where(Category.contest_id == contest, Category.code == "KH")
        ).one()
        schools = [make_school(office), make_school(office, "甘州区大满镇中心小学", prefix="dm")]
        return Judged(office, contest, category.id, schools)


def _one_more(site: Site, count: int) -> Judged:
    """The scene with one painting less, and the last."""
    judged = accepted_paintings(site, count - 1)
    number = count - 1
    school, prefix = judged.schools[number % 2], ("", "dm")[number % 2]
    with site.inside():
        pupil = list(school.student_ids)[number // 2]
        entry = entered.painting(
            judged.contest_id, school, pupil, title=TITLES[number], number=count, teacher=prefix + TEACHER
        )
        entered.accept(entry)
    site.do_jobs()
    judged.entry_ids.append(entry)
    return judged


def add_judges(judged: Judged, count: int = 3) -> list[int]:
    """The judges with their accounts. Gives the numbers of their rows."""
    scene = making_scene(judged)
    made = []
    for login, name, employer in list(zip(JUDGES, NAMES, EMPLOYERS, strict=True))[:count]:
        who = account(name, Role.JUDGE, login, office_id=judged.office_id)
        made.append(making.make_judge(scene, name, account=who, employer=employer).id)
    return made


def open_round(judged: Judged, judge_ids: Sequence[int], *, reads: int, **values: Any) -> Round:
    """A blind round of a week with these judges, running."""
    scene = making_scene(judged)
    seats = [rounds.Seat(judge_id) for judge_id in judge_ids]
    row = making.open_round(scene, reads=reads, seats=seats, **values)
    judged.round_id = row.id
    return row


def give(task: Assignment, total: float) -> None:
    """The task's own judge gives this total."""
    account_row = db.session.get_one(Account, db.session.get_one(Judge, task.judge_id).account_id)
    sheets.submit_sheet(entered.actor(account_row.login_name or ""), task.id, task.version, making.marks(total))


def give_everywhere(judged: Judged, totals: Sequence[float], *, leave: int = 0) -> None:
    """All tasks of the round get the total of their entry, but for the last `leave` ones."""
    tasks = making.tasks_of(db.session.get_one(Round, judged.round_id))
    for task in tasks[: len(tasks) - leave]:
        give(task, totals[judged.entry_ids.index(task.entry_id)])


def ranked_paintings(site: Site, totals: Sequence[float]) -> Judged:
    """Paintings that were judged and ranked: each judge gave the totals."""
    judged = accepted_paintings(site, len(totals))
    with site.inside():
        row = open_round(judged, add_judges(judged), reads=3)
        give_everywhere(judged, totals)
        staff = entered.actor(STAFF)
        row = progress.close_round(staff, row.id, db.session.get_one(Round, row.id).version)
        rankings.rank_round(staff, row.id, method="raw")
    return judged


def making_scene(judged: Judged) -> making.Scene:
    """The scene as the makers of judging know it."""
    office = db.session.get_one(Office, judged.office_id)
    contest = db.session.get_one(Contest, judged.contest_id)
    schools = [db.session.get_one(School, school.id) for school in judged.schools]
    return making.Scene(office, contest, entered.actor(STAFF), schools)

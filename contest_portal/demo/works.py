"""The demo's entries before they are made: whose, what, when, and what becomes of them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from contest_portal.demo import calendar
from contest_portal.demo.chance import chance, weighted
from contest_portal.demo.originals import Original
from contest_portal.demo.people import People, Pupil, Teacher
from contest_portal.demo.plan import MAIN, MAKER, PRACTICE, Group, Plan
from contest_portal.demo.prose import worded
from contest_portal.demo.schools import MISSPELT, NAMED, SchoolPlan
from contest_portal.demo.titles import film_type, work, works
from contest_portal.people.grades import stage_of

STAGES = {"X": ("小学",), "C": ("初中",), "G": ("高中",), "Z": ("初中", "高中"), "T": ()}
MOST_A_SCHOOL = 5
"""Below the school's quota of six, so that a school may still try."""

TECHNIQUES = ("水粉", "水彩", "蜡笔", "粘贴画", "国画", "油画")
DUTIES = ("选题与方案设计", "实验与记录", "数据整理", "制作与调试", "撰写报告")
GROUPS = (
    "绿芽科学社",
    "小水滴环保社团",
    "星空天文小组",
    "种子观察小组",
    "创新实践社团",
    "蓝天气象小组",
    "戈壁植物小组",
)
GUIDANCE = (
    "[辅导教师|老师]指导[查阅资料|选题|检索文献]、[安全操作|使用仪器|排定步骤]和[数据记录|写作|作图]的方法，[研究|实验|制作]由[学生|作者]"
    "[独立完成|自己动手|全程承担]。"
)


@dataclass(frozen=True)
class WorkPlan:
    """One entry. `fate`: accepted, rejected, withdrawn, returned, late, waiting or draft; `by_office`: who withdraws it.

    `maker` is the teacher who fills it in. `mended` ones are returned once and come again; an `excused` one comes after
    the deadline with the office's exception; one `in_grace` within the silent minute. `original`: what it was copied from.
    """

    number: int
    contest: str
    code: str
    stage: str
    school: int
    title: str
    summary: str
    subject: str
    theme: str
    sign: str
    pupils: tuple[Pupil, ...]
    author: Teacher | None
    tutors: tuple[Teacher, ...]
    maker: Teacher
    fate: str
    submitted_at: datetime
    discipline: str = ""
    group_name: str = ""
    completed_on: date | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    mended: bool = False
    excused: bool = False
    in_grace: bool = False
    by_office: bool = False
    original: Original | None = None

    @property
    def created_at(self) -> datetime:
        """When its draft is begun: before the deadline in any case."""
        closes = calendar.WINDOWS[self.contest][1]
        if self.submitted_at > closes:
            return closes - timedelta(minutes=40 + 7 * (self.number % 20))
        return self.submitted_at - timedelta(minutes=12 + self.number % 40)

    @property
    def shares(self) -> list[int]:
        """What each author states of the work, in percent."""
        count = len(self.pupils)
        return [100] if count == 1 else [60, 40] if count == 2 else [40, 30, 30]


def plan_works(plan: Plan, schools: Sequence[SchoolPlan], people: People) -> list[WorkPlan]:
    """Every entry of all contests, in the order in which they come in."""
    made = _Planner(plan, schools, people).all()
    return sorted(made, key=lambda one: (one.submitted_at, one.number))


class _Planner:
    """Deals works out to schools, pupils and teachers, so that no rule is broken."""

    def __init__(self, plan: Plan, schools: Sequence[SchoolPlan], people: People) -> None:
        self.plan, self.schools, self.people = plan, schools, people
        self.of_school: Counter[tuple[str, int]] = Counter()
        self.used: set[tuple[str, int]] = set()
        self.titles: Counter[str] = Counter()
        self.number = 0
        self.pupils = {school.index: people.pupils_of(school.index) for school in schools}
        self.teachers = {school.index: people.teachers_of(school.index) for school in schools}

    def all(self) -> Iterator[WorkPlan]:
        special = self._special_places()
        for code, stages in self.plan.numbers.items():
            for stage, numbers in stages.items():
                for place in range(numbers.collected):
                    marks = special.get((code, stage, place), "")
                    yield self._work(MAIN, code, stage, "accepted", marks)
        for fate in ("rejected", "withdrawn", "returned", "late", "drafts"):
            groups: tuple[Group, ...] = getattr(self.plan, fate)
            for place, (code, stage) in enumerate(groups):
                marks = "by_office" if fate == "withdrawn" and place == 0 else ""
                yield self._work(MAIN, code, stage, fate.removesuffix("s"), marks)
        for stage, count in self.plan.maker.items():
            for _ in range(count):
                yield self._work(MAKER, "CK", stage, "accepted", "")
        for (code, stage), fates in self.plan.practice.items():
            for fate in fates:
                yield self._work(PRACTICE, code, stage, fate, "")

    def _special_places(self) -> dict[tuple[str, str, int], str]:
        """Which collected entries are mended, excused, or come in the last minute."""
        rng = chance(self.plan.seed, "special")
        every = [
            (code, stage, place)
            for code, stages in self.plan.numbers.items()
            for stage, numbers in stages.items()
            for place in range(numbers.collected)
        ]
        chosen = rng.sample(every, self.plan.mended)
        painting = next(key for key in every if key[0] == "KH" and key not in chosen)
        project = next(key for key in every if key[0] == "CG" and key not in chosen)
        return {**dict.fromkeys(chosen, "mended"), painting: "in_grace", project: "excused"}

    def _work(self, contest: str, code: str, stage: str, fate: str, mark: str) -> WorkPlan:
        self.number += 1
        rng = chance(self.plan.seed, "work", code, self.number)
        school = self._practising(stage) if contest == PRACTICE else self._school(rng, code, stage)
        start = chance(self.plan.seed, "titles", code).randrange(len(works(code)))
        index = (start + self.titles[code]) % len(works(code))
        self.titles[code] += 1
        told = work(code, index)
        pupils, author = self._authors(rng, code, stage, school)
        tutors = self._tutors(rng, code, school)
        maker = author or tutors[0]
        answers, discipline = _answers(rng, code, stage, index)
        in_grace = mark == "in_grace"
        excused = mark == "excused"
        return WorkPlan(
            number=self.number,
            contest=contest,
            code=code,
            stage=stage,
            school=school.index,
            title=told.title,
            summary=told.summary,
            subject=told.subject,
            theme=told.theme,
            sign=told.sign,
            pupils=pupils,
            author=author,
            tutors=tutors,
            maker=maker,
            fate=fate,
            submitted_at=_moment(rng, contest, late=fate == "late" or excused, in_grace=in_grace),
            discipline=discipline,
            group_name=_group_name(rng, stage) if code == "SJ" else "",
            completed_on=date(2017, 3, 1) + timedelta(days=rng.randrange(360)) if code in {"CG", "FA", "FX"} else None,
            answers=answers,
            mended=mark == "mended",
            excused=excused,
            in_grace=in_grace,
            by_office=mark == "by_office",
        )

    def _school(self, rng: Random, code: str, stage: str) -> SchoolPlan:
        """A school that has the stage and places left; the zealous ones more often, the misspelt one at once."""
        wanted = set(STAGES[stage])
        fitting = [
            school
            for school in self.schools
            if (not wanted or wanted & school.stages)
            and self.of_school[code, school.index] < (11 if school.is_feature else MOST_A_SCHOOL)
        ]
        first = next((one for one in fitting if one.name == MISSPELT and not self.of_school[code, one.index]), None)
        school = first or weighted(rng, fitting, [one.zeal for one in fitting])
        self.of_school[code, school.index] += 1
        return school

    def _practising(self, stage: str) -> SchoolPlan:
        """One of the schools whose accounts the demo prints, in turn."""
        fitting = [one for one in self.schools if one.name in NAMED and set(STAGES[stage]) & one.stages]
        return fitting[self.number % len(fitting)]

    def _authors(
        self, rng: Random, code: str, stage: str, school: SchoolPlan
    ) -> tuple[tuple[Pupil, ...], Teacher | None]:
        if code in {"FA", "FX"}:
            free = [one for one in self.teachers[school.index] if ("teacher", one.number) not in self.used]
            author = free[min(len(free) - 1, rng.randrange(1, 6))]
            self.used.add(("teacher", author.number))
            return (), author
        if code == "SJ":
            return (), None
        count = 1 if code == "KH" else rng.choices((1, 2, 3), (55, 25, 20))[0]
        grades = _grades(code, stage)
        free_pupils = [
            one for one in self.pupils[school.index] if one.grade in grades and (code, one.number) not in self.used
        ]
        first = rng.choice(free_pupils)
        team = [one for one in free_pupils if one is not first and stage_of(one.grade) == stage_of(first.grade)]
        chosen = (first, *rng.sample(team, min(count - 1, len(team))))
        self.used |= {(code, one.number) for one in chosen}
        return chosen, None

    def _tutors(self, rng: Random, code: str, school: SchoolPlan) -> tuple[Teacher, ...]:
        """Two teachers of a school do most of the tutoring; the first of them has an account."""
        if code in {"FA", "FX"}:
            return ()
        staff = self.teachers[school.index]
        active = staff[1:3]
        count = 1 if code == "KH" else rng.choices((1, 2), (7, 3))[0]
        first = rng.choice(active)
        others = [one for one in staff[1:] if one is not first]
        return (first, *rng.sample(others, count - 1))


def _grades(code: str, stage: str) -> range:
    """The grades whose pupils fit: a painter is at most fourteen at the deadline."""
    if stage == "X":
        return range(2, 7) if code == "KH" else range(3, 7)
    if stage == "C":
        return range(7, 9) if code == "KH" else range(7, 10)
    return range(10, 13) if stage == "G" else range(7, 13)


def _answers(rng: Random, code: str, stage: str, index: int) -> tuple[dict[str, Any], str]:
    """The answers to the category's own questions, and the discipline."""
    told = work(code, index)
    if code == "CG":
        checked = date(2017, 9, 1) + timedelta(days=rng.randrange(180))
        wildlife = "水鸟" in told.title or "昆虫" in told.title
        answers = {
            "novelty_checked_on": checked.isoformat(),
            "guidance": worded(chance(index, "guidance"), GUIDANCE),
            "uses_wildlife": wildlife,
        }
        return answers, told.primary_discipline if stage == "X" else told.secondary_discipline
    if code == "KH":
        return {"technique": rng.choices(TECHNIQUES, (40, 22, 18, 10, 6, 4))[0]}, ""
    if code == "SJ":
        start = date(2017, 4, 1) + timedelta(days=rng.randrange(200))
        end = start + timedelta(days=rng.randrange(20, 150))
        people = rng.randrange(18, 260)
        return {"participants": people, "started_on": start.isoformat(), "ended_on": end.isoformat()}, ""
    if code == "DV":
        return {"film_type": film_type(index), "shown_before": rng.random() < 0.15}, ""
    if code == "FA":
        return {"realised": rng.choices(("已实施", "部分实施", "尚未实施"), (6, 3, 1))[0]}, told.teacher_subject
    if code == "FX":
        return {}, told.teacher_subject
    is_object = rng.random() < 0.4
    return {"is_object": is_object, "materials": "椴木板、开源主控板、舵机" if is_object else "素描纸、水粉颜料"}, ""


def _group_name(rng: Random, stage: str) -> str:
    grade = {"X": "五六", "C": "七八", "G": ""}[stage]
    word = f"{rng.choice(grade)}年级" if grade else rng.choice(("高一", "高二"))
    return f"{word}（{rng.randint(1, 3)}）班" if rng.random() < 0.4 else f"{word}{rng.choice(GROUPS)}"


def _moment(rng: Random, contest: str, *, late: bool, in_grace: bool) -> datetime:
    """When it comes in: working hours, more and more towards the deadline."""
    opens, closes = calendar.WINDOWS[contest]
    if in_grace:
        return closes + timedelta(seconds=31)
    if late:
        return calendar.at(5, 16, 8, rng.randrange(5, 59))
    days = (closes.date() - opens.date()).days
    day = opens.date() + timedelta(days=min(days, int(days * rng.betavariate(3.2, 1.1)) + 1))
    hour = rng.choices(range(8, 23), (2, 6, 8, 8, 3, 2, 6, 8, 8, 7, 4, 3, 4, 4, 2))[0]
    moment = calendar.at(day.month, day.day, hour, rng.randrange(60), rng.randrange(60))
    return min(moment, closes - timedelta(minutes=rng.randrange(5, 400)))

"""The demo's judges: who they are, how severe each is, and the marks that follow. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from contest_portal.contests.rules import Criterion
from contest_portal.demo.chance import chance
from contest_portal.demo.names import adult_name
from contest_portal.demo.people import People
from contest_portal.demo.plan import Plan

EMPLOYERS = (
    ("区教育科学研究室", "教研员"),
    ("市科技馆", "馆员"),
    ("区青少年活动中心", "高级教师"),
    ("区农业技术推广中心", "高级农艺师"),
    ("国家湿地公园管理处", "工程师"),
    ("市美术家协会", "画家"),
    ("市职业技术学院", "副教授"),
    ("区文化馆", "副研究馆员"),
    ("市气象局", "高级工程师"),
    ("区融媒体中心", "编导"),
)
TEACHERS_AMONG = 4
MEAN_POINTS, SPREAD_OF_WORKS, SPREAD_OF_JUDGES, NOISE = 79.0, 6.0, 3.0, 2.8
COMMENTS = (
    "选题来自生活，方法得当，建议补充对照实验。",
    "想象大胆，画面完整，细节还可以更精细。",
    "数据翔实，结论可信。",
    "过程记录完整，学生参与面广。",
    "结构合理，使用方便，有推广价值。",
    "表达清楚，原理说明可再准确一些。",
)


@dataclass(frozen=True)
class JudgePlan:
    """A judge. `teacher` is the number of the teacher the judge is as well; `panel` the place of the round."""

    index: int
    name: str
    phone: str
    employer: str
    job_title: str
    panel: int
    codes: tuple[str, ...]
    severity: float
    whole_points: bool
    teacher: int | None = None


def judges(
    plan: Plan, people: People, teacher_schools: Mapping[int, str], with_accounts: Sequence[int]
) -> list[JudgePlan]:
    """The judges, panel by panel. Some are teachers who have an account already (`with_accounts`, by number)."""
    rng = chance(plan.seed, "judges")
    teachers = rng.sample(list(with_accounts), min(TEACHERS_AMONG, len(with_accounts)))
    places = [place for place, (_codes, count) in enumerate(plan.panels.values()) for _ in range(count)]
    codes = [codes for codes, _count in plan.panels.values()]
    made = []
    for index in range(plan.judges):
        employer, job_title = EMPLOYERS[index % len(EMPLOYERS)]
        teacher = people.teachers[teachers.pop()] if teachers and index % 5 == 2 else None
        made.append(
            JudgePlan(
                index=index,
                name=teacher.name if teacher else adult_name(rng, rng.choice("男女")),
                phone=teacher.phone if teacher else f"1599{index:02d}{rng.randrange(100_000):05d}",
                employer=teacher_schools[teacher.school] if teacher else employer,
                job_title=teacher.job_title if teacher else job_title,
                panel=places[index],
                codes=codes[places[index]],
                severity=rng.gauss(0, SPREAD_OF_JUDGES),
                whole_points=rng.random() < 0.6,
                teacher=teacher.number if teacher else None,
            )
        )
    return made


def quality(plan: Plan, work_number: int) -> float:
    """How good a work is against the others, in standard deviations."""
    return chance(plan.seed, "quality", work_number).gauss(0, 1)


def marks_of(plan: Plan, judge: JudgePlan, work_number: int, rubric: Sequence[Criterion]) -> dict[str, float]:
    """The marks that the judge gives the work: its quality, the judge's severity, and chance; half points or whole."""
    rng = chance(plan.seed, "marks", judge.index, work_number)
    total = MEAN_POINTS + SPREAD_OF_WORKS * quality(plan, work_number) + judge.severity + rng.gauss(0, NOISE)
    share = min(max(total, 42.0), 98.0) / 100
    return {one.code: _points(rng, one.max_points, share, judge.whole_points) for one in rubric}


def _points(rng: Random, most: int, share: float, whole: bool) -> float:
    exact = most * min(1.0, max(0.2, share + rng.gauss(0, 0.035)))
    step = 1 if whole else 2
    return round(exact * step) / step


def moved_by(marks: Mapping[str, float], rubric: Sequence[Criterion], points: float) -> dict[str, float] | None:
    """The marks with their sum changed by `points` (a multiple of a half), where there is room; else None."""
    changed = dict(marks)
    for one in rubric:
        room = one.max_points - changed[one.code] if points > 0 else changed[one.code]
        step = min(abs(points), room)
        changed[one.code] += step if points > 0 else -step
        points -= step if points > 0 else -step
    return changed if points == 0 else None

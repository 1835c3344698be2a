"""The demo's pupils and teachers, as their schools' rosters will name them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from contest_portal.demo.chance import chance, shares
from contest_portal.demo.names import adult_name, ethnic_group, person_name
from contest_portal.demo.plan import Plan
from contest_portal.demo.schools import SchoolPlan
from contest_portal.people.grades import grades_of
from contest_portal.people.id_number import check_character

AREA = "990000"
"""The area prefix of made-up ID numbers: no place has it."""

SUBJECTS = ("科学", "物理", "化学", "生物", "数学", "信息技术", "语文", "英语", "美术", "地理", "综合实践")
_POSITIONS = ("", "", "", "", "班主任", "班主任", "教研组长", "年级主任", "教导主任", "科技辅导员", "少先队辅导员")
_TITLES = ("二级教师", "二级教师", "一级教师", "一级教师", "一级教师", "高级教师", "三级教师")


@dataclass(frozen=True)
class Pupil:
    """A pupil of a school; `number` tells pupils apart in the whole demo."""

    number: int
    school: int
    name: str
    sex: str
    birth_on: date
    id_number: str
    ethnic_group: str
    grade: int
    class_name: str
    phone: str


@dataclass(frozen=True)
class Teacher:
    """A teacher of a school. The first of each school is its manager."""

    number: int
    school: int
    name: str
    sex: str
    birth_on: date
    id_number: str
    ethnic_group: str
    phone: str
    position: str
    job_title: str
    subject: str


@dataclass(frozen=True)
class People:
    """Everybody on the rosters."""

    pupils: Sequence[Pupil]
    teachers: Sequence[Teacher]

    def pupils_of(self, school: int) -> list[Pupil]:
        return [one for one in self.pupils if one.school == school]

    def teachers_of(self, school: int) -> list[Teacher]:
        return [one for one in self.teachers if one.school == school]


class Numbers:
    """ID and telephone numbers that nobody has twice."""

    def __init__(self) -> None:
        self._order: dict[tuple[date, str], int] = {}
        self._phones = 0

    def id_number(self, birth_on: date, sex: str) -> str:
        """18 digits with a right check digit (GB 11643), the 17th odd for men."""
        order = self._order.get((birth_on, sex), -1) + 1
        self._order[birth_on, sex] = order
        body = f"{AREA}{birth_on:%Y%m%d}{2 * order + (sex == '男'):03d}"
        return body + check_character(body)

    def phone(self, rng: Random) -> str:
        """A mobile number made of a running number."""
        self._phones += 1
        return rng.choice(("139", "138", "136", "151", "187")) + f"{10_000_000 + self._phones * 37:08d}"


def people(plan: Plan, schools: Sequence[SchoolPlan]) -> People:
    """The pupils and teachers of all schools."""
    numbers = Numbers()
    pupils: list[Pupil] = []
    teachers: list[Teacher] = []
    weights = [school.pupils for school in schools]
    pupil_counts, teacher_counts = shares(plan.pupils, weights), shares(plan.teachers, [w + 4 for w in weights])
    for school, pupil_count, teacher_count in zip(schools, pupil_counts, teacher_counts, strict=True):
        rng = chance(plan.seed, "people", school.index)
        for place in range(teacher_count):
            teachers.append(_teacher(rng, numbers, len(teachers), school, place))
        grades = list(grades_of(school.kind))
        for grade, count in zip(grades, shares(pupil_count, [1.0] * len(grades)), strict=True):
            classes = max(1, round(count / 24))
            for place in range(count):
                pupils.append(_pupil(rng, numbers, len(pupils), school, grade, place % classes + 1))
    return People(pupils, teachers)


def _pupil(rng: Random, numbers: Numbers, number: int, school: SchoolPlan, grade: int, group: int) -> Pupil:
    sex, group_name = rng.choice("男女"), ethnic_group(rng)
    # Grade 1 of the school year 2017 is born between September 2010 and August 2011.
    birth_on = date(2011 - grade, 9, 1) + timedelta(days=rng.randrange(364))
    return Pupil(
        number=number,
        school=school.index,
        name=person_name(rng, sex, group_name),
        sex=sex,
        birth_on=birth_on,
        id_number=numbers.id_number(birth_on, sex),
        ethnic_group=group_name,
        grade=grade,
        class_name=f"{group}班",
        phone=numbers.phone(rng),
    )


def _teacher(rng: Random, numbers: Numbers, number: int, school: SchoolPlan, place: int) -> Teacher:
    sex = rng.choice("男女")
    birth_on = date(1961, 1, 1) + timedelta(days=rng.randrange(32 * 365))
    return Teacher(
        number=number,
        school=school.index,
        name=adult_name(rng, sex),
        sex=sex,
        birth_on=birth_on,
        id_number=numbers.id_number(birth_on, sex),
        ethnic_group=ethnic_group(rng),
        phone=numbers.phone(rng),
        position="副校长" if place == 0 else rng.choice(_POSITIONS),
        job_title="高级教师" if birth_on.year < 1972 else rng.choice(_TITLES),
        subject=SUBJECTS[place % len(SUBJECTS)] if place else "科学",
    )

"""Who comes: a party as it is typed, and the rules of an event that it must keep. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from contest_portal.core.errors import FieldProblem, Invalid
from contest_portal.core.text import N_, Message
from contest_portal.people.grades import grade_name, stage_of

MOST_IN_A_CLASS = 200
MOST_CLASSES = 40
MOST_ADULTS = 500


@dataclass(frozen=True)
class ClassOf:
    """One class with its head-count: grade 1 to 12 (None: not said) and its name such as 3班."""

    grade: int | None
    class_name: str
    pupils: int


@dataclass(frozen=True)
class Party:
    """Whole classes, pupils chosen from the roster (ids), teachers by name (ids; for trainings), and other adults.

    `adults` counts those who are not in `teachers`.
    """

    classes: tuple[ClassOf, ...] = ()
    students: tuple[int, ...] = ()
    teachers: tuple[int, ...] = ()
    adults: int = 0

    @property
    def pupils(self) -> int:
        return sum(one.pupils for one in self.classes) + len(self.students)

    @property
    def grown(self) -> int:
        return self.adults + len(self.teachers)

    @property
    def people(self) -> int:
        return self.pupils + self.grown


@dataclass(frozen=True)
class Details:
    """What the office must know besides the numbers. `leader_phone` is what is called on the day."""

    leader_name: str = ""
    leader_phone: str = ""
    leader_teacher_id: int | None = None
    needs_bus: bool = False
    wheelchairs: int = 0
    note: str = ""
    may_split: bool = False


@dataclass(frozen=True)
class Rules:
    """What an event asks of a party: whose grades, how many pupils for an adult, how much of it for one school.

    `by_name`: teachers are ticked, nobody else comes (trainings).
    """

    stages: Sequence[str] = ()
    grades: Sequence[int] = ()
    pupils_per_adult: int | None = None
    most_parties: int | None = None
    most_people: int | None = None
    by_name: bool = False


@dataclass(frozen=True)
class Before:
    """What the school has in the event besides this party."""

    parties: int = 0
    people: int = 0


@dataclass
class _Problems:
    found: list[FieldProblem] = field(default_factory=list)

    def add(self, name: str, source: str, /, **params: object) -> None:
        self.found.append(FieldProblem(name, Message.of(source, **params)))


def check_party(party: Party, grades: Sequence[int | None], rules: Rules, before: Before) -> None:
    """Raise Invalid with everything that is wrong. `grades`: those of the classes and of the chosen pupils."""
    problems = _Problems()
    _check_numbers(party, rules, problems)
    _check_grades(grades, rules, problems)
    if rules.pupils_per_adult and party.pupils > party.grown * rules.pupils_per_adult:
        problems.add(
            "adults",
            N_("学生 %(pupils)s 人，至少要有 %(least)s 位成人带队（每 %(per)s 名学生 1 位），现在是 %(adults)s 位。"),
            pupils=party.pupils,
            least=-(-party.pupils // rules.pupils_per_adult),
            per=rules.pupils_per_adult,
            adults=party.grown,
        )
    if rules.most_parties is not None and before.parties >= rules.most_parties:
        problems.add(
            "classes",
            N_(
                "本活动每所学校最多预约 %(most)s 批，贵校已有 %(parties)s 批。可以在「活动预约」里修改或取消已有的预约。"
            ),
            most=rules.most_parties,
            parties=before.parties,
        )
    if rules.most_people is not None and before.people + party.people > rules.most_people:
        problems.add(
            "classes",
            N_("本活动每所学校最多 %(most)s 人，贵校已预约 %(before)s 人，这次 %(people)s 人，超出 %(over)s 人。"),
            most=rules.most_people,
            before=before.people,
            people=party.people,
            over=before.people + party.people - rules.most_people,
        )
    if problems.found:
        raise Invalid("events.party", problems.found[0].message, problems=problems.found)


def _check_numbers(party: Party, rules: Rules, problems: _Problems) -> None:
    if rules.by_name and not party.teachers:
        problems.add("teachers", N_("请勾选参加的教师。"))
    elif party.people <= 0:
        problems.add("classes", N_("请选择班级或学生，或填写人数。"))
    if len(party.classes) > MOST_CLASSES:
        problems.add("classes", N_("一次最多选 %(most)s 个班，请分几次预约。"), most=MOST_CLASSES)
    if not 0 <= party.adults <= MOST_ADULTS:
        problems.add("adults", N_("成人人数应为 0 到 %(most)s。"), most=MOST_ADULTS)
    for one in party.classes:
        if not 0 < one.pupils <= MOST_IN_A_CLASS:
            problems.add(
                "classes",
                N_("%(name)s的人数应为 1 到 %(most)s，现在是 %(pupils)s。"),
                name=class_words(one.grade, one.class_name),
                most=MOST_IN_A_CLASS,
                pupils=one.pupils,
            )
    names = [(one.grade, one.class_name) for one in party.classes]
    for name in {name for name in names if names.count(name) > 1}:
        problems.add("classes", N_("%(name)s填了两次，请只留一行。"), name=class_words(*name))


def _check_grades(grades: Sequence[int | None], rules: Rules, problems: _Problems) -> None:
    wrong = sorted(
        {
            grade
            for grade in grades
            if grade is not None
            and ((rules.grades and grade not in rules.grades) or (rules.stages and stage_of(grade) not in rules.stages))
        }
    )
    for grade in wrong:
        problems.add("classes", N_("%(grade)s不在本活动的招收范围，请去掉后再提交。"), grade=grade_name(grade))
    if (rules.grades or rules.stages) and any(grade is None for grade in grades):
        problems.add("classes", N_("请写明每个班的年级：本活动只招收部分年级。"))


def class_words(grade: int | None, class_name: str) -> Message:
    """三年级2班: a class as sentences name it."""
    if grade is None:
        return Message.of(N_("%(class)s（未写年级）"), **{"class": class_name or "—"})
    return Message.of(N_("%(grade)s%(class)s"), grade=grade_name(grade), **{"class": class_name})

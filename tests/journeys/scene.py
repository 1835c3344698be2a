"""What a story takes for granted: an office with its people, schools with their rosters, a contest that is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor, Role, console_actor
from contest_portal.core.database import db
from contest_portal.people.models import Account, Office, School, Student, Teacher
from contest_portal.people.services.accounts import create_account
from contest_portal.people.sessions import actor_of
from tests import factories
from tests.journeys.site import PASSWORD

STAFF, LEADER, MANAGER, TEACHER = "zhaowenjing", "hanyongping", "wangfang", "liwenjing"
"""Login names; everybody's password is PASSWORD."""

BORN = {"小学": date(2008, 5, 12), "初中": date(2004, 9, 3)}
PUPILS = (
    ("张晓明", 4, date(2008, 5, 12), "男"),
    ("马雪梅", 5, date(2007, 3, 20), "女"),
    ("周子涵", 4, date(2008, 8, 1), "女"),
    ("王一凡", 5, date(2007, 6, 15), "男"),
)


@dataclass
class SceneSchool:
    """A school as a story needs it: its row's number and its people's."""

    id: int
    name: str
    teacher_id: int
    student_ids: dict[str, int]


def make_office() -> int:
    """甘州区科协 with a member of staff and a leader. Gives its number."""
    office = factories.make_office(address="甘州区县府街 1 号")
    account("赵文静", Role.OFFICE, STAFF, office_id=office.id)
    account("韩永平", Role.LEADER, LEADER, office_id=office.id)
    return office.id


def account(
    name: str,
    role: Role,
    login_name: str,
    *,
    office_id: int,
    school_id: int | None = None,
    teacher_id: int | None = None,
) -> Actor:
    """An account that signs in with `login_name`."""
    row = create_account(
        console_actor(), name=name, role=role, office_id=office_id, school_id=school_id, teacher_id=teacher_id,
        login_name=login_name, password=PASSWORD,
    )  # fmt: skip
    return actor_of(db.session.get_one(Account, row.id))


def make_school(
    office_id: int, name: str = "甘州区南街小学", *, prefix: str = "", accounts: bool = True
) -> SceneSchool:
    """A school with a manager, a teacher, and four pupils whose guardians agreed. `prefix` of the login names."""
    office = db.session.get_one(Office, office_id)
    school: School = factories.make_school(office, name)
    teacher: Teacher = factories.make_teacher(school, "李文静", subject="科学", job_title="一级教师")
    factories.make_teacher(school, "陈建国", subject="信息技术", job_title="高级教师")
    if accounts:
        account("王芳", Role.SCHOOL_MANAGER, prefix + MANAGER, office_id=office_id, school_id=school.id)
        account(
            "李文静", Role.TEACHER, prefix + TEACHER, office_id=office_id, school_id=school.id, teacher_id=teacher.id
        )
    students: dict[str, int] = {}
    for pupil, grade, born, sex in PUPILS:
        student: Student = factories.make_student(school, pupil, born=born, grade=grade, sex=sex, class_name="2班")
        factories.make_consent(student)
        students[pupil] = student.id
    return SceneSchool(school.id, name, teacher.id, students)


def make_contest(office_id: int) -> int:
    """2018's contest, open, submission until 31 March 2018. Gives its number."""
    contest: Contest = factories.make_contest(db.session.get_one(Office, office_id))
    return contest.id

"""The demo's spring: every school's rosters as workbooks, one of them wrong at first; later a supplement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from random import Random

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.core.sealing import person_digest
from contest_portal.core.spreadsheets import Column, Table, write_workbook
from contest_portal.core.spreadsheets.sheet import Value
from contest_portal.demo import calendar
from contest_portal.demo.chance import chance
from contest_portal.demo.people import Pupil, Teacher
from contest_portal.demo.schools import SchoolPlan
from contest_portal.demo.world import World
from contest_portal.people.grades import grade_name
from contest_portal.people.id_number import check_character
from contest_portal.people.models import Student, Transfer
from contest_portal.people.models import Teacher as TeacherRow
from contest_portal.people.roster import RosterKind
from contest_portal.people.services.rosters import apply_roster, discard_roster, preview_roster
from contest_portal.people.services.transfers import confirm_transfer

WRONG_AT_FIRST = 9
CLAIMING, LOSING = 1, 8
"""Places in the list of schools: whose first roster is wrong, who claims pupils, whom it claims them from."""

_STUDENT_STYLES: tuple[dict[str, str], ...] = (
    {"name": "姓名", "id": "身份证号", "sex": "性别", "grade": "年级", "class": "班级", "ethnic": "民族", "phone": "监护人电话"},
    {"class": "所在班级", "name": "学生姓名", "sex": "学生性别", "birth": "出生日期", "id": "身份证件号", "ethnic": "民族"},
    {"id": "公民身份号码", "name": "名字", "grade": "就读年级", "class": "班别", "phone": "家长联系电话", "note": "备注"},
)  # fmt: skip
_TEACHER_STYLES: tuple[dict[str, str], ...] = (
    {"name": "姓名", "phone": "手机号", "sex": "性别", "subject": "任教学科", "position": "职务", "title": "职称", "id": "身份证号"},
    {"name": "教师姓名", "subject": "学科", "title": "专业技术职务", "position": "行政职务", "phone": "联系电话", "id": "身份证号码", "sex": "性别"},
)  # fmt: skip
_OTHER_GRADE_WORDS = ("1", "2", "3", "4", "5", "6", "初一", "初二", "初三", "高中一年级", "高中二年级", "高中三年级")


def upload_rosters(world: World) -> str:
    """Each manager uploads both rosters, looks at the preview, and applies them."""
    world.go_to(calendar.ROSTERS)
    rows = 0
    for school in world.schools:
        world.clock.advance(minutes=14)
        pupils = world.people.pupils_of(school.index)
        if school.index == WRONG_AT_FIRST:
            _upload_wrong(world, school, pupils)
        teachers = world.people.teachers_of(school.index)
        content, name = _teacher_file(world, school, teachers)
        rows += _upload(world, school, "teachers", content, name)
        content, name = _student_file(world, school, pupils)
        rows += _upload(world, school, "students", content, name)
    _remember_ids(world)
    return f"{rows} 行：学生 {len(world.pupil_ids)} 名，教师 {len(world.teacher_ids)} 名"


def upload_supplement(world: World) -> str:
    """A school names two pupils of another as its own, and somebody who may be known already."""
    world.go_to(calendar.SUPPLEMENT)
    claiming, losing = world.schools[CLAIMING], world.schools[LOSING % len(world.schools)]
    used = {pupil.number for work in world.every_work for pupil in work.pupils}
    grades = {pupil.grade for pupil in world.people.pupils_of(claiming.index)}
    moved = [p for p in world.people.pupils_of(losing.index) if p.number not in used and p.grade in grades][:2]
    twin = next(p for p in world.people.pupils_of(claiming.index) if p.number not in used)
    serial = twin.id_number[:14] + ("998" if twin.sex == "女" else "997")
    rows = [(p.name, p.id_number, p.sex, str(grade_name(p.grade)), "2班") for p in moved]
    rows.append((twin.name, _with_check(serial), twin.sex, str(grade_name(twin.grade)), "3班"))
    content = _workbook(["姓名", "身份证号", "性别", "年级", "班级"], rows)
    _upload(world, claiming, "students", content, "转入学生补充名单.xlsx")
    waiting = db.session.scalars(select(Transfer.id).where(Transfer.state == "pending").order_by(Transfer.id)).all()
    world.clock.advance(hours=5)
    confirm_transfer(world.managers[losing.index], waiting[0])
    return f"转学 {len(moved)} 名（1 名已确认），疑似重复 1 名"


def _with_check(first_seventeen: str) -> str:
    return first_seventeen + check_character(first_seventeen)


def _upload(world: World, school: SchoolPlan, kind: RosterKind, content: bytes, name: str) -> int:
    actor = world.managers[school.index]
    preview = preview_roster(actor, world.school_ids[school.index], kind, content, name)
    world.clock.advance(minutes=2)
    apply_roster(actor, preview.id)
    return int(preview.summary["rows"])


def _upload_wrong(world: World, school: SchoolPlan, pupils: Sequence[Pupil]) -> None:
    """The same roster after a table program has turned the ID numbers into numbers: refused, nothing is kept."""
    rows = [(p.name, float(p.id_number[:17] + "0"), p.sex, p.grade, p.class_name) for p in pupils]
    content = _workbook(["姓名", "身份证号", "性别", "年级", "班级"], rows)
    actor = world.managers[school.index]
    preview = preview_roster(actor, world.school_ids[school.index], "students", content, "学生名册.xlsx")
    discard_roster(actor, preview.id)
    world.clock.advance(minutes=30)


def _student_file(world: World, school: SchoolPlan, pupils: Sequence[Pupil]) -> tuple[bytes, str]:
    style = _STUDENT_STYLES[school.index % len(_STUDENT_STYLES)]
    rng = chance(world.plan.seed, "roster", school.index)
    rows = [[_student_cell(rng, key, pupil, school.index) for key in style] for pupil in pupils]
    if school.index % 15 == 4:
        return _gb18030(list(style.values()), rows), f"{school.name}学生名册.csv"
    heading = [f"{school.name}学生名册", "2017—2018 学年"] if school.index % 2 else []
    return _workbook(list(style.values()), rows, heading), f"{school.name}学生名册.xlsx"


def _teacher_file(world: World, school: SchoolPlan, teachers: Sequence[Teacher]) -> tuple[bytes, str]:
    style = _TEACHER_STYLES[school.index % len(_TEACHER_STYLES)]
    rng = chance(world.plan.seed, "teacher roster", school.index)
    rows = [[_teacher_cell(rng, key, teacher) for key in style] for teacher in teachers]
    return _workbook(list(style.values()), rows), f"{school.name}教师名册.xlsx"


def _student_cell(rng: Random, key: str, pupil: Pupil, style: int) -> Value:
    """One cell as schools write it: full-width digits, small x, blanks in short names, several ways to say a grade."""
    match key:
        case "name":
            short = len(pupil.name) == 2 and rng.random() < 0.3
            return f"{pupil.name[0]}　{pupil.name[1]}" if short else pupil.name
        case "id":
            text = pupil.id_number.lower() if rng.random() < 0.1 else pupil.id_number
            return text.translate(_FULL_WIDTH) if rng.random() < 0.02 else text
        case "sex":
            return pupil.sex if style % 4 else {"男": "M", "女": "F"}[pupil.sex]
        case "birth":
            return pupil.birth_on if rng.random() < 0.8 else f"{pupil.birth_on:%Y/%m/%d}"
        case "grade":
            return _OTHER_GRADE_WORDS[pupil.grade - 1] if style % 2 else str(grade_name(pupil.grade))
        case "class":
            number = pupil.class_name.removesuffix("班")
            return f"{grade_name(pupil.grade)}（{number}）班" if style % 3 == 1 else number
        case "ethnic":
            return pupil.ethnic_group if rng.random() < 0.9 else pupil.ethnic_group.removesuffix("族")
        case "phone":
            return f"{pupil.phone[:3]} {pupil.phone[3:7]} {pupil.phone[7:]}" if rng.random() < 0.1 else pupil.phone
        case _:
            return ""


def _teacher_cell(rng: Random, key: str, teacher: Teacher) -> Value:
    match key:
        case "id":
            return teacher.id_number if rng.random() < 0.8 else ""
        case "title":
            return teacher.job_title
        case _:
            value: str = getattr(teacher, key)
            return value


_FULL_WIDTH = {ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)}


def _workbook(titles: Sequence[str], rows: Sequence[Sequence[Value]], heading: Sequence[str] = ()) -> bytes:
    columns = [Column(title, kind="date" if title == "出生日期" else "text") for title in titles]
    return write_workbook([Table("名册", columns, rows, heading)], created_at=datetime(2018, 2, 26))  # noqa: DTZ001


def _gb18030(titles: Sequence[str], rows: Sequence[Sequence[Value]]) -> bytes:
    lines = [",".join(_plain(value) for value in row) for row in (titles, *rows)]
    return "\r\n".join(lines).encode("gb18030")


def _plain(value: Value) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _remember_ids(world: World) -> None:
    """Whom the rosters made: pupils are found by their ID numbers, teachers by telephone."""
    by_id = dict(db.session.execute(select(Student.id_digest, Student.id)).all())
    world.pupil_ids = {pupil.number: by_id[person_digest(pupil.id_number)] for pupil in world.people.pupils}
    by_phone = dict(db.session.execute(select(TeacherRow.phone_digest, TeacherRow.id)).all())
    world.teacher_ids = {teacher.number: by_phone[person_digest(teacher.phone)] for teacher in world.people.teachers}

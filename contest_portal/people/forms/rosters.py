"""Forms of rosters: one pupil, one teacher, an uploaded workbook, decisions about doubtful rows."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField

from contest_portal.core.forms import Form, VersionedForm
from contest_portal.core.i18n import translate
from contest_portal.people.ethnic_groups import ETHNIC_GROUPS, OTHER_GROUPS
from contest_portal.people.grades import grade_name, grades_of
from contest_portal.people.models import School, Student, Teacher
from contest_portal.people.roster import RosterKind
from contest_portal.people.roster.columns import fields_of
from contest_portal.people.services.one_person import version_of

_NEVER_FILLED_IN = {"id_number", "phone", "guardian_phone"}  # shown masked beside the field


class NumberForm(Form):
    """One person's whole ID number or telephone."""

    number = StringField(_l("完整号码"))


class PersonForm(VersionedForm):
    """What pupils and teachers have in common. Field names are those of a roster's columns."""

    kind: RosterKind

    name = StringField(_l("姓名"))
    id_number = StringField(_l("身份证号"))
    sex = SelectField(_l("性别"), validate_choice=False)
    birth_on = StringField(_l("出生日期"))
    ethnic_group = SelectField(_l("民族"), validate_choice=False)
    doubt_accepted = BooleanField(_l("已核对，不是同一个人，仍然添加"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_number = _("按身份证号填入")
        self.sex.choices = [("", by_number), ("男", _("男")), ("女", _("女"))]
        self.ethnic_group.choices = [("", _("请选择")), *((name, name) for name in (*ETHNIC_GROUPS, *OTHER_GROUPS))]

    @property
    def texts(self) -> dict[str, str]:
        """Field → text, as a row of a roster would give it."""
        return {name: str(getattr(self, name).data or "") for name in fields_of(self.kind)}

    @classmethod
    def filled_from(cls, person: Student | Teacher, **choices: Any) -> PersonForm:
        """The form showing what is known, the numbers left out."""
        values = {name: getattr(person, name) for name in fields_of(cls.kind) if name not in _NEVER_FILLED_IN}
        texts = {name: "" if value is None else str(value) for name, value in values.items()}
        return cls(data={**texts, "version": version_of(person.updated_at)}, **choices)


class StudentForm(PersonForm):
    """One pupil."""

    kind = "students"

    grade = SelectField(_l("年级"), validate_choice=False)
    class_name = StringField(_l("班级"))
    guardian_phone = StringField(_l("监护人电话"))

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grades = [(str(grade), translate(grade_name(grade))) for grade in grades_of(school.kind)]
        self.grade.choices = [("", _("请选择")), *grades]


class TeacherForm(PersonForm):
    """One teacher."""

    kind = "teachers"

    phone = StringField(_l("手机号"))
    position = StringField(_l("职务"))
    job_title = StringField(_l("职称"))
    subject = StringField(_l("任教学科"))


class RosterFileForm(Form):
    """A workbook to preview."""

    file = FileField(_l("名册文件"))


class DoubtfulForm(Form):
    """Which of the doubtful rows shown are taken as new people."""

    shown = SelectMultipleField(coerce=int, validate_choice=False)
    accepted = SelectMultipleField(coerce=int, validate_choice=False)

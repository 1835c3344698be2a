"""Rosters as workbooks: what a list shows, with its numbers masked unless they were opened."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from contest_portal.core.i18n import translate
from contest_portal.core.spreadsheets import Column, write_table
from contest_portal.people.grades import grade_name
from contest_portal.people.id_number import mask_id_number
from contest_portal.people.models import Student, Teacher
from contest_portal.people.phones import mask_phone
from contest_portal.people.roster_preview import STATE_WORDS


def students_workbook(students: Iterable[Student], *, full: bool) -> bytes:
    """The pupils; with `full` the numbers stand as they are, and the workbook can be uploaded again."""
    columns = [
        Column(_("姓名"), 14),
        Column(_("身份证号"), 22),
        Column(_("性别"), 6),
        Column(_("出生日期"), 12, "date"),
        Column(_("民族"), 10),
        Column(_("年级"), 10),
        Column(_("班级"), 10),
        Column(_("监护人电话"), 16),
        Column(_("状态"), 10),
    ]
    rows = (
        (
            one.name,
            _number(one.id_number, full=full),
            one.sex,
            one.birth_on,
            one.ethnic_group,
            translate(grade_name(one.grade)),
            one.class_name,
            _phone(one.guardian_phone, full=full),
            translate(STATE_WORDS[one.state]),
        )
        for one in students
    )
    return write_table(columns, rows, name=_("学生"), landscape=True)


def teachers_workbook(teachers: Iterable[Teacher], *, full: bool) -> bytes:
    """The teachers; with `full` the numbers stand as they are."""
    columns = [
        Column(_("姓名"), 14),
        Column(_("身份证号"), 22),
        Column(_("手机号"), 16),
        Column(_("性别"), 6),
        Column(_("出生日期"), 12, "date"),
        Column(_("民族"), 10),
        Column(_("职务"), 14),
        Column(_("职称"), 14),
        Column(_("任教学科"), 14),
        Column(_("状态"), 10),
    ]
    rows = (
        (
            one.name,
            _number(one.id_number, full=full),
            _phone(one.phone, full=full),
            one.sex,
            one.birth_on,
            one.ethnic_group,
            one.position,
            one.job_title,
            one.subject,
            translate(STATE_WORDS[one.state]),
        )
        for one in teachers
    )
    return write_table(columns, rows, name=_("教师"), landscape=True)


def _number(number: str | None, *, full: bool) -> str:
    return (number if full else mask_id_number(number)) if number else ""


def _phone(phone: str | None, *, full: bool) -> str:
    return (phone if full else mask_phone(phone)) if phone else ""

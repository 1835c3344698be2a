"""What schools reported and what the year brought, as workbooks; the workbook of the year to fill in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _

from contest_portal.core.clock import local
from contest_portal.core.spreadsheets import Column, Notes, Table, write_table, write_workbook
from contest_portal.results.records.models import ExternalResult, Honour
from contest_portal.results.records.table import (
    AWARD,
    CONTEST,
    COUNT,
    GIVEN_BY,
    HONOUR,
    LEVEL,
    NOTE,
    NUMBER,
    SCHOOL,
    WORK,
)


def participation_workbook(contest_name: str, rows: Iterable[Any]) -> bytes:
    """A line a school with its head-counts; nothing where it has not reported."""
    columns = [
        Column(_("学校"), 30),
        Column(_("乡镇街道"), 16),
        Column(_("学生"), 10, "number"),
        Column(_("教师"), 10, "number"),
        Column(_("上报时间"), 17, "datetime"),
        Column(_("上报情况"), 12),
    ]
    lines = (
        (
            row.school,
            row.township,
            row.students,
            row.teachers,
            local(row.reported_at) if row.reported_at else None,
            _("已上报") if row.reported_at else _("尚未上报"),
        )
        for row in rows
    )
    return write_table(columns, lines, name=_("参与人数"), heading=[contest_name])


def year_workbook(awards: Iterable[ExternalResult], honours: Iterable[Honour]) -> bytes:
    """A sheet of the awards from above, one of the schools' honours; they can be read in again."""
    lines = [
        (
            one.contest_name,
            one.level,
            one.award,
            one.count,
            (one.entry.number or "") if one.entry else "",
            one.work_title or (one.entry.title if one.entry else ""),
            one.note,
        )
        for one in awards
    ]
    given = [(one.school.name, one.honour, one.given_by) for one in honours]
    return write_workbook(
        [
            Table(_("上级赛事获奖"), _award_columns(), lines, landscape=True),
            Table(_("学校荣誉"), _honour_columns(), given),
        ]
    )


def records_template(schools: Sequence[str]) -> bytes:
    """The workbook to fill in. Headings and choices stay Chinese in every language: they are found again by them."""
    notes = [
        _("填写说明"),
        _("「上级赛事获奖」：一行一项。「赛事」「奖项」必填；「级别」填市、省或国家，可以留空；「数量」不填按 1 计。"),
        _("获奖的是本系统里的作品，请填「作品编号」，一件一行；不是的，在「获奖作品」中写作品名称和作者，或只写数量。"),
        _("「学校荣誉」：「学校」写全称，三列都要填。两张表可以只用一张。"),
        _("表中有一处错误，就不会导入任何内容。已经登记过的完全相同的行不会重复登记。"),
        _("上传后先看预览，确认后才会保存。证明材料不能随表格上传；要附证明材料的那一条，请在页面上登记。"),
    ]
    return write_workbook(
        [
            Table(_("上级赛事获奖"), _award_columns(), to_fill_in=True, landscape=True),
            Table(_("学校荣誉"), _honour_columns(schools), to_fill_in=True),
            Notes(_("说明"), notes),
        ]
    )


def _award_columns() -> list[Column]:
    return [
        Column(CONTEST, 44, required=True),
        Column(LEVEL, 8, choices=["市", "省", "国家"]),
        Column(AWARD, 16, required=True),
        Column(COUNT, 8, "number"),
        Column(NUMBER, 22),
        Column(WORK, 40),
        Column(NOTE, 30),
    ]


def _honour_columns(schools: Sequence[str] = ()) -> list[Column]:
    return [
        Column(SCHOOL, 30, choices=schools, required=True),
        Column(HONOUR, 36, required=True),
        Column(GIVEN_BY, 24, required=True),
    ]

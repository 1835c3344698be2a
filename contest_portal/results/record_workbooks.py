"""What schools reported and what the year brought, as workbooks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _

from contest_portal.core.clock import local
from contest_portal.core.spreadsheets import Column, Table, write_table, write_workbook
from contest_portal.results.models import ExternalResult, Honour


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
    """A sheet of the awards from above, one of the schools' honours."""
    award_columns = [
        Column(_("赛事"), 44),
        Column(_("奖项"), 16),
        Column(_("数量"), 8, "number"),
        Column(_("备注"), 30),
    ]
    honour_columns = [Column(_("学校"), 30), Column(_("荣誉"), 36), Column(_("授予单位或级别"), 24)]
    return write_workbook(
        [
            Table(
                _("上级赛事获奖"),
                award_columns,
                [(one.contest_name, one.award, one.count, one.note) for one in awards],
            ),
            Table(_("学校荣誉"), honour_columns, [(one.school.name, one.honour, one.given_by) for one in honours]),
        ]
    )

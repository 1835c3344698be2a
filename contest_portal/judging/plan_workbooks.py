"""A round's works and its interviews as workbooks."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from contest_portal.core.clock import local
from contest_portal.core.i18n import translate
from contest_portal.core.spreadsheets import Column, write_table
from contest_portal.judging.interview_models import InterviewSession
from contest_portal.judging.queries.round_works import WorkRow


def works_workbook(title: str, rows: Iterable[WorkRow]) -> bytes:
    """A line a work: whether it takes part, why, its panel."""
    columns = [
        Column(_("编号"), 20),
        Column(_("作品"), 36),
        Column(_("类别"), 16),
        Column(_("学校"), 26),
        Column(_("学科"), 14),
        Column(_("参加本轮"), 10),
        Column(_("评审组"), 16),
        Column(_("理由"), 26),
        Column(_("姓名线索未处理"), 10),
    ]
    lines = (
        (
            row.entry.number or "",
            row.entry.title,
            row.entry.category.name,
            row.entry.school.name,
            row.entry.discipline,
            _("是") if row.taken else _("否"),
            row.panel_name,
            translate(row.why) if row.why else "",
            str(row.open_names) if row.searched else _("未查找"),
        )
        for row in rows
    )
    return write_table(columns, lines, name=_("参评作品"), heading=[title], landscape=True)


def interviews_workbook(title: str, sessions: Iterable[InterviewSession]) -> bytes:
    """A line a talk, in time order within each session."""
    columns = [
        Column(_("地点"), 22),
        Column(_("评审组"), 14),
        Column(_("顺序"), 8, "number"),
        Column(_("时间"), 17, "datetime"),
        Column(_("编号"), 20),
        Column(_("作品"), 36),
        Column(_("类别"), 16),
        Column(_("学校"), 26),
        Column(_("到场"), 8),
    ]
    lines = (
        (
            session.place,
            session.panel.name if session.panel else "",
            slot.position,
            local(slot.starts_at),
            slot.round_entry.entry.number or "",
            slot.round_entry.entry.title,
            slot.round_entry.entry.category.name,
            slot.round_entry.entry.school.name,
            _("缺席") if slot.absent else "",
        )
        for session in sessions
        for slot in session.slots
    )
    return write_table(columns, lines, name=_("问辩安排"), heading=[title], landscape=True)

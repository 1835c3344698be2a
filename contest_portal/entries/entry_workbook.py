"""The office's list of entries as a workbook."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from contest_portal.core.clock import local
from contest_portal.core.i18n import translate
from contest_portal.core.spreadsheets import Column, write_table
from contest_portal.entries.queries.office import OfficeRow
from contest_portal.entries.states import state_name


def entries_workbook(contest_name: str, rows: Sequence[OfficeRow]) -> bytes:
    """An XLSX workbook of one sheet, a line an entry, under the contest's name."""
    columns = [
        Column(_("序号"), 6, "number"),
        Column(_("编号"), 20),
        Column(_("类别"), 16),
        Column(_("学段"), 8),
        Column(_("学科"), 14),
        Column(_("作品名称"), 36),
        Column(_("作者"), 20),
        Column(_("学校"), 26),
        Column(_("辅导教师"), 16),
        Column(_("状态"), 12),
        Column(_("提交时间"), 17, "datetime"),
        Column(_("提交次数"), 9, "number"),
        Column(_("备注"), 24),
        Column(_("审核意见"), 36),
    ]
    lines = (
        (
            place,
            row.number,
            row.category,
            row.stage,
            row.discipline,
            row.title,
            row.authors,
            row.school,
            row.tutors,
            translate(state_name(row.state)),
            local(row.submitted_at) if row.submitted_at else None,
            row.submission_count,
            _mark(row),
            row.grounds,
        )
        for place, row in enumerate(rows, start=1)
    )
    return write_table(columns, lines, name=_("作品"), heading=[contest_name], landscape=True)


def _mark(row: OfficeRow) -> str:
    if row.overdue:
        return _("逾期未改")
    if row.late_upload:
        return translate(row.late_upload.mark)
    return _("逾期补报") if row.is_late else ""

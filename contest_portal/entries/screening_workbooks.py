"""A category's queue and a contest's exceptions as workbooks."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from contest_portal.core.clock import local
from contest_portal.core.i18n import translate
from contest_portal.core.spreadsheets import Column, write_table
from contest_portal.entries.queries.office import GrantedException, OfficeRow
from contest_portal.entries.states import state_name


def queue_workbook(category_name: str, rows: Iterable[OfficeRow]) -> bytes:
    """A line an entry that awaits screening, in the queue's order."""
    columns = [
        Column(_("编号"), 20),
        Column(_("作品"), 36),
        Column(_("作者"), 20),
        Column(_("学校"), 26),
        Column(_("提交时间"), 17, "datetime"),
        Column(_("提交次数"), 9, "number"),
        Column(_("上次退回原因"), 36),
        Column(_("备注"), 24),
    ]
    lines = (
        (
            row.number,
            row.title,
            row.authors,
            row.school,
            local(row.submitted_at) if row.submitted_at else None,
            row.submission_count,
            row.grounds,
            "、".join(_marks(row)),
        )
        for row in rows
    )
    return write_table(columns, lines, name=_("待审清单"), heading=[category_name], landscape=True)


def _marks(row: OfficeRow) -> list[str]:
    marks = [_("学校正在修改")] if row.is_edited else []
    marks += [translate(row.late_upload.mark)] if row.late_upload else []
    return [*marks, _("逾期补报")] if row.is_late else marks


def exceptions_workbook(contest_name: str, rows: Iterable[GrantedException]) -> bytes:
    """A line an exception, those that end last first."""
    columns = [
        Column(_("学校"), 26),
        Column(_("类别"), 16),
        Column(_("编号"), 20),
        Column(_("作品"), 36),
        Column(_("延期至"), 17, "datetime"),
        Column(_("原因"), 36),
        Column(_("作品状态"), 12),
    ]
    lines = (
        (
            row.school,
            row.category,
            row.number,
            row.title,
            local(row.until),
            row.why,
            translate(state_name(row.state)),
        )
        for row in rows
    )
    return write_table(columns, lines, name=_("补报延期"), heading=[contest_name], landscape=True)

"""An event's parties as a workbook."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from contest_portal.core.i18n import minute
from contest_portal.core.spreadsheets import Column, Value, write_table
from contest_portal.events.booking import presenting
from contest_portal.events.booking.queries.office import BookingLine
from contest_portal.events.planning.presenting import session_name


def bookings_workbook(lines: Sequence[BookingLine], *, with_phones: bool = False) -> bytes:
    """A line a party, as the list shows it; the leaders' numbers only where they were asked for."""
    columns = [
        Column(_("预约号"), 8),
        Column(_("学校"), 26),
        Column(_("状态"), 10),
        Column(_("场次"), 36),
        Column(_("班级"), 36),
        Column(_("学生人数"), 10, "number"),
        Column(_("成人人数"), 10, "number"),
        Column(_("带队老师"), 12),
        *([Column(_("带队老师电话"), 16)] if with_phones else []),
        Column(_("校车"), 6),
        Column(_("轮椅人数"), 8, "number"),
        Column(_("优先级"), 8, "number"),
        Column(_("优先的原因"), 20),
        Column(_("说明"), 30),
        Column(_("提交时间"), 18),
    ]
    return write_table(columns, [_row(one, with_phones) for one in lines], name=_("预约"), landscape=True)


def _row(line: BookingLine, with_phones: bool) -> list[Value]:
    row = line.booking
    return [
        row.code,
        line.school.name,
        presenting.state_name(row.state),
        _("；").join(session_name(one) for one in line.sessions),
        presenting.classes_line(line.groups),
        row.pupils,
        row.adults,
        row.leader_name,
        *([row.leader_phone or ""] if with_phones else []),
        _("是") if row.needs_bus else "",
        row.wheelchairs or None,
        row.priority,
        row.priority_why,
        row.note,
        minute(row.created_at),
    ]

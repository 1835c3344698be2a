"""Lists of events and sessions as workbooks."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from contest_portal.core.spreadsheets import Column, write_table
from contest_portal.events.planning.models import EventSession
from contest_portal.events.planning.presenting import event_state, kind_name, mode_name, session_state, times
from contest_portal.events.planning.queries.events import EventLine


def events_workbook(lines: Sequence[EventLine]) -> bytes:
    """A line an event."""
    columns = [
        Column(_("活动名称"), 36),
        Column(_("类型"), 14),
        Column(_("状态"), 10),
        Column(_("第一天"), 12, "date"),
        Column(_("最后一天"), 12, "date"),
        Column(_("地点"), 24),
        Column(_("预约方式"), 20),
        Column(_("场次"), 8, "number"),
        Column(_("容量"), 10, "number"),
        Column(_("已占名额"), 10, "number"),
    ]
    rows = [
        [
            one.event.title,
            kind_name(one.event.kind),
            event_state(one.event.state),
            one.first_on,
            one.last_on,
            one.event.venue,
            mode_name(one.event.mode),
            one.sessions,
            one.capacity,
            one.taken,
        ]
        for one in lines
    ]
    return write_table(columns, rows, name=_("活动"), landscape=True)


def sessions_workbook(sessions: Sequence[EventSession]) -> bytes:
    """A line a session, in order of time."""
    columns = [
        Column(_("场次"), 8, "number"),
        Column(_("日期"), 12, "date"),
        Column(_("时间"), 14),
        Column(_("地点"), 24),
        Column(_("状态"), 10),
        Column(_("容量"), 10, "number"),
        Column(_("已占名额"), 10, "number"),
        Column(_("余下名额"), 10, "number"),
        Column(_("批数"), 8, "number"),
        Column(_("最多批数"), 10, "number"),
        Column(_("说明"), 30),
    ]
    rows = [
        [
            one.number,
            one.day,
            times(one),
            one.place,
            session_state(one.state),
            one.capacity,
            one.taken,
            one.capacity - one.taken,
            one.parties,
            one.most_parties,
            one.note,
        ]
        for one in sessions
    ]
    return write_table(columns, rows, name=_("场次"), landscape=True)

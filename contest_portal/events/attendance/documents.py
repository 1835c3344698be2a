"""Papers and workbooks of the day: the list at the door, lists of names, counts, certificates of attendance."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import format_date
from flask_babel import gettext as _

from contest_portal.core.clock import local, now
from contest_portal.core.i18n import day
from contest_portal.core.list_documents import ListColumn, ListDocument, ListSection, Value, list_pdf, list_workbook
from contest_portal.core.pdf import render_pdf
from contest_portal.events.attendance import wording
from contest_portal.events.attendance.queries.board import ExportedCheckIn
from contest_portal.events.attendance.queries.sessions import SessionDay
from contest_portal.events.attendance.queries.training import Attendance, Attendee
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.events.planning.presenting import session_name, times

TO_WRITE = "　"
"""A cell that is filled in by hand; an empty one would be printed as a dash."""


def session_list_pdf(found: SessionDay) -> bytes:
    """The parties of a session with places to write down who came, for the table at the door."""
    session = found.session
    columns = [
        ListColumn(_("预约号"), 4, "center"),
        ListColumn(_("学校"), 9),
        ListColumn(_("班级"), 11),
        ListColumn(_("学生"), 3, is_number=True),
        ListColumn(_("带队"), 3, is_number=True),
        ListColumn(_("带队老师"), 5),
        ListColumn(_("电话"), 7),
        ListColumn(_("需要"), 8),
        ListColumn(_("实到学生"), 4),
        ListColumn(_("实到带队"), 4),
    ]
    rows: list[list[Value]] = [
        [
            one.booking.code,
            one.booking.school.name,
            wording.classes(one.groups),
            one.pupils,
            one.adults,
            one.booking.leader_name,
            one.booking.leader_phone or "",
            wording.needs(one.booking),
            TO_WRITE,
            TO_WRITE,
        ]
        for one in found.parties
    ]
    empty: list[list[Value]] = [[TO_WRITE] * len(columns) for _line in range(4)]
    expected = _(
        "预计 %(parties)s 支队伍 %(people)s 人", parties=found.tally.expected_parties, people=found.tally.expected
    )
    return list_pdf(
        ListDocument(
            title=_("%(title)s到场登记表", title=session.event.title),
            subtitle=f"{session_name(session)}　{session.place or session.event.venue}",
            sections=[
                ListSection(_("预约的队伍"), columns, rows, note=expected),
                ListSection(_("没有预约的队伍"), columns, empty),
            ],
            notes=[
                _("本表有带队老师的电话，用后请收回，不要张贴。打印时间：%(at)s。", at=f"{local(now()):%Y-%m-%d %H:%M}")
            ],
            landscape=True,
        )
    )


def counts_workbook(event: Event, rows: Sequence[ExportedCheckIn]) -> bytes:
    """A line for each party that came, and what was corrected."""
    columns = [
        ListColumn(_("场次"), 4, is_number=True),
        ListColumn(_("日期"), 6),
        ListColumn(_("时间"), 6),
        ListColumn(_("预约号"), 4),
        ListColumn(_("学校或单位"), 12),
        ListColumn(_("预约人数"), 5, is_number=True),
        ListColumn(_("实到学生"), 5, is_number=True),
        ListColumn(_("实到带队"), 5, is_number=True),
        ListColumn(_("人次"), 5, is_number=True),
        ListColumn(_("到场时间"), 6),
        ListColumn(_("更正记录"), 16),
    ]
    lines = [
        [
            one.row.session.number,
            day(one.row.session.day),
            times(one.row.session),
            one.row.booking.code if one.row.booking else "",
            wording.party_name(one.row),
            one.expected,
            one.row.pupils,
            one.row.adults,
            one.row.pupils + one.row.adults,
            f"{local(one.row.arrived_at):%H:%M}",
            _("；").join(
                _(
                    "%(before)s 改为 %(after)s：%(why)s",
                    before=f"{change.pupils_before}+{change.adults_before}",
                    after=f"{change.pupils}+{change.adults}",
                    why=change.why,
                )
                for change in one.corrections
            ),
        ]
        for one in rows
    ]
    title = _("%(title)s到场人次", title=event.title)
    return list_workbook(ListDocument(title, sections=[ListSection(_("到场人次"), columns, lines)], landscape=True))


def names_document(event: Event, found: Attendance, *, paper: bool) -> ListDocument:
    """Who is expected and was there. `paper`: with empty places to sign in instead of ticks."""
    columns = [
        ListColumn(_("序号"), 3, "center", is_number=True),
        ListColumn(_("姓名"), 6),
        ListColumn(_("学校"), 14),
        *(ListColumn(_("第 %(number)s 场", number=one.number), 6, "center") for one in found.sessions),
    ]
    rows: list[list[Value]] = [
        [
            place,
            one.name,
            one.school,
            *(TO_WRITE if paper else ("√" if session.id in one.sessions else "") for session in found.sessions),
        ]
        for place, one in enumerate(found.people, start=1)
    ]
    notes = [session_name(one) for one in found.sessions]
    count = _("共 %(count)s 人", count=len(rows))
    title = _("%(title)s签到表", title=event.title) if paper else _("%(title)s出勤表", title=event.title)
    return ListDocument(
        title, subtitle=event.venue, sections=[ListSection(_("参加人员"), columns, rows, note=count)], notes=notes
    )


def certificates_pdf(event: Event, sessions: Sequence[EventSession], people: Sequence[Attendee]) -> bytes:
    """A page for each person who was at all sessions. Raises FontMissingError."""
    return render_pdf(
        "events/attendance/certificate.typ",
        {
            "title": _("培训证明"),
            "event": event.title,
            "office": event.office.name,
            "day": format_date(sessions[-1].day, "long"),
            "seal": _("（盖章）"),
            "pages": [
                {
                    "name": one.name,
                    "school": one.school,
                    "text": _(
                        "于%(days)s参加%(office)s举办的「%(event)s」，%(count)s 场全部到场，特此证明。",
                        days=_days(sessions),
                        office=event.office.name,
                        event=event.title,
                        count=len(sessions),
                    ),
                }
                for one in people
            ],
        },
    )


def _days(sessions: Sequence[EventSession]) -> str:
    first, last = sessions[0].day, sessions[-1].day
    begin, end = format_date(first, "long"), format_date(last, "long")
    return begin if first == last else _("%(first)s 至 %(last)s", first=begin, last=end)

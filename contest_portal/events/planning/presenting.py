"""Days, times and names of events as pages show them, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from flask import current_app, request, url_for
from flask_babel import format_date, format_decimal
from flask_babel import gettext as _

from contest_portal.core.clock import local
from contest_portal.core.i18n import day, size, translate
from contest_portal.core.text import Message
from contest_portal.events.planning.free_places import Free
from contest_portal.events.planning.generator import Planned
from contest_portal.events.planning.kinds import KIND_NAMES, MODE_NAMES, template_of
from contest_portal.events.planning.models import Event, EventFile, EventSession
from contest_portal.events.planning.states import EVENT_STATES, SESSION_STATES
from contest_portal.people.grades import grade_name


def _named(names: Mapping[str, str], code: str) -> str:
    return translate(Message(names[code])) if code in names else code


def kind_name(kind: str) -> str:
    """流动科技馆, 科普大篷车, …"""
    return _named(KIND_NAMES, kind)


def kind_icon(kind: str) -> str:
    """The icon of the kind."""
    template = template_of(kind)
    return template.icon if template else "calendar-event"


def mode_name(mode: str) -> str:
    """How places are given."""
    return _named(MODE_NAMES, mode)


def event_state(state: str) -> str:
    """The state's word."""
    return _named(EVENT_STATES, state)  # type: ignore[arg-type]


def session_state(state: str) -> str:
    """The state's word."""
    return _named(SESSION_STATES, state)


def days(first: date | None, last: date | None) -> str:
    """One day, or from which to which."""
    if first is None or last is None:
        return _("时间待定")
    return day(first) if first == last else _("%(first)s 至 %(last)s", first=day(first), last=day(last))


def weekday(on: date) -> str:
    """周三, Wednesday."""
    return format_date(on, "EEEE")


def times(session: EventSession) -> str:
    """09:00–10:30 at the office's place; a session that ends on another day says so."""
    begin, end = local(session.starts_at), local(session.ends_at)
    if end.date() != begin.date():
        return _("%(begin)s 至次日 %(end)s", begin=f"{begin:%H:%M}", end=f"{end:%H:%M}")
    return f"{begin:%H:%M}–{end:%H:%M}"


def session_name(session: EventSession) -> str:
    """第 3 场 2018年9月12日 09:00–10:30: how lists and messages call it."""
    return _("第 %(number)s 场 %(day)s %(times)s", number=session.number, day=day(session.day), times=times(session))


def audience(event: Event) -> str:
    """For whom the event is."""
    parts: Sequence[str] = [*event.stages, *(translate(grade_name(number)) for number in event.grades)]
    return _("、").join(parts) if parts else _("不限")


def free_words(event: Event, free: Free) -> str:
    """What may still be booked: places, or days and sessions where one school comes at a time. Empty: nothing to book."""
    if not free.left:
        return ""
    if not free.with_room or (event.is_course and not free.least):
        return _("已约满")
    if event.is_course:
        return _("余 %(free)s 个名额", free=format_decimal(free.least))
    if not free.one_school:
        return _("余 %(free)s 个名额", free=format_decimal(free.people))
    if free.with_room == len(free.days):
        return _("还有 %(count)s 天可约", count=free.with_room)
    return _("还有 %(count)s 场可约", count=free.with_room)


def bookable_words(event: Event, free: Free, moment: datetime) -> str:
    """What lists say of an event's places beside its name; nothing where nobody books, or nothing comes any more."""
    if event.state != "public" or event.mode == "open" or not free.left:
        return ""
    if event.mode == "wishes" and event.plan_published_at is None:
        return _("%(count)s 场，可填报志愿", count=free.left) if _is_in_time(event, moment) else _("志愿填报已截止")
    if not _is_in_time(event, moment) and event.mode == "first_come":
        return _("预约已截止")
    return _("%(sessions)s 场，%(free)s", sessions=free.left, free=free_words(event, free))


def _is_in_time(event: Event, moment: datetime) -> bool:
    return event.booking_closes_at is None or moment <= event.booking_closes_at


def session_free_words(session: EventSession, free: int) -> str:
    """余 45 个名额, 可约, 已满: what a session says of its places."""
    if free <= 0:
        return _("已满")
    return _("可约") if session.most_parties == 1 else _("余 %(free)s 个名额", free=format_decimal(free))


@dataclass(frozen=True)
class DayOf:
    """A day with its sessions (EventSession), or with the times of planned ones (text)."""

    day: date
    sessions: Sequence[Any]


def by_day(sessions: Iterable[EventSession]) -> list[DayOf]:
    """Sessions in order of time, a group a day."""
    return [DayOf(on, list(rows)) for on, rows in groupby(sessions, key=lambda row: row.day)]


def planned_by_day(sessions: Iterable[Planned]) -> list[DayOf]:
    """Planned sessions, a group a day."""
    return [
        DayOf(on, [f"{one.slot.begin:%H:%M}–{one.slot.end:%H:%M}" for one in rows])
        for on, rows in groupby(sessions, key=lambda one: one.day)
    ]


@dataclass(frozen=True)
class FileLink:
    """A file as the macro `attachments` shows it."""

    url: str
    name: str
    facts: str


def file_link(row: EventFile) -> FileLink:
    """Where everybody fetches the file, and how large it is."""
    address = url_for("events.event_file", event_id=row.event_id, file_id=row.id)
    return FileLink(address, row.file_name, size(row.size_bytes))


def public_address(event: Event) -> str:
    """The event's page as QR codes and calendars carry it."""
    base = str(current_app.config["SETTINGS"].public_url or request.host_url).rstrip("/")
    return base + url_for("events.show_event", event_id=event.id)

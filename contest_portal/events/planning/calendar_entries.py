"""Events and sessions as entries of people's own calendars."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from flask_babel import gettext as _

from contest_portal.events.planning.calendar_file import Entry
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.events.planning.presenting import public_address

MOST_SINGLE = 10
"""More sessions than this stand in an office's calendar as one entry from the first day to the last."""


def entries_of_event(event: Event, sessions: Sequence[EventSession]) -> list[Entry]:
    """An entry each session."""
    return [_of_session(event, one) for one in sessions]


def entries_of_office(sessions_of: Sequence[tuple[Event, Sequence[EventSession]]]) -> list[Entry]:
    """An entry each session, or one for the whole event where there are many: a month of sessions would hide all else."""
    entries = []
    for event, sessions in sessions_of:
        if len(sessions) > MOST_SINGLE:
            entries.append(_of_whole(event, sessions))
        else:
            entries += entries_of_event(event, sessions)
    return entries


def _of_session(event: Event, one: EventSession) -> Entry:
    return Entry(
        uid=f"event-session-{one.id}@{_host(event)}",
        begin=one.starts_at,
        end=one.ends_at,
        title=event.title,
        place=one.place or event.venue,
        text=_text(event, [_("第 %(number)s 场", number=one.number), one.note]),
        url=public_address(event),
        sequence=one.version + event.version,
        is_cancelled=event.state == "cancelled" or one.state == "cancelled",
    )


def _of_whole(event: Event, sessions: Sequence[EventSession]) -> Entry:
    standing = [one for one in sessions if one.state == "open"] or sessions
    return Entry(
        uid=f"event-{event.id}@{_host(event)}",
        begin=min(one.day for one in standing),
        end=max(one.day for one in standing),
        title=event.title,
        place=event.venue,
        text=_text(event, [_("共 %(count)s 场，各场的时间见活动页面。", count=len(standing))]),
        url=public_address(event),
        sequence=event.version,
        is_cancelled=event.state == "cancelled",
    )


def _text(event: Event, lines: Sequence[str]) -> str:
    phone = _("电话：%(phone)s", phone=event.contact_phone) if event.contact_phone else ""
    why = _("已取消：%(why)s", why=event.cancelled_why) if event.cancelled_why else ""
    return "\n".join(line for line in (why, *lines, phone, public_address(event)) if line)


def _host(event: Event) -> str:
    return urlsplit(public_address(event)).hostname or "localhost"

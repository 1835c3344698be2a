"""Events and sessions for tests, made directly."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from contest_portal.core.clock import local, now, timezone
from contest_portal.core.database import db
from contest_portal.core.storage import storage
from contest_portal.events.planning.models import Event, EventFile, EventSession
from contest_portal.people.models import Office
from tests.factories import made


def moment(text: str) -> datetime:
    """2018-09-12 09:00 at the office's place."""
    return datetime.fromisoformat(text).replace(tzinfo=timezone())


def make_event(office: Office, title: str = "中国流动科技馆甘州区巡展", **values: Any) -> Event:
    """A public event with first come, first served; `values` are columns."""
    state = values.pop("state", "public")
    row = Event(
        office_id=office.id,
        kind=values.pop("kind", "museum"),
        title=title,
        state=state,
        venue=values.pop("venue", "甘州中学体育馆"),
        contact_phone=values.pop("contact_phone", "0936-8000000"),
        published_at=values.pop("published_at", now() if state != "draft" else None),
        created_at=now(),
        **values,
    )
    return made(row)


def make_file(event: Event, name: str = "场地平面图.txt", content: bytes = b"plan") -> EventFile:
    """A file of the event, stored."""
    return made(
        EventFile(
            event_id=event.id,
            file_sha256=storage().put_bytes(content).sha256,
            file_name=name,
            kind="text",
            size_bytes=len(content),
            added_at=now(),
        )
    )


def make_session(event: Event, starts_at: str | datetime = "2018-09-12 09:00", **values: Any) -> EventSession:
    """A session of 90 minutes for 150 people; `values` are columns."""
    begin = moment(starts_at) if isinstance(starts_at, str) else starts_at
    count = db.session.query(EventSession).filter_by(event_id=event.id).count()
    row = EventSession(
        event_id=event.id,
        number=values.pop("number", count + 1),
        day=local(begin).date(),
        starts_at=begin,
        ends_at=values.pop("ends_at", begin + timedelta(minutes=values.pop("minutes", 90))),
        capacity=values.pop("capacity", 150),
        **values,
    )
    return made(row)

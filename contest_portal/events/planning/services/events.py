"""An event as a whole: made, edited, copied, taken from state to state."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Conflict, FieldProblem, Invalid, Stale
from contest_portal.core.text import N_, Message
from contest_portal.events.planning.event_data import EventData, event_problems
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.events.planning.signals import event_cancelled, event_published
from contest_portal.events.planning.states import (
    EVENT_STATES,
    EventChange,
    EventFacts,
    event_change,
    is_editable,
    publishing_lacks,
)
from contest_portal.people.models import Office

MOST_WHY = 200
FIXED_WHEN_PUBLIC = ("kind", "mode", "is_course", "once_per_pupil")
"""What parties were booked by: changed later, some would stand under other rules than the rest."""


def make_event(actor: Actor, office_id: int, data: EventData) -> Event:
    """A new draft of the office. Raises Invalid with every problem."""
    _require_good(data)
    with unit_of_work(actor, "events.make") as work:
        row = Event(
            office_id=locked(Office, office_id).id, created_by=actor.account_id, created_at=now(), **_columns(data)
        )
        work.session.add(row)
        work.record(row, after={"title": row.title, "kind": row.kind, "mode": row.mode})
    return row


def edit_event(actor: Actor, event_id: int, data: EventData, seen_version: int) -> Event:
    """Change the event. Raises Invalid (also for what is fixed once it is public), Stale, Conflict where it has ended."""
    _require_good(data)
    with unit_of_work(actor, "events.change") as work:
        row = locked(Event, event_id)
        require_editable(row)
        if row.version != seen_version:
            raise Stale
        given = _columns(data)
        before = {name: getattr(row, name) for name in given}
        changed = [name for name, value in given.items() if before[name] != value]
        if row.state == "public":
            _require_unchanged(changed)
            _require_lacking_nothing(work, row, data)
        for name in changed:
            setattr(row, name, given[name])
        row.version += 1
        work.record(
            row, before={name: _plain(before[name]) for name in changed}, after={n: _plain(given[n]) for n in changed}
        )
    return row


def duplicate_event(actor: Actor, event_id: int, title: str) -> Event:
    """A new draft with all that the event has but its sessions, files and days of booking. Raises Invalid."""
    with unit_of_work(actor, "events.duplicate") as work:
        data = data_of(locked(Event, event_id), title=title.strip(), booking_opens_at=None, booking_closes_at=None)
        row = make_event(actor, locked(Event, event_id).office_id, EventData(**{**asdict(data), "change_until": None}))
        work.record(row, after={"from": event_id})
    return row


def publish(actor: Actor, event_id: int) -> Event:
    """Make the event public. Raises Invalid with all that is missing."""
    return change_state(actor, event_id, "publish")


def change_state(actor: Actor, event_id: int, act: str, why: str = "") -> Event:
    """Do what the table of states allows. Raises Conflict where it does not, Invalid for what is missing."""
    why = why.strip()
    with unit_of_work(actor, f"events.{act}") as work:
        row = locked(Event, event_id)
        change = event_change(act, row.state)
        if change is None:
            words = N_("活动现在是「%(state)s」，不能这样做。请刷新页面看看最新的情况。")
            raise Conflict("events.state", Message.of(words, state=Message(EVENT_STATES[row.state])))  # type: ignore[index]
        _require_why(change, why)
        if act == "publish":
            _require_lacking_nothing(work, row, data_of(row))
            row.published_at = row.published_at or now()
        before, row.state = row.state, change.target
        row.cancelled_why = why if act == "cancel" else ""
        row.version += 1
        work.record(row, before={"state": before}, after={"state": row.state}, why=why)
        _tell(work, row, act, why)
    return row


def _tell(work: Work, row: Event, act: str, why: str) -> None:
    if act == "publish":
        event_published.send(row, work=work)
    elif act == "cancel":
        event_cancelled.send(row, work=work, why=why)


def _require_why(change: EventChange, why: str) -> None:
    if change.needs_why and not why:
        raise Invalid("events.no_why", N_("请写明原因，学校和公众都会看到。"), field="why")
    if len(why) > MOST_WHY:
        words = N_("原因最多 %(most)s 个字，现在有 %(count)s 个。")
        raise Invalid("events.long_why", Message.of(words, most=MOST_WHY, count=len(why)), field="why")


def data_of(row: Event, **changes: Any) -> EventData:
    """The event's values as `EventData`, some of them changed."""
    names = EventData.__dataclass_fields__
    values = {name: getattr(row, name) for name in names} | {"stages": tuple(row.stages), "grades": tuple(row.grades)}
    return EventData(**{**values, **changes})


def lacks_of(row: Event, sessions: list[EventSession]) -> list[Message]:
    """What is missing before the event can be made public."""
    return publishing_lacks(_facts(data_of(row), [one for one in sessions if one.state == "open"]))


def require_editable(row: Event) -> None:
    """Raises Conflict where the event has ended."""
    if not is_editable(row.state):
        words = N_("活动%(state)s，不能再改动。")
        raise Conflict("events.ended", Message.of(words, state=Message(EVENT_STATES[row.state])))  # type: ignore[index]


def _require_lacking_nothing(work: Work, row: Event, data: EventData) -> None:
    sessions = work.session.scalars(
        select(EventSession).where(EventSession.event_id == row.id, EventSession.state == "open")
    ).all()
    if lacks := publishing_lacks(_facts(data, list(sessions))):
        raise Invalid("events.lacks", lacks[0], problems=[FieldProblem("", lack) for lack in lacks])


def _facts(data: EventData, sessions: list[EventSession]) -> EventFacts:
    return EventFacts(
        data.title,
        data.venue,
        data.contact_phone,
        data.mode,
        data.booking_opens_at,
        data.booking_closes_at,
        [one.starts_at for one in sessions],
    )


def _require_unchanged(changed: list[str]) -> None:
    words = N_("活动已经发布，学校按原来的方式预约，这一项不能再改。需要改的，请复制为新活动，再取消这个活动。")
    if fixed := [name for name in FIXED_WHEN_PUBLIC if name in changed]:
        problems = [FieldProblem(name, Message(words)) for name in fixed]
        raise Invalid("events.fixed", problems[0].message, problems=problems)


def _require_good(data: EventData) -> None:
    if problems := event_problems(data):
        raise Invalid("events.bad_event", problems[0].message, problems=problems)


def _columns(data: EventData) -> dict[str, Any]:
    values = {**asdict(data), "stages": list(data.stages), "grades": list(data.grades)}
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value

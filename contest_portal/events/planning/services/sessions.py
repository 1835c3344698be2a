"""The sessions of an event: added, changed, cancelled; never fewer places than are taken."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, update

from contest_portal.core.actor import Actor
from contest_portal.core.clock import local
from contest_portal.core.database import Work, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, FieldProblem, Invalid, Stale
from contest_portal.core.text import N_, Message
from contest_portal.events.planning.event_data import SessionData, session_problems
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.events.planning.services.events import MOST_WHY, require_editable
from contest_portal.events.planning.signals import capacity_raised, session_cancelled, session_moved

MOST_SESSIONS = 1000
_OUT_OF_THE_WAY = 1_000_000


def add_sessions(actor: Actor, event_id: int, sessions: Sequence[SessionData]) -> list[EventSession]:
    """Add sessions to the event, all or none. Raises Invalid with every problem, Conflict where the event has ended."""
    if problems := [problem for data in sessions for problem in session_problems(data)]:
        raise Invalid("events.bad_session", problems[0].message, problems=problems)
    with unit_of_work(actor, "events.add_sessions") as work:
        event = locked(Event, event_id)
        require_editable(event)
        last, count = work.session.execute(
            select(func.max(EventSession.number), func.count()).where(EventSession.event_id == event_id)
        ).one()
        if count + len(sessions) > MOST_SESSIONS:
            words = N_("一个活动最多 %(most)s 场，加上这些就有 %(count)s 场了。请分成几个活动。")
            raise Invalid("events.many_sessions", Message.of(words, most=MOST_SESSIONS, count=count + len(sessions)))
        ordered = sorted(sessions, key=lambda data: data.starts_at)
        rows = [_row(event, data, number) for number, data in enumerate(ordered, start=(last or 0) + 1)]
        work.session.add_all(rows)
        work.session.flush()
        if event.state == "draft":
            _number_in_order(work, event_id)
        event.version += 1
        work.record(event, after={"sessions": len(rows), "first": str(rows[0].day) if rows else ""})
    return rows


def edit_session(actor: Actor, session_id: int, data: SessionData, seen_version: int) -> EventSession:
    """Change a session; its visitors are told of a new time or place, its waiting list of more room.

    Raises Invalid, Stale, and Conflict ("events.capacity_below_taken") where more have places than it would hold:
    `capacity_advice` says who they are.
    """
    if problems := session_problems(data):
        raise Invalid("events.bad_session", problems[0].message, problems=problems)
    with unit_of_work(actor, "events.edit_session") as work:
        row = _locked_session(session_id)
        if row.version != seen_version:
            raise Stale
        _require_room(row, data)
        before = {"starts_at": row.starts_at, "ends_at": row.ends_at, "place": row.place}
        told = {"capacity": row.capacity, "most_parties": row.most_parties, "starts_at": row.starts_at.isoformat()}
        grew = _grows(row, data)
        row.starts_at, row.ends_at, row.day = data.starts_at, data.ends_at, local(data.starts_at).date()
        row.capacity, row.most_parties = data.capacity, data.most_parties
        row.place, row.note = data.place.strip(), data.note.strip()
        row.version += 1
        after = {"capacity": row.capacity, "most_parties": row.most_parties, "starts_at": row.starts_at.isoformat()}
        work.record(row, before=told, after=after)
        if before != {"starts_at": row.starts_at, "ends_at": row.ends_at, "place": row.place}:
            session_moved.send(row, work=work, before=before)
        if grew:
            capacity_raised.send(row, work=work)
    return row


def cancel_session(actor: Actor, session_id: int, why: str) -> EventSession:
    """One session does not take place; its visitors are told why. Raises Invalid, Conflict."""
    why = why.strip()
    if not why or len(why) > MOST_WHY:
        words = N_("请写明原因（最多 %(most)s 个字），学校和公众都会看到。")
        raise Invalid("events.no_why", Message.of(words, most=MOST_WHY), field="why")
    with unit_of_work(actor, "events.cancel_session") as work:
        row = _locked_session(session_id)
        row.state, row.note = "cancelled", why
        row.version += 1
        work.record(row, before={"state": "open"}, after={"state": "cancelled"}, why=why)
        session_cancelled.send(row, work=work, why=why)
    return row


def _locked_session(session_id: int) -> EventSession:
    """The session, and before it its event: in the order in which all verbs lock them."""
    require_editable(locked(Event, found(EventSession, session_id).event_id))
    row = locked(EventSession, session_id)
    if row.state != "open":
        raise Conflict("events.session_cancelled", N_("这一场已经取消，不能再改动。"))
    return row


def _require_room(row: EventSession, data: SessionData) -> None:
    problems = []
    if data.capacity < row.taken:
        words = N_("这一场已有 %(taken)s 人占了名额，容量不能减到 %(wished)s 人。")
        problems.append(FieldProblem("capacity", Message.of(words, taken=row.taken, wished=data.capacity)))
    if data.most_parties is not None and data.most_parties < row.parties:
        words = N_("这一场已有 %(parties)s 批占了名额，不能减到 %(wished)s 批。")
        problems.append(FieldProblem("most_parties", Message.of(words, parties=row.parties, wished=data.most_parties)))
    if problems:
        raise Conflict("events.capacity_below_taken", problems[0].message, problems=problems)


def _grows(row: EventSession, data: SessionData) -> bool:
    most = data.most_parties
    more_parties = row.most_parties is not None and (most is None or most > row.most_parties)
    return data.capacity > row.capacity or more_parties


def _row(event: Event, data: SessionData, number: int) -> EventSession:
    return EventSession(
        event_id=event.id,
        number=number,
        day=local(data.starts_at).date(),
        starts_at=data.starts_at,
        ends_at=data.ends_at,
        place=data.place.strip(),
        capacity=data.capacity,
        most_parties=data.most_parties,
        note=data.note.strip(),
    )


def _number_in_order(work: Work, event_id: int) -> None:
    """Count the draft's sessions anew: first out of the way, for no two may ever have the same number."""
    mine = EventSession.event_id == event_id
    work.session.execute(update(EventSession).where(mine).values(number=EventSession.number + _OUT_OF_THE_WAY))
    rows = work.session.scalars(
        select(EventSession)
        .where(mine)
        .order_by(EventSession.starts_at, EventSession.id)
        .execution_options(populate_existing=True)
    ).all()
    for number, row in enumerate(rows, start=1):
        row.number = number

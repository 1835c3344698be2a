"""Changes of a party that has places or waits: details, people, another session, the end of it; and who did not come."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotFound, Stale, TooLate
from contest_portal.core.i18n import minute
from contest_portal.core.text import N_, Message
from contest_portal.events.booking.models import Booking, BookingPlace
from contest_portal.events.booking.party import Details, Party
from contest_portal.events.booking.places import empty_all, gate, give_all_back, locked_sessions, session_words
from contest_portal.events.booking.services.history import change_state, change_states, note
from contest_portal.events.booking.services.holding import event_of, put_in, require_session, require_to_come
from contest_portal.events.booking.services.parties import check_details, free_keys_of, put_details, put_party
from contest_portal.events.booking.services.queueing import lower
from contest_portal.events.booking.services.settling import end_queueing, end_queueing_of, ring, settle
from contest_portal.events.booking.services.telling import tell_school, tell_schools
from contest_portal.events.booking.states import BookingAct
from contest_portal.events.planning.models import Event, EventSession


def change_details(actor: Actor, booking_id: int, seen_version: int, details: Details) -> Booking:
    """Another leader, number or need; allowed until the party comes. Raises Invalid, Stale, Conflict, TooLate."""
    check_details(details)
    event_id = event_of(booking_id)
    with unit_of_work(actor, "events.change_details") as work:
        gate(event_id)
        booking = _seen(booking_id, seen_version, ("booked", "waiting", "unplaced"))
        _require_not_begun(booking)
        may_split = booking.may_split
        put_details(booking, details)
        booking.may_split = may_split
        note(work, booking, "change_details")
    return booking


def change_party(actor: Actor, booking_id: int, seen_version: int, party: Party, *, by_office: bool = False) -> Booking:
    """Fewer or other people; more where there is room. Who waits may only become fewer.

    Raises Invalid, Conflict, Stale, TooLate. What becomes free goes to the queue.
    """
    event_id = event_of(booking_id)
    with unit_of_work(actor, "events.change_party") as work:
        event = gate(event_id)
        settle(work, event)
        booking = _seen(booking_id, seen_version, ("booked", "waiting", "unplaced"))
        if not by_office:
            require_changeable(event, booking)
        before = {"pupils": booking.pupils, "adults": booking.adults}
        freed = give_all_back(work, booking)
        put_party(work, event, booking, party)
        if booking.state == "waiting":
            lower(work, event, booking)
        elif freed:
            _require_growth(event, booking, freed, before["pupils"] + before["adults"])
            put_in(work, event, booking, _first_of(freed))
        note(work, booking, "change_party", before=before, pupils=booking.pupils, adults=booking.adults)
        ring(work, event, freed)
    return booking


def _require_growth(event: Event, booking: Booking, session_ids: Sequence[int], had: int) -> None:
    """Raise Conflict that counts the party's own places once. Those it had are given back; a divided party asks later."""
    people = booking.pupils + booking.adults
    if people <= had or (len(session_ids) > 1 and not event.is_course) or (booking.may_split and event.splittable):
        return
    session = min(locked_sessions(session_ids).values(), key=lambda one: one.capacity - one.taken)
    more = session.capacity - session.taken - had
    if people - had > more:
        words = N_(
            "%(session)s还剩 %(more)s 个位置，您要从 %(had)s 人增加到 %(people)s 人，多 %(wanted)s 人。"
            "请减少人数，或改到别的场次。"
        )
        values = {"more": max(0, more), "had": had, "people": people, "wanted": people - had}
        raise Conflict("events.full", Message.of(words, session=session_words(session), **values))


def move(actor: Actor, booking_id: int, session_id: int, *, by_office: bool = False, why: str = "") -> Booking:
    """Another session with room, all or nothing: the places it has stay where that is full. Raises Conflict, TooLate."""
    event_id = event_of(booking_id)
    with unit_of_work(actor, "events.move_booking") as work:
        event = gate(event_id)
        settle(work, event)
        booking = locked(Booking, booking_id)
        if not by_office:
            require_changeable(event, booking)
            require_to_come(event, session_id)
        freed = move_party(work, event, booking, session_id, why=why, tells=by_office)
        ring(work, event, freed)
    return booking


def cancel(actor: Actor, booking_id: int, *, by_office: bool = False, why: str = "") -> Booking:
    """The party does not come; its places go to the queue. Raises Conflict, TooLate."""
    event_id = event_of(booking_id)
    with unit_of_work(actor, "events.cancel_booking") as work:
        event = gate(event_id)
        settle(work, event)
        booking = locked(Booking, booking_id)
        if not by_office and booking.state == "booked":
            require_changeable(event, booking)
        ring(work, event, end(work, event, booking, why=why, tells=by_office))
    return booking


def record_no_show(actor: Actor, booking_id: int, session_id: int, *, did_not_come: bool = True) -> None:
    """The office notes that a party did not come to a session that has begun, or takes that back. Raises Conflict."""
    event_id = event_of(booking_id)
    with unit_of_work(actor, "events.record_no_show") as work:
        event = gate(event_id)
        booking = locked(Booking, booking_id)
        session = require_session(event, session_id)
        place = db.session.scalar(
            select(BookingPlace).where(BookingPlace.booking_id == booking_id, BookingPlace.session_id == session_id)
        )
        if place is None:
            raise NotFound
        if did_not_come and session.starts_at > now():
            raise Conflict("events.not_begun", N_("这一场还没有开始，不能登记未到。"))
        place.no_show_at = now() if did_not_come else None
        note(work, booking, "no_show" if did_not_come else "came_after_all", session=session.number)


def move_party(
    work: Work, event: Event, booking: Booking, session_id: int, *, why: str = "", tells: bool = False
) -> list[int]:
    """Put the party into another session. Gives the sessions that have room now. The event is locked."""
    session = require_session(event, session_id)
    if booking.state not in {"booked", "unplaced", "waiting", "wished"}:
        raise Conflict("events.not_booked", N_("只有有效的预约可以改场。"))
    old = give_all_back(work, booking)
    freed = [*old, *end_queueing(work, booking, "left")]
    new = put_in(work, event, booking, session_id)
    if booking.state != "booked":
        change_state(work, booking, "place", session_id=session_id)
    note(work, booking, "move", before={"sessions": old}, sessions=new, why=why)
    if tells:
        title = Message.of(
            N_("「%(event)s」的场次有变动：改到%(session)s"), event=event.title, session=str(session_words(session))
        )
        tell_school(work, booking, title, _reason(why))
    return [one for one in freed if one not in new]


def end(work: Work, event: Event, booking: Booking, *, why: str = "", tells: bool = False) -> list[int]:
    """End the party. Gives the sessions that have room now. The event is locked."""
    return end_all(work, event, [booking], why=why, tells=tells)


def end_all(work: Work, event: Event, bookings: Sequence[Booking], *, why: str = "", tells: bool = False) -> list[int]:
    """As `end`, for many parties of the event together: an event that 2,000 schools booked ends in a moment."""
    if not bookings:
        return []
    acts: list[tuple[Booking, BookingAct, dict[str, str]]] = [
        (one, "let_go" if one.state == "held" else "cancel", {"why": why}) for one in bookings
    ]
    for booking in bookings:
        booking.ended_why, booking.held_until = why[:200], None
    change_states(work, acts)
    freed = [*empty_all(work, bookings), *end_queueing_of(work, bookings, "left")]
    free_keys_of(work, bookings)
    if tells:
        title = Message.of(N_("「%(event)s」的预约已由主办单位取消"), event=event.title)
        tell_schools(work, bookings, title, _reason(why))
    return freed


def require_changeable(event: Event, booking: Booking) -> None:
    """Raise TooLate where the school itself can change its party no more."""
    if event.change_until is not None and now() > event.change_until:
        raise TooLate(
            "events.change_over",
            Message.of(
                N_("可修改和取消的时间已于 %(at)s 截止。确有变动，请打电话给主办单位。"), at=minute(event.change_until)
            ),
        )
    _require_not_begun(booking)


def _require_not_begun(booking: Booking) -> None:
    begins = db.session.scalar(
        select(func.min(EventSession.starts_at))
        .join(BookingPlace, BookingPlace.session_id == EventSession.id)
        .where(BookingPlace.booking_id == booking.id)
    )
    if begins is not None and begins <= now():
        raise TooLate("events.begun", N_("这一场已经开始，不能再修改。确有变动，请告诉现场工作人员。"))


def _seen(booking_id: int, seen_version: int, states: Sequence[str]) -> Booking:
    booking = locked(Booking, booking_id)
    if booking.version != seen_version:
        raise Stale
    if booking.state not in states:
        raise Conflict("events.ended", N_("这份预约现在不能修改，请刷新页面查看最新情况。"))
    return booking


def _first_of(session_ids: Sequence[int]) -> int:
    first = db.session.scalar(
        select(EventSession.id)
        .where(EventSession.id.in_(session_ids))
        .order_by(EventSession.starts_at, EventSession.id)
        .limit(1)
    )
    if first is None:
        raise NotFound
    return first


def _reason(why: str) -> Message | None:
    return Message.of(N_("原因：%(why)s"), why=why) if why else None


def require_reason(why: str) -> str:
    """The reason, which the school reads. Raises Invalid."""
    if not why.strip():
        raise Invalid("events.no_reason", N_("请写明原因，学校会看到。"), field="why")
    return why.strip()[:200]


def change_booking(actor: Actor, booking_id: int, seen_version: int, party: Party, details: Details) -> Booking:
    """Other people and other details in one act. Raises as `change_party` and `change_details` do."""
    with unit_of_work(actor, "events.change_booking"):
        booking = change_party(actor, booking_id, seen_version, party)
        return change_details(actor, booking_id, booking.version, details)

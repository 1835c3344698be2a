"""A party comes, goes, or was noted by mistake. Sent twice, it is written once."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import end_of_day, local, now, start_of_day, today
from contest_portal.core.database import db, locked, on_breach, unit_of_work
from contest_portal.core.errors import Conflict, FieldProblem, Invalid, NotFound
from contest_portal.core.text import N_, Message
from contest_portal.events.attendance.counting import LARGEST_PARTY, moment_of_arrival
from contest_portal.events.attendance.models import CheckIn
from contest_portal.events.booking.models import Booking, BookingPlace
from contest_portal.events.booking.places import gate
from contest_portal.events.booking.services import record_no_show
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.people.models import Account, School

_KEY = re.compile(r"[0-9A-Za-z-]{8,40}")


@dataclass(frozen=True)
class Arrival:
    """A party at the door, as it was typed.

    `key`: made by the browser, the same however often it is sent. A party that had booked by `booking_id`; a walk-in
    party by `party_name` or the school of that name. `seconds_ago`: how long it waited in the browser; None: not at all.
    """

    key: str
    pupils: int
    adults: int
    booking_id: int | None = None
    party_name: str = ""
    seconds_ago: int | None = None


def check_in(actor: Actor, session_id: int, arrival: Arrival) -> CheckIn:
    """Note that the party came. Gives the row, of what was sent before the row that is there.

    Raises Invalid for counts or names that cannot be, Conflict where the day has not come, the session is cancelled, or
    the party was checked in by somebody else.
    """
    with unit_of_work(actor, "events.check_in") as work:
        _gate(session_id)
        session = locked(EventSession, session_id)
        known = db.session.scalar(select(CheckIn).where(CheckIn.key == arrival.key))
        if known is not None:
            _require_same(known, session_id, arrival)
            return known
        _require_counts(arrival)
        _require_day(session)
        booking = _booking(arrival, session)
        if booking is not None:
            _require_first(booking, session_id)
        name, school_id = _party(booking, arrival, session)
        row = CheckIn(
            key=arrival.key,
            session_id=session_id,
            booking_id=booking.id if booking else None,
            school_id=school_id,
            party_name=name,
            pupils=arrival.pupils,
            adults=arrival.adults,
            arrived_at=moment_of_arrival(
                now(), arrival.seconds_ago, session.starts_at, start_of_day(session.day), end_of_day(session.day)
            ),
            recorded_by=actor.account_id,
            recorded_at=now(),
        )
        work.session.add(row)
        work.record(row, after={"session": session_id, "pupils": row.pupils, "adults": row.adults})
        if booking is not None and _is_no_show(session_id, booking.id):
            record_no_show(actor, booking.id, session_id, did_not_come=False)
    return row


def leave_hall(actor: Actor, check_in_id: int) -> CheckIn:
    """The party has left before the session's end. Once said, it stays."""
    with unit_of_work(actor, "events.leave_hall") as work:
        row = standing_check_in(check_in_id)
        if row.left_at is None:
            row.left_at = max(now(), row.arrived_at)
            work.record(row, after={"left_at": row.left_at.isoformat()})
    return row


def undo_check_in(actor: Actor, check_in_id: int) -> CheckIn:
    """It was noted by mistake: it counts no more, and the party may check in again."""
    with unit_of_work(actor, "events.undo_check_in") as work:
        row = standing_check_in(check_in_id)
        row.undone_at, row.undone_by = now(), actor.account_id
        row.version += 1
        work.record(row, before={"pupils": row.pupils, "adults": row.adults})
    return row


def standing_check_in(check_in_id: int) -> CheckIn:
    """The check-in, locked. Raises Conflict where it was undone."""
    row = locked(CheckIn, check_in_id)
    if row.undone_at is not None:
        raise Conflict("events.undone", N_("这次签到已经撤销，不能再改。请回到签到页重新登记。"))
    return row


def counts_problems(pupils: int, adults: int) -> list[FieldProblem]:
    """What is wrong with the counts of a party."""
    problems = [
        FieldProblem(
            field, Message.of(N_("人数应在 0 到 %(most)s 之间，现为 %(count)s。"), most=LARGEST_PARTY, count=count)
        )
        for field, count in (("pupils", pupils), ("adults", adults))
        if not 0 <= count <= LARGEST_PARTY
    ]
    if not problems and pupils + adults == 0:
        problems = [
            FieldProblem("pupils", Message(N_("学生和带队人员都是 0 人。没有来的队伍请在散场后标为「未到」。")))
        ]
    return problems


def _require_same(known: CheckIn, session_id: int, arrival: Arrival) -> None:
    """A page that was gone back to must not lose another party under the key of the first."""
    same_party = known.session_id == session_id and known.booking_id == arrival.booking_id
    same_name = arrival.booking_id is not None or known.party_name == arrival.party_name.strip()
    same_counts = known.version > 1 or (known.pupils, known.adults) == (arrival.pupils, arrival.adults)
    if not (same_party and same_name and same_counts):
        raise Conflict("events.key_used", N_("这一页已经登记过一次签到，这次没有登记。请刷新页面后重新填写。"))


def _require_counts(arrival: Arrival) -> None:
    if not _KEY.fullmatch(arrival.key):
        raise Invalid("events.bad_key", N_("这条签到不完整，没有登记。请刷新页面后重新填写。"))
    if problems := counts_problems(arrival.pupils, arrival.adults):
        raise Invalid("events.bad_counts", problems[0].message, problems=problems)


def _require_day(session: EventSession) -> None:
    event = db.session.get_one(Event, session.event_id)
    if session.state != "open" or event.state not in {"public", "closed"}:
        raise Conflict("events.not_on", N_("这一场没有开放或已经取消，不能签到。请在活动页查看场次。"))
    if session.day > today():
        raise Conflict(
            "events.too_early",
            Message.of(
                N_("这一场在 %(day)s，当天才能签到（今天是 %(today)s）。请核对选的是不是这一场。"),
                day=session.day.isoformat(),
                today=today().isoformat(),
            ),
        )


def _booking(arrival: Arrival, session: EventSession) -> Booking | None:
    if arrival.booking_id is None:
        return None
    booking = db.session.get(Booking, arrival.booking_id)
    if booking is None or booking.event_id != session.event_id:
        raise NotFound
    if booking.state in {"cancelled", "expired"}:
        words = N_("这支队伍的预约已经取消或过期。人确实来了的，请在「没有预约的队伍」里登记。")
        raise Conflict("events.booking_ended", words)
    return booking


def _require_first(booking: Booking, session_id: int) -> None:
    """Raises Conflict with who had noted the party, when, and which counts."""
    found = db.session.execute(
        select(CheckIn, Account.name)
        .outerjoin(Account, Account.id == CheckIn.recorded_by)
        .where(CheckIn.session_id == session_id, CheckIn.booking_id == booking.id, CheckIn.undone_at.is_(None))
    ).one_or_none()
    if found is None:
        return
    row, who = found
    raise AlreadyCheckedIn(row.id, _already(booking, row, who or ""))


def _already(booking: Booking, row: CheckIn, who: str) -> Message:
    return Message.of(
        N_(
            "%(party)s（%(code)s）已由%(who)s在 %(time)s 签到：学生 %(pupils)s 人、带队 %(adults)s 人。没有再记一次；人数不对的，请打开那条签到更正。"
        ),
        party=booking.school.name,
        code=booking.code,
        who=who,
        time=f"{local(row.arrived_at):%H:%M}",
        pupils=row.pupils,
        adults=row.adults,
    )


class AlreadyCheckedIn(Conflict):
    """Somebody else had checked the party in: `check_in_id` is what counts."""

    def __init__(self, check_in_id: int, message: Message) -> None:
        self.check_in_id = check_in_id
        super().__init__("events.already_checked_in", message)


on_breach(
    "uq_check_in_party",
    lambda: Conflict("events.already_checked_in", N_("这支队伍刚由另一台设备签到。请刷新页面查看。")),
)


def _party(booking: Booking | None, arrival: Arrival, session: EventSession) -> tuple[str, int | None]:
    """(name, school's id): of a walk-in party the school by its full name where the office has one."""
    if booking is not None:
        return "", booking.school_id
    name = arrival.party_name.strip()
    if not name or len(name) > 100:
        raise Invalid("events.no_party", N_("请填写学校或单位名称（100 字以内）。"), field="party_name")
    office_id = db.session.get_one(Event, session.event_id).office_id
    school_id = db.session.scalar(
        select(School.id).where(School.office_id == office_id, School.name == name, School.state == "approved")
    )
    return name, school_id


def _gate(session_id: int) -> None:
    """Lock the event, as verbs that change parties lock it before sessions. Raises NotFound."""
    event_id = db.session.scalar(select(EventSession.event_id).where(EventSession.id == session_id))
    gate(event_id or 0)


def _is_no_show(session_id: int, booking_id: int) -> bool:
    """Whether the party is marked, read under the locks: somebody may have marked it while we waited for them."""
    marked = select(BookingPlace.no_show_at).where(
        BookingPlace.session_id == session_id, BookingPlace.booking_id == booking_id
    )
    return db.session.scalar(marked) is not None

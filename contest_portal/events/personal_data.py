"""What events hold about a person: places that were booked, teams, who was there, who led a party."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, update

from contest_portal.core.database import Work, db
from contest_portal.core.text import N_, Message
from contest_portal.events.attendance.models import Presence
from contest_portal.events.booking.models import Booking, BookingPerson
from contest_portal.events.contest_days.models import Team, TeamMember
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.people.models import Teacher
from contest_portal.people.privacy.own_holdings import plain
from contest_portal.people.privacy.registry import Fate, Held, Person, eraser, holder
from contest_portal.people.privacy.rules import Rule, add_rule

_COUNTED = Message(N_("只有编号，姓名随名册一起去掉；参加人数留作统计。"))


@holder("booking_person", "presence", "team_member", "team", "booking")
def events(person: Person) -> Iterable[Held]:
    """Places, teams, presence; parties that a teacher leads."""
    places = db.session.scalars(select(BookingPerson).where(_named(person))).all()
    yield Held("places", Message(N_("活动名额")), Fate.NAMELESS, _COUNTED, [plain(one) for one in places])
    there = select(Presence).where(Presence.person_id.in_([one.id for one in places]))
    yield Held(
        "presence", Message(N_("签到")), Fate.NAMELESS, _COUNTED, [plain(one) for one in db.session.scalars(there)]
    )
    if person.kind == "student":
        rows: Iterable[Any] = db.session.scalars(select(TeamMember).where(TeamMember.student_id == person.id))
        yield Held("teams", Message(N_("比赛队伍")), Fate.NAMELESS, _COUNTED, [plain(one) for one in rows])
        return
    rows = db.session.scalars(select(Team).where(Team.coach_id == person.id))
    yield Held("teams", Message(N_("带领的队伍")), Fate.NAMELESS, _COUNTED, [plain(one) for one in rows])
    rows = db.session.scalars(select(Booking).where(Booking.leader_teacher_id == person.id))
    why = Message(N_("领队的姓名和电话删除，预约和人数保留。"))
    yield Held("bookings", Message(N_("带队的预约")), Fate.NAMELESS, why, [plain(one) for one in rows])


@eraser
def erase_from_events(work: Work, person: Person) -> Mapping[str, int]:
    """A leader's name and telephone go, whether chosen from the roster or typed; all else points to the roster's row.

    A typed name is the person's where the school has no other teacher of that name."""
    if person.kind != "teacher":
        return {}
    namesake = exists().where(
        Teacher.school_id == person.school_id, Teacher.name == person.name, Teacher.id != person.id
    )
    typed = and_(
        Booking.school_id == person.school_id,
        Booking.leader_teacher_id.is_(None),
        Booking.leader_name == person.name,
        ~namesake,
    )
    wanted = or_(Booking.leader_teacher_id == person.id, typed)
    change = update(Booking).where(wanted).values(leader_name=person.pseudonym, leader_phone=None)
    result: Any = work.session.execute(change.execution_options(synchronize_session=False))
    return {"booking": int(result.rowcount)}


def _named(person: Person) -> ColumnElement[bool]:
    column = BookingPerson.student_id if person.kind == "student" else BookingPerson.teacher_id
    return column == person.id


def _old_leaders(before: datetime, office_id: int | None) -> ColumnElement[bool]:
    own = exists().where(Event.id == Booking.event_id, Event.office_id == office_id, Event.created_at < before)
    still = exists().where(EventSession.event_id == Booking.event_id, EventSession.ends_at >= before)
    return and_(Booking.leader_phone.is_not(None), own, ~still)


def _erase_leaders(work: Work, ids: Sequence[int]) -> None:
    change = update(Booking).where(Booking.id.in_(ids)).values(leader_phone=None)
    work.session.execute(change.execution_options(synchronize_session=False))


add_rule(
    Rule(
        "leader_phones",
        Message(N_("活动领队的电话（自最后一场结束起）")),
        Message(N_("预约、领队姓名、人数和签到")),
        365,
        30,
        Booking.id,
        _old_leaders,
        _erase_leaders,
    )
)

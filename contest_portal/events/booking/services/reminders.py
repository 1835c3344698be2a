"""The day before a session: its schools are reminded of time, place and the code said at the door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from contest_portal.core.actor import Role
from contest_portal.core.clock import today
from contest_portal.core.database import db
from contest_portal.core.i18n import minute
from contest_portal.core.outbox.letters import letter
from contest_portal.core.outbox.reminders import Reminding, reminder
from contest_portal.core.text import N_, Message
from contest_portal.events.booking.models import Booking, BookingPlace
from contest_portal.events.booking.services.telling import booking_url
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.people.models import Membership

letter(
    "session",
    "events",
    N_("场次前一天提醒学校"),
    subject=N_("明天：{event}，{start}"),
    body=N_(
        "{name}，您好！\n\n{school}预约的「{event}」就在明天。\n时间：{start}\n地点：{place}\n人数：{people}\n"
        "预约号：{code}\n{link}\n\n{office}"
    ),
    sms=N_("{name}您好，明天{start}：{event}，{place}，{people}人，预约号{code}。{office}"),
    fields={
        "event": (N_("活动名称"), "中国流动科技馆巡展"),
        "start": (N_("开始时间"), "2018-09-12 09:00"),
        "place": (N_("地点"), "甘州中学体育馆"),
        "people": (N_("预约人数"), "135"),
        "code": (N_("签到时说的三个字母"), "KQT"),
    },
    roles=("school_manager", "teacher"),
)


@reminder("session", N_("场次就在明天，提醒学校"), kind="events", hour=9, letter="session")
def sessions_of_tomorrow() -> Iterator[Reminding]:
    """The managers of each school with places tomorrow, and who made the booking; one statement."""
    tomorrow = today() + timedelta(days=1)
    told = (Membership.role == str(Role.SCHOOL_MANAGER)) | (Membership.account_id == Booking.created_by)
    rows = db.session.execute(
        select(Membership.account_id, Booking, EventSession, Event, BookingPlace.people)
        .select_from(BookingPlace)
        .join(Booking, Booking.id == BookingPlace.booking_id)
        .join(EventSession, EventSession.id == BookingPlace.session_id)
        .join(Event, Event.id == EventSession.event_id)
        .join(Membership, Membership.school_id == Booking.school_id)
        .where(EventSession.day == tomorrow, EventSession.state == "open", Booking.state == "booked")
        .where(Event.state.in_(("public", "closed")), Membership.is_active, told)
        .order_by(EventSession.starts_at, Booking.id, Membership.account_id)
    )
    for account_id, booking, session, event, people in rows:
        fields = {
            "event": event.title,
            "start": minute(session.starts_at),
            "place": session.place or event.venue,
            "people": str(people),
            "code": booking.code,
        }
        yield Reminding(
            account_id=account_id,
            key=f"booking-{booking.id}-{session.id}-{minute(session.starts_at)}",
            title=Message.of(N_("「%(event)s」就在明天：%(start)s"), event=event.title, start=fields["start"]),
            body=Message.of(
                N_("地点：%(place)s；人数：%(people)s；预约号：%(code)s。"),
                place=fields["place"],
                people=people,
                code=booking.code,
            ),
            url=booking_url(booking.id),
            office_id=event.office_id,
            fields=fields,
            valid_until=session.starts_at,
        )

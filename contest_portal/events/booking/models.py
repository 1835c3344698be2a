"""Schools' parties: who comes, what they wish, the places they have, the queue they stand in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.core.database import Base
from contest_portal.core.sealing import Sealed
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.people.models import School, Student, Teacher


class Booking(Base):
    """One party of a school for one event. The states and their changes stand in `booking.states`.

    "held": places are kept until `held_until` while the form is open. "wished": wishes are in, no plan yet. "waiting":
    without places, in a queue (see Waiting). "booked": it has places. "unplaced": the plan had none for it.
    "cancelled" and "expired" have ended. `code`: three letters, unlike in an event, said at the door. `token`: in the
    QR of the booking. `priority` counts in the plan; where it is not 1, `priority_why` says why.
    """

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint(
            "state in ('held', 'wished', 'waiting', 'booked', 'unplaced', 'cancelled', 'expired')", name="state"
        ),
        CheckConstraint("pupils >= 0 and adults >= 0 and pupils + adults > 0", name="people"),
        CheckConstraint("priority > 0", name="priority"),
        UniqueConstraint("event_id", "code"),
        UniqueConstraint("token"),
        Index("ix_booking_school", "school_id", "event_id", "state"),
        Index(
            "ix_booking_held",
            "held_until",
            sqlite_where=text("state = 'held'"),
            postgresql_where=text("state = 'held'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    state: Mapped[str] = mapped_column(String(10))
    pupils: Mapped[int]
    adults: Mapped[int]
    leader_name: Mapped[str] = mapped_column(String(50), default="")
    leader_phone: Mapped[str | None] = mapped_column(Sealed)
    leader_teacher_id: Mapped[int | None] = mapped_column(ForeignKey("teacher.id"))
    needs_bus: Mapped[bool] = mapped_column(default=False)
    wheelchairs: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(Text, default="")
    may_split: Mapped[bool] = mapped_column(default=False)
    priority: Mapped[int] = mapped_column(default=1)
    priority_why: Mapped[str] = mapped_column(String(200), default="")
    code: Mapped[str] = mapped_column(String(3))
    token: Mapped[str] = mapped_column(String(32))
    held_until: Mapped[datetime | None]
    ended_why: Mapped[str] = mapped_column(String(200), default="")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    event: Mapped[Event] = relationship()
    school: Mapped[School] = relationship()


class BookingGroup(Base):
    """One class of a party, or the pupils chosen of one: `pupils` of them. It stays whole in `session_id`.

    `once_key` is "event|school|grade|class" while the booking is alive and the event takes each class once, else empty.
    """

    __tablename__ = "booking_group"
    __table_args__ = (UniqueConstraint("once_key"), CheckConstraint("pupils > 0", name="pupils"))

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    grade: Mapped[int | None]
    class_name: Mapped[str] = mapped_column(String(20), default="")
    pupils: Mapped[int]
    session_id: Mapped[int | None] = mapped_column(ForeignKey("event_session.id"))
    once_key: Mapped[str | None] = mapped_column(String(80))


class BookingPerson(Base):
    """One person of a party by name: a chosen pupil, or a teacher who comes to a training.

    `once_key` is the event's id while the booking is alive and the event takes each person once, else empty.
    """

    __tablename__ = "booking_person"
    __table_args__ = (
        UniqueConstraint("once_key", "student_id"),
        UniqueConstraint("once_key", "teacher_id"),
        CheckConstraint("(student_id is null) <> (teacher_id is null)", name="person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    student_id: Mapped[int | None] = mapped_column(ForeignKey("student.id"))
    teacher_id: Mapped[int | None] = mapped_column(ForeignKey("teacher.id"))
    once_key: Mapped[int | None]

    student: Mapped[Student | None] = relationship()
    teacher: Mapped[Teacher | None] = relationship()


class BookingWish(Base):
    """A session that a party wishes, `position` from 1."""

    __tablename__ = "booking_wish"
    __table_args__ = (UniqueConstraint("booking_id", "position"), UniqueConstraint("booking_id", "session_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("event_session.id"), index=True)
    position: Mapped[int]


class BookingPlace(Base):
    """So many people of a party in one session; they are counted in the session's `taken`.

    Several rows where a party is split or comes to all sessions of a course. A party that ended has none.
    """

    __tablename__ = "booking_place"
    __table_args__ = (UniqueConstraint("booking_id", "session_id"), CheckConstraint("people > 0", name="people"))

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("event_session.id"), index=True)
    people: Mapped[int]
    no_show_at: Mapped[datetime | None]

    booking: Mapped[Booking] = relationship()
    session: Mapped[EventSession] = relationship()


class Waiting(Base):
    """A party in a session's queue, in the order of `id`.

    "waiting"; "offered": its people are counted in the session's `taken` until `offered_until`; "taken", "expired",
    "declined", "left" have ended. `passed_at`: when a freed place went to a smaller party behind it, which it is told.
    """

    __tablename__ = "waiting"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'offered', 'taken', 'expired', 'declined', 'left')", name="state"),
        Index("ix_waiting_queue", "session_id", "state", "id"),
        Index("ix_waiting_booking", "booking_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("event_session.id"))
    people: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    offered_until: Mapped[datetime | None]
    passed_at: Mapped[datetime | None]
    passed_people: Mapped[int | None]  # the largest number for which there was room when it was passed over
    joined_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    booking: Mapped[Booking] = relationship()
    session: Mapped[EventSession] = relationship()


class BookingChange(Base):
    """A line of a party's own history, which school and office read: what was done, when, by whom."""

    __tablename__ = "booking_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    act: Mapped[str] = mapped_column(String(20))
    details: Mapped[dict[str, Any]]
    by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]

"""Events and their sessions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.core.database import Base
from contest_portal.people.models import Office


class Event(Base):
    """Something that takes place: its kind, words for the public, and the rules by which schools book.

    `mode`: "first_come" (places are booked as they come), "wishes" (wishes until `booking_closes_at`, then a plan) or
    "open" (nobody books). `stages` and `grades`: for whom, codes of the stages and grades 1 to 12; empty: everybody.
    `is_course`: a party comes to all sessions (a training of several parts), not to one of them.
    Limits that are None do not hold. `pupils_per_adult`: at most so many pupils for each adult who comes with them.
    `once_per_pupil`: a class or a pupil comes to one session of this event. `splittable`: a school may allow that its
    party is divided over neighbouring sessions. `offer_hours`: how long a freed place is kept for who waits first.
    """

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint(
            "kind in ('museum', 'caravan', 'open_day', 'training', 'contest_day', 'talk')",
            name="kind",
        ),
        CheckConstraint("mode in ('first_come', 'wishes', 'open')", name="mode"),
        CheckConstraint("state in ('draft', 'public', 'closed', 'cancelled')", name="state"),
        CheckConstraint("hold_minutes > 0 and offer_hours > 0 and most_wishes > 0", name="terms"),
        Index("ix_event_office", "office_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10), default="draft")
    title: Mapped[str] = mapped_column(String(100))
    theme: Mapped[str] = mapped_column(String(100), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    conduct: Mapped[str] = mapped_column(Text, default="")  # rules of conduct, as visitors read them
    venue: Mapped[str] = mapped_column(String(100), default="")
    directions: Mapped[str] = mapped_column(Text, default="")
    contact_name: Mapped[str] = mapped_column(String(50), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")  # the office's own, public
    stages: Mapped[list[Any]] = mapped_column(default=list)
    grades: Mapped[list[Any]] = mapped_column(default=list)
    mode: Mapped[str] = mapped_column(String(10), default="first_come")
    booking_opens_at: Mapped[datetime | None]
    booking_closes_at: Mapped[datetime | None]
    change_until: Mapped[datetime | None]  # None: until a session begins
    hold_minutes: Mapped[int] = mapped_column(default=10)
    offer_hours: Mapped[int] = mapped_column(default=24)
    most_wishes: Mapped[int] = mapped_column(default=3)
    most_parties_a_school: Mapped[int | None]
    most_people_a_school: Mapped[int | None]
    pupils_per_adult: Mapped[int | None]
    once_per_pupil: Mapped[bool] = mapped_column(default=True)
    splittable: Mapped[bool] = mapped_column(default=False)
    is_course: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None]
    plan_published_at: Mapped[datetime | None]  # of an event with wishes: from then on schools see their places
    cancelled_why: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]

    office: Mapped[Office] = relationship()


class EventFile(Base):
    """A file that the public may fetch with the event: a plan of the site, a letter to guardians."""

    __tablename__ = "event_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    file_sha256: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    size_bytes: Mapped[int]
    added_at: Mapped[datetime]

    event: Mapped[Event] = relationship()


class EventSession(Base):
    """One session: `capacity` people and at most `most_parties` parties at once.

    `taken` and `parties` count what is held, offered or booked; the database itself refuses more than there is, so that
    no two acts at once can book the same place. They change only under the session's lock. `number` counts the event's
    sessions from 1, in order of time while the event is a draft; what is added later goes on counting, so that a session
    that schools know keeps its number. Neighbours are sessions of one day that follow each other by `starts_at`.
    """

    __tablename__ = "event_session"
    __table_args__ = (
        UniqueConstraint("event_id", "number"),
        CheckConstraint("state in ('open', 'cancelled')", name="state"),
        CheckConstraint("capacity >= 0 and taken >= 0 and taken <= capacity", name="taken"),
        CheckConstraint("parties >= 0 and (most_parties is null or parties <= most_parties)", name="parties"),
        CheckConstraint("ends_at > starts_at", name="ends_at"),
        Index("ix_event_session_day", "day", "event_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    number: Mapped[int]
    day: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(100), default="")  # where it is not the event's venue
    capacity: Mapped[int]
    most_parties: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    parties: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10), default="open")
    note: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    event: Mapped[Event] = relationship()

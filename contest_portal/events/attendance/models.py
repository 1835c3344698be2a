"""The day itself: who came, counted; corrections with reasons; who of a training was there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.core.database import Base
from contest_portal.events.booking.models import Booking, BookingPerson
from contest_portal.events.planning.models import EventSession


class CheckIn(Base):
    """A party that came to a session: so many pupils and adults, counted at the door. 人次 is their sum.

    `key` is made by the browser that typed it, so that what is sent twice is written once. A party that had booked
    checks in once a session; a walk-in party has no booking, a name, and a school where it is one of the office's own.
    `left_at`: when they left; None: at the session's end. The photo is stored sealed. What was undone stays, uncounted:
    a browser that sends it again finds its key.
    """

    __tablename__ = "check_in"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint("pupils >= 0 and adults >= 0 and pupils + adults > 0", name="people"),
        Index("ix_check_in_session", "session_id", "arrived_at"),
        Index(
            "uq_check_in_party",
            "session_id",
            "booking_id",
            unique=True,
            sqlite_where=text("undone_at is null"),
            postgresql_where=text("undone_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40))
    session_id: Mapped[int] = mapped_column(ForeignKey("event_session.id"))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"), index=True)
    party_name: Mapped[str] = mapped_column(String(100), default="")
    pupils: Mapped[int]
    adults: Mapped[int]
    arrived_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    photo_file_sha256: Mapped[str | None] = mapped_column(String(64))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    undone_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    session: Mapped[EventSession] = relationship()
    booking: Mapped[Booking | None] = relationship()


class CheckInCorrection(Base):
    """Counts that were set right afterwards: what stood there before, and why."""

    __tablename__ = "check_in_correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    check_in_id: Mapped[int] = mapped_column(ForeignKey("check_in.id"), index=True)
    pupils_before: Mapped[int]
    adults_before: Mapped[int]
    pupils: Mapped[int]
    adults: Mapped[int]
    why: Mapped[str] = mapped_column(String(200))
    by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]


class Presence(Base):
    """Somebody of a training was at one of its sessions."""

    __tablename__ = "presence"
    __table_args__ = (UniqueConstraint("session_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("event_session.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("booking_person.id"), index=True)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    person: Mapped[BookingPerson] = relationship()

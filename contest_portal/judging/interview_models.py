"""Interviews of a final: place, time, order by lot."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.core.database import Base
from contest_portal.judging.models import Panel, Round, RoundEntry


class InterviewSession(Base):
    """A stretch of time in one room, before the judges of one panel (none: of the whole round)."""

    __tablename__ = "interview_session"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="times"),
        CheckConstraint("minutes_each > 0", name="minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    panel_id: Mapped[int | None] = mapped_column(ForeignKey("panel.id"))
    place: Mapped[str] = mapped_column(String(100))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    minutes_each: Mapped[int]

    round: Mapped[Round] = relationship()
    panel: Mapped[Panel | None] = relationship()
    slots: Mapped[list[InterviewSlot]] = relationship(
        cascade="all, delete-orphan", order_by="InterviewSlot.position", back_populates="session"
    )


class InterviewSlot(Base):
    """One team's talk and questions; drawn by lot."""

    __tablename__ = "interview_slot"
    __table_args__ = (UniqueConstraint("session_id", "position"), UniqueConstraint("round_entry_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("interview_session.id"))
    round_entry_id: Mapped[int] = mapped_column(ForeignKey("round_entry.id"))
    position: Mapped[int]
    starts_at: Mapped[datetime]
    absent: Mapped[bool] = mapped_column(default=False)

    session: Mapped[InterviewSession] = relationship(back_populates="slots")
    round_entry: Mapped[RoundEntry] = relationship()

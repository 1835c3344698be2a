"""Plans of events with wishes: frozen problems, what came out, what was moved by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contest_portal.core.database import Base


class EventPlan(Base):
    """One plan of an event: the frozen problem with its seed, and the answer, as `events allocate` reads and prints them.

    "asked": a job computes it; "ready": it can be adjusted; "failed": `failure` says why; "published": the
    parties have its places; "superseded": a later plan was asked for. Versions count from 1 in an event.
    """

    __tablename__ = "event_plan"
    __table_args__ = (
        UniqueConstraint("event_id", "version"),
        CheckConstraint("state in ('asked', 'ready', 'failed', 'published', 'superseded')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="asked")
    seed: Mapped[int]
    problem: Mapped[dict[str, Any]]
    problem_sha256: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    failure: Mapped[str] = mapped_column(Text, default="")
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    computed_at: Mapped[datetime | None]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    published_at: Mapped[datetime | None]


class PlanMove(Base):
    """A party that somebody put elsewhere, or out, after the plan was computed, and why. Lines are never changed.

    `places`: [[session id, people], …]; empty: it gets none.
    """

    __tablename__ = "event_plan_move"
    __table_args__ = (Index("ix_event_plan_move_plan", "plan_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("event_plan.id"))
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    places: Mapped[list[Any]]
    why: Mapped[str] = mapped_column(String(200))
    by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]

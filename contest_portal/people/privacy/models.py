"""Who asked for whose data to be erased, what must be kept meanwhile, how long an office keeps what, and each run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contest_portal.core.database import Base


class Erasure(Base):
    """One person's data to be erased: asked for by one, confirmed by a second. `subject_id` is a student's or teacher's.

    `open_key` stands while it waits, so that the database lets no second one wait beside it. `outcome`: what was erased,
    as counts by table.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        CheckConstraint("kind in ('student', 'teacher')", name="kind"),
        CheckConstraint("state in ('asked', 'done', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'asked') = (open_key is not null)", name="open"),
        UniqueConstraint("open_key"),
        Index("ix_erasure_subject", "kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="asked")
    open_key: Mapped[str | None] = mapped_column(String(40))
    why: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)


class LegalHold(Base):
    """A person's data must stay for now: a complaint, a lawsuit. Neither retention nor erasing touches it meanwhile."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint("kind in ('student', 'teacher')", name="kind"),
        UniqueConstraint("open_key"),
        Index("ix_legal_hold_subject", "kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[int]
    open_key: Mapped[str | None] = mapped_column(String(40))
    why: Mapped[str] = mapped_column(Text)
    set_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    set_at: Mapped[datetime]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]


class RetentionPlan(Base):
    """How long an office keeps what: `days` by the rule's code, None for never erased; rules not in it keep their default.

    `is_daily`: the job of the night erases what is due. Without an office it is the plan of the whole site (sessions,
    notices), which the console alone changes.
    """

    __tablename__ = "retention_plan"
    __table_args__ = (UniqueConstraint("place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(String(20))  # "office-7" or "site": of one place there is one plan
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    days: Mapped[dict[str, Any]]
    is_daily: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    set_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    set_at: Mapped[datetime]


class RetentionRun(Base):
    """One run: what was erased by which rule. `lines`: {"code", "days", "count"} of each rule that had something due."""

    __tablename__ = "retention_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"), index=True)
    is_daily: Mapped[bool] = mapped_column(default=False)
    lines: Mapped[list[Any]]
    run_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    run_at: Mapped[datetime]

"""What may happen to a task beside its sheet: a reopening, a report of fraud, a paper sheet typed in twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.core.database import Base
from contest_portal.entries.models import Entry
from contest_portal.judging.models import Assignment, Judge, Round
from contest_portal.media.models import Blob


class Reopening(Base):
    """The office gave a submitted sheet back to its judge, and why."""

    __tablename__ = "reopening"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    sheet_version: Mapped[int]
    why: Mapped[str] = mapped_column(Text)
    reopened_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reopened_at: Mapped[datetime]


class SetAside(Base):
    """The office no longer counts a submitted sheet whose judge must keep away from the work; or counts it again."""

    __tablename__ = "set_aside"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    sheet_version: Mapped[int]
    conflict: Mapped[dict[str, Any]]  # why the judge must keep away, as a kept message
    why: Mapped[str] = mapped_column(Text)
    given_to: Mapped[int | None] = mapped_column(ForeignKey("judge.id"))
    set_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    set_at: Mapped[datetime]
    undone_why: Mapped[str] = mapped_column(Text, default="")
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    undone_at: Mapped[datetime | None]

    task: Mapped[Assignment] = relationship()
    taker: Mapped[Judge | None] = relationship()


class FraudReport(Base):
    """A judge reports fraud or a breach of blindness (一票否决); the office decides."""

    __tablename__ = "fraud_report"
    __table_args__ = (
        CheckConstraint("kind in ('fraud', 'blindness')", name="kind"),
        CheckConstraint("state in ('open', 'upheld', 'dismissed')", name="state"),
        Index("ix_fraud_report_round", "round_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"))
    kind: Mapped[str] = mapped_column(String(10))
    evidence: Mapped[str] = mapped_column(Text)
    blob_id: Mapped[int | None] = mapped_column(ForeignKey("blob.id"))
    state: Mapped[str] = mapped_column(String(10), default="open")
    decision: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    reported_at: Mapped[datetime]

    round: Mapped[Round] = relationship()
    entry: Mapped[Entry] = relationship()
    judge: Mapped[Judge] = relationship()
    blob: Mapped[Blob | None] = relationship()


class PaperSheet(Base):
    """A paper sheet: typed in by one person, its totals by another who has not seen the first. What both agree on
    becomes a score sheet; a difference waits for a third look at the paper."""

    __tablename__ = "paper_sheet"
    __table_args__ = (CheckConstraint("state in ('typed', 'differs', 'confirmed', 'withdrawn')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="typed")
    marks: Mapped[dict[str, Any]]  # criterion code → points
    total: Mapped[float]
    comment: Mapped[str] = mapped_column(Text, default="")
    typed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    typed_at: Mapped[datetime]
    checked_total: Mapped[float | None]
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    checked_at: Mapped[datetime | None]
    settled: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # who looked at the paper again, when, what it says
    version: Mapped[int] = mapped_column(default=1)

    assignment: Mapped[Assignment] = relationship()

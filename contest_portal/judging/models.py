"""Judges, rounds, tasks, score sheets and frozen rankings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import Base
from contest_portal.core.sealing import Sealed
from contest_portal.entries.models import Entry
from contest_portal.people.models import Account, School, Student


class Judge(Base):
    """A judge whom an office has called; the account comes with the accepted invitation."""

    __tablename__ = "judge"
    __table_args__ = (
        CheckConstraint("state in ('invited', 'active', 'declined', 'left')", name="state"),
        UniqueConstraint("office_id", "phone_digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str] = mapped_column(String(50))
    phone: Mapped[str | None] = mapped_column(Sealed)
    phone_digest: Mapped[str | None] = mapped_column(String(64))
    employer: Mapped[str] = mapped_column(String(100), default="")
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"))
    job_title: Mapped[str] = mapped_column(String(50), default="")
    expertise: Mapped[list[Any]]  # category codes and disciplines
    state: Mapped[str] = mapped_column(String(10), default="invited")
    created_at: Mapped[datetime]

    account: Mapped[Account | None] = relationship()
    school: Mapped[School | None] = relationship()


class ConflictOfInterest(Base):
    """A reason why a judge may not read: one entry, one school's entries, or one person's."""

    __tablename__ = "conflict_of_interest"
    __table_args__ = (
        CheckConstraint("kind in ('relation', 'tutoring', 'declared', 'office')", name="kind"),
        Index("ix_conflict_judge", "judge_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"))
    kind: Mapped[str] = mapped_column(String(10))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"))
    student_id: Mapped[int | None] = mapped_column(ForeignKey("student.id"))
    why: Mapped[str] = mapped_column(Text, default="")
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    judge: Mapped[Judge] = relationship()
    entry: Mapped[Entry | None] = relationship()
    school: Mapped[School | None] = relationship()
    student: Mapped[Student | None] = relationship()


class Round(Base):
    """A round of judging over one or several categories: planned → open → closed → ranked."""

    __tablename__ = "round"
    __table_args__ = (CheckConstraint("state in ('planned', 'open', 'closed', 'ranked')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"), index=True)
    name: Mapped[str] = mapped_column(String(50))
    state: Mapped[str] = mapped_column(String(10), default="planned")
    reads_per_entry: Mapped[int]
    is_blind: Mapped[bool] = mapped_column(default=True)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    method: Mapped[str] = mapped_column(String(10), default="raw")
    seed: Mapped[int | None]
    plan_facts: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    contest: Mapped[Contest] = relationship()
    categories: Mapped[list[RoundCategory]] = relationship(cascade="all, delete-orphan", order_by="RoundCategory.id")
    judges: Mapped[list[RoundJudge]] = relationship(cascade="all, delete-orphan", order_by="RoundJudge.id")


class RoundCategory(Base):
    """A category judged in a round, with its rubric as it stood when the round opened."""

    __tablename__ = "round_category"
    __table_args__ = (UniqueConstraint("round_id", "category_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), index=True)
    rubric: Mapped[list[Any]]

    category: Mapped[Category] = relationship()


class RoundJudge(Base):
    """A judge who takes part in a round, for all its categories or some (`category_ids`, empty: all)."""

    __tablename__ = "round_judge"
    __table_args__ = (UniqueConstraint("round_id", "judge_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"), index=True)
    category_ids: Mapped[list[Any]]
    most_tasks: Mapped[int | None]

    judge: Mapped[Judge] = relationship()


class Assignment(Base):
    """One task: one judge reads one entry in one round."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("round_id", "judge_id", "entry_id"),
        CheckConstraint("state in ('todo', 'submitted', 'conflict', 'void')", name="state"),
        Index("ix_assignment_judge", "judge_id", "round_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    position: Mapped[int]  # the order in which this judge meets the entries
    state: Mapped[str] = mapped_column(String(10), default="todo")
    assigned_at: Mapped[datetime]
    draft_marks: Mapped[dict[str, Any]]  # criterion code → points, autosaved
    draft_comment: Mapped[str] = mapped_column(Text, default="")
    draft_saved_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    round: Mapped[Round] = relationship()
    judge: Mapped[Judge] = relationship()
    entry: Mapped[Entry] = relationship()


class ScoreSheet(Base):
    """A submitted sheet. A correction is a new version; the highest version counts."""

    __tablename__ = "score_sheet"
    __table_args__ = (UniqueConstraint("assignment_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    version: Mapped[int]
    is_current: Mapped[bool] = mapped_column(default=True)
    marks: Mapped[dict[str, Any]]
    total: Mapped[float]
    comment: Mapped[str] = mapped_column(Text, default="")
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    submitted_at: Mapped[datetime]


class Ranking(Base):
    """The frozen ranking of one category in one round: inputs' hash, method, and every line."""

    __tablename__ = "ranking"
    __table_args__ = (UniqueConstraint("round_id", "category_id", "stage_code", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), index=True)
    stage_code: Mapped[str] = mapped_column(String(4), default="")
    version: Mapped[int] = mapped_column(default=1)
    method: Mapped[str] = mapped_column(String(10))
    inputs_sha256: Mapped[str] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]]
    lines: Mapped[list[Any]]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]

    round: Mapped[Round] = relationship()
    category: Mapped[Category] = relationship()

"""A version of a category's recommendation list, with a reason for each line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import Base
from contest_portal.entries.models import Entry


class Shortlist(Base):
    """A version of a category's recommendation list: draft → approved; a newer version supersedes it."""

    __tablename__ = "shortlist"
    __table_args__ = (
        UniqueConstraint("category_id", "version"),
        CheckConstraint("state in ('draft', 'approved', 'superseded')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"), index=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="draft")
    row_version: Mapped[int] = mapped_column(default=1)
    quotas: Mapped[dict[str, Any]]
    ranking_ids: Mapped[list[Any]]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    approved_at: Mapped[datetime | None]

    contest: Mapped[Contest] = relationship()
    category: Mapped[Category] = relationship()
    lines: Mapped[list[ShortlistLine]] = relationship(order_by="ShortlistLine.position", cascade="all, delete-orphan")


class ShortlistLine(Base):
    """One entry on a list: whether it goes up, and why."""

    __tablename__ = "shortlist_line"
    __table_args__ = (
        UniqueConstraint("shortlist_id", "entry_id"),
        CheckConstraint("decision in ('in', 'out', 'tied', 'reserve')", name="decision"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shortlist_id: Mapped[int] = mapped_column(ForeignKey("shortlist.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    position: Mapped[int]
    rank: Mapped[int | None]
    stage_code: Mapped[str] = mapped_column(String(4), default="")
    score: Mapped[float | None]
    decision: Mapped[str] = mapped_column(String(10))
    reason_code: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    reason_params: Mapped[dict[str, Any]]

    entry: Mapped[Entry] = relationship()

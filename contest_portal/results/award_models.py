"""Awards of a category in versions: draft → approved; a newer approved version supersedes it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import Base
from contest_portal.entries.models import Entry


class AwardList(Base):
    """A version of a category's awards."""

    __tablename__ = "award_list"
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
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    approved_at: Mapped[datetime | None]

    contest: Mapped[Contest] = relationship()
    category: Mapped[Category] = relationship()
    lines: Mapped[list[AwardLine]] = relationship(order_by="AwardLine.position", cascade="all, delete-orphan")


class AwardLine(Base):
    """One entry and what it is given; an award that was taken back stays with its reason."""

    __tablename__ = "award_line"
    __table_args__ = (
        UniqueConstraint("award_list_id", "entry_id"),
        CheckConstraint("state in ('given', 'cancelled')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    award_list_id: Mapped[int] = mapped_column(ForeignKey("award_list.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    award: Mapped[str] = mapped_column(String(60), default="")
    position: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="given")
    cancelled_at: Mapped[datetime | None]
    cancelled_why: Mapped[str] = mapped_column(Text, default="")

    entry: Mapped[Entry] = relationship()

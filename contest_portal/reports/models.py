"""What the annual summary needs beyond the other rooms' records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contest_portal.core.database import Base


class SummaryNote(Base):
    """The office's own choice for a year's summary: the schools it names, in its order."""

    __tablename__ = "summary_note"
    __table_args__ = (UniqueConstraint("office_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    year: Mapped[int]
    school_ids: Mapped[list[Any]]
    updated_at: Mapped[datetime]


class SummaryText(Base):
    """What the office wrote for one part of a year's summary; its fields name the part's numbers."""

    __tablename__ = "summary_text"
    __table_args__ = (UniqueConstraint("office_id", "year", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    year: Mapped[int]
    part: Mapped[str] = mapped_column(String(20))
    text: Mapped[str | None] = mapped_column(Text)  # None: the program's own wording
    version: Mapped[int] = mapped_column(default=1)
    updated_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    updated_at: Mapped[datetime]


class SummaryNumber(Base):
    """A number of a year's summary that the office states otherwise than the records give it, and why."""

    __tablename__ = "summary_number"
    __table_args__ = (UniqueConstraint("office_id", "year", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    year: Mapped[int]
    key: Mapped[str] = mapped_column(String(200))
    value: Mapped[str] = mapped_column(String(60))
    why: Mapped[str] = mapped_column(String(200))
    set_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    set_at: Mapped[datetime]

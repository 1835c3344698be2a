"""What the annual summary needs beyond the other rooms' records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
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

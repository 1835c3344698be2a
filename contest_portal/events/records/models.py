"""What the office did in the year besides contests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from contest_portal.core.database import Base


class ActivityRecord(Base):
    """An activity of the year as the office noted it: its name and its named figures, for the annual summary.

    `figures` is an ordered list of {key, label, value}, e.g. {"key": "visits", "label": "参观", "value": "16000多人次"}.
    """

    __tablename__ = "activity_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    year: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    figures: Mapped[list[Any]]
    recorded_at: Mapped[datetime]

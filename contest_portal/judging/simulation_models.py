"""What was simulated before a contest, kept so that the same question is answered at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contest_portal.core.database import Base


class SimulationRun(Base):
    """One design, asked for by an office. `design` is what was asked, `result` a line for each number of reads."""

    __tablename__ = "simulation_run"
    __table_args__ = (UniqueConstraint("office_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    digest: Mapped[str] = mapped_column(String(64))
    design: Mapped[dict[str, Any]] = mapped_column(JSON)
    result: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)
    asked_at: Mapped[datetime]

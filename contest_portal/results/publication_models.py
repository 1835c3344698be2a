"""How a contest publishes its lists."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contest_portal.core.database import Base


class PublicationSetting(Base):
    """A contest's terms and columns for public lists. No row: the defaults.

    `open_days`: working days for objections. `stay_days`: calendar days that a list stays up after the last of them.
    `archive_names`: what the archive shows of names afterwards. `columns`: keys of `public_columns`, in order.
    """

    __tablename__ = "publication_setting"
    __table_args__ = (
        UniqueConstraint("contest_id"),
        CheckConstraint("open_days > 0 and stay_days >= 0", name="days"),
        CheckConstraint("archive_names in ('masked', 'dropped')", name="archive_names"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"))
    open_days: Mapped[int] = mapped_column(default=5)
    stay_days: Mapped[int] = mapped_column(default=30)
    archive_names: Mapped[str] = mapped_column(String(10), default="masked")
    columns: Mapped[list[Any]]
    version: Mapped[int] = mapped_column(default=1)

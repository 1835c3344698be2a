"""What single schools may submit in place of the category's general number."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contest_portal.core.database import Base


class SchoolAllowance(Base):
    """How many entries a named school may submit in a category, whatever its class is given; `why` goes on record."""

    __tablename__ = "school_allowance"
    __table_args__ = (
        UniqueConstraint("category_id", "school_id"),
        CheckConstraint("count >= 0", name="count"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    count: Mapped[int]
    why: Mapped[str] = mapped_column(Text)
    set_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    set_at: Mapped[datetime]

"""What came back from above, honours of schools, who took part."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.core.database import Base
from contest_portal.entries.models import Entry
from contest_portal.people.models import School


class ExternalResult(Base):
    """What an upper contest awarded, entered or imported when it comes back months later: `count` of one award.

    `level`: 市, 省 or 国家, empty where nobody said. `work_title`: which work, in words, where it is no entry here.
    """

    __tablename__ = "external_result"
    __table_args__ = (CheckConstraint("count > 0", name="count"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    year: Mapped[int]
    contest_name: Mapped[str] = mapped_column(String(100))
    award: Mapped[str] = mapped_column(String(30))
    count: Mapped[int]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime]
    level: Mapped[str] = mapped_column(String(10), default="")
    work_title: Mapped[str] = mapped_column(String(200), default="")
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(200), default="")

    entry: Mapped[Entry | None] = relationship()


class Honour(Base):
    """A school's honour of the year."""

    __tablename__ = "honour"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    year: Mapped[int]
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    honour: Mapped[str] = mapped_column(String(100))
    given_by: Mapped[str] = mapped_column(String(50))
    recorded_at: Mapped[datetime]
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(200), default="")

    school: Mapped[School] = relationship()


class Participation(Base):
    """How many pupils and teachers of a school took part in a contest; the school reports it, the last report counts."""

    __tablename__ = "participation"
    __table_args__ = (
        UniqueConstraint("contest_id", "school_id"),
        CheckConstraint("students >= 0 and teachers >= 0", name="counts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    students: Mapped[int]
    teachers: Mapped[int]
    reported_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reported_at: Mapped[datetime]

    school: Mapped[School] = relationship()

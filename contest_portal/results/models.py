"""Shortlists with a reason per line, publications in versions; what came back from above; participation."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import Base
from contest_portal.entries.models import Entry
from contest_portal.people.models import School


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


class Publication(Base):
    """A public list, whole as it was published. An amendment is the next version beside it.

    `kind`: what is made public, the recommended works or the awards; each has its own row of versions. `open_until`: the
    last day for objections; unless `closes_by_hand` it is computed anew on the day of publishing from `open_days` working
    days. `down_on`: the first day on which only the archive shows it, with names reduced; None: it stays. `pending`: the
    numbers of the works whose cases were open when the rest became final. `shortlist_ids`: the approved lists, of works or of
    awards, that it was filled from.
    """

    __tablename__ = "publication"
    __table_args__ = (
        UniqueConstraint("contest_id", "kind", "version"),
        CheckConstraint("state in ('draft', 'public', 'final', 'amended')", name="state"),
        CheckConstraint("kind in ('shortlist', 'award')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10), default="shortlist")
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="draft")
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text, default="")
    content: Mapped[dict[str, Any]]  # sections of lines, public fields only
    content_sha256: Mapped[str] = mapped_column(String(64), index=True)
    shortlist_ids: Mapped[list[Any]]
    amendment_note: Mapped[str] = mapped_column(Text, default="")
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    published_at: Mapped[datetime | None]
    open_days: Mapped[int] = mapped_column(default=5)
    open_until: Mapped[date | None]
    closes_by_hand: Mapped[bool] = mapped_column(default=False)
    down_on: Mapped[date | None]
    final_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    final_at: Mapped[datetime | None]
    pending: Mapped[list[Any]] = mapped_column(default=list)

    contest: Mapped[Contest] = relationship()

    @property
    def notice_sha256(self) -> str:
        """The digest of what a draft says beside its list: its text, the note of its amendment and its term."""
        said = [self.text, self.amendment_note, str(self.open_until), self.open_days, self.closes_by_hand]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


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

"""Contests: one edition at one office, its categories with their rules, its call."""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.rules import CategoryRules
from contest_portal.core.database import Base
from contest_portal.people.models import Office


class Contest(Base):
    """An edition of a contest at an office: its call, its timetable, and where its list goes."""

    __tablename__ = "contest"
    __table_args__ = (
        CheckConstraint("state in ('draft', 'open', 'closed', 'archived')", name="state"),
        UniqueConstraint("office_id", "year", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    year: Mapped[int] = mapped_column(index=True)
    template_code: Mapped[str] = mapped_column(String(60), default="")
    template_version: Mapped[str] = mapped_column(String(20), default="")
    state: Mapped[str] = mapped_column(String(10), default="draft")
    # A contest to try things out: everything works in it, and no summary counts it.
    is_practice: Mapped[bool] = mapped_column(default=False)
    number_pattern: Mapped[str] = mapped_column(String(100))
    number_prefix: Mapped[str] = mapped_column(String(10))
    return_reasons: Mapped[list[Any]]
    # How many works one school may submit in all categories together; None: only the categories' own numbers count.
    school_total: Mapped[int | None]
    # Where the shortlist goes: a contest in this deployment, or only its name.
    feeds_into_id: Mapped[int | None] = mapped_column(ForeignKey("contest.id"))
    feeds_into_name: Mapped[str] = mapped_column(String(100), default="")
    feeds_into_title: Mapped[str] = mapped_column(String(100), default="")
    call_title: Mapped[str] = mapped_column(String(200), default="")
    call_text: Mapped[str] = mapped_column(Text, default="")
    who_may_enter: Mapped[str] = mapped_column(Text, default="")
    called_on: Mapped[date | None]
    submission_opens_at: Mapped[datetime | None]
    submission_closes_at: Mapped[datetime | None]
    grace_seconds: Mapped[int] = mapped_column(default=60)
    screening_until: Mapped[date | None]
    judging_from: Mapped[date | None]
    judging_until: Mapped[date | None]
    publication_on: Mapped[date | None]
    opened_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    office: Mapped[Office] = relationship()
    feeds_into: Mapped[Contest | None] = relationship(remote_side=[id])
    categories: Mapped[list[Category]] = relationship(back_populates="contest", order_by="Category.position")
    attachments: Mapped[list[ContestAttachment]] = relationship(
        back_populates="contest", order_by="ContestAttachment.id"
    )


class Category(Base):
    """A category of a contest. Its rules are one validated document, so that an edition is copied and frozen whole."""

    __tablename__ = "category"
    __table_args__ = (UniqueConstraint("contest_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(100))
    measure: Mapped[str] = mapped_column(String(10))
    position: Mapped[int]
    rules_document: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)

    contest: Mapped[Contest] = relationship(back_populates="categories")

    @property
    def rules(self) -> CategoryRules:
        """The rules as typed values."""
        return _typed_rules(json.dumps(self.rules_document))


@lru_cache(maxsize=512)
def _typed_rules(document: str) -> CategoryRules:
    """The same document is read once: rules are frozen, and every request asks for them."""
    return CategoryRules.from_dict(json.loads(document))


class ContestAttachment(Base):
    """A file of the call: an attachment of the notice, or a blank form to fill in."""

    __tablename__ = "contest_attachment"
    __table_args__ = (CheckConstraint("kind in ('attachment', 'blank_form')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(200))
    file_name: Mapped[str] = mapped_column(String(200))
    file_sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int]
    added_at: Mapped[datetime]

    contest: Mapped[Contest] = relationship(back_populates="attachments")


class NumberCounter(Base):
    """The last running number given under a prefix; numbers are never given twice."""

    __tablename__ = "number_counter"
    __table_args__ = (Index("uq_number_counter_series", "contest_id", "series", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"))
    series: Mapped[str] = mapped_column(String(40))
    last: Mapped[int] = mapped_column(default=0)

"""Awards: the rule of a category, its list in versions with a reason per line, decisions; special awards; tutors' and
schools' awards by points; when schools see what became of their works."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import Base
from contest_portal.entries.models import Entry
from contest_portal.people.models import School, Teacher
from contest_portal.results.quotas.models import DecidedByCommittee


def _one_that_stands(name: str, *columns: str, until: str) -> Index:
    """Of rows with these values one stands; those with a moment in `until` are history."""
    stands = text(f"{until} is null")
    return Index(name, *columns, unique=True, sqlite_where=stands, postgresql_where=stands)


class PrizeTable(Base):
    """How a category gives awards (`prizes.PrizeRule.to_json`); without a row the default rule stands."""

    __tablename__ = "prize_table"
    __table_args__ = (UniqueConstraint("category_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    document: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    saved_at: Mapped[datetime]


class AwardList(Base):
    """A version of a category's awards: draft → approved; a newer version supersedes it.

    `basis`: the ranking and the recommendation list it was made from, as {"ranking": id, "shortlist": id or null}.
    """

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
    rule: Mapped[dict[str, Any]] = mapped_column(default=dict)
    basis: Mapped[dict[str, Any]] = mapped_column(default=dict)
    places: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    approved_at: Mapped[datetime | None]

    contest: Mapped[Contest] = relationship()
    category: Mapped[Category] = relationship()
    lines: Mapped[list[AwardLine]] = relationship(order_by="AwardLine.position", cascade="all, delete-orphan")


class AwardLine(Base):
    """One work on a list: its award, and why. `none`: no award; `tied`: waits for the committee; `cancelled`: it had the
    award until an objection was upheld, and the record stays."""

    __tablename__ = "award_line"
    __table_args__ = (
        UniqueConstraint("award_list_id", "entry_id"),
        CheckConstraint("state in ('given', 'none', 'tied', 'cancelled')", name="state"),
        CheckConstraint("(state in ('given', 'cancelled')) = (award <> '')", name="award"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    award_list_id: Mapped[int] = mapped_column(ForeignKey("award_list.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    award: Mapped[str] = mapped_column(String(60), default="")
    position: Mapped[int]
    rank: Mapped[int | None]
    score: Mapped[float | None]
    state: Mapped[str] = mapped_column(String(10), default="given")
    reason_code: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    reason_params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    cancelled_at: Mapped[datetime | None]
    cancelled_why: Mapped[str] = mapped_column(Text, default="")

    award_list: Mapped[AwardList] = relationship(overlaps="lines")
    entry: Mapped[Entry] = relationship()


class AwardDecision(DecidedByCommittee, Base):
    """What the committee decided about a work's award, never changed afterwards: the last one of a work counts.

    `award`: it gets this level; `none`: it gets nothing; `clear`: by rank again.
    """

    __tablename__ = "award_decision"
    __table_args__ = (
        CheckConstraint("decision in ('award', 'none', 'clear')", name="decision"),
        CheckConstraint("(decision = 'award') = (award <> '')", name="award"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    decision: Mapped[str] = mapped_column(String(10))
    award: Mapped[str] = mapped_column(String(60), default="")


class SpecialAward(Base):
    """A work's special award (专项奖) by judges or a sponsor. Cancelled, never deleted; given again it is another row."""

    __tablename__ = "special_award"
    __table_args__ = (
        _one_that_stands("uq_special_award_standing", "contest_id", "name", "entry_id", until="cancelled_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    sponsor: Mapped[str] = mapped_column(String(100), default="")
    reason: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    cancelled_why: Mapped[str] = mapped_column(Text, default="")

    contest: Mapped[Contest] = relationship()
    entry: Mapped[Entry] = relationship()


class MeritTable(Base):
    """How a contest honours its tutors or schools by points (`merits.MeritRule.to_json`)."""

    __tablename__ = "merit_table"
    __table_args__ = (
        UniqueConstraint("contest_id", "kind"),
        CheckConstraint("kind in ('tutor', 'school')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"))
    kind: Mapped[str] = mapped_column(String(10))
    document: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    saved_at: Mapped[datetime]


class MeritAward(Base):
    """A tutor's or school's award as the office confirmed it, with the sum it was given for.

    A later confirmation of the same kind supersedes it; the row stays.
    """

    __tablename__ = "merit_award"
    __table_args__ = (
        CheckConstraint("(teacher_id is null) <> (school_id is null)", name="whose"),
        _one_that_stands("uq_merit_award_teacher", "contest_id", "award", "teacher_id", until="superseded_at"),
        _one_that_stands("uq_merit_award_school", "contest_id", "award", "school_id", until="superseded_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"), index=True)
    award: Mapped[str] = mapped_column(String(60))
    teacher_id: Mapped[int | None] = mapped_column(ForeignKey("teacher.id"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"))
    points: Mapped[str] = mapped_column(String(20))  # exact, such as 5 or 5/2
    terms: Mapped[list[Any]]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]

    teacher: Mapped[Teacher | None] = relationship()
    school: Mapped[School | None] = relationship()


class ResultRelease(Base):
    """From when a contest's schools see what became of their works, and which parts of it."""

    __tablename__ = "result_release"
    __table_args__ = (UniqueConstraint("contest_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"))
    released_at: Mapped[datetime]
    shows_rank: Mapped[bool] = mapped_column(default=False)
    shows_score: Mapped[bool] = mapped_column(default=False)
    shows_comments: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    saved_at: Mapped[datetime]

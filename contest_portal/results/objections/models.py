"""Objections to a public list: the case, who is kept away from it, what was asked of whom, its files, its record."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Contest
from contest_portal.core.database import Base
from contest_portal.core.sealing import Sealed
from contest_portal.entries.models import Entry
from contest_portal.judging.models import Judge
from contest_portal.people.models import Account, School
from contest_portal.results.publishing.models import Publication


class ObjectionSetting(Base):
    """A contest's terms for each step of a case, in working days, and what the form asks. No row: the defaults."""

    __tablename__ = "objection_setting"
    __table_args__ = (
        UniqueConstraint("contest_id"),
        CheckConstraint(
            "accept_days > 0 and inquire_days > 0 and sign_days > 0 and answer_days > 0 and statement_days > 0",
            name="days",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"))
    accept_days: Mapped[int] = mapped_column(default=3)
    inquire_days: Mapped[int] = mapped_column(default=10)
    sign_days: Mapped[int] = mapped_column(default=3)
    answer_days: Mapped[int] = mapped_column(default=2)
    statement_days: Mapped[int] = mapped_column(default=3)
    asks_id_number: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)


class Objection(Base):
    """One case. The states and their changes stand in `objections.states`. `due_on`: the last day of the present step.

    What tells who objects is sealed, and loaded only where it is asked for; `secret_digest` finds the case by the secret
    link and cannot give it back. The decision is one text with two signatures, of two accounts: `proposed_by`, `decided_by`.
    """

    __tablename__ = "objection"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("secret_digest"),
        CheckConstraint(
            "state in ('received', 'inquiry', 'refused', 'signing', 'decided', 'answered', 'withdrawn')", name="state"
        ),
        CheckConstraint("outcome in ('', 'upheld', 'corrected', 'dismissed')", name="outcome"),
        CheckConstraint("decided_by is null or decided_by <> proposed_by", name="two_people"),
        CheckConstraint("second_id is null or second_id <> handler_id", name="two_tasks"),
        Index("ix_objection_contest", "contest_id", "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"))
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    number: Mapped[str] = mapped_column(String(20))
    secret_digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default="received")
    due_on: Mapped[date | None]
    row_version: Mapped[int] = mapped_column(default=1)

    objector_name: Mapped[str] = mapped_column(Sealed, deferred=True, deferred_group="objector")
    objector_id_number: Mapped[str | None] = mapped_column(Sealed, deferred=True, deferred_group="objector")
    objector_unit: Mapped[str] = mapped_column(Sealed, deferred=True, deferred_group="objector")
    objector_phone: Mapped[str] = mapped_column(Sealed, deferred=True, deferred_group="objector")
    grounds: Mapped[str] = mapped_column(Sealed, deferred=True, deferred_group="objector")
    received_at: Mapped[datetime]

    handler_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    second_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(10), default="")
    decision: Mapped[str] = mapped_column(Text, default="")
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None]

    contest: Mapped[Contest] = relationship()
    publication: Mapped[Publication] = relationship()
    entry: Mapped[Entry] = relationship()
    handler: Mapped[Account | None] = relationship(foreign_keys=[handler_id])
    second: Mapped[Account | None] = relationship(foreign_keys=[second_id])
    files: Mapped[list[ObjectionFile]] = relationship(order_by="ObjectionFile.id")
    statements: Mapped[list[ObjectionStatement]] = relationship(order_by="ObjectionStatement.id")
    events: Mapped[list[ObjectionEvent]] = relationship(order_by="ObjectionEvent.id")


class ObjectionConflict(Base):
    """Somebody of the office who is kept away from one case, as declared; what the program sees itself has no row."""

    __tablename__ = "objection_conflict"
    __table_args__ = (UniqueConstraint("objection_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    objection_id: Mapped[int] = mapped_column(ForeignKey("objection.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    why: Mapped[str] = mapped_column(Text)
    declared_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    declared_at: Mapped[datetime]


class ObjectionStatement(Base):
    """What a school or a judge was asked, in the office's own words, and what they answered."""

    __tablename__ = "objection_statement"
    __table_args__ = (
        CheckConstraint("(school_id is null) <> (judge_id is null)", name="whom"),
        UniqueConstraint("objection_id", "school_id"),
        UniqueConstraint("objection_id", "judge_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    objection_id: Mapped[int] = mapped_column(ForeignKey("objection.id"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"), index=True)
    judge_id: Mapped[int | None] = mapped_column(ForeignKey("judge.id"), index=True)
    question: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None]

    objection: Mapped[Objection] = relationship(overlaps="statements")
    school: Mapped[School | None] = relationship()
    judge: Mapped[Judge | None] = relationship()
    files: Mapped[list[ObjectionFile]] = relationship(order_by="ObjectionFile.id")


class ObjectionFile(Base):
    """Evidence, sealed where it lies: of the objector, or of a school or judge with its statement."""

    __tablename__ = "objection_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    objection_id: Mapped[int] = mapped_column(ForeignKey("objection.id"), index=True)
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("objection_statement.id"), index=True)
    file_sha256: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(Sealed)
    kind: Mapped[str] = mapped_column(String(10))
    size_bytes: Mapped[int]
    added_at: Mapped[datetime]


class ObjectionEvent(Base):
    """A line of the case's own record: a step, or a note of the inquiry. `text` may name people, so it is sealed."""

    __tablename__ = "objection_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    objection_id: Mapped[int] = mapped_column(ForeignKey("objection.id"), index=True)
    act: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Sealed, default="")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]

    account: Mapped[Account | None] = relationship()

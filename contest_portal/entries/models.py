"""Entries: what is submitted, by whom, with which files; every submitted version; screening."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import Base
from contest_portal.entries.late_files import LateFiles, late_files
from contest_portal.entries.states import EDITABLE
from contest_portal.media.models import Blob
from contest_portal.people.models import School, Student, Teacher

SchoolWord = Literal["", "asked", "approved", "sent_back"]


class Entry(Base):
    """One work in one category of one contest. The states and their changes stand in `entries.states`."""

    __tablename__ = "entry"
    __table_args__ = (
        CheckConstraint(
            "state in ('draft', 'submitted', 'returned', 'accepted', 'rejected', 'withdrawn')", name="state"
        ),
        UniqueConstraint("contest_id", "number"),
        Index("ix_entry_list", "contest_id", "state", "category_id", "id"),
        Index("ix_entry_school", "school_id", "contest_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    state: Mapped[str] = mapped_column(String(10), default="draft")
    number: Mapped[str | None] = mapped_column(String(40))
    stage_code: Mapped[str] = mapped_column(String(4), default="")
    discipline: Mapped[str] = mapped_column(String(50), default="")
    title: Mapped[str] = mapped_column(String(200), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    group_name: Mapped[str] = mapped_column(String(100), default="")
    answers: Mapped[dict[str, Any]]  # the category's extra fields by code
    completed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)  # grows with every change: a stale form is told
    # The version of the last change to anything but files: an upload that ends makes no form stale.
    typed_version: Mapped[int] = mapped_column(default=1)
    submission_count: Mapped[int] = mapped_column(default=0)
    # Edits since the last submitted version; that version counts until they are submitted.
    has_unsubmitted_changes: Mapped[bool] = mapped_column(default=False)
    approval_asked_at: Mapped[datetime | None]
    school_approved_at: Mapped[datetime | None]
    sent_back_at: Mapped[datetime | None]  # by the school's manager, until the teacher asks again
    sent_back_why: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    first_submitted_at: Mapped[datetime | None]
    is_late: Mapped[bool] = mapped_column(default=False)
    fix_until: Mapped[datetime | None]  # the new deadline of a returned entry
    exception_until: Mapped[datetime | None]  # the office's individual exception after the deadline
    exception_why: Mapped[str] = mapped_column(Text, default="")
    # Files under way at the deadline that were taken after it (`late_files`), when the last of them was whole, and until
    # when that lets the entry be submitted.
    late_uploads: Mapped[list[Any]] = mapped_column(default=list)
    late_upload_finished_at: Mapped[datetime | None]
    late_upload_until: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_why: Mapped[str] = mapped_column(Text, default="")

    contest: Mapped[Contest] = relationship()
    category: Mapped[Category] = relationship()
    school: Mapped[School] = relationship()
    authors: Mapped[list[Author]] = relationship(order_by="Author.position", cascade="all, delete-orphan")
    tutors: Mapped[list[Tutor]] = relationship(order_by="Tutor.position", cascade="all, delete-orphan")
    files: Mapped[list[EntryFile]] = relationship(order_by="EntryFile.id", cascade="all, delete-orphan")

    @validates("version")
    def _no_form_is_newer(self, _name: str, version: int) -> int:
        """Every change makes older forms stale; `services.files` alone takes that back."""
        self.typed_version = version
        return version

    @property
    def late_upload(self) -> LateFiles | None:
        """The files that were still on their way at the deadline, if what was submitted last holds them."""
        finished = self.late_upload_finished_at
        if finished is None or self.submitted_at is None or self.submitted_at < finished:
            return None
        return late_files(self.late_uploads)

    @property
    def school_word(self) -> SchoolWord:
        """Where the school's own word on what is being edited stands; empty where nobody asks for it."""
        is_done = self.state == "submitted" and not self.has_unsubmitted_changes
        if self.state not in EDITABLE or is_done:
            return ""
        if self.school_approved_at is not None:
            return "approved"
        if self.sent_back_at is not None:
            return "sent_back"
        return "asked" if self.approval_asked_at is not None else ""


class Author(Base):
    """One author: a pupil, or the teacher in the teachers' categories."""

    __tablename__ = "author"
    __table_args__ = (
        CheckConstraint("(student_id is null) <> (teacher_id is null)", name="person"),
        UniqueConstraint("entry_id", "student_id"),
        UniqueConstraint("entry_id", "teacher_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    student_id: Mapped[int | None] = mapped_column(ForeignKey("student.id"), index=True)
    teacher_id: Mapped[int | None] = mapped_column(ForeignKey("teacher.id"), index=True)
    position: Mapped[int]
    is_first: Mapped[bool] = mapped_column(default=False)
    share_percent: Mapped[int | None]
    duty: Mapped[str] = mapped_column(String(200), default="")

    student: Mapped[Student | None] = relationship()
    teacher: Mapped[Teacher | None] = relationship()


class Tutor(Base):
    """A tutor teacher of an entry."""

    __tablename__ = "tutor"
    __table_args__ = (UniqueConstraint("entry_id", "teacher_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id"), index=True)
    position: Mapped[int]

    teacher: Mapped[Teacher] = relationship()


class EntryFile(Base):
    """A file in a slot of an entry."""

    __tablename__ = "entry_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    slot_code: Mapped[str] = mapped_column(String(40))
    blob_id: Mapped[int] = mapped_column(ForeignKey("blob.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    added_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    added_at: Mapped[datetime]

    blob: Mapped[Blob] = relationship()


class PersonClaim(Base):
    """A place of a person's limit in an edition, taken by a submitted entry.

    The limit "one project a pupil" is the uniqueness of (contest, limit, person, place) with places 1…count, so that
    of two submissions at the same moment the database itself lets exactly one win.
    """

    __tablename__ = "person_claim"
    __table_args__ = (UniqueConstraint("contest_id", "limit_key", "person_key", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    limit_key: Mapped[str] = mapped_column(String(40))
    person_key: Mapped[str] = mapped_column(String(80))
    place: Mapped[int]


class EntryVersion(Base):
    """What was submitted, whole and unchangeable but for one thing: a person in it may be erased.

    `digest`: of the document as it was submitted, as receipts and the record of acts have it, for ever. `erased_digest`:
    of the document as it has been since a person in it was erased; None: nobody was.
    """

    __tablename__ = "entry_version"
    __table_args__ = (UniqueConstraint("entry_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    number: Mapped[int]
    snapshot: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    erased_digest: Mapped[str | None] = mapped_column(String(64))
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    submitted_at: Mapped[datetime]


class ScreeningDecision(Base):
    """One decision of the office on one submitted version; never changed afterwards."""

    __tablename__ = "screening_decision"
    __table_args__ = (CheckConstraint("decision in ('accept', 'return', 'reject', 'reopen')", name="decision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    entry_version: Mapped[int]
    decision: Mapped[str] = mapped_column(String(10))
    reasons: Mapped[list[Any]]
    words: Mapped[str] = mapped_column(Text, default="")
    fix_until: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime]

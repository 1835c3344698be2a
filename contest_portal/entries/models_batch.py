"""A batch of pictures on their way to becoming drafts: what came in, whose each picture is, what was made of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Category
from contest_portal.core.database import Base
from contest_portal.media.models import Blob
from contest_portal.people.models import Account, School


class PaintingBatch(Base):
    """Pictures that one account sends for one category and school; it stays until every row is a draft or taken out."""

    __tablename__ = "painting_batch"
    __table_args__ = (Index("ix_painting_batch_place", "school_id", "category_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id", ondelete="CASCADE"), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    created_by: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]
    tutor_id: Mapped[int | None] = mapped_column(ForeignKey("teacher.id"))  # of every row that names no other

    category: Mapped[Category] = relationship()
    school: Mapped[School] = relationship()
    creator: Mapped[Account] = relationship()


class BatchSource(Base):
    """A ZIP or a workbook of a batch, read by a job. `problems` are kept messages, `lines` the workbook's rows."""

    __tablename__ = "batch_source"
    __table_args__ = (
        CheckConstraint("kind in ('zip', 'workbook')", name="kind"),
        CheckConstraint("state in ('waiting', 'done', 'failed')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("painting_batch.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    blob_id: Mapped[int | None] = mapped_column(ForeignKey("blob.id"), index=True)  # given up when it was read
    file_name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    done_count: Mapped[int] = mapped_column(default=0)  # members of a ZIP looked at, of `total_count`
    total_count: Mapped[int] = mapped_column(default=0)
    problems: Mapped[list[Any]]
    lines: Mapped[list[Any]]
    added_at: Mapped[datetime]

    blob: Mapped[Blob | None] = relationship()


class BatchItem(Base):
    """One picture of a batch. `path` is its name with its folders; `source_place` its place in the ZIP it came from."""

    __tablename__ = "batch_item"
    __table_args__ = (UniqueConstraint("source_id", "source_place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("painting_batch.id", ondelete="CASCADE"), index=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("batch_source.id", ondelete="CASCADE"))
    source_place: Mapped[int | None]
    blob_id: Mapped[int] = mapped_column(ForeignKey("blob.id"), index=True)
    path: Mapped[str] = mapped_column(String(300))
    student_id: Mapped[int | None] = mapped_column(ForeignKey("student.id", ondelete="SET NULL"), index=True)
    candidates: Mapped[list[Any]]  # ids of pupils to choose from
    why: Mapped[list[Any]]  # the match's reasons, as kept messages
    title: Mapped[str] = mapped_column(Text, default="")
    tutor_name: Mapped[str] = mapped_column(String(200), default="")  # as written, where it is not the batch's own
    tutor_id: Mapped[int | None] = mapped_column(ForeignKey("teacher.id"))
    by_hand: Mapped[list[Any]]  # what somebody settled (pupil, title, tutor): names and workbooks decide it no more
    is_kept: Mapped[bool] = mapped_column(default=False)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id", ondelete="SET NULL"), index=True)
    removed_at: Mapped[datetime | None]
    added_at: Mapped[datetime]

    blob: Mapped[Blob] = relationship()

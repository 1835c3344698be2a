"""Hand-off: an office's keys, the offices it knows, what went up and came in, what became of each entry."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import Base
from contest_portal.core.sealing import Sealed
from contest_portal.entries.models import Entry
from contest_portal.media.models import Blob
from contest_portal.people.models import Office, School, Student, Teacher


class OfficeKeys(Base):
    """An office's own key pairs. `private_keys` are `handoff.keys.PrivateKeys` as text; the public ones are in Base64."""

    __tablename__ = "office_keys"
    __table_args__ = (UniqueConstraint("office_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    private_keys: Mapped[str] = mapped_column(Sealed)
    signing_key: Mapped[str] = mapped_column(String(44))
    encryption_key: Mapped[str] = mapped_column(String(44))
    fingerprint: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]


class HandoffPartner(Base):
    """Another office's public keys, as this office got them. Nothing is taken from it before a leader confirmed them."""

    __tablename__ = "handoff_partner"
    __table_args__ = (
        UniqueConstraint("office_id", "fingerprint"),
        CheckConstraint("state in ('waiting', 'confirmed', 'removed')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    name: Mapped[str] = mapped_column(String(100))
    signing_key: Mapped[str] = mapped_column(String(44))
    encryption_key: Mapped[str] = mapped_column(String(44))
    fingerprint: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    added_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    added_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None]


class Handoff(Base):
    """One hand-off as one side keeps it: `out` of the contest that recommends, `in` to the contest that receives.

    `uid` is the same on both sides, `revision` counts the versions of one contest's hand-off. `stream` names the sender and
    its contest: versions of one stream follow each other. `document` is the manifest without its files (and of an `in` row
    that waits, the data itself), `digest` the SHA-256 of the signed manifest. `source`: the other side's row, where both
    offices work in one deployment. `problem` is a kept message: why it failed.
    """

    __tablename__ = "handoff"
    __table_args__ = (
        UniqueConstraint("contest_id", "direction", "uid"),
        UniqueConstraint("office_id", "receipt_number"),
        CheckConstraint("direction in ('out', 'in')", name="direction"),
        CheckConstraint(
            "state in ('making', 'failed', 'handed', 'checking', 'received', 'taking', 'taken', 'refused', 'returned',"
            " 'superseded')",
            name="state",
        ),
        Index("ix_handoff_contest", "contest_id", "direction", "stream", "revision"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"))
    direction: Mapped[str] = mapped_column(String(3))
    uid: Mapped[str] = mapped_column(String(32))
    revision: Mapped[int]
    stream: Mapped[str] = mapped_column(String(100), default="")
    state: Mapped[str] = mapped_column(String(10))
    counterpart: Mapped[str] = mapped_column(String(100))
    counterpart_contest: Mapped[str] = mapped_column(String(100), default="")
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    source_id: Mapped[int | None] = mapped_column(ForeignKey("handoff.id"), index=True)
    document: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64), default="")
    options: Mapped[dict[str, Any]]
    receipt_number: Mapped[str | None] = mapped_column(String(40))
    receipt_at: Mapped[datetime | None]
    return_reason: Mapped[str] = mapped_column(Text, default="")
    problem: Mapped[dict[str, Any] | None]
    package_file_sha256: Mapped[str | None] = mapped_column(String(64))
    package_name: Mapped[str] = mapped_column(String(200), default="")
    package_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    version: Mapped[int] = mapped_column(default=1)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    taken_at: Mapped[datetime | None]

    office: Mapped[Office] = relationship()
    contest: Mapped[Contest] = relationship()
    source: Mapped[Handoff | None] = relationship(remote_side=[id])
    lines: Mapped[list[HandoffLine]] = relationship(
        order_by="HandoffLine.id", cascade="all, delete-orphan", back_populates="handoff"
    )


class HandoffLine(Base):
    """One entry of a hand-off. `entry` is this side's own; `source_number` the number that the sender gave it.

    `outcome`: what taking it did; of an `out` row always 'sent'; 'recalled': the sender withdrew what is accepted here.
    `answer`: what the receiver said became of it (`state`, `words`, `awards`); of a recalled one that stays, `kept_why`.
    """

    __tablename__ = "handoff_line"
    __table_args__ = (
        UniqueConstraint("handoff_id", "source_number"),
        CheckConstraint(
            "outcome in ('sent', 'new', 'same', 'changed', 'kept', 'withdrawn', 'recalled')", name="outcome"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoff.id"))
    source_number: Mapped[str] = mapped_column(String(40))
    category_code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(10), default="sent")
    answer: Mapped[dict[str, Any]]

    entry: Mapped[Entry | None] = relationship()
    handoff: Mapped[Handoff] = relationship(back_populates="lines")


class CorrectedFile(Base):
    """A file that goes up in place of one that was judged here, after the upper office returned the work.

    `replaces_blob_id` None: the slot lacked it. Of several for one file the last counts; none is ever changed.
    """

    __tablename__ = "corrected_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    slot_code: Mapped[str] = mapped_column(String(40))
    replaces_blob_id: Mapped[int | None] = mapped_column(ForeignKey("blob.id"))
    blob_id: Mapped[int] = mapped_column(ForeignKey("blob.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    why: Mapped[str] = mapped_column(Text)
    added_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    added_at: Mapped[datetime]

    entry: Mapped[Entry] = relationship()
    blob: Mapped[Blob] = relationship(foreign_keys=[blob_id])


class HandoffPlaces(Base):
    """How many entries of a category one lower office may hand up; `sender` empty: each that has no row of its own."""

    __tablename__ = "handoff_places"
    __table_args__ = (
        UniqueConstraint("category_id", "sender"),
        CheckConstraint("places >= 0", name="places"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    sender: Mapped[str] = mapped_column(String(100), default="")
    places: Mapped[int]

    category: Mapped[Category] = relationship()


class HandoffRecord(Base):
    """Which row of this deployment an office, school or person of a sender became, so that the next package finds it.

    `sender`: the fingerprint of its keys, or `here|` and the id of the office that hands up within the deployment.
    """

    __tablename__ = "handoff_record"
    __table_args__ = (
        UniqueConstraint("office_id", "sender", "source_key"),
        CheckConstraint(
            "record_office_id is not null or school_id is not null or student_id is not null or teacher_id is not null",
            name="what",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    sender: Mapped[str] = mapped_column(String(100))
    source_key: Mapped[str] = mapped_column(String(140))
    record_office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"))
    student_id: Mapped[int | None] = mapped_column(ForeignKey("student.id"))
    teacher_id: Mapped[int | None] = mapped_column(ForeignKey("teacher.id"))

    record_office: Mapped[Office | None] = relationship(foreign_keys=[record_office_id])
    school: Mapped[School | None] = relationship()
    student: Mapped[Student | None] = relationship()
    teacher: Mapped[Teacher | None] = relationship()

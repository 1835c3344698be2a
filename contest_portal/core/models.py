"""Records that every room stands on: audit, jobs, processes, notices, kept forms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contest_portal.core.database import Base


class AuditRecord(Base):
    """One act. `id` is its number in the chain, without gaps; `digest` binds it to all before it."""

    __tablename__ = "audit_record"
    __table_args__ = (
        Index("ix_audit_record_object", "object_type", "object_id"),
        Index("ix_audit_record_account", "account_id", "id"),
        Index("ix_audit_record_action", "action", "id"),
        Index("ix_audit_record_school", "school_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    account_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(40))
    office_id: Mapped[int | None]
    school_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(60))
    object_type: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int | None]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    why: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(String(64), default="")
    request_id: Mapped[str] = mapped_column(String(40), default="")
    digest: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The one row that says where the chain ends. `seal`: by a key outside the database, see core/audit_seal.py."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(80), default="")


class Job(Base):
    """Slow work to be done at least once, written in the transaction that wants it.

    `office_id`: whose people asked for it; None for what the program asks for itself. `worker` claimed it last, `beat_at`
    is when that was last known to be at it. `progress`: percent. `problem`: a kept message, why it failed.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'running', 'done', 'failed')", name="state"),
        UniqueConstraint("key"),
        CheckConstraint("lane in ('intake', 'quick', 'packages', 'slow', 'films')", name="lane"),
        Index("ix_job_due", "state", "run_at"),
        Index("ix_job_office", "office_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(120))
    payload: Mapped[dict[str, Any]]
    lane: Mapped[str] = mapped_column(String(10), default="quick")
    office_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    run_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    beat_at: Mapped[datetime | None]
    worker: Mapped[str] = mapped_column(String(100), default="")
    progress: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    problem: Mapped[dict[str, Any] | None]


class StorageMove(Base):
    """The one row that says that files move, or moved, from one storage to another; see core/current_storage.py."""

    __tablename__ = "storage_move"
    __table_args__ = (
        CheckConstraint("id = 1", name="single"),
        CheckConstraint("state in ('moving', 'done')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(500))
    target: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(10))
    begun_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Backup(Base):
    """A backup of this site: where it lies, whether it was made whole; see core/backups/.

    `missing_count`: files that the database names and the storage has lost. `problem`: a kept message, why it failed.
    """

    __tablename__ = "backup"
    __table_args__ = (CheckConstraint("state in ('running', 'done', 'failed')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(String(500))
    generation: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    file_count: Mapped[int] = mapped_column(default=0)
    new_file_count: Mapped[int] = mapped_column(default=0)
    missing_count: Mapped[int] = mapped_column(default=0)
    size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    problem: Mapped[dict[str, Any] | None]


class DataKey(Base):
    """What tells one version of the key by which fields are sealed from another; the keys stand outside the database.

    `resealed_at`: when nothing was left that an older version had sealed.
    """

    __tablename__ = "data_key"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fingerprint: Mapped[str] = mapped_column(String(16))
    first_used_at: Mapped[datetime]
    resealed_at: Mapped[datetime | None]


class StructureStep(Base):
    """A migration that this database has gone through; see core/structure_steps.py.

    `is_additive`: a program that does not know the step can work on.
    """

    __tablename__ = "structure_step"

    revision: Mapped[str] = mapped_column(String(32), primary_key=True)
    is_additive: Mapped[bool]
    applied_at: Mapped[datetime]


class RunningProcess(Base):
    """A process that serves the site, while `beat_at` is fresh; see core/running_processes.py.

    `asked_name`: the name of a content that it shall read at the storage `asked_url`; `answered_name`: of what it has
    put there in answer. `problem`: a kept message, what keeps it from that.
    """

    __tablename__ = "running_process"
    __table_args__ = (UniqueConstraint("name"), CheckConstraint("part in ('site', 'worker')", name="part"))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    part: Mapped[str] = mapped_column(String(10))
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
    asked_url: Mapped[str] = mapped_column(String(500), default="")
    asked_name: Mapped[str] = mapped_column(String(64), default="")
    answered_name: Mapped[str] = mapped_column(String(64), default="")
    problem: Mapped[dict[str, Any] | None]


class Notice(Base):
    """A message to one account, kept as source and values so that it is read in the reader's language.

    `key` makes a reminder once; `in_inbox` is false where the reader wants this kind by other ways only. `letter`,
    `fields` and `valid_until` are for the mail or SMS that is made of it (core/outbox/queueing.py), which looked at it
    at `queued_at`.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_account", "account_id", "read_at"),
        Index("ix_notice_queued_at", "queued_at"),
        UniqueConstraint("key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text, default="")
    params: Mapped[dict[str, Any]]
    url: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    kind: Mapped[str] = mapped_column(String(20), default="other")
    office_id: Mapped[int | None]
    key: Mapped[str | None] = mapped_column(String(200))
    in_inbox: Mapped[bool] = mapped_column(default=True)
    letter: Mapped[str] = mapped_column(String(30), default="notice")
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    valid_until: Mapped[datetime | None]
    queued_at: Mapped[datetime | None]


class KeptForm(Base):
    """What somebody had typed when the session ran out; given back after signing in."""

    __tablename__ = "kept_form"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int | None]  # whose session it was; None where the browser had forgotten it
    visitor_digest: Mapped[str | None] = mapped_column(String(64))  # whom it counts for where no account is known
    sealed_form: Mapped[bytes]  # the address and the fields
    created_at: Mapped[datetime] = mapped_column(index=True)

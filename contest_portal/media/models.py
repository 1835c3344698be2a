"""Files as the program knows them: content by its hash, what it is, and what was made of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contest_portal.core.database import Base


class Blob(Base):
    """One content, stored once. `kind` and `facts` are what probing found (`media.facts.FileFacts`)."""

    __tablename__ = "blob"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(20))
    facts: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Derivative(Base):
    """What is made from a blob: the pictures `thumb`, `screen`, `poster`, `tiles`, `pages`; the rendition `film720`; the
    judges' copy `blind`.

    `detail` says where in the stored file each tile or page lies (`picture_tiles`, `page_pictures`). `progress`: percent.
    `error`: a code of `facts.Problem`.
    """

    __tablename__ = "derivative"
    __table_args__ = (
        UniqueConstraint("blob_id", "kind"),
        CheckConstraint("state in ('waiting', 'running', 'ready', 'failed')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    blob_id: Mapped[int] = mapped_column(ForeignKey("blob.id"))
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    sha256: Mapped[str | None] = mapped_column(String(64))
    width: Mapped[int | None]
    height: Mapped[int | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    progress: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")


class Upload(Base):
    """One file on its way in, in pieces. What is on the disk is the truth; `received_bytes` follows it.

    `place` is where it belongs, as the target's room reads it; `subject` is the one value of it by which that room
    finds all uploads of one thing (an entry's id). `problem` is a kept message: why it was refused or failed.
    """

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint(
            "state in ('receiving', 'checking', 'done', 'refused', 'failed', 'cancelled', 'expired')", name="state"
        ),
        CheckConstraint("received_bytes >= 0 and received_bytes <= size_bytes", name="received"),
        Index("ix_upload_account", "account_id", "state"),
        Index("ix_upload_subject", "target", "subject", "state"),
        Index("ix_upload_progress", "state", "last_progress_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    target: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80), default="")
    place: Mapped[dict[str, Any]]
    file_name: Mapped[str] = mapped_column(String(200))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    announced_sha256: Mapped[str | None] = mapped_column(String(64))
    received_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[str] = mapped_column(String(10), default="receiving")
    problem: Mapped[dict[str, Any] | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    begun_at: Mapped[datetime]
    last_progress_at: Mapped[datetime]
    # How much had come when its target's time ended; grows with `received_bytes` until then.
    bytes_in_time: Mapped[int] = mapped_column(BigInteger, default=0)
    # The end of the last pause longer than the setting; None: there was none since the beginning.
    steady_since: Mapped[datetime | None]
    longest_gap_seconds: Mapped[int] = mapped_column(default=0)  # of the pauses since then
    finished_at: Mapped[datetime | None]


class Fingerprint(Base):
    """By what a content is found among others: of a picture its sketch; of a text its marks stand in `TextMark`.

    `sha256` is that of the file, or of the words where they came in no file. `problem`: why nothing could be made of it.
    """

    __tablename__ = "fingerprint"
    __table_args__ = (
        CheckConstraint("kind in ('picture', 'text')", name="kind"),
        UniqueConstraint("kind", "sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    sha256: Mapped[str] = mapped_column(String(64))
    sketch: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    problem: Mapped[str] = mapped_column(String(20), default="")
    made_at: Mapped[datetime] = mapped_column(index=True)


class FingerprintBody(Base):
    """By what two contents are compared; apart, since the index reads every sketch and no body.

    Of a picture the whole fingerprint, of a text its packed words, pages parted by form feeds.
    """

    __tablename__ = "fingerprint_body"

    fingerprint_id: Mapped[int] = mapped_column(ForeignKey("fingerprint.id"), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class TextMark(Base):
    """One of the shingles by which a text is found: an index from a shingle's hash to the texts that have it."""

    __tablename__ = "text_mark"

    mark: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    fingerprint_id: Mapped[int] = mapped_column(ForeignKey("fingerprint.id"), primary_key=True, index=True)

"""Files as the program knows them: content by its hash, what it is, and what was made of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
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
    """What is made from a blob: the pictures `thumb`, `screen` and `poster`, and the judges' copy `blind`."""

    __tablename__ = "derivative"
    __table_args__ = (
        UniqueConstraint("blob_id", "kind"),
        CheckConstraint("state in ('waiting', 'ready', 'failed')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    blob_id: Mapped[int] = mapped_column(ForeignKey("blob.id"))
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    sha256: Mapped[str | None] = mapped_column(String(64))
    width: Mapped[int | None]
    height: Mapped[int | None]
    error: Mapped[str] = mapped_column(Text, default="")

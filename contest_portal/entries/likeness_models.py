"""What of entries is compared with other entries, and the pairs that were found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.core.database import Base
from contest_portal.entries.models import Entry
from contest_portal.media.models import Fingerprint


class EntryContent(Base):
    """A picture or a text of an entry's submitted versions. Without a blob: the words typed into the form.

    `entry_version` is the last submitted version that had it; `is_current` says that none came after it without it.
    """

    __tablename__ = "entry_content"
    __table_args__ = (
        UniqueConstraint("entry_id", "fingerprint_id"),
        Index("ix_entry_content_office", "office_id", "kind", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    kind: Mapped[str] = mapped_column(String(10))
    fingerprint_id: Mapped[int] = mapped_column(ForeignKey("fingerprint.id"), index=True)
    blob_id: Mapped[int | None] = mapped_column(ForeignKey("blob.id"))
    slot_code: Mapped[str] = mapped_column(String(40), default="")
    file_name: Mapped[str] = mapped_column(String(200), default="")
    entry_version: Mapped[int]
    is_current: Mapped[bool] = mapped_column(default=True)

    entry: Mapped[Entry] = relationship()
    fingerprint: Mapped[Fingerprint] = relationship()


class LikenessPair(Base):
    """Two contents of two entries that are alike. `a` belongs to the entry that came in later.

    The pair is one of contents, so a judged one stays judged, whatever is compared again; a new version of a file makes
    another. `details`: what the comparison found (media.likeness, media.text_likeness), as plain values.
    """

    __tablename__ = "likeness_pair"
    __table_args__ = (
        CheckConstraint("state in ('open', 'same_work', 'copied', 'coincidence')", name="state"),
        CheckConstraint("kind in ('picture', 'text')", name="kind"),
        UniqueConstraint("content_a_id", "content_b_id"),
        Index("ix_likeness_pair_office", "office_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    kind: Mapped[str] = mapped_column(String(10))
    entry_a_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    entry_b_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    content_a_id: Mapped[int] = mapped_column(ForeignKey("entry_content.id"))
    content_b_id: Mapped[int] = mapped_column(ForeignKey("entry_content.id"), index=True)
    score: Mapped[float]
    estimate: Mapped[str] = mapped_column(String(10))  # the comparison's own verdict: same or unsure
    details: Mapped[dict[str, Any]]
    found_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default="open")
    words: Mapped[str] = mapped_column(Text, default="")
    judged_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    judged_at: Mapped[datetime | None]

    entry_a: Mapped[Entry] = relationship(foreign_keys=entry_a_id)
    entry_b: Mapped[Entry] = relationship(foreign_keys=entry_b_id)
    content_a: Mapped[EntryContent] = relationship(foreign_keys=content_a_id)
    content_b: Mapped[EntryContent] = relationship(foreign_keys=content_b_id)

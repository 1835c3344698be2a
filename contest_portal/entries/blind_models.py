"""What is done before judges look: names found in a work's words, and what of its files is covered with black."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.core.database import Base
from contest_portal.entries.models import Entry
from contest_portal.media.models import Blob


class NameSearch(Base):
    """That an entry's last submitted version was searched, and by which `search_version` (name_search.VERSION): what an
    older one searched is searched again. `unread`: the blobs in which no letters were found (scans). `pictured`: blob id
    → the pages of it that hold pictures, whose letters no search reads.
    """

    __tablename__ = "name_search"
    __table_args__ = (UniqueConstraint("entry_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    entry_version: Mapped[int]
    search_version: Mapped[int]
    unread: Mapped[list[Any]]
    pictured: Mapped[dict[str, Any]]
    searched_at: Mapped[datetime]


class NameTrace(Base):
    """A name in the entry's words, where judges would read it. Without a blob: in what was typed; `place` is then the
    part of the form (title, summary, or an answer's code), otherwise the file's slot.

    `letter` is where it begins among the page's letters, `length` how many it takes, `words` as it is written, `before`
    and `after` what stands around it. `boxes`: where it stands on the page, as shares (left, top, width, height).
    What was typed cannot be masked: there the letters are `redacted`, judges of blind rounds read black squares.
    """

    __tablename__ = "name_trace"
    __table_args__ = (
        CheckConstraint("state in ('open', 'dismissed', 'masked', 'redacted')", name="state"),
        CheckConstraint("role in ('author', 'tutor', 'group', 'school', 'place')", name="role"),
        UniqueConstraint("entry_id", "blob_id", "place", "page", "letter", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    blob_id: Mapped[int | None] = mapped_column(ForeignKey("blob.id"), index=True)
    place: Mapped[str] = mapped_column(String(40))
    page: Mapped[int]
    letter: Mapped[int]
    length: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(Text)
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text, default="")
    is_certain: Mapped[bool]
    boxes: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(String(10), default="open")
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    settled_at: Mapped[datetime | None]


class FileMask(Base):
    """The black boxes on one content of an entry: it stays with it through later versions of the entry.

    Once there is one, judges get `masked_blob` in the file's place; until that is made they get nothing of the file.
    `boxes`: page (from 1, a picture is page 1) → boxes as shares of the page. `error`: a code of `facts.Problem`.
    """

    __tablename__ = "file_mask"
    __table_args__ = (
        UniqueConstraint("entry_id", "blob_id"),
        CheckConstraint("state in ('waiting', 'ready', 'failed')", name="state"),
        {"sqlite_autoincrement": True},  # the trail and jobs name a mask by its id: another must never get it
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    blob_id: Mapped[int] = mapped_column(ForeignKey("blob.id"), index=True)
    entry_version: Mapped[int]  # the submitted version that was on screen
    version: Mapped[int] = mapped_column(default=1)
    boxes: Mapped[dict[str, Any]]
    why: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    error: Mapped[str] = mapped_column(Text, default="")
    masked_blob_id: Mapped[int | None] = mapped_column(ForeignKey("blob.id"), index=True)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    saved_at: Mapped[datetime]

    entry: Mapped[Entry] = relationship()
    blob: Mapped[Blob] = relationship(foreign_keys=blob_id)
    masked_blob: Mapped[Blob | None] = relationship(foreign_keys=masked_blob_id)

    @property
    def box_count(self) -> int:
        return sum(len(boxes) for boxes in self.boxes.values())

"""Publications in versions, and how a contest publishes its lists."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Contest
from contest_portal.core.database import Base


class Publication(Base):
    """A public list, whole as it was published. An amendment is the next version beside it.

    `kind`: what is made public, the recommended works or the awards; each has its own row of versions. `open_until`: the
    last day for objections; unless `closes_by_hand` it is computed anew on the day of publishing from `open_days` working
    days. `down_on`: the first day on which only the archive shows it, with names reduced; None: it stays. `pending`: the
    numbers of the works whose cases were open when the rest became final. `shortlist_ids`: the approved lists, of works or of
    awards, that it was filled from. `pulled_at`, `pulled_words`: when it was taken down at once, and what the public reads
    in its place.
    """

    __tablename__ = "publication"
    __table_args__ = (
        UniqueConstraint("contest_id", "kind", "version"),
        CheckConstraint("state in ('draft', 'public', 'final', 'amended', 'pulled')", name="state"),
        CheckConstraint("kind in ('shortlist', 'award')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10), default="shortlist")
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="draft")
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text, default="")
    content: Mapped[dict[str, Any]]  # sections of lines, public fields only
    content_sha256: Mapped[str] = mapped_column(String(64), index=True)
    shortlist_ids: Mapped[list[Any]]
    amendment_note: Mapped[str] = mapped_column(Text, default="")
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    published_at: Mapped[datetime | None]
    open_days: Mapped[int] = mapped_column(default=5)
    open_until: Mapped[date | None]
    closes_by_hand: Mapped[bool] = mapped_column(default=False)
    down_on: Mapped[date | None]
    final_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    final_at: Mapped[datetime | None]
    pending: Mapped[list[Any]] = mapped_column(default=list)
    pulled_at: Mapped[datetime | None]
    pulled_words: Mapped[str] = mapped_column(Text, default="", server_default="")

    contest: Mapped[Contest] = relationship()

    @property
    def notice_sha256(self) -> str:
        """The digest of what a draft says beside its list: its text, the note of its amendment and its term."""
        said = [self.text, self.amendment_note, str(self.open_until), self.open_days, self.closes_by_hand]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


class TakeDown(Base):
    """A proposal to take a public list down at once: by whom, why, and what the public shall read in its place.

    `state`: it waits for a second person (`proposed`), was taken back by who proposed it (`withdrawn`), or confirmed (`done`).
    `settled_by`, `settled_at`: who did that, and when.
    """

    __tablename__ = "take_down"
    __table_args__ = (
        CheckConstraint("state in ('proposed', 'withdrawn', 'done')", name="state"),
        CheckConstraint("state <> 'done' or settled_by <> proposed_by", name="two_people"),
        Index(
            "uq_take_down_proposed",
            "publication_id",
            unique=True,
            sqlite_where=sql("state = 'proposed'"),
            postgresql_where=sql("state = 'proposed'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    why: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    settled_at: Mapped[datetime | None]

    publication: Mapped[Publication] = relationship()


class PublicationSetting(Base):
    """A contest's terms and columns for public lists. No row: the defaults.

    `open_days`: working days for objections. `stay_days`: calendar days that a list stays up after the last of them.
    `archive_names`: what the archive shows of names afterwards. `columns`: keys of `public_list.columns`, in order.
    """

    __tablename__ = "publication_setting"
    __table_args__ = (
        UniqueConstraint("contest_id"),
        CheckConstraint("open_days > 0 and stay_days >= 0", name="days"),
        CheckConstraint("archive_names in ('masked', 'dropped')", name="archive_names"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"))
    open_days: Mapped[int] = mapped_column(default=5)
    stay_days: Mapped[int] = mapped_column(default=30)
    archive_names: Mapped[str] = mapped_column(String(10), default="masked")
    columns: Mapped[list[Any]]
    version: Mapped[int] = mapped_column(default=1)

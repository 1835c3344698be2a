"""The quota table of a category and what the committee decided about its list."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contest_portal.core.database import Base


class CategoryQuotas(Base):
    """A category's quota table: total, rows, minimum score (`quotas.allocation.rules.QuotaTable.to_json`)."""

    __tablename__ = "quota_table"
    __table_args__ = (UniqueConstraint("category_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    document: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    saved_at: Mapped[datetime | None]


class DecidedByCommittee:
    """Who decided, why, on which day, with how many votes (None: nothing was said), and who recorded it."""

    why: Mapped[str] = mapped_column(Text)
    decided_by_name: Mapped[str] = mapped_column(String(50))
    decided_on: Mapped[date | None]
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    votes_abstained: Mapped[int | None]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]


class CommitteeDecision(DecidedByCommittee, Base):
    """A named decision about a list, never changed afterwards: for each work the last one counts.

    `in` and `out` move a work, `veto` (一票否决) takes it off for fraud, `tie_in` and `tie_out` say how a tie was resolved,
    `clear` takes decisions about a work back; `empty` leaves `places` unused and names no work. `tie` numbers the
    resolutions of ties in the category.
    """

    __tablename__ = "committee_decision"
    __table_args__ = (
        CheckConstraint("decision in ('in', 'out', 'veto', 'tie_in', 'tie_out', 'clear', 'empty')", name="decision"),
        CheckConstraint("(decision = 'empty') = (entry_id is null)", name="entry"),
        CheckConstraint("(decision = 'empty') = (places is not null)", name="places"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), index=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    decision: Mapped[str] = mapped_column(String(10))
    places: Mapped[int | None]
    tie: Mapped[int | None]

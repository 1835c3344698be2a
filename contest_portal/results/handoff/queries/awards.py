"""The awards of entries, own and from further above, as they go back to whoever handed the entries up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select

from contest_portal.contests.models import Contest
from contest_portal.core.database import db
from contest_portal.entries.models import Entry
from contest_portal.people.models import Office
from contest_portal.results.awards.models import AwardLine, AwardList, SpecialAward
from contest_portal.results.handoff.models import Handoff, HandoffLine
from contest_portal.results.handoff.package.content import AwardPart
from contest_portal.results.records.models import ExternalResult

LEVELS = {"district": "区", "city": "市", "province": "省"}


def awards_of(entry_ids: Collection[int]) -> dict[int, tuple[AwardPart, ...]]:
    """Entry id → its awards: of the approved lists, special ones, and those that came back from above."""
    found: defaultdict[int, list[AwardPart]] = defaultdict(list)
    given = (
        select(AwardLine.entry_id, AwardLine.award, Contest.name, Contest.year, Office.level)
        .join(AwardList, AwardList.id == AwardLine.award_list_id)
        .join(Contest, Contest.id == AwardList.contest_id)
        .join(Office, Office.id == Contest.office_id)
        .join(Entry, Entry.id == AwardLine.entry_id)
        .where(
            AwardLine.entry_id.in_(entry_ids),
            AwardList.state == "approved",
            AwardLine.state == "given",
            Entry.state != "withdrawn",
        )
    )
    special = (
        select(SpecialAward.entry_id, SpecialAward.name, Contest.name, Contest.year, Office.level)
        .join(Contest, Contest.id == SpecialAward.contest_id)
        .join(Office, Office.id == Contest.office_id)
        .where(SpecialAward.entry_id.in_(entry_ids), SpecialAward.cancelled_at.is_(None))
    )
    for statement in (given, special):
        for entry_id, award, contest, year, level in db.session.execute(statement.order_by(Contest.id)):
            found[entry_id].append(AwardPart(contest, year, award, LEVELS.get(level, "")))
    rows = db.session.scalars(
        select(ExternalResult).where(ExternalResult.entry_id.in_(entry_ids)).order_by(ExternalResult.id)
    )
    for row in rows:
        if row.entry_id is not None:
            found[row.entry_id].append(AwardPart(row.contest_name, row.year, row.award, row.level))
    return {entry_id: tuple(dict.fromkeys(awards)) for entry_id, awards in found.items()}


def has_approved_awards(row: Handoff) -> bool:
    """Whether an approved list gives an award to one of its works."""
    entries = select(HandoffLine.entry_id).where(HandoffLine.handoff_id == row.id)
    given = (
        select(AwardLine.id)
        .join(AwardList, AwardList.id == AwardLine.award_list_id)
        .where(AwardList.state == "approved", AwardLine.state == "given", AwardLine.entry_id.in_(entries))
    )
    return db.session.scalar(given.limit(1)) is not None

"""The public list of awards, for those who ask through `results.published_awards`."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.results.public_list.content import from_content
from contest_portal.results.published_awards import PublishedAwards, provide_published_awards
from contest_portal.results.publishing.models import Publication
from contest_portal.results.publishing.queries.publications import PUBLISHED_STATES, entries_on


@provide_published_awards
def _published_awards(contest_id: int) -> PublishedAwards | None:
    row = db.session.scalar(
        select(Publication).where(
            Publication.contest_id == contest_id,
            Publication.kind == "award",
            Publication.state.in_(PUBLISHED_STATES),
        )
    )
    if row is None:
        return None
    ids = entries_on(row)
    lines = [line for section in from_content(row.content) for line in section.lines]
    names = {ids[line.entry_number]: line.names for line in lines if line.entry_number in ids}
    return PublishedAwards(row.open_until, row.state == "final", names)

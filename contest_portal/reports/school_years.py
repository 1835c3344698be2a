"""A school's own years in numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select

from contest_portal.contests.models import Contest
from contest_portal.contests.queries import counts_for_the_year
from contest_portal.core.database import db
from contest_portal.core.text import N_
from contest_portal.entries.models import Entry
from contest_portal.entries.states import COLLECTED_STATES
from contest_portal.events.attendance.queries.year import visits_of_school
from contest_portal.people.models import School
from contest_portal.results.lists.queries.counts import recommended_ids
from contest_portal.results.publishing.models import Publication
from contest_portal.results.publishing.queries.publications import PUBLIC_STATES
from contest_portal.results.records.models import ExternalResult, Honour, Participation

WORDS = {
    "participants": N_("参加师生（人次）"),
    "works": N_("征集作品（件）"),
    "recommended": N_("推荐上报（件）"),
    "upper_awards": N_("上级获奖（项）"),
    "honours": N_("学校荣誉（项）"),
    "visits": N_("活动到场（人次）"),
}


@dataclass(frozen=True)
class SchoolYear:
    """One year of a school. `numbers` by the keys of WORDS."""

    year: int
    numbers: dict[str, int]


def school_years(school: School) -> list[SchoolYear]:
    """Every year in which the school has anything, newest first, in seven statements.

    Recommended works count once a list of their contest was public: before that, nobody outside of the office knows.
    """
    found: defaultdict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(WORDS, 0))
    for name, year, number in _counts(school):
        found[year][name] += number
    return [SchoolYear(year, found[year]) for year in sorted(found, reverse=True)]


def _counts(school: School) -> Iterator[tuple[str, int, int]]:
    """(key of WORDS, year, number)."""
    counted = (Contest.office_id == school.office_id, counts_for_the_year())
    own = (Entry.school_id == school.id, Entry.state.in_(COLLECTED_STATES), *counted)
    public = select(Publication.contest_id).where(Publication.state.in_(PUBLIC_STATES))
    statements = {
        "works": select(Contest.year, func.count()).join(Entry, Entry.contest_id == Contest.id).where(*own),
        "recommended": select(Contest.year, func.count())
        .join(Entry, Entry.contest_id == Contest.id)
        .where(*own, Contest.id.in_(public), Entry.id.in_(recommended_ids(public))),
        "participants": select(Contest.year, func.sum(Participation.students + Participation.teachers))
        .join(Participation, Participation.contest_id == Contest.id)
        .where(Participation.school_id == school.id, *counted),
    }
    for name, statement in statements.items():
        for year, number in db.session.execute(statement.group_by(Contest.year)):
            yield name, year, number
    upper = (
        select(ExternalResult.year, func.sum(ExternalResult.count))
        .join(Entry, Entry.id == ExternalResult.entry_id)
        .where(Entry.school_id == school.id, ExternalResult.office_id == school.office_id)
        .group_by(ExternalResult.year)
    )
    honours = select(Honour.year, func.count()).where(Honour.school_id == school.id).group_by(Honour.year)
    for name, rows in (("upper_awards", upper), ("honours", honours)):
        for year, number in db.session.execute(rows):
            yield name, year, number
    for year, number in visits_of_school(school.id).items():
        yield "visits", year, number

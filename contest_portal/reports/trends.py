"""The totals of years beside each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select

from contest_portal.contests.models import Contest
from contest_portal.contests.queries import counts_for_the_year
from contest_portal.core.database import db
from contest_portal.core.i18n import translate
from contest_portal.core.list_documents import ListColumn, ListSection, Value
from contest_portal.core.text import N_
from contest_portal.entries.models import Entry
from contest_portal.entries.states import COLLECTED_STATES
from contest_portal.events.attendance.queries.year import EventVisits, visits_by_year
from contest_portal.events.records.models import ActivityRecord
from contest_portal.events.records.queries import activities_by_year
from contest_portal.judging.pictures import Axis, Curve, Picture, axis, lines
from contest_portal.reports.annual import stated_people
from contest_portal.results.lists.queries.counts import recommended_ids
from contest_portal.results.records.models import ExternalResult, Honour, Participation

YEARS = 5
PEOPLE = ("visits", "visitors", "participants")
"""Figures of a noted activity that say how many came; the first that does counts."""


@dataclass(frozen=True)
class YearTotals:
    """One year in numbers; contests for practice count nowhere.

    `visits` has the people of activities that were noted by hand, as far as these say a number. `is_known`: whether there
    is any record of the year; `has_events`: whether any session is, as noted activities have none.
    """

    year: int
    is_known: bool = False
    has_events: bool = False
    participants: int = 0
    schools: int = 0
    collected: int = 0
    recommended: int = 0
    upper_awards: int = 0
    honours: int = 0
    sessions: int = 0
    visits: int = 0

    def value(self, name: str) -> int | None:
        """One of the totals by its name; None where nothing is on record to count it from."""
        number = int(getattr(self, name))
        unknown = not self.is_known or (name == "sessions" and not self.has_events and self.visits > 0)
        return None if unknown else number


WORDS = {
    "participants": N_("参加赛事的师生（人次）"),
    "schools": N_("有作品的学校（所）"),
    "collected": N_("征集作品（件）"),
    "recommended": N_("推荐上报（件）"),
    "upper_awards": N_("上级获奖（项）"),
    "honours": N_("学校荣誉（项）"),
    "sessions": N_("活动场次（场）"),
    "visits": N_("活动到场（人次）"),
}


def year_totals(office_id: int, years: Sequence[int]) -> list[YearTotals]:
    """The totals of each year, in the order asked for, in seven statements whatever the number of years."""
    found: dict[int, dict[str, int]] = {year: defaultdict(int) for year in years}
    contest = (Contest.office_id == office_id, Contest.year.in_(years), counts_for_the_year())
    chosen = recommended_ids(select(Contest.id).where(*contest)).subquery()
    for year, collected, recommended, schools in db.session.execute(
        select(
            Contest.year,
            func.count(Entry.id),
            func.count(chosen.c.entry_id),
            func.count(Entry.school_id.distinct()),
        )
        .outerjoin(Entry, (Entry.contest_id == Contest.id) & Entry.state.in_(COLLECTED_STATES))
        .outerjoin(chosen, chosen.c.entry_id == Entry.id)
        .where(*contest)
        .group_by(Contest.year)
    ):
        found[year] |= {"collected": collected, "recommended": recommended, "schools": schools}
    for year, people in db.session.execute(
        select(Contest.year, func.sum(Participation.students + Participation.teachers))
        .join(Participation, Participation.contest_id == Contest.id)
        .where(*contest)
        .group_by(Contest.year)
    ):
        found[year]["participants"] = people
    for name, model, counted in (
        ("upper_awards", ExternalResult, func.sum(ExternalResult.count)),
        ("honours", Honour, func.count()),
    ):
        for year, number in db.session.execute(
            select(model.year, counted).where(model.office_id == office_id, model.year.in_(years)).group_by(model.year)
        ):
            found[year][name] = number
    held, noted = visits_by_year(office_id, min(years), max(years)), activities_by_year(office_id, years)
    for year in years:
        if held[year] or noted[year]:
            found[year] |= {
                "sessions": sum(one.sessions for one in held[year]),
                "visits": _visits(held[year], noted[year]),
            }
    return [
        YearTotals(year, bool(found[year]), bool(held[year]), **{name: found[year].get(name, 0) for name in WORDS})
        for year in years
    ]


def _visits(held: Sequence[EventVisits], noted: Sequence[ActivityRecord]) -> int:
    """人次 as the summary of the year states them: counted at the door, else as the activity was noted."""
    counted = {one.title for one in held if one.visits}
    return sum(one.visits for one in held) + sum(_noted_people(one) for one in noted if one.name not in counted)


def _noted_people(activity: ActivityRecord) -> int:
    figures = {figure["key"]: figure["value"] for figure in activity.figures}
    return next((people for key in PEOPLE if (people := stated_people(figures.get(key, "")))), 0)


def five_years(year: int) -> list[int]:
    """The year and the four before it, the oldest first."""
    return list(range(year - YEARS + 1, year + 1))


def from_the_first(years: Sequence[YearTotals]) -> list[YearTotals]:
    """The years from the first on that has records; the last one in any case."""
    known = [place for place, one in enumerate(years) if one.is_known]
    return list(years[min([*known, len(years) - 1]) :])


def totals_section(years: Sequence[YearTotals]) -> ListSection:
    """A line a number, a column a year, the oldest first."""
    columns = [ListColumn(_("项目"), 12), *(ListColumn(str(one.year), 5, is_number=True) for one in years)]
    rows: list[list[Value]] = [[translate(word), *(_shown(one, name) for one in years)] for name, word in WORDS.items()]
    return ListSection(_("各年度数字"), columns, rows)


def _shown(one: YearTotals, name: str) -> Value:
    number = one.value(name)
    return "—" if number is None else number


def change(before: int | None, now: int | None) -> float | None:
    """How much more there is now, as a share of what there was; None where there was nothing, or nobody knows."""
    return (now - before) / before if before and now is not None else None


def trend(years: Sequence[YearTotals], names: Sequence[str], title: str) -> Picture | None:
    """Some of the totals as lines over the years; None where there are not two years to draw a line between."""
    at = [one.year for one in years]
    if sum(one.is_known for one in years) < 2:
        return None
    curves = [
        Curve(
            translate(WORDS[name]),
            [(one.year, number) for one in years if (number := one.value(name)) is not None],
            series,
        )
        for series, name in enumerate(names, start=1)
    ]
    x = Axis(min(at) - 0.3, max(at) + 0.3, [(year, str(year)) for year in at], _("年份"))
    y = axis(0.0, float(max([1, *(one.value(name) or 0 for one in years for name in names)])), "")
    rows = [[str(one.year), *(str(_shown(one, name)) for name in names)] for one in years]
    headings = [_("年份"), *(translate(WORDS[name]) for name in names)]
    return lines(title, "", curves, x, y, headings, rows)

"""The year's numbers, computed from the records."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.contests.models import Category, Contest
from contest_portal.contests.queries import counts_for_the_year
from contest_portal.contests.rules import CategoryRules
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.events.attendance.queries.year import EventVisits, visits
from contest_portal.events.records.models import ActivityRecord
from contest_portal.events.records.queries import activities
from contest_portal.people.models import Office
from contest_portal.reports.annual import (
    PRIMARY,
    SECONDARY,
    CategoryNumbers,
    about,
    participants_phrase,
    rolled_up,
    summary_sentence,
)
from contest_portal.reports.office_words import schools_named
from contest_portal.results.lists.queries.counts import EntryCounts, entry_counts
from contest_portal.results.records.queries.participation import NOBODY, participation_by_contest
from contest_portal.results.records.queries.year import external_results, honours

MAKER_TEMPLATES = "maker"
VISITS, VISITORS, PARTICIPANTS = "人次", "名师生", "人"


@dataclass(frozen=True)
class ContestNumbers:
    """A contest of the year with its numbers by category."""

    contest: Contest
    categories: Sequence[CategoryNumbers]
    participants: tuple[int, int, int]

    @property
    def by_stage(self) -> list[tuple[str, tuple[int, int]]]:
        """(category, (小学, 中学)) of what was collected, for every category that pupils enter."""
        staged = [(category.name, category.stages) for category in self.categories if category.stages]
        return [(name, (stages[PRIMARY][0], stages[SECONDARY][0])) for name, stages in staged]

    @property
    def collected(self) -> int:
        return sum(category.collected for category in self.categories)

    @property
    def recommended(self) -> int:
        return sum(category.recommended for category in self.categories)

    @property
    def kept_share(self) -> float | None:
        return self.recommended / self.collected if self.collected else None


@dataclass(frozen=True)
class AnnualNumbers:
    """Everything that the annual summary of one office states."""

    office: Office
    year: int
    main: ContestNumbers | None
    others: Sequence[ContestNumbers]
    upper_results: Sequence[Mapping[str, Any]]
    honours: Sequence[Mapping[str, str]]
    activities: Sequence[ActivityRecord]
    visits: Sequence[EventVisits]
    schools_named: Sequence[str]

    @property
    def sentence(self) -> str:
        """The summary's sentence, or an empty text in a year without a contest."""
        if self.main is None:
            return ""
        return summary_sentence(self.main.categories, self.upper_title)

    @property
    def upper_title(self) -> str:
        """What the summary calls the contest that the main one feeds."""
        contest = self.main.contest if self.main else None
        return (contest.feeds_into_title or _upper_name(contest)) if contest else ""

    @property
    def makers(self) -> list[ContestNumbers]:
        """The year's maker contests."""
        return [other for other in self.others if other.contest.template_code.startswith(MAKER_TEMPLATES)]

    @property
    def participants(self) -> str:
        """The head-count of the main contest as the office states it."""
        return participants_phrase(sum(self.main.participants[1:])) if self.main else ""

    def to_json(self) -> dict[str, Any]:
        """The numbers in the shape in which the office publishes a year (docs/report.md)."""
        plain: dict[str, Any] = {"office": self.office.name}
        if self.main is not None:
            contest = self.main.contest
            plain["contest"] = contest.name
            plain["feeds"] = _upper_name(contest)
            plain["then"] = _upper_name(contest.feeds_into) if contest.feeds_into else ""
            plain["participants"] = self.participants
            plain["categories"] = [_category_json(category) for category in self.main.categories]
            plain["sum"] = {"collected": self.main.collected, "recommended": self.main.recommended}
        plain["provincial_results"] = [dict(result) for result in self.upper_results]
        for maker in self.makers[:1]:
            plain["maker_contest"] = {
                "name": maker.contest.feeds_into_title or maker.contest.name,
                "entries": maker.collected,
                "measure": maker.categories[0].measure if maker.categories else "",
            }
        plain["honours"] = [dict(honour) for honour in self.honours]
        counted = {one.title: one.visits for one in self.visits if one.visits}
        plain["events"] = [
            {"name": activity.name, **_figures_json(activity, counted.get(activity.name, 0))}
            for activity in self.activities
        ]
        if counted:
            plain["visits"] = [
                {"name": one.title, "kind": one.kind, "sessions": one.sessions, "visits": one.visits}
                for one in self.visits
                if one.visits
            ]
        plain["schools_named"] = list(self.schools_named)
        plain["sentence"] = self.sentence
        return plain


def annual_numbers(office: Office, year: int) -> AnnualNumbers:
    """The office's year. The main contest is the one that is no maker contest and has most categories."""
    contests = (
        db.session.scalars(
            select(Contest)
            .where(Contest.office_id == office.id, Contest.year == year, counts_for_the_year())
            .options(joinedload(Contest.categories), joinedload(Contest.feeds_into).joinedload(Contest.feeds_into))
            .order_by(Contest.id)
        )
        .unique()
        .all()
    )
    numbers = contests_in_numbers(contests)
    candidates = [one for one in numbers if not one.contest.template_code.startswith(MAKER_TEMPLATES)]
    main = max(candidates, key=lambda one: len(one.categories), default=None)
    return AnnualNumbers(
        office=office,
        year=year,
        main=main,
        others=[one for one in numbers if one is not main],
        upper_results=_upper_results(office.id, year),
        honours=[{"school": h.school.name, "honour": h.honour, "by": h.given_by} for h in honours(office.id, year)],
        activities=activities(office.id, year),
        visits=visits(office.id, year),
        schools_named=schools_named(office.id, year),
    )


def contests_in_numbers(contests: Sequence[Contest]) -> list[ContestNumbers]:
    """The contests, whose categories must be there, with their counts, in two statements."""
    ids = [contest.id for contest in contests]
    counts, participants = entry_counts(*ids), participation_by_contest(ids)
    return [_contest_numbers(contest, counts, participants.get(contest.id, NOBODY)) for contest in contests]


def office_of_report(name: str | None, year: int) -> Office:
    """The office a report is asked of: the named one, or the only one with entries in that year.

    Raises NotFound, naming the offices to choose from.
    """
    if name:
        named = ((Office.name == name) | (Office.short_name == name)) & ~Office.is_sender_record
        offices = list(db.session.scalars(select(Office).where(named)))
        if not offices:
            here = select(Office.name).where(~Office.is_sender_record).order_by(Office.id)
            known = "、".join(db.session.scalars(here))
            message = Message.of(N_("没有名为「%(name)s」的主办单位，已有：%(known)s。"), name=name, known=known or "—")
            raise NotFound("reports.no_office", message)
    else:
        busy = (
            select(Contest.office_id)
            .join(Entry, Entry.contest_id == Contest.id)
            .where(Contest.year == year, ~Contest.is_practice)
        )
        offices = list(db.session.scalars(select(Office).where(Office.id.in_(busy))))
    if len(offices) == 1:
        return offices[0]
    if len(offices) > 1:
        names = "、".join(office.name for office in offices)
        raise NotFound("reports.several_offices", Message.of(N_("请用 --office 指明主办单位：%(names)s"), names=names))
    message = Message.of(N_("没有找到 %(year)s 年的赛事数据，请核对年份和主办单位名称。"), year=year)
    raise NotFound("reports.no_data", message)


def office_by_id(office_id: int) -> Office:
    """The office. Raises NotFound."""
    row = db.session.get(Office, office_id)
    if row is None:
        raise NotFound
    return row


def years_of(office_id: int) -> list[int]:
    """The years in which the office's contests were public, newest first; those for practice aside."""
    return list(
        db.session.scalars(
            select(Contest.year)
            .where(Contest.office_id == office_id, counts_for_the_year())
            .distinct()
            .order_by(Contest.year.desc())
        )
    )


def _contest_numbers(contest: Contest, counts: EntryCounts, participants: tuple[int, int, int]) -> ContestNumbers:
    categories = [_category_numbers(category, category.rules, counts) for category in contest.categories]
    return ContestNumbers(contest, categories, participants)


def _stages(category_id: int, rules: CategoryRules, counts: EntryCounts) -> dict[str, tuple[int, int]]:
    if not any(group.stages for group in rules.stage_groups):
        return {}  # teachers enter it
    sums = {PRIMARY: (0, 0), SECONDARY: (0, 0)}
    for group in rules.stage_groups:
        stage = rolled_up(group.name)
        collected, recommended = sums[stage]
        sums[stage] = (
            collected + counts.collected_in(category_id, group.code),
            recommended + counts.recommended_in(category_id, group.code),
        )
    return sums


def _category_numbers(category: Category, rules: CategoryRules, counts: EntryCounts) -> CategoryNumbers:
    stages = _stages(category.id, rules, counts)
    stated = stages if rules.summarised_by_stage else {}
    return CategoryNumbers(
        name=category.name,
        measure=category.measure,
        collected=counts.collected_in(category.id),
        recommended=counts.recommended_in(category.id),
        collected_by_stage={stage: collected for stage, (collected, _recommended) in stated.items()},
        recommended_by_stage={stage: recommended for stage, (_collected, recommended) in stated.items()},
        stages=stages,
    )


def _category_json(category: CategoryNumbers) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "name": category.name,
        "measure": category.measure,
        "collected": category.collected,
        "recommended": category.recommended,
    }
    if category.collected_by_stage:
        plain["collected_by_stage"] = dict(category.collected_by_stage)
        plain["recommended_by_stage"] = dict(category.recommended_by_stage)
    return plain


def _figures_json(activity: ActivityRecord, counted: int) -> dict[str, Any]:
    figures = {figure["key"]: figure["value"] for figure in activity.figures}
    return {**figures, **counted_figure(figures, counted)}


def counted_figure(noted: Collection[str], counted: int) -> dict[str, str]:
    """The figure, by its key, that a count at the door gives; it goes before the one that was noted.

    An activity of which 参观 by 名师生 was noted states that, one of which 参加 was noted 余人 who took part, any other 人次.
    Nothing where nobody was counted.
    """
    if not counted:
        return {}
    if "participants" in noted:
        return {"participants": about(counted, PARTICIPANTS, more="余")}
    return {"visitors": about(counted, VISITORS)} if "visitors" in noted else {"visits": about(counted, VISITS)}


def _upper_name(contest: Contest) -> str:
    return contest.feeds_into.name if contest.feeds_into else contest.feeds_into_name


def _upper_results(office_id: int, year: int) -> list[dict[str, Any]]:
    grouped: dict[str, dict[str, Any]] = {}
    for result in external_results(office_id, year):
        line = grouped.setdefault(result.contest_name, {"contest": result.contest_name})
        line[result.award] = line.get(result.award, 0) + result.count
    return list(grouped.values())

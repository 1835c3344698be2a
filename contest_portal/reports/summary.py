"""The five parts of a year's summary, made of the year's numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contest_portal.core.errors import NotFound
from contest_portal.events.attendance.queries.year import EventVisits
from contest_portal.reports import parts
from contest_portal.reports.annual import PRIMARY, SECONDARY, sentence_template
from contest_portal.reports.office_words import own_words
from contest_portal.reports.parts import Activity, Number, Own, Part, Records
from contest_portal.reports.queries import AnnualNumbers, ContestNumbers, counted_figure

COUNTED = "counted"
"""The filter of the office's list of entries for those that are counted as collected."""

VISITED, TOOK_PART = "参观", "参加"
CAME = {"training": TOOK_PART, "contest_day": TOOK_PART, "talk": "听讲"}
"""What those who came did there, by kind of event; at all others they looked at something."""


@dataclass(frozen=True)
class Summary:
    """A year's summary: its parts with what the office wrote instead. A part that has nothing to say is left out."""

    year: int
    parts: Sequence[Part]
    own: Mapping[str, Own]
    versions: Mapping[str, int]

    def part(self, code: str) -> Part:
        """The part of this code. Raises NotFound."""
        for part in self.parts:
            if part.code == code:
                return part
        raise NotFound

    def told(self) -> list[tuple[Part, str]]:
        """(part, its text as it is read out) of the parts that say something."""
        found = [(part, parts.plain_text(part, self.own[part.code])) for part in self.parts]
        return [(part, text) for part, text in found if text.strip()]

    def corrected(self) -> list[tuple[Number, str, str]]:
        """(number, what the office states, why) of the numbers that it states otherwise."""
        return [
            (number, *self.own[part.code].numbers[number.key])
            for part in self.parts
            for number in part.numbers
            if number.key in self.own[part.code].numbers
        ]


def summary_of(numbers: AnnualNumbers) -> Summary:
    """The year's summary as the office has it now, in two statements beside those of the numbers."""
    found = parts_of(numbers)
    own, versions = own_words(numbers.office.id, numbers.year, found)
    return Summary(numbers.year, found, own, versions)


def parts_of(numbers: AnnualNumbers) -> list[Part]:
    """The five parts in their order, also those without a text."""
    year_records = Records("results.year_records", {"year": numbers.year})
    activities = _activities(numbers)
    return [
        _contests(numbers, year_records),
        parts.activities_part(parts.MUSEUM, [one for one in activities if one.is_museum]),
        parts.honours_part([parts.Honour(h["school"], h["honour"], h["by"]) for h in numbers.honours], year_records),
        parts.makers_part([_maker(one) for one in numbers.makers]),
        parts.activities_part(parts.CARAVAN, [one for one in activities if not one.is_museum]),
    ]


def _contests(numbers: AnnualNumbers, year_records: Records) -> Part:
    upper = [
        parts.UpperResult(
            str(result["contest"]), [(award, count) for award, count in result.items() if award != "contest"]
        )
        for result in numbers.upper_results
    ]
    if numbers.main is None:
        return parts.contests_part("", Number("参加师生", ""), "", [], upper, year_records)
    contest = numbers.main.contest
    template, counts = sentence_template(numbers.main.categories, numbers.upper_title)
    behind = _category_records(numbers.main)
    return parts.contests_part(
        contest.name,
        Number("参加师生", numbers.participants, Records("results.all_participation", {"contest_id": contest.id})),
        template,
        [Number(key, str(count), behind.get(key)) for key, count in counts.items()],
        upper,
        year_records,
    )


def _category_records(one: ContestNumbers) -> dict[str, Records]:
    """Where the entries behind each number of a contest are listed, by the number's key."""
    contest_id, found = one.contest.id, {}
    lists = Records("results.recommended", {"contest_id": contest_id})
    for category in one.contest.categories:
        chosen: dict[str, Any] = {"contest_id": contest_id, "category": category.id, "state": COUNTED}
        found[f"{category.name}征集"] = Records("entries.office_list", chosen)
        found[f"{category.name}推荐"] = lists
        for stage in (PRIMARY, SECONDARY):
            found[f"{category.name}征集:{stage}"] = Records("entries.office_list", {**chosen, "stage": stage})
            found[f"{category.name}推荐:{stage}"] = lists
    return found


def _maker(one: ContestNumbers) -> tuple[str, str, int, Records]:
    contest = one.contest
    measure = one.categories[0].measure if one.categories else "件"
    records = Records("entries.office_list", {"contest_id": contest.id, "state": COUNTED})
    return contest.feeds_into_title or contest.name, measure, one.collected, records


def _activities(numbers: AnnualNumbers) -> list[Activity]:
    """What was noted by hand, then the events of which nothing was noted. Visits counted at the door go before noted ones."""
    notes = Records("events.activities", {"year": numbers.year})
    counted = {one.title: one for one in numbers.visits}
    found = []
    for noted in numbers.activities:
        figures = {figure["key"]: (figure["label"], str(figure["value"])) for figure in noted.figures}
        event = counted.pop(noted.name, None)
        is_museum = event.kind == "museum" if event else "科技馆" in noted.name
        behind = _event_records(event) if event else notes
        counts = _counts(event, figures) if event else {}
        came = CAME.get(event.kind, VISITED) if event else VISITED
        found.append(Activity(noted.name, {**figures, **counts}, is_museum, behind, came))
    for event in counted.values():
        if event.visits:
            theme = {"theme": ("主题", event.theme)} if event.theme else {}
            figures = {**theme, **_counts(event, theme)}
            is_museum, came = event.kind == "museum", CAME.get(event.kind, VISITED)
            found.append(Activity(event.title, figures, is_museum, _event_records(event), came))
    return found


def _counts(event: EventVisits, noted: Collection[str]) -> dict[str, tuple[str, str]]:
    figures = counted_figure(noted, event.visits)
    came = CAME.get(event.kind, VISITED)
    counted = {key: (TOOK_PART if key == "participants" else came, value) for key, value in figures.items()}
    return {"sessions": ("场次", str(event.sessions)), **counted} if counted and event.sessions > 1 else counted


def _event_records(event: EventVisits) -> Records:
    return Records("events.office_event", {"event_id": event.event_id})

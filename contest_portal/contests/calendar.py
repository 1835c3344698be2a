"""The contest's clock: whether entries come in at a moment, and where the year stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from contest_portal.core.text import N_, Message

SubmissionPhase = Literal["before", "open", "grace", "closed"]
StepState = Literal["done", "current", "coming"]


def submission_phase(
    now: datetime,
    opens_at: datetime | None,
    closes_at: datetime | None,
    grace_seconds: int = 60,
    exception_until: datetime | None = None,
    fix_until: datetime | None = None,
) -> SubmissionPhase:
    """Whether an entry may be submitted at `now`. All datetimes are aware.

    The deadline is inclusive to its second: closing at 23:59:59, the whole of that second is open. `grace` is the
    silent time after it in which a submission still counts. The office's exception for one entry (`exception_until`)
    and the new deadline of a returned one (`fix_until`) move the end later, never earlier, with the same grace.
    Without both dates of the timetable nothing comes in ("before").
    """
    if opens_at is None or closes_at is None or now < opens_at:
        return "before"
    end = submission_end(closes_at, exception_until, fix_until)
    whole_second = now.replace(microsecond=0)
    if whole_second <= end:
        return "open"
    return "grace" if whole_second <= end + timedelta(seconds=grace_seconds) else "closed"


def submission_end(
    closes_at: datetime, exception_until: datetime | None = None, fix_until: datetime | None = None
) -> datetime:
    """The last second in which the entry may be submitted, grace aside."""
    return max(moment for moment in (closes_at, exception_until, fix_until) if moment is not None)


@dataclass(frozen=True)
class Timetable:
    """The days of a contest, in the office's zone; what is not fixed yet is None."""

    called_on: date | None = None
    opens_on: date | None = None
    closes_on: date | None = None
    screening_until: date | None = None
    judging_from: date | None = None
    judging_until: date | None = None
    publication_on: date | None = None


def shifted(day: date, years: int) -> date:
    """The same day in another year; 29 February becomes the 28th where that year has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


@dataclass(frozen=True)
class Step:
    """A step of the year with its first and last day (the last None where only the beginning is known)."""

    code: str
    label: Message
    from_on: date | None
    to_on: date | None
    state: StepState


def steps_of(timetable: Timetable, today: date) -> list[Step]:
    """The steps whose days are known, in order, and where `today` stands among them.

    Of steps that overlap on a day each is current; in a gap the next one is coming and nothing is current.
    """
    opens, closes = timetable.opens_on, timetable.closes_on
    planned: list[tuple[str, str, date | None, date | None]] = [
        ("call", N_("发布通知"), timetable.called_on, timetable.called_on),
        ("submission", N_("申报"), opens, closes),
        ("screening", N_("审核"), closes and closes + timedelta(days=1), timetable.screening_until),
        ("judging", N_("评审"), timetable.judging_from, timetable.judging_until),
        ("publication", N_("公示"), timetable.publication_on, None),
    ]
    return [
        Step(code, Message(label), from_on, to_on, _state(from_on, to_on, today))
        for code, label, from_on, to_on in planned
        if (to_on or from_on) and not (code == "screening" and to_on is None)
    ]


def _state(from_on: date | None, to_on: date | None, today: date) -> StepState:
    if from_on is not None and today < from_on:
        return "coming"
    if to_on is not None and today > to_on:
        return "done"
    return "current"


def timetable_problems(timetable: Timetable) -> list[tuple[str, Message]]:
    """(field, sentence) for each day that stands before one that must precede it."""
    order: list[tuple[str, str]] = [
        ("called_on", N_("通知日期")),
        ("opens_on", N_("申报开始日期")),
        ("closes_on", N_("申报截止日期")),
        ("screening_until", N_("审核截止日期")),
        ("judging_from", N_("评审开始日期")),
        ("judging_until", N_("评审结束日期")),
        ("publication_on", N_("公示日期")),
    ]
    problems: list[tuple[str, Message]] = []
    latest: tuple[date, str] | None = None
    for name, label in order:
        day: date | None = getattr(timetable, name)
        if day is None:
            continue
        if latest and day < latest[0]:
            sentence = Message.of(
                N_("%(later)s（%(day)s）早于%(earlier)s（%(before)s），请调整"),
                later=Message(label),
                day=day.isoformat(),
                earlier=Message(latest[1]),
                before=latest[0].isoformat(),
            )
            problems.append((name, sentence))
        # Judges may begin while the last entries are still screened.
        elif name != "screening_until":
            latest = (day, label)
    return problems

"""Changes of a contest itself: its call, its timetable, its settings, its state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from contest_portal.contests.calendar import Timetable, timetable_problems
from contest_portal.contests.models import Category, Contest
from contest_portal.contests.states import (
    STATE_NAMES,
    ContestFacts,
    Lack,
    State,
    is_editable,
    opening_lacks,
    transition,
)
from contest_portal.contests.template_file import pattern_problem
from contest_portal.contests.usage import usage_of
from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import local, now
from contest_portal.core.database import Work, db, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, FieldProblem, Invalid, Stale
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.people.models import Membership, Office


@dataclass(frozen=True)
class ContestDates:
    """A contest's timetable as an office fixes it. Moments are aware; days are the office's."""

    called_on: date | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    screening_until: date | None = None
    judging_from: date | None = None
    judging_until: date | None = None
    publication_on: date | None = None

    @property
    def days(self) -> Timetable:
        return Timetable(
            called_on=self.called_on,
            opens_on=self.opens_at and local(self.opens_at).date(),
            closes_on=self.closes_at and local(self.closes_at).date(),
            screening_until=self.screening_until,
            judging_from=self.judging_from,
            judging_until=self.judging_until,
            publication_on=self.publication_on,
        )


def dates_of(contest: Contest) -> ContestDates:
    """The contest's timetable as one value."""
    return ContestDates(
        contest.called_on,
        contest.submission_opens_at,
        contest.submission_closes_at,
        contest.screening_until,
        contest.judging_from,
        contest.judging_until,
        contest.publication_on,
    )


def editable(contest_id: int, seen_version: int | None) -> Contest:
    """The contest, locked for a change. Raises Stale when it was changed since, Conflict when its time is over."""
    contest = locked(Contest, contest_id)
    if seen_version is not None and contest.version != seen_version:
        raise Stale
    if not is_editable(contest.state):
        raise Conflict(
            "contests.not_editable",
            Message.of(N_("赛事「%(name)s」已经结束或归档，不能再改动。"), name=contest.name),
        )
    return contest


def change_call(
    actor: Actor,
    contest_id: int,
    seen_version: int | None,
    *,
    title: str,
    text: str,
    who_may_enter: str,
) -> Contest:
    """Set the call: its title, its text, who may enter. An open contest's call may not become empty."""
    with unit_of_work(actor, "contests.change_call") as work:
        contest = editable(contest_id, seen_version)
        values = {"call_title": title.strip(), "call_text": text.strip(), "who_may_enter": who_may_enter.strip()}
        if contest.state == "open":
            missing = [
                FieldProblem(name, Message(N_("赛事已经发布，此项不能为空")))
                for name, value in values.items()
                if not value
            ]
            if missing:
                raise Invalid("contests.call_empty", N_("赛事已经发布，通知不能为空。"), problems=missing)
        _set(work, contest, values)
    return contest


def change_timetable(
    actor: Actor,
    contest_id: int,
    seen_version: int | None,
    dates: ContestDates,
    *,
    grace_seconds: int | None = None,
) -> Contest:
    """Set the timetable. Raises Invalid for days out of order, and for a deadline moved into the past once open."""
    with unit_of_work(actor, "contests.change_timetable") as work:
        contest = editable(contest_id, seen_version)
        problems = [FieldProblem(name, sentence) for name, sentence in timetable_problems(dates.days)]
        if dates.opens_at and dates.closes_at and dates.opens_at >= dates.closes_at and not problems:
            problems.append(FieldProblem("closes_on", Message(N_("申报截止时间应晚于开始时间"))))
        if contest.state == "open":
            problems.extend(_open_problems(contest, dates))
        if problems:
            raise Invalid("contests.timetable", N_("时间安排有误，没有保存。"), problems=problems)
        values: dict[str, Any] = {
            "called_on": dates.called_on,
            "submission_opens_at": dates.opens_at,
            "submission_closes_at": dates.closes_at,
            "screening_until": dates.screening_until,
            "judging_from": dates.judging_from,
            "judging_until": dates.judging_until,
            "publication_on": dates.publication_on,
        }
        if grace_seconds is not None:
            values["grace_seconds"] = grace_seconds
        _set(work, contest, values)
    return contest


def _open_problems(contest: Contest, dates: ContestDates) -> list[FieldProblem]:
    if dates.opens_at is None:
        return [FieldProblem("opens_on", Message(N_("赛事已经发布，此项不能为空")))]
    if dates.closes_at is None:
        return [FieldProblem("closes_on", Message(N_("赛事已经发布，此项不能为空")))]
    if dates.closes_at < now() and dates.closes_at != contest.submission_closes_at:
        return [FieldProblem("closes_on", Message(N_("申报截止时间不能改到现在之前")))]
    return []


def change_settings(
    actor: Actor,
    contest_id: int,
    seen_version: int | None,
    *,
    name: str,
    number_prefix: str,
    number_pattern: str,
    return_reasons: Sequence[str],
    feeds_into_id: int | None = None,
    feeds_into_name: str = "",
    feeds_into_title: str = "",
    is_practice: bool = False,
    school_total: int | None = None,
) -> Contest:
    """Set the name, the numbers' pattern, the reasons of a return, where the shortlist goes, and whether it is for practice.

    `feeds_into_id` is a contest of the parent office in this deployment; without one, `feeds_into_name` says it in words.
    `feeds_into_title` is what the year's summary calls it. `school_total`: how many works a school may submit in all; what was
    submitted before stays. Raises Invalid, also for numbers that were given already.
    """
    with unit_of_work(actor, "contests.change_settings") as work:
        contest = editable(contest_id, seen_version)
        reasons = list(dict.fromkeys(reason.strip() for reason in return_reasons if reason.strip()))
        problems = []
        if wrong := pattern_problem(number_pattern):
            problems.append(FieldProblem("number_pattern", wrong))
        if not reasons:
            problems.append(FieldProblem("return_reasons", Message(N_("至少要有一条退回原因"))))
        if problems:
            raise Invalid("contests.settings", N_("设置有误，没有保存。"), problems=problems)
        if (number_prefix, number_pattern) != (contest.number_prefix, contest.number_pattern):
            _refuse_numbered(contest)
        target = _feed_target(contest, feeds_into_id)
        values = {
            "name": name.strip(),
            "number_prefix": number_prefix,
            "number_pattern": number_pattern,
            "return_reasons": reasons,
            "feeds_into_id": target.id if target else None,
            "feeds_into_name": target.name if target else feeds_into_name.strip(),
            "feeds_into_title": feeds_into_title.strip(),
            "is_practice": is_practice,
            "school_total": school_total,
        }
        _set(work, contest, values)
    return contest


def _refuse_numbered(contest: Contest) -> None:
    ids = db.session.scalars(select(Category.id).where(Category.contest_id == contest.id))
    count = sum(usage_of(category_id).numbered for category_id in ids)
    if count:
        message = Message.of(N_("已有 %(count)s 件作品编了号，编号格式和字头不能再改"), count=count)
        raise Invalid("contests.numbered", message, field="number_pattern")


def _feed_target(contest: Contest, target_id: int | None) -> Contest | None:
    if target_id is None:
        return None
    target, office = db.session.get(Contest, target_id), found(Office, contest.office_id)
    if target is None or office.parent_id is None or target.office_id != office.parent_id:
        raise Invalid("contests.feeds_into", N_("只能选择上级科协的赛事"), field="feeds_into_id")
    return target


def change_state(actor: Actor, contest_id: int, act: str, seen_version: int | None = None) -> Contest:
    """Open, close, reopen, archive or discard the contest, as `contests.states` allows.

    Opening raises Invalid with everything that is still missing. School managers of the office are told of it.
    """
    with unit_of_work(actor, f"contests.{act}") as work:
        contest = locked(Contest, contest_id)
        if seen_version is not None and contest.version != seen_version:
            raise Stale
        step = transition(act, contest.state)
        if step is None:
            raise Conflict(
                "contests.state",
                Message.of(
                    N_("赛事现在是「%(state)s」，不能这样操作。请刷新页面查看。"),
                    state=Message(STATE_NAMES.get(_state(contest), contest.state)),
                ),
            )
        if act == "open":
            lacks = lacks_of(contest)
            if lacks:
                problems = [FieldProblem("", lack.message) for lack in lacks]
                raise Invalid("contests.not_ready", N_("赛事还不能发布，请先补齐下列内容。"), problems=problems)
            contest.opened_at = contest.opened_at or now()
        before, contest.state = contest.state, step.target
        contest.version += 1
        work.record(contest, before={"state": before}, after={"state": contest.state})
        if act == "open":
            _tell_schools(work, contest)
    return contest


def _state(contest: Contest) -> State:
    return contest.state  # type: ignore[return-value]  # the database checks it


def lacks_of(contest: Contest) -> list[Lack]:
    """What opening the contest still needs. Reads the contest's categories."""
    dates = dates_of(contest)
    facts = ContestFacts(
        call_title=contest.call_title,
        call_text=contest.call_text,
        who_may_enter=contest.who_may_enter,
        opens_at=dates.opens_at,
        closes_at=dates.closes_at,
        timetable=dates.days,
        categories=[category.rules for category in contest.categories],
    )
    return opening_lacks(facts, now())


def _tell_schools(work: Work, contest: Contest) -> None:
    managers = db.session.scalars(
        select(Membership.account_id).where(
            Membership.office_id == contest.office_id,
            Membership.role == Role.SCHOOL_MANAGER.value,
            Membership.is_active,
        )
    ).all()
    notify(
        work,
        managers,
        Message.of(N_("「%(name)s」已发布，请查看通知和时间安排"), name=contest.name),
        url=f"/contests/{contest.id}",
    )


def _set(work: Work, contest: Contest, values: dict[str, Any]) -> None:
    """Write what differs, with the trail naming it; without a difference nothing is written."""
    before = {name: getattr(contest, name) for name, value in values.items() if getattr(contest, name) != value}
    if not before:
        return
    for name in before:
        setattr(contest, name, values[name])
    contest.version += 1
    work.record(
        contest,
        before={name: _plain(value) for name, value in before.items()},
        after={name: _plain(values[name]) for name in before},
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return local(value).isoformat()
    return value.isoformat() if isinstance(value, date) else value

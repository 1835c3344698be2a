"""Retention: how long an office keeps what, what is due, and erasing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from contest_portal.core.actor import Actor, console_actor
from contest_portal.core.clock import now
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.errors import FieldProblem, Invalid, Stale
from contest_portal.core.job_schedule import every_day
from contest_portal.core.jobs import SLOW, job
from contest_portal.core.text import N_, Message
from contest_portal.people.models import Office
from contest_portal.people.privacy.models import RetentionPlan, RetentionRun
from contest_portal.people.privacy.rules import LONGEST_DAYS, Rule, rules_of

ROWS_AT_ONCE = 200
JOB = "people.retention"


@dataclass(frozen=True)
class Due:
    """A rule with the period that is set (None: never), the moment before which things are due, and how many are."""

    rule: Rule
    days: int | None
    before: datetime | None
    count: int


def plan_of(office_id: int | None) -> RetentionPlan:
    """The office's plan (None: the site's); one that was never saved is not in the database and has version 0."""
    row = db.session.scalar(select(RetentionPlan).where(RetentionPlan.place == _place(office_id)))
    return row or RetentionPlan(place=_place(office_id), office_id=office_id, days={}, is_daily=False, version=0)


def days_of(plan: RetentionPlan, rule: Rule) -> int | None:
    """The period of a rule in that plan; None: never."""
    found: int | None = plan.days.get(rule.code, rule.days)
    return found


def preview(office_id: int | None) -> list[Due]:
    """What each rule would erase now. One statement a rule, and one for the plan."""
    plan = plan_of(office_id)
    return [_due(rule, days_of(plan, rule), office_id) for rule in rules_of(office_id)]


def set_plan(
    actor: Actor, office_id: int | None, days: Mapping[str, int | None], seen_version: int | None, *, is_daily: bool
) -> RetentionPlan:
    """Set how long what is kept. Raises Invalid with a problem for each wrong period, Stale.

    `seen_version` None: whatever stands there, for the console.
    """
    _check(office_id, days)
    with unit_of_work(actor, "people.set_retention") as work:
        if office_id is not None:
            work.session.execute(select(Office.id).where(Office.id == office_id).with_for_update())
        row = plan_of(office_id)
        if seen_version is not None and row.version != seen_version:
            raise Stale
        before = {"days": dict(row.days), "is_daily": row.is_daily}
        row.days, row.is_daily = {**row.days, **days}, is_daily
        row.version, row.set_by, row.set_at = row.version + 1, actor.account_id, now()
        work.session.add(row)
        work.record(row, before=before, after={"days": row.days, "is_daily": is_daily})
    return row


def erase_due(actor: Actor, office_id: int | None, *, is_daily: bool = False) -> RetentionRun:
    """Erase what is due, some rows a transaction, and note the run. What was due in it stands in its lines."""
    lines: list[dict[str, Any]] = []
    for one in preview(office_id):
        if one.count and one.before is not None and (count := _erase(actor, one.rule, one.before, office_id)):
            lines.append({"code": one.rule.code, "days": one.days, "count": count})
    with unit_of_work(actor, "people.retention_run") as work:
        row = RetentionRun(office_id=office_id, is_daily=is_daily, lines=lines, run_by=actor.account_id, run_at=now())
        work.session.add(row)
        work.record(row, after={"lines": lines, "is_daily": is_daily})
    return row


@job(JOB, N_("清除保存期已满的个人信息"))
def retention_job(_payload: dict[str, Any]) -> None:
    """Once a night, for the offices that have switched it on, and for the site."""
    wanted = select(RetentionPlan.office_id).where(RetentionPlan.is_daily).order_by(RetentionPlan.id)
    places = db.session.scalars(wanted).all()
    db.session.rollback()
    for office_id in places:
        erase_due(console_actor("job"), office_id, is_daily=True)


every_day(JOB, hour=1, lane=SLOW)


def _erase(actor: Actor, rule: Rule, before: datetime, office_id: int | None) -> int:
    last, total = 0, 0
    while True:
        with unit_of_work(actor, "people.erase_by_retention") as work:
            wanted = select(rule.id).where(rule.due(before, office_id), rule.id > last).order_by(rule.id)
            ids: Sequence[int] = work.session.scalars(wanted.limit(ROWS_AT_ONCE).with_for_update()).all()
            if not ids:
                return total
            rule.erase(work, ids)
            table = str(rule.id.property.columns[0].table.name)
            work.record((table, None), after={"rule": rule.code, "count": len(ids), "ids": list(ids)})
        last, total = ids[-1], total + len(ids)


def _due(rule: Rule, days: int | None, office_id: int | None) -> Due:
    if days is None:
        return Due(rule, None, None, 0)
    before = now() - timedelta(days=days)
    count = db.session.scalar(select(func.count()).select_from(rule.id.class_).where(rule.due(before, office_id)))
    return Due(rule, days, before, count or 0)


def _check(office_id: int | None, days: Mapping[str, int | None]) -> None:
    known = {rule.code: rule for rule in rules_of(office_id)}
    problems = [
        FieldProblem(f"days_{code}", problem)
        for code, value in days.items()
        if (problem := _problem(known.get(code), value)) is not None
    ]
    if problems:
        raise Invalid("people.retention_days", problems[0].message, problems=problems)


def _problem(rule: Rule | None, days: int | None) -> Message | None:
    if rule is None:
        return Message(N_("没有这一项保存期。"))
    if days is None or rule.fewest <= days <= LONGEST_DAYS:
        return None
    words = N_("「%(title)s」应保存 %(fewest)s 至 %(most)s 天，填写的是 %(days)s 天；不清除请留空。")
    return Message.of(words, title=rule.title, fewest=rule.fewest, most=LONGEST_DAYS, days=days)


def _place(office_id: int | None) -> str:
    return "site" if office_id is None else f"office-{office_id}"

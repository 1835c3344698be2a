"""A contest's terms for public lists, and the office's own days off and days of work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, Stale
from contest_portal.core.text import N_
from contest_portal.people.models import CalendarDay, Office
from contest_portal.results.public_list.columns import NEEDED_KEYS, PUBLIC_COLUMNS
from contest_portal.results.publishing.models import PublicationSetting
from contest_portal.results.publishing.queries.publications import setting_of

MOST_OPEN_DAYS, MOST_STAY_DAYS, MOST_DAYS_AT_ONCE = 60, 3_650, 60


@dataclass(frozen=True)
class Terms:
    """`open_days` in working days, `stay_days` in calendar days after the last of them; keys of `public_list.columns`."""

    open_days: int
    stay_days: int
    archive_names: str
    columns: Sequence[str]


def set_terms(actor: Actor, contest_id: int, terms: Terms, seen_version: int) -> PublicationSetting:
    """Set how the contest's next public lists are shown and how long; lists that are public keep their days.

    What the archive shows of names goes for the past lists at once.
    """
    _check(terms)
    with unit_of_work(actor, "results.set_publication_terms") as work:
        contest = locked(Contest, contest_id)
        row = setting_of(contest_id)
        if (row.version or 0) != seen_version:
            raise Stale
        before = _facts(row)
        row.open_days, row.stay_days, row.archive_names = terms.open_days, terms.stay_days, terms.archive_names
        row.columns, row.version = list(terms.columns), seen_version + 1
        work.session.add(row)
        work.record(contest, before=before, after=_facts(row))
    return row


def set_days(actor: Actor, first: date, last: date, *, is_working: bool, note: str = "") -> int:
    """Set every day of the span as days off or days of work of the actor's office. Gives how many days.

    Days that were set already are set anew.
    """
    if last < first:
        raise Invalid("results.days_order", N_("结束日期不能早于开始日期。"), field="last")
    span = (last - first).days + 1
    if span > MOST_DAYS_AT_ONCE:
        raise Invalid("results.days_many", N_("一次最多设置 60 天，请检查日期。"), field="last")
    with unit_of_work(actor, "results.set_calendar_days") as work:
        office = locked(Office, actor.office_id or 0)
        there = {
            row.day: row
            for row in work.session.scalars(
                select(CalendarDay).where(
                    CalendarDay.office_id == office.id, CalendarDay.day >= first, CalendarDay.day <= last
                )
            )
        }
        for day in (first + timedelta(days=n) for n in range(span)):
            row = there.get(day) or CalendarDay(office_id=office.id, day=day)
            row.is_working, row.note = is_working, note.strip()
            row.set_by, row.set_at = actor.account_id, now()
            work.session.add(row)
        work.record(office, after={"first": str(first), "last": str(last), "is_working": is_working})
    return span


def remove_day(actor: Actor, day_id: int) -> None:
    """Take back one day: the State Council's calendar holds again."""
    with unit_of_work(actor, "results.remove_calendar_day") as work:
        row = locked(CalendarDay, day_id)
        work.record(row, before={"day": str(row.day), "is_working": row.is_working})
        work.session.delete(row)


def _check(terms: Terms) -> None:
    if not 1 <= terms.open_days <= MOST_OPEN_DAYS:
        raise Invalid("results.open_days", N_("公示期应为 1 至 60 个工作日。"), field="open_days")
    if not 0 <= terms.stay_days <= MOST_STAY_DAYS:
        raise Invalid("results.stay_days", N_("保留天数应为 0 至 3650 天。"), field="stay_days")
    if terms.archive_names not in {"masked", "dropped"}:
        raise Invalid("results.archive_names", N_("请选择往期名单中姓名的处理方式。"), field="archive_names")
    if len(set(terms.columns)) != len(terms.columns):
        raise Invalid("results.columns_twice", N_("同一内容只能占一列，请检查重复的列。"), field="columns")
    if not set(terms.columns) <= set(PUBLIC_COLUMNS):
        raise Conflict("results.columns_secret", N_("选择的列中有不能公开的内容。"))
    if not set(NEEDED_KEYS) <= set(terms.columns):
        raise Invalid("results.columns_missing", N_("公示名单必须有「姓名」和「作品名称」两列。"), field="columns")


def _facts(row: PublicationSetting) -> dict[str, object]:
    return {
        "open_days": row.open_days,
        "stay_days": row.stay_days,
        "archive_names": row.archive_names,
        "columns": list(row.columns),
    }

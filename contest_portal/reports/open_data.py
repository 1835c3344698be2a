"""What everybody may take as data: tables of what is public, each column explained. Nothing of persons."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.contests.models import Contest
from contest_portal.contests.queries import counts_for_the_year
from contest_portal.core.clock import local
from contest_portal.core.database import db
from contest_portal.core.spreadsheets.write import defused
from contest_portal.core.text import N_
from contest_portal.events.attendance.queries.year import visits_by_year
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.people.models import Office
from contest_portal.reports.annual import PRIMARY, SECONDARY, CategoryNumbers
from contest_portal.reports.queries import ContestNumbers, contests_in_numbers
from contest_portal.reports.small_cells import SMALLEST_SHOWN, shown
from contest_portal.results.publishing.models import Publication
from contest_portal.results.publishing.queries.publications import PUBLIC_STATES, public_lists
from contest_portal.results.publishing.states import PUBLICATION_KINDS

Value = str | int | None
HIDDEN = "*"
"""What stands in the place of a number that is too small, or that would tell one."""


@dataclass(frozen=True)
class DataColumn:
    """A column: its name in the file and what it holds."""

    name: str
    meaning: str


@dataclass(frozen=True)
class Dataset:
    """A table to take: its name in the address, its title, its columns, and how its rows are read."""

    name: str
    title: str
    columns: Sequence[DataColumn]
    rows: Callable[[], Iterable[Sequence[Value]]]


def as_csv(dataset: Dataset) -> bytes:
    """UTF-8 with a mark at its begin, so that spreadsheets read Chinese; RFC 4180."""
    return written([column.name for column in dataset.columns], dataset.rows())


def dictionary_csv() -> bytes:
    """Every column of every table with what it means."""
    rows = [(one.name, one.title, column.name, column.meaning) for one in DATASETS for column in one.columns]
    return written(["dataset", "title", "column", "meaning"], rows)


def written(head: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """The table as a file. Texts that a spreadsheet would take for a formula begin with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([defused(one) for one in head])
    writer.writerows([_plain(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _plain(value: Value) -> Value:
    return defused(value) if isinstance(value, str) else value


def _contests() -> Iterable[Sequence[Value]]:
    for one in _numbers():
        contest = one.contest
        upper = contest.feeds_into.name if contest.feeds_into else contest.feeds_into_name
        yield contest.year, contest.office.name, contest.name, upper, one.participants[0], _people(one.participants)


def _people(participants: tuple[int, int, int]) -> Value:
    people = sum(participants[1:])
    return HIDDEN if 0 < people < SMALLEST_SHOWN else people


def _numbers(*, only_published: bool = False) -> list[ContestNumbers]:
    """Every public contest, newest year first; or those alone of which a list was public."""
    statement = (
        select(Contest)
        .where(counts_for_the_year())
        .options(joinedload(Contest.office), joinedload(Contest.categories), joinedload(Contest.feeds_into))
        .order_by(Contest.year.desc(), Contest.id)
    )
    if only_published:
        statement = statement.where(
            Contest.id.in_(select(Publication.contest_id).where(Publication.state.in_(PUBLIC_STATES)))
        )
    return contests_in_numbers(db.session.scalars(statement).unique().all())


def _categories() -> Iterable[Sequence[Value]]:
    for one in _numbers(only_published=True):
        if not one.categories:
            continue
        # Cut into what went up and what stayed, which add up: so nothing small follows from a difference.
        cut = shown([[category.recommended, category.collected - category.recommended] for category in one.categories])
        for category, (up, _stayed, collected) in zip(one.categories, cut[:-1], strict=True):
            totals = [HIDDEN if number is None else number for number in (collected, up)]
            contest = one.contest
            yield contest.year, contest.name, category.name, category.measure, *totals, *_stages(category)


def _stages(category: CategoryNumbers) -> tuple[Value, ...]:
    """小学 collected and recommended, 中学 likewise. One small part hides all four: the category's totals stand beside."""
    if not category.stages:
        return ("", "", "", "")
    found = [*category.stages[PRIMARY], *category.stages[SECONDARY]]
    parts = [found[1], found[0] - found[1], found[3], found[2] - found[3]]
    return (HIDDEN,) * 4 if any(0 < part < SMALLEST_SHOWN for part in parts) else tuple(found)


def _events() -> Iterable[Sequence[Value]]:
    public = (
        select(EventSession.day).join(Event, Event.id == EventSession.event_id).where(Event.published_at.is_not(None))
    )
    first = db.session.scalar(public.order_by(EventSession.day).limit(1))
    last = db.session.scalar(public.order_by(EventSession.day.desc()).limit(1))
    if first is None or last is None:
        return
    names = {one.id: one.name for one in db.session.scalars(select(Office))}
    for year, held in sorted(visits_by_year(None, first.year, last.year).items(), reverse=True):
        for one in sorted(held, key=lambda event: event.office_id):
            people = HIDDEN if 0 < one.visits < SMALLEST_SHOWN else one.visits
            yield year, names[one.office_id], one.title, one.kind, one.theme, one.sessions, one.parties, people


def _sessions() -> Iterable[Sequence[Value]]:
    rows = db.session.execute(
        select(Event.title, EventSession)
        .join(Event, Event.id == EventSession.event_id)
        .where(Event.published_at.is_not(None))
        .order_by(EventSession.day.desc(), EventSession.starts_at, EventSession.id)
    )
    for title, one in rows:
        times = (local(one.starts_at).strftime("%H:%M"), local(one.ends_at).strftime("%H:%M"))
        yield title, one.number, one.day.isoformat(), *times, one.capacity, one.capacity - one.taken, one.state


def _lists() -> Iterable[Sequence[Value]]:
    for one in public_lists():
        yield (
            one.contest.year,
            one.contest.office.name,
            one.contest.name,
            PUBLICATION_KINDS[one.kind],  # type: ignore[index]
            one.version,
            local(one.published_at).date().isoformat() if one.published_at else "",
            one.open_until.isoformat() if one.open_until else "",
            one.content_sha256,
            url_for("results.public_list", publication_id=one.id, _external=True),
        )


DATASETS = (
    Dataset(
        "contests",
        N_("赛事"),
        [
            DataColumn("year", N_("赛事的年度")),
            DataColumn("office", N_("主办单位")),
            DataColumn("contest", N_("赛事名称")),
            DataColumn("feeds", N_("推荐到的上级赛事")),
            DataColumn("schools", N_("上报参加人数的学校数")),
            DataColumn("participants", N_("各校上报的参加师生人数之和；小于 5 的写作 *")),
        ],
        _contests,
    ),
    Dataset(
        "categories",
        N_("各类别征集与推荐"),
        [
            DataColumn("year", N_("赛事的年度")),
            DataColumn("contest", N_("赛事名称")),
            DataColumn("category", N_("类别")),
            DataColumn("measure", N_("量词：项、件、个等")),
            DataColumn("collected", N_("征集数；小于 5 的数和能推算出它的数写作 *")),
            DataColumn("recommended", N_("推荐上报数，同上")),
            DataColumn("collected_primary", N_("小学征集数，教师类别为空，同上")),
            DataColumn("recommended_primary", N_("小学推荐数，同上")),
            DataColumn("collected_secondary", N_("中学征集数，同上")),
            DataColumn("recommended_secondary", N_("中学推荐数，同上")),
        ],
        _categories,
    ),
    Dataset(
        "lists",
        N_("正在公开的名单"),
        [
            DataColumn("year", N_("赛事的年度")),
            DataColumn("office", N_("主办单位")),
            DataColumn("contest", N_("赛事名称")),
            DataColumn("kind", N_("推荐名单或获奖名单")),
            DataColumn("version", N_("第几版")),
            DataColumn("published_on", N_("公示日期")),
            DataColumn("open_until", N_("公示截止日期")),
            DataColumn("sha256", N_("名单校验码（SHA-256）")),
            DataColumn("address", N_("名单的网址；下线以后不再列出")),
        ],
        _lists,
    ),
    Dataset(
        "events",
        N_("活动与到场人次"),
        [
            DataColumn("year", N_("场次所在的年份")),
            DataColumn("office", N_("主办单位")),
            DataColumn("event", N_("活动名称")),
            DataColumn(
                "kind",
                N_(
                    "活动类型：museum 流动科技馆，caravan 大篷车，open_day 开放日，training 培训，contest_day 比赛，talk 讲座"
                ),
            ),
            DataColumn("theme", N_("主题")),
            DataColumn("sessions", N_("场次数")),
            DataColumn("parties", N_("到场的团队数")),
            DataColumn("visits", N_("到场人次；小于 5 的写作 *")),
        ],
        _events,
    ),
    Dataset(
        "sessions",
        N_("活动场次"),
        [
            DataColumn("event", N_("活动名称")),
            DataColumn("number", N_("场次编号")),
            DataColumn("day", N_("日期")),
            DataColumn("starts", N_("开始时间（北京时间）")),
            DataColumn("ends", N_("结束时间（北京时间）")),
            DataColumn("capacity", N_("名额")),
            DataColumn("free", N_("剩余名额")),
            DataColumn("state", N_("open 正常，cancelled 已取消")),
        ],
        _sessions,
    ),
)

"""The trail of acts, searched: the newest first, a page after the other by number, so that a million records stay quick.

Records are chained in the order of their numbers, and their times follow it but for seconds: a period is looked for as
a range of numbers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, or_, select

from contest_portal.core.clock import end_of_day, now, start_of_day
from contest_portal.core.database import db
from contest_portal.core.listing import LARGEST_NUMBER
from contest_portal.core.models import AuditRecord
from contest_portal.core.networks import network_of

PER_PAGE = 50
ROWS_AT_ONCE = 2000
SEARCHED_DAYS = 90
"""Texts and addresses are looked for in so many days where no period is given: no index helps there."""
MARGIN = timedelta(hours=1)
FREQUENT = 20_000
"""So many records are too many to be sorted for a page."""
FILTERS = ("person", "school", "action", "object", "number", "since", "until", "address", "text")


@dataclass(frozen=True)
class Sought:
    """What is looked for. `person`: part of a name, or a login name. `school`: part of the name of the school for which
    somebody acted. `action`: its name, or a room as `judging.`. `object`: a table; `number`: of its row. Days are the
    office's."""

    person: str = ""
    school: str = ""
    action: str = ""
    object: str = ""
    number: str = ""
    since: date | None = None
    until: date | None = None
    address: str = ""
    text: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Sought:
        """From an address; a day that is none counts as not given."""
        texts = {name: given.get(name, "").strip()[:100] for name in FILTERS}
        days = {name: _day(texts.pop(name)) for name in ("since", "until")}
        sought = cls(**texts, **days)  # type: ignore[arg-type]
        if (sought.text or sought.address) and sought.since is None:
            begin = (sought.until or now().date()) - timedelta(days=SEARCHED_DAYS)
            return cls(**{**sought.__dict__, "since": begin})
        return sought


AnyRecord = Any
"""A record as a model, as a row of its table, or what is told of it: all have the columns as attributes."""


@dataclass(frozen=True)
class Trail:
    """A page of records, newest first. `older`: where the next page begins, None on the last one."""

    rows: list[AnyRecord]
    names: Mapping[int, str]
    older: int | None


FindThem = Callable[[str], Select[Any]]
NamePeople = Callable[[Collection[int]], Mapping[int, str]]
_people: dict[str, Any] = {}


def people_are(accounts: FindThem, schools: FindThem, names: NamePeople) -> None:
    """The room that knows accounts and schools says which ones a text means (a statement that gives their ids), and the
    names of accounts."""
    _people.update(accounts=accounts, schools=schools, names=names)


def trail(office_id: int, sought: Sought, before: int | None) -> Trail:
    """The page of records with numbers below `before`: the office's, and those of no office, of which little is told.
    At most four statements."""
    wanted = _wanted(office_id, sought, before).limit(PER_PAGE + 1)
    rows = [_told(row) for row in db.session.scalars(wanted)]
    older = rows[PER_PAGE - 1].id if len(rows) > PER_PAGE else None
    return Trail(rows[:PER_PAGE], _names(rows[:PER_PAGE]), older)


def all_records(office_id: int, sought: Sought, most: int | None = None) -> Iterator[tuple[AnyRecord, str]]:
    """Each record that is found with the name of who acted, newest first; memory holds a piece of them."""
    before, given = None, 0
    while True:
        wanted = _wanted(office_id, sought, before).with_only_columns(*AuditRecord.__table__.columns)
        rows = [_told(row) for row in db.session.execute(wanted.limit(ROWS_AT_ONCE))]
        names = _names(rows)
        for row in rows:
            if most is not None and given >= most:
                return
            yield row, names.get(row.account_id or 0, "")
            given += 1
        if len(rows) < ROWS_AT_ONCE:
            return
        before = rows[-1].id


def _wanted(office_id: int, sought: Sought, before: int | None) -> Select[AuditRecord]:
    # Not by the index of offices: nearly all records are the office's, and the newest are wanted.
    wanted = select(AuditRecord).where(func.coalesce(AuditRecord.office_id, office_id) == office_id)
    if sought.person or sought.school or sought.address or sought.text:
        wanted = wanted.where(AuditRecord.office_id == office_id)  # what is not told is not found either
    if before is not None:
        wanted = wanted.where(AuditRecord.id < before)
    for condition in _conditions(sought):
        wanted = wanted.where(condition)
    return wanted.order_by(AuditRecord.id.desc())


def _told(row: AnyRecord) -> AnyRecord:
    """The record, or of one that is no office's only when, which act, on what: it may be about another office's people."""
    if row.office_id is not None:
        return row
    shown = ("id", "at", "actor", "office_id", "action", "object_type", "object_id", "digest")
    kept = {name: getattr(row, name) for name in shown}
    return SimpleNamespace(
        **kept, account_id=None, school_id=None, before={}, after={}, why="", address="", request_id=""
    )


def _conditions(sought: Sought) -> Iterator[ColumnElement[bool]]:
    if sought.person:
        people = _people["accounts"](sought.person)
        yield _well_found(AuditRecord.account_id, 0, lambda column: column.in_(people))
    if sought.school:
        schools = _people["schools"](sought.school)
        yield _well_found(AuditRecord.school_id, 0, lambda column: column.in_(schools))
    if sought.action.endswith("."):
        first, last = sought.action, sought.action + "\uffff"
        yield _well_found(AuditRecord.action, "", lambda column: and_(column >= first, column < last))
    elif sought.action:
        yield AuditRecord.action == sought.action
    if sought.object:
        if sought.number.isdecimal():
            yield AuditRecord.object_type == sought.object
            yield AuditRecord.object_id == min(int(sought.number), LARGEST_NUMBER)
        else:
            yield _well_found(AuditRecord.object_type, "", lambda column: column == sought.object)
    if sought.since:
        yield _after(start_of_day(sought.since))
    if sought.until:
        yield AuditRecord.at < end_of_day(sought.until)
        if beyond := _first_number(end_of_day(sought.until) + MARGIN):
            yield AuditRecord.id < beyond
    if sought.address:
        yield AuditRecord.address.in_({sought.address, network_of(sought.address) or sought.address})
    if sought.text:
        yield _holds(sought.text)


def _well_found(
    column: Any, nothing: int | str, condition: Callable[[Any], ColumnElement[bool]]
) -> ColumnElement[bool]:
    """The condition as the database should go about it. What is rare is found by its index and sorted. What is frequent
    comes soon when one walks from the newest record back: to sort a quarter of a million takes a second."""
    some = select(AuditRecord.id).where(condition(column)).limit(FREQUENT).subquery()
    is_frequent = db.session.scalar(select(func.count()).select_from(some)) == FREQUENT
    return condition(func.coalesce(column, nothing)) if is_frequent else condition(column)  # no index is of a function


def _after(moment: datetime) -> ColumnElement[bool]:
    first = _first_number(moment - MARGIN)
    return and_(AuditRecord.at >= moment, AuditRecord.id >= (LARGEST_NUMBER if first is None else first))


def _first_number(moment: datetime) -> int | None:
    wanted = select(AuditRecord.id).where(AuditRecord.at >= moment).order_by(AuditRecord.at).limit(1)
    return db.session.scalar(wanted)


def _holds(text: str) -> ColumnElement[bool]:
    """In the reason, or in what was there before and after; there it may stand as escaped JSON."""
    escaped = json.dumps(text)[1:-1]
    kept = [
        cast(column, Text).contains(form, autoescape=True)
        for column in (AuditRecord.before, AuditRecord.after)
        for form in {text, escaped}
    ]
    return or_(AuditRecord.why.contains(text, autoescape=True), *kept)


def _names(rows: Sequence[AnyRecord]) -> Mapping[int, str]:
    ids = {row.account_id for row in rows if row.account_id is not None}
    found: Mapping[int, str] = _people["names"](ids) if ids and _people else {}
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

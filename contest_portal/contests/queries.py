"""Reads of contests: one contest whole, an office's list, what the public home shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload, subqueryload

from contest_portal.contests.models import Category, Contest, ContestAttachment
from contest_portal.contests.rules import ExtraField, SlotRules
from contest_portal.contests.states import TRANSITIONS
from contest_portal.core.actor import Actor
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.listing import Listing, Page, paginate, sorted_by
from contest_portal.people.models import Office

PAST_SHOWN = 8


@dataclass(frozen=True)
class ActedOn:
    """A contest and the act that somebody wants of it."""

    contest: Contest
    act: str


@dataclass(frozen=True)
class RulePart:
    """One item of a category's rules: a slot or an extra field (None for a new one)."""

    category: Category
    slot: SlotRules | None = None
    field: ExtraField | None = None

    @property
    def contest(self) -> Contest:
        return self.category.contest


def was_published() -> ColumnElement[bool]:
    """The contest is or was open to the public; a draft that was given up is archived too, and never was."""
    return Contest.state.in_(["open", "closed"]) | ((Contest.state == "archived") & Contest.opened_at.is_not(None))


def counts_for_the_year() -> ColumnElement[bool]:
    """The contest counts in summaries and statistics: it was published, and not for practice."""
    return was_published() & ~Contest.is_practice


def _whole(load: Callable[[Any], Any] = selectinload) -> Select[Any]:
    """Contests with all that belongs to them. `load`: `subqueryload` for many, which stays one statement each."""
    return select(Contest).options(
        joinedload(Contest.office).joinedload(Office.parent),
        joinedload(Contest.feeds_into).joinedload(Contest.office),
        load(Contest.categories),
        load(Contest.attachments),
    )


def contest(contest_id: int) -> Contest:
    """The contest with its office, categories, attachments and the contest it feeds. Raises NotFound."""
    row: Contest | None = db.session.scalar(_whole().where(Contest.id == contest_id))
    if row is None:
        raise NotFound
    return row


def contest_to_act_on(contest_id: int, act: str) -> ActedOn:
    """The contest with the act. Raises NotFound for an act there is not."""
    if act not in {one.act for one in TRANSITIONS}:
        raise NotFound
    return ActedOn(contest(contest_id), act)


def category(category_id: int) -> Category:
    """The category with its contest and that contest's office and categories. Raises NotFound."""
    row = db.session.scalar(
        select(Category)
        .where(Category.id == category_id)
        .options(
            joinedload(Category.contest).joinedload(Contest.office),
            joinedload(Category.contest).selectinload(Contest.categories),
        )
    )
    if row is None:
        raise NotFound
    return row


def new_part(category_id: int) -> RulePart:
    """The category for something new in its rules. Raises NotFound."""
    return RulePart(category(category_id))


def slot(category_id: int, code: str) -> RulePart:
    """A slot of a category. Raises NotFound."""
    row = category(category_id)
    slot_rules = row.rules.slot(code)
    if slot_rules is None:
        raise NotFound
    return RulePart(row, slot=slot_rules)


def extra_field(category_id: int, code: str) -> RulePart:
    """An extra field of a category. Raises NotFound."""
    row = category(category_id)
    for one in row.rules.fields:
        if one.code == code:
            return RulePart(row, field=one)
    raise NotFound


def attachment(contest_id: int, attachment_id: int) -> ContestAttachment:
    """The attachment of that contest, with the contest. Raises NotFound."""
    row = db.session.scalar(
        select(ContestAttachment)
        .where(ContestAttachment.id == attachment_id, ContestAttachment.contest_id == contest_id)
        .options(joinedload(ContestAttachment.contest))
    )
    if row is None:
        raise NotFound
    return row


def contests_of_office(actor: Actor, listing: Listing) -> Page[Contest]:
    """The contests of the actor's office with their categories; filters: state, q (name)."""
    statement = select(Contest).where(Contest.office_id == actor.office_id).options(subqueryload(Contest.categories))
    if state := listing.get("state"):
        statement = statement.where(Contest.state == state)
    if words := listing.get("q"):
        statement = statement.where(Contest.name.contains(words, autoescape=True))
    columns = {"year": Contest.year, "name": Contest.name, "closes": Contest.submission_closes_at}
    return paginate(sorted_by(statement, listing, columns, tie=Contest.id), listing)


def contest_choices(office_id: int | None, *, living: bool = False) -> list[tuple[int, str]]:
    """(id, name) of an office's contests, newest first, practice last; without the archived ones when `living`."""
    statement = select(Contest.id, Contest.name).where(Contest.office_id == office_id)
    if living:
        statement = statement.where(Contest.state != "archived")
    rows = db.session.execute(statement.order_by(Contest.is_practice, Contest.year.desc(), Contest.id.desc()))
    return [(row.id, row.name) for row in rows]


def all_contests(office_id: int | None = None) -> list[Contest]:
    """Every contest with its office, newest first; for the console."""
    statement = select(Contest).join(Contest.office).options(contains_eager(Contest.office))
    if office_id is not None:
        statement = statement.where(Contest.office_id == office_id)
    return list(db.session.scalars(statement.order_by(Contest.year.desc(), Contest.id)))


def open_contests(office_id: int | None = None) -> list[Contest]:
    """The open contests, whole, by deadline: those whose submission ends first stand first, of one office when named."""
    statement = _whole(subqueryload).where(Contest.state == "open")
    if office_id is not None:
        statement = statement.where(Contest.office_id == office_id)
    order = (Contest.submission_closes_at.is_(None), Contest.submission_closes_at, Contest.id)
    return list(db.session.scalars(statement.order_by(*order)))


def past_contests(office_id: int | None = None) -> list[Contest]:
    """The newest contests that are over, with their offices."""
    statement = (
        select(Contest)
        .join(Contest.office)
        .options(contains_eager(Contest.office))
        .where(was_published(), Contest.state != "open")
    )
    if office_id is not None:
        statement = statement.where(Contest.office_id == office_id)
    return list(db.session.scalars(statement.order_by(Contest.year.desc(), Contest.id.desc()).limit(PAST_SHOWN)))


def offices_with_open_contests() -> list[tuple[Office, int]]:
    """The offices that have open contests and how many, from the district up."""
    statement = (
        select(Office, func.count(Contest.id))
        .join(Contest, Contest.office_id == Office.id)
        .where(Contest.state == "open")
        .group_by(Office.id)
        .order_by(Office.id)
    )
    return [(office, count) for office, count in db.session.execute(statement)]


def offices() -> list[Office]:
    """The deployment's offices; not those known from hand-offs alone."""
    return list(db.session.scalars(select(Office).where(~Office.is_sender_record).order_by(Office.id)))

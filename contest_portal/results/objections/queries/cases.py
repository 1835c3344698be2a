"""Reads of objections: one case with who may handle it, the office's list, by secret link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload, undefer, undefer_group

from contest_portal.contests.models import Category, Contest
from contest_portal.core.actor import Actor
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.listing import Listing, Page, paginate, sorted_by
from contest_portal.core.sealing import digest
from contest_portal.core.text import Message
from contest_portal.entries.models import Entry
from contest_portal.people.invitation_codes import normal_code
from contest_portal.results.objections.models import Objection, ObjectionSetting, ObjectionStatement
from contest_portal.results.objections.queries.ties import OfficePerson, conflicts_of, people_of_office
from contest_portal.results.objections.states import OPEN

FILTERS = ("state", "mine", "late")


@dataclass(frozen=True)
class Case:
    """An objection, everybody of the office, and who of them is kept away from it, and why."""

    objection: Objection
    people: Sequence[OfficePerson]
    kept_away: dict[int, Message]

    @property
    def contest(self) -> Contest:
        return self.objection.contest

    @property
    def fit(self) -> list[OfficePerson]:
        """Who may be given the case, leaders first."""
        return [one for one in self.people if one.acts and one.account_id not in self.kept_away]

    def has_task(self, actor: Actor) -> bool:
        """Whether the actor handles it or signs its decision: nobody else learns who objects."""
        own = {self.objection.handler_id, self.objection.second_id} - {None}
        return actor.account_id in own and actor.account_id not in self.kept_away


def case_by_id(objection_id: int) -> Case:
    """The case with all that its page shows. Raises NotFound."""
    objection = db.session.scalar(_whole(select(Objection).where(Objection.id == objection_id)))
    if objection is None:
        raise NotFound
    people = people_of_office(objection.contest.office_id)
    return Case(objection, people, conflicts_of([objection], people)[objection.id])


def case_of_file(objection_id: int, file_id: int) -> tuple[Case, int]:
    """The case, and the id of one of its files. Raises NotFound for a file of another case."""
    case = case_by_id(objection_id)
    if file_id not in {one.id for one in case.objection.files}:
        raise NotFound
    return case, file_id


def by_secret(code: str) -> Objection:
    """The case behind a secret link, as its objector sees it. Raises NotFound."""
    statement = select(Objection).where(Objection.secret_digest == digest(normal_code(code)))
    row = db.session.scalar(_whole(statement))
    if row is None:
        raise NotFound
    return row


def _whole(statement: Select[Objection]) -> Select[Objection]:
    entry = joinedload(Objection.entry)
    return statement.options(
        undefer_group("objector"),
        joinedload(Objection.contest).joinedload(Contest.office),
        entry.joinedload(Entry.category),
        entry.joinedload(Entry.school),
        joinedload(Objection.publication),
        joinedload(Objection.handler),
        joinedload(Objection.second),
        selectinload(Objection.files),
        selectinload(Objection.statements).options(
            joinedload(ObjectionStatement.school), joinedload(ObjectionStatement.judge)
        ),
    ).execution_options(populate_existing=True)


def setting_of(contest_id: int) -> ObjectionSetting:
    """The contest's terms; where none were set, the defaults in a row that is not stored."""
    row = db.session.scalar(select(ObjectionSetting).where(ObjectionSetting.contest_id == contest_id))
    return row or ObjectionSetting(
        contest_id=contest_id,
        accept_days=3,
        inquire_days=10,
        sign_days=3,
        answer_days=2,
        statement_days=3,
        asks_id_number=True,
        version=0,
    )


def cases_page(contest: Contest, listing: Listing, actor: Actor, today: date) -> tuple[Page[Objection], int]:
    """The contest's cases, open ones first and those due first; and how many are hidden from the actor, who is kept away."""
    every = db.session.scalars(
        select(Objection)
        .where(Objection.contest_id == contest.id)
        .options(undefer(Objection.objector_name), undefer(Objection.objector_phone))
    ).all()
    me = [one for one in people_of_office(contest.office_id) if one.account_id == actor.account_id]
    hidden = [case_id for case_id, away in conflicts_of(every, me).items() if away]
    statement = (
        select(Objection)
        .join(Entry, Entry.id == Objection.entry_id)
        .join(Category, Category.id == Entry.category_id)
        .where(Objection.contest_id == contest.id, Objection.id.not_in(hidden))
        .options(
            contains_eager(Objection.entry).contains_eager(Entry.category),
            joinedload(Objection.handler),
            joinedload(Objection.second),
        )
    )
    statement = _filtered(statement, listing, actor, today)
    columns: dict[str, Any] = {
        "due": (func.coalesce(Objection.due_on, date(9999, 1, 1)), Objection.received_at),
        "received": Objection.received_at,
    }
    return paginate(sorted_by(statement, listing, columns, tie=Objection.id), listing), len(hidden)


def _filtered(statement: Select[Objection], listing: Listing, actor: Actor, today: date) -> Select[Objection]:
    if state := listing.get("state"):
        statement = statement.where(Objection.state.in_(OPEN) if state == "open" else Objection.state == state)
    if listing.get("mine"):
        statement = statement.where(
            (Objection.handler_id == actor.account_id) | (Objection.second_id == actor.account_id)
        )
    if listing.get("late"):
        statement = statement.where(Objection.due_on < today)
    return statement


def counts_of(contest_id: int, today: date) -> tuple[int, int]:
    """(open, late) cases of the contest."""
    row = db.session.execute(
        select(
            func.count().filter(Objection.state.in_(OPEN)),
            func.count().filter(Objection.state.in_(OPEN), Objection.due_on < today),
        ).where(Objection.contest_id == contest_id)
    ).one()
    return int(row[0]), int(row[1])

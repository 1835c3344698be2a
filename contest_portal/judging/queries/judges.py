"""Reads of judges: the office's list, one judge with relations and tasks, choices of forms."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, cast, func, or_, select
from sqlalchemy.orm import joinedload

from contest_portal.contests.models import Category, Contest
from contest_portal.core.actor import Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.listing import Listing, Page, paginate, sorted_by
from contest_portal.entries.models import Entry
from contest_portal.judging.models import Assignment, ConflictOfInterest, Judge, Round
from contest_portal.judging.states import LIVE
from contest_portal.people.models import Account, Invitation, Membership, School


def judge(judge_id: int) -> Judge:
    """The judge with account and school. Raises NotFound."""
    row = db.session.scalar(
        select(Judge).where(Judge.id == judge_id).options(joinedload(Judge.account), joinedload(Judge.school))
    )
    if row is None:
        raise NotFound
    return row


def judge_of_account(account_id: int | None, office_id: int | None) -> Judge | None:
    """The judge that an account is for an office."""
    return db.session.scalar(
        select(Judge)
        .where(Judge.account_id == account_id, Judge.office_id == office_id)
        .order_by(Judge.id)
        .limit(1)
        .options(joinedload(Judge.school))
    )


@dataclass(frozen=True)
class JudgeRow:
    """One line of the office's list. `invited`: a link that may still be used is out."""

    judge: Judge
    invited: bool
    live_tasks: int
    done_tasks: int
    relations: int


def _listed(office_id: int | None) -> Select[Any]:
    living = (
        select(func.count(Invitation.id))
        .where(
            Invitation.judge_id == Judge.id,
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at >= now(),
        )
        .correlate(Judge)
        .scalar_subquery()
    )
    tasks = select(func.count(Assignment.id)).where(Assignment.judge_id == Judge.id).correlate(Judge)
    relations = (
        select(func.count(ConflictOfInterest.id))
        .where(ConflictOfInterest.judge_id == Judge.id, ConflictOfInterest.ended_at.is_(None))
        .correlate(Judge)
    )
    return select(
        Judge,
        living.label("invited"),
        tasks.where(Assignment.state.in_(LIVE)).scalar_subquery().label("live"),
        tasks.where(Assignment.state == "submitted").scalar_subquery().label("done"),
        relations.scalar_subquery().label("relations"),
    ).where(Judge.office_id == office_id)


def in_state(state: str) -> list[Any]:
    """A judge's state, or what an invited one has answered."""
    if state == "accepted":
        return [Judge.state == "invited", Judge.accepted_at.is_not(None)]
    if state in {"unanswered", "uninvited"}:
        asked = select(Invitation.judge_id).where(
            Invitation.used_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at >= now()
        )
        told = (
            Judge.id.in_(asked)
            if state == "unanswered"
            else Judge.id.not_in(asked.where(Invitation.judge_id.is_not(None)))
        )
        return [Judge.state == "invited", Judge.accepted_at.is_(None), told]
    return [Judge.state == state]


def judges_page(office_id: int | None, listing: Listing) -> Page[JudgeRow]:
    """The office's judges; filters: q (name, employer), state, category (its code)."""
    statement = _listed(office_id)
    if words := listing.get("q"):
        statement = statement.where(
            or_(Judge.name.contains(words, autoescape=True), Judge.employer.contains(words, autoescape=True))
        )
    if state := listing.get("state"):
        statement = statement.where(*in_state(state))
    if code := listing.get("category"):
        # The list of expertise is a JSON text on every database; its items stand between quotes.
        statement = statement.where(cast(Judge.expertise, String).contains(f'"{code}"', autoescape=True))
    columns = {"name": Judge.name, "employer": Judge.employer, "state": Judge.state}
    page = paginate(sorted_by(statement, listing, columns, tie=Judge.id), listing, scalars=False)
    rows = [JudgeRow(row.Judge, row.invited > 0, row.live, row.done, row.relations) for row in page.rows]
    return Page(rows, page.total, page.listing)


def category_names(office_id: int | None) -> dict[str, str]:
    """Code → name of the categories of an office's living contests; the newest contest's name wins."""
    rows = db.session.execute(
        select(Category.code, Category.name)
        .join(Contest, Contest.id == Category.contest_id)
        .where(Contest.office_id == office_id, Contest.state != "archived")
        .order_by(Contest.year, Contest.id, Category.position)
    )
    return {row.code: row.name for row in rows}


def school_choices(office_id: int | None) -> list[tuple[int, str]]:
    """(id, name) of the office's schools, by name."""
    rows = db.session.execute(
        select(School.id, School.name)
        .where(School.office_id == office_id, School.state != "refused")
        .order_by(School.name)
    )
    return [(row.id, row.name) for row in rows]


def known_judges(office_id: int) -> list[Judge]:
    """All judges of an office, for comparing a table with them."""
    return list(db.session.scalars(select(Judge).where(Judge.office_id == office_id).order_by(Judge.id)))


def accounts_by_phone(digests: Collection[str]) -> dict[str, Account]:
    """Phone digest → account that signs in with it."""
    rows = db.session.scalars(select(Account).where(Account.phone_digest.in_(list(digests)), Account.is_active))
    return {row.phone_digest or "": row for row in rows}


def relations_of(judge_id: int) -> list[ConflictOfInterest]:
    """What was declared about a judge, what still holds first, then by age, with what it names."""
    return list(
        db.session.scalars(
            select(ConflictOfInterest)
            .where(ConflictOfInterest.judge_id == judge_id)
            .options(
                joinedload(ConflictOfInterest.entry),
                joinedload(ConflictOfInterest.school),
                joinedload(ConflictOfInterest.student),
                joinedload(ConflictOfInterest.judge),
            )
            .order_by(ConflictOfInterest.ended_at.is_not(None), ConflictOfInterest.id)
        )
    )


def relation(relation_id: int) -> ConflictOfInterest:
    """One declared relation with its judge. Raises NotFound."""
    row = db.session.scalar(
        select(ConflictOfInterest)
        .where(ConflictOfInterest.id == relation_id)
        .options(joinedload(ConflictOfInterest.judge))
    )
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True)
class RoundOfJudge:
    """What a judge has to do in one round."""

    round: Round
    live: int
    done: int


def rounds_of_judge(judge_id: int) -> list[RoundOfJudge]:
    """The rounds in which a judge has tasks, newest first."""
    counted = (
        select(
            Assignment.round_id,
            func.count(Assignment.id).label("live"),
            func.count(Assignment.id).filter(Assignment.state == "submitted").label("done"),
        )
        .where(Assignment.judge_id == judge_id, Assignment.state.in_(LIVE))
        .group_by(Assignment.round_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Round, counted.c.live, counted.c.done)
        .join(counted, counted.c.round_id == Round.id)
        .order_by(Round.id.desc())
        .options(joinedload(Round.contest))
    )
    return [RoundOfJudge(*row) for row in rows]


def membership_of(judge: Judge) -> Membership | None:
    """The living membership by which the judge's account judges for the office."""
    return db.session.scalar(
        select(Membership).where(
            Membership.account_id == judge.account_id,
            Membership.role == str(Role.JUDGE),
            Membership.office_id == judge.office_id,
            Membership.is_active,
        )
    )


def living_invitation(judge_id: int) -> Invitation | None:
    """The judge's link that may still be used."""
    return db.session.scalar(
        select(Invitation)
        .where(
            Invitation.judge_id == judge_id,
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at >= now(),
        )
        .order_by(Invitation.id.desc())
        .limit(1)
    )


def entry_by_number(office_id: int, number: str) -> Entry | None:
    """The entry of that number in the office's newest contest that has it."""
    return db.session.scalar(
        select(Entry)
        .join(Contest, Contest.id == Entry.contest_id)
        .where(Contest.office_id == office_id, Entry.number == number)
        .order_by(Contest.year.desc(), Contest.id.desc())
        .limit(1)
    )

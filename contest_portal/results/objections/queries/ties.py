"""Who of an office is kept away from which case: the ties of cases and of people, in a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import null, or_, select, union_all

from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.core.sealing import person_digest
from contest_portal.core.text import Message
from contest_portal.entries.models import Author, Entry
from contest_portal.judging.models import Assignment, ConflictOfInterest, Judge
from contest_portal.judging.queries.ties import ties_of_entries
from contest_portal.people.models import Account, Membership, Student, Teacher
from contest_portal.people.phones import normal_mobile
from contest_portal.results.objections.conflicts import CaseTies, PersonTies, conflict_of
from contest_portal.results.objections.models import Objection, ObjectionConflict

ACTING = (Role.OFFICE, Role.LEADER)
OWN = (*ACTING, Role.SUPERVISOR)


@dataclass(frozen=True)
class OfficePerson:
    """Somebody of the office: may act (staff, leader) or only reads (supervisor)."""

    account_id: int
    name: str
    roles: frozenset[str]
    ties: PersonTies

    @property
    def is_leader(self) -> bool:
        return str(Role.LEADER) in self.roles

    @property
    def acts(self) -> bool:
        return bool(self.roles & {str(role) for role in ACTING})


def people_of_office(office_id: int) -> list[OfficePerson]:
    """Everybody who belongs to the office now, leaders first: one statement."""
    own = (
        select(Membership.account_id)
        .join(Account, Account.id == Membership.account_id)
        .where(
            Membership.office_id == office_id,
            Membership.school_id.is_(None),
            Membership.role.in_([str(role) for role in OWN]),
            Membership.is_active,
            Account.is_active,
        )
    )
    rows = db.session.execute(
        select(Account.id, Account.name, Account.phone_digest, Membership, Teacher.person_key)
        .join(Membership, Membership.account_id == Account.id)
        .outerjoin(Teacher, Teacher.id == Membership.teacher_id)
        .where(Account.id.in_(own), Membership.is_active)
        .order_by(Account.id, Membership.id)
    ).all()
    names: dict[int, tuple[str, str | None]] = {}
    roles: dict[int, set[str]] = defaultdict(set)
    schools: dict[int, set[int]] = defaultdict(set)
    keys: dict[int, set[str]] = defaultdict(set)
    for account_id, name, phone_digest, membership, key in rows:
        names[account_id] = (name, phone_digest)
        if membership.school_id is not None:
            schools[account_id].add(membership.school_id)
        elif membership.office_id == office_id:
            roles[account_id].add(membership.role)
        if key:
            keys[account_id].add(key)
    found = [
        OfficePerson(
            account_id,
            name,
            frozenset(roles[account_id]),
            PersonTies(account_id, name, phone, frozenset(schools[account_id]), frozenset(keys[account_id])),
        )
        for account_id, (name, phone) in names.items()
    ]
    return sorted(found, key=lambda one: (not one.is_leader, not one.acts, one.account_id))


def conflicts_of(objections: Sequence[Objection], people: Sequence[OfficePerson]) -> dict[int, dict[int, Message]]:
    """Case id → account id → why that person is kept away: five statements, whatever the number of cases."""
    ties = _ties_of_cases(objections, [one.account_id for one in people])
    return {
        case_id: {one.account_id: why for one in people if (why := conflict_of(one.ties, case)) is not None}
        for case_id, case in ties.items()
    }


def _ties_of_cases(objections: Sequence[Objection], account_ids: Collection[int]) -> dict[int, CaseTies]:
    if not objections:
        return {}
    entry_ids = {row.entry_id for row in objections}
    entries = {one.id: one for one in ties_of_entries(entry_ids)}
    judged, related = _judge_ties(entry_ids, account_ids)
    declared: dict[int, dict[int, str]] = defaultdict(dict)
    rows = select(ObjectionConflict).where(ObjectionConflict.objection_id.in_([row.id for row in objections]))
    for one in db.session.scalars(rows):
        declared[one.objection_id][one.account_id] = one.why
    found = {}
    for row in objections:
        entry = entries[row.entry_id]
        found[row.id] = CaseTies(
            objector_name=row.objector_name,
            objector_phone_digest=person_digest(normal_mobile(row.objector_phone)),
            schools=frozenset(entry.schools),
            person_keys=entry.person_keys,
            phone_digests=entry.phone_digests,
            entered_by=entry.entered_by,
            judged_by=frozenset(judged[row.entry_id]),
            judge_relations=related[row.entry_id],
            declared=declared[row.id],
        )
    return found


def _judge_ties(
    entry_ids: Collection[int], account_ids: Collection[int]
) -> tuple[dict[int, set[int]], dict[int, dict[int, str]]]:
    """Entry id → accounts that scored it as judges; entry id → account → the reason of a relation that it declared as a
    judge to the work, its school or a pupil: one statement."""
    judged = (
        select(Assignment.entry_id.label("entry_id"), Judge.account_id.label("account_id"), null().label("why"))
        .join(Judge, Judge.id == Assignment.judge_id)
        .where(Assignment.entry_id.in_(entry_ids), Judge.account_id.in_(account_ids), Assignment.state == "submitted")
    )
    related = (
        select(Entry.id, Judge.account_id, ConflictOfInterest.why)
        .select_from(ConflictOfInterest)
        .join(Judge, Judge.id == ConflictOfInterest.judge_id)
        .outerjoin(Student, Student.id == ConflictOfInterest.student_id)
        .outerjoin(Author, Author.student_id == Student.id)
        .join(
            Entry,
            or_(
                Entry.id == ConflictOfInterest.entry_id,
                Entry.school_id == ConflictOfInterest.school_id,
                Entry.id == Author.entry_id,
            ),
        )
        .where(Entry.id.in_(entry_ids), Judge.account_id.in_(account_ids), ConflictOfInterest.ended_at.is_(None))
    )
    scored: dict[int, set[int]] = defaultdict(set)
    relations: dict[int, dict[int, str]] = defaultdict(dict)
    found: Sequence[Any] = db.session.execute(union_all(judged, related)).all()
    for entry_id, account_id, why in found:
        if why is None:
            scored[entry_id].add(account_id)
        else:
            relations[entry_id].setdefault(account_id, why)
    return scored, relations

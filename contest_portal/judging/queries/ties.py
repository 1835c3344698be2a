"""Whom judges and entries belong to, as the rules of conflicts want them, in a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Select, literal, select, union_all

from contest_portal.core.database import db
from contest_portal.entries.models import Author, Entry, Tutor
from contest_portal.judging.conflicts import EntryTies, JudgeTies
from contest_portal.judging.models import ConflictOfInterest, Judge
from contest_portal.people.models import Membership, School, Student, Teacher

Ids = Collection[int] | Select[int]


def ties_of_entries(entry_ids: Ids) -> list[EntryTies]:
    """Schools, people and pupils of entries: three statements. `entry_ids` may be a select of ids."""
    schools: dict[int, dict[int, str]] = defaultdict(dict)
    creators: dict[int, int | None] = {}
    own = select(Entry.id, Entry.created_by, School.id, School.name).join(School, School.id == Entry.school_id)
    for entry_id, created_by, school_id, name in db.session.execute(own.where(Entry.id.in_(entry_ids))):
        schools[entry_id][school_id] = name
        creators[entry_id] = created_by
    students: dict[int, set[int]] = defaultdict(set)
    pupils = (
        select(Author.entry_id, Student.id, School.id, School.name)
        .join(Student, Student.id == Author.student_id)
        .join(School, School.id == Student.school_id)
    )
    for entry_id, student_id, school_id, name in db.session.execute(pupils.where(Author.entry_id.in_(entry_ids))):
        students[entry_id].add(student_id)
        schools[entry_id][school_id] = name
    keys: dict[int, set[str]] = defaultdict(set)
    phones: dict[int, set[str]] = defaultdict(set)
    for row in db.session.execute(union_all(_teachers(Author, entry_ids), _teachers(Tutor, entry_ids))):
        keys[row.entry_id].add(row.person_key)
        if row.phone_digest:
            phones[row.entry_id].add(row.phone_digest)
        if row.is_author:
            schools[row.entry_id][row.school_id] = row.school
    return [
        EntryTies(
            id=entry_id,
            schools=schools[entry_id],
            person_keys=frozenset(keys[entry_id]),
            phone_digests=frozenset(phones[entry_id]),
            students=frozenset(students[entry_id]),
            entered_by=created_by,
        )
        for entry_id, created_by in sorted(creators.items())
    ]


def _teachers(link: type[Author | Tutor], entry_ids: Ids) -> Select[int, str, str | None, int, str, bool]:
    return (
        select(
            link.entry_id,
            Teacher.person_key,
            Teacher.phone_digest,
            School.id.label("school_id"),
            School.name.label("school"),
            literal(link is Author).label("is_author"),
        )
        .join(Teacher, Teacher.id == link.teacher_id)
        .join(School, School.id == Teacher.school_id)
        .where(link.entry_id.in_(entry_ids))
    )


def ties_of_judges(judges: Collection[Judge]) -> list[JudgeTies]:
    """Employers, own schools by membership, person keys and declared relations of judges: two statements."""
    schools: dict[int, set[int]] = defaultdict(set)
    keys: dict[int, set[str]] = defaultdict(set)
    places = (
        select(Membership.account_id, Membership.school_id, Teacher.person_key)
        .outerjoin(Teacher, Teacher.id == Membership.teacher_id)
        .where(
            Membership.account_id.in_([one.account_id for one in judges if one.account_id]),
            Membership.school_id.is_not(None),
            Membership.is_active,
        )
    )
    for account_id, school_id, key in db.session.execute(places):
        schools[account_id].add(school_id or 0)
        if key:
            keys[account_id].add(key)
    declared: dict[int, dict[str, dict[int, str]]] = defaultdict(lambda: defaultdict(dict))
    relations = select(ConflictOfInterest).where(
        ConflictOfInterest.judge_id.in_([one.id for one in judges]), ConflictOfInterest.ended_at.is_(None)
    )
    for row in db.session.scalars(relations.order_by(ConflictOfInterest.id)):
        for kind in ("school_id", "student_id", "entry_id"):
            if (target := getattr(row, kind)) is not None:
                declared[row.judge_id][kind][target] = row.why
    return [
        JudgeTies(
            id=judge.id,
            employer=judge.employer,
            schools=frozenset(schools[judge.account_id or 0] | ({judge.school_id} if judge.school_id else set())),
            person_keys=frozenset(keys[judge.account_id or 0]),
            phone_digest=judge.phone_digest,
            account_id=judge.account_id,
            declared_schools=declared[judge.id]["school_id"],
            declared_students=declared[judge.id]["student_id"],
            declared_entries=declared[judge.id]["entry_id"],
        )
        for judge in sorted(judges, key=lambda one: one.id)
    ]

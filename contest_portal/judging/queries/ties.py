"""Whom judges and entries belong to, as the rules of conflicts want them, in a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Select, select

from contest_portal.core.database import db
from contest_portal.entries.models import Author, Entry, Tutor
from contest_portal.judging.conflicts import EntryTies, JudgeTies
from contest_portal.judging.models import ConflictOfInterest, Judge
from contest_portal.people.models import Membership, School, Student, Teacher

Ids = Collection[int] | Select[int]


def ties_of_entries(entry_ids: Ids) -> list[EntryTies]:
    """Schools, people and pupils of entries: four statements. `entry_ids` may be a select of ids."""
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
    for link in (Author, Tutor):
        teachers = (
            select(link.entry_id, Teacher.person_key, Teacher.phone_digest, School.id, School.name)
            .join(Teacher, Teacher.id == link.teacher_id)
            .join(School, School.id == Teacher.school_id)
            .where(link.entry_id.in_(entry_ids))
        )
        for entry_id, key, phone, school_id, name in db.session.execute(teachers):
            keys[entry_id].add(key)
            if phone:
                phones[entry_id].add(phone)
            if link is Author:
                schools[entry_id][school_id] = name
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


def ties_of_judges(judge_ids: Ids) -> list[JudgeTies]:
    """Employers, own schools by membership, person keys and declared relations of judges: three statements."""
    judges = db.session.scalars(select(Judge).where(Judge.id.in_(judge_ids)).order_by(Judge.id)).all()
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
    relations = select(ConflictOfInterest).where(ConflictOfInterest.judge_id.in_([one.id for one in judges]))
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
        for judge in judges
    ]

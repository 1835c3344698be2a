"""What the checks are told about an entry, gathered in at most four statements beside those that loaded it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, literal, select, union_all

from contest_portal.contests.calendar import submission_end
from contest_portal.contests.rules import CategoryRules
from contest_portal.core.clock import local, now, today
from contest_portal.core.database import db
from contest_portal.entries import checks
from contest_portal.entries.allowance_models import SchoolAllowance
from contest_portal.entries.models import Author, Entry, EntryVersion, PersonClaim
from contest_portal.entries.states import STANDING
from contest_portal.media.facts import FileFacts, problem_message
from contest_portal.people.grades import stage_of
from contest_portal.people.models import Consent, Student, Teacher

NAME_PARTS = re.compile(r"[、，,;；&＆和与\s·•]+")


def facts_of(entry: Entry, rules: CategoryRules | None = None) -> checks.EntryFacts:
    """The facts of an entry that `queries.entry` has loaded whole."""
    rules = rules or entry.category.rules
    around = _surroundings(entry, rules)
    closes_at = entry.contest.submission_closes_at
    return checks.EntryFacts(
        rules=rules,
        today_on=today(),
        submission_deadline_on=local(closes_at).date() if closes_at else today(),
        title=entry.title,
        summary=entry.summary,
        group_name=entry.group_name,
        discipline=entry.discipline or None,
        stage_group=entry.stage_code or None,
        completed_on=entry.completed_on,
        fields=entry.answers,
        authors=tuple(_author(author, around) for author in entry.authors),
        tutors=tuple(
            checks.TutorFacts(f"teacher-{tutor.teacher.person_key}", tutor.teacher.name) for tutor in entry.tutors
        ),
        files=tuple(file_facts(one.slot_code, one.file_name, _media_facts(one.blob.facts)) for one in entry.files),
        school_class=entry.school.school_class,
        school_quota_used=around.quota_used,
        school_allowance=around.allowance,
        school_total=entry.contest.school_total,
        school_total_used=around.total_used,
        authors_at_deadline=_authors_at_deadline(entry) if rules.authors.fixed_after_deadline else None,
        known_names=_known_names(entry) if rules.applicant_kind == "group" else frozenset(),
    )


def findings_of(entry: Entry, rules: CategoryRules | None = None) -> list[checks.Finding]:
    """All that is missing or wrong in the entry now."""
    return checks.check_entry(facts_of(entry, rules))


def person_key(author: Author) -> str:
    """The person whom limits count: a pupil by the roster's row, a teacher as one person in every school."""
    if author.student_id is not None:
        return f"student-{author.student_id}"
    assert author.teacher is not None
    return f"teacher-{author.teacher.person_key}"


def _author(author: Author, around: _Surroundings) -> checks.AuthorFacts:
    person: Student | Teacher | None = author.student or author.teacher
    assert person is not None
    is_student = author.student is not None
    return checks.AuthorFacts(
        person_key=person_key(author),
        kind="student" if is_student else "teacher",
        name=person.name,
        birth_on=person.birth_on,
        stage=stage_of(author.student.grade) if author.student else None,
        grade=str(author.student.grade) if author.student else None,
        school_key=str(person.school_id),
        county_key=str(person.office_id),
        is_first=author.is_first,
        share_percent=author.share_percent,
        consent_recorded=author.student_id in around.consents,
        other_claims=around.claims.get(person_key(author), {}),
    )


def file_facts(slot: str, name: str, facts: FileFacts) -> checks.FileFacts:
    """What probing found about a file, as the checks read it."""
    return checks.FileFacts(
        slot=slot,
        name=name,
        size_bytes=facts.size_bytes,
        kind=facts.kind.value,
        width=facts.width,
        height=facts.height,
        sharpness=facts.sharpness,
        pages=facts.pages,
        duration_seconds=facts.duration_seconds,
        video_codec=facts.video_codec,
        audio_codec=facts.audio_codec,
        silent=facts.silent,
        damaged=facts.damaged,
        encrypted=facts.encrypted,
        problem=problem_message(facts),
    )


def _media_facts(stored: dict[str, object]) -> FileFacts:
    return FileFacts.from_json(stored)


@dataclass(frozen=True)
class _Surroundings:
    """What other rows say: the places that each author has taken with other entries of the edition (person key → limit
    key → count), which pupils have a consent, how many other entries of the school stand in the category and how many the
    school may submit of its own (None: what its class may), how many others of it stand in the whole contest."""

    claims: Mapping[str, Mapping[str, int]]
    consents: frozenset[int]
    quota_used: int
    allowance: int | None
    total_used: int


def _surroundings(entry: Entry, rules: CategoryRules) -> _Surroundings:
    """In one statement, none for an entry without authors in a category without a quota."""
    keys = [person_key(author) for author in entry.authors]
    pupils = [author.student_id for author in entry.authors if author.student_id]
    parts = [_claimed(entry, keys)] if keys else []
    parts += [_consented(pupils)] if pupils else []
    parts += [_standing(entry), _allowed(entry)] if rules.school_quota else []
    parts += [_standing_in_all(entry)] if entry.contest.school_total is not None else []
    claims: dict[str, dict[str, int]] = {}
    consents, used, allowance, total_used = set(), 0, None, 0
    for part, person, limit, pupil, count in db.session.execute(union_all(*parts)) if parts else ():
        if part == "claim":
            claims.setdefault(person, {})[limit] = count
        elif part == "consent":
            consents.add(pupil)
        elif part == "quota":
            used = count
        elif part == "total":
            total_used = count
        else:
            allowance = count
    return _Surroundings(claims, frozenset(consents), used, allowance, total_used)


def _claimed(entry: Entry, keys: Collection[str]) -> Select[str, str, str, int, int]:
    person, limit = PersonClaim.person_key, PersonClaim.limit_key
    return (
        select(literal("claim").label("part"), person, limit, literal(0).label("pupil"), func.count().label("count"))
        .where(PersonClaim.contest_id == entry.contest_id, person.in_(keys), PersonClaim.entry_id != entry.id)
        .group_by(person, limit)
    )


def _consented(student_ids: Collection[int]) -> Select[str, str, str, int, int]:
    return (
        select(literal("consent"), literal(""), literal(""), Consent.student_id, literal(1))
        .where(Consent.student_id.in_(student_ids), Consent.withdrawn_at.is_(None))
        .distinct()
    )


def _standing(entry: Entry) -> Select[str, str, str, int, int]:
    return select(literal("quota"), literal(""), literal(""), literal(0), func.count(Entry.id)).where(
        Entry.school_id == entry.school_id,
        Entry.category_id == entry.category_id,
        Entry.state.in_(STANDING),
        Entry.id != entry.id,
    )


def _standing_in_all(entry: Entry) -> Select[str, str, str, int, int]:
    return select(literal("total"), literal(""), literal(""), literal(0), func.count(Entry.id)).where(
        Entry.school_id == entry.school_id,
        Entry.contest_id == entry.contest_id,
        Entry.state.in_(STANDING),
        Entry.id != entry.id,
    )


def _allowed(entry: Entry) -> Select[str, str, str, int, int]:
    return select(literal("allowance"), literal(""), literal(""), literal(0), SchoolAllowance.count).where(
        SchoolAllowance.category_id == entry.category_id, SchoolAllowance.school_id == entry.school_id
    )


def _authors_at_deadline(entry: Entry) -> tuple[str, ...] | None:
    """The authors of the last version that came in before the deadline, once it has passed; None before."""
    closes_at = entry.contest.submission_closes_at
    if closes_at is None or entry.submission_count == 0:
        return None
    end = submission_end(closes_at, entry.exception_until) + timedelta(seconds=entry.contest.grace_seconds + 1)
    if now() < end:
        return None
    snapshot = _version_before(entry.id, end)
    return tuple(one["person_key"] for one in snapshot["authors"]) if snapshot else None


def _version_before(entry_id: int, moment: datetime) -> dict[str, list[dict[str, str]]] | None:
    return db.session.scalar(
        select(EntryVersion.snapshot)
        .where(EntryVersion.entry_id == entry_id, EntryVersion.submitted_at < moment)
        .order_by(EntryVersion.number.desc())
        .limit(1)
    )


def _known_names(entry: Entry) -> frozenset[str]:
    """Of the words that the group's name is made of, those that are names of people of the school."""
    words = list({entry.group_name.strip(), *NAME_PARTS.split(entry.group_name)} - {""})[:20]
    if not words:
        return frozenset()
    names = union_all(
        select(Student.name).where(Student.school_id == entry.school_id, Student.name.in_(words)),
        select(Teacher.name).where(Teacher.school_id == entry.school_id, Teacher.name.in_(words)),
    )
    return frozenset(db.session.scalars(names))


def claims_wanted(entry: Entry, rules: CategoryRules) -> Counter[tuple[str, str]]:
    """(limit key, person key) of every place that the entry takes when it is submitted."""
    return Counter(
        (limit.key, person_key(author))
        for limit in rules.limits
        for author in entry.authors
        if limit.whom == ("student" if author.student_id is not None else "teacher")
    )

"""What goes up, read from the records: the approved lists that still stand, with people only as far as was ticked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.contests.models import Category
from contest_portal.core.clock import local
from contest_portal.core.database import db
from contest_portal.core.sealing import digest
from contest_portal.entries.models import Entry, EntryFile
from contest_portal.people.models import Account, Consent, Office, School, Student, Teacher
from contest_portal.results.handoff.models import CorrectedFile
from contest_portal.results.handoff.package.content import (
    AnswerPart,
    AuthorPart,
    ConsentPart,
    Content,
    EntryPart,
    FilePart,
    ListPart,
    OfficePart,
    SchoolPart,
    StudentPart,
    TeacherPart,
)
from contest_portal.results.handoff.package.digests import list_digest
from contest_portal.results.handoff.package.paths import PackagePaths
from contest_portal.results.handoff.queries.corrections import corrections_of, files_to_hand
from contest_portal.results.lists.models import Shortlist, ShortlistLine
from contest_portal.results.loading import categories_of

Row = TypeVar("Row", Student, Teacher, School)


def content_of(
    office_id: int,
    contest_id: int,
    lines: Sequence[ShortlistLine],
    paths: PackagePaths,
    *,
    id_numbers: bool,
    phones: bool,
) -> Content:
    """The data of these lines. `office_id` is the sender: offices below it are named up to it."""
    entries = [line.entry for line in lines]
    corrected: dict[int, list[CorrectedFile]] = {}
    for row in corrections_of([entry.id for entry in entries]):
        corrected.setdefault(row.entry_id, []).append(row)
    categories = {one.id: one for one in categories_of(contest_id)}
    students = _unique(a.student for entry in entries for a in entry.authors if a.student)
    teachers = _unique(
        [a.teacher for entry in entries for a in entry.authors if a.teacher]
        + [tutor.teacher for entry in entries for tutor in entry.tutors]
    )
    schools = _unique(
        [entry.school for entry in entries] + [one.school for one in students] + [one.school for one in teachers]
    )
    consents = _consents([one.id for one in students])
    return Content(
        entries=tuple(
            _entry(entry, categories[entry.category_id], paths, corrected.get(entry.id, ())) for entry in entries
        ),
        offices=tuple(_offices(office_id, {one.office_id for one in schools})),
        schools=tuple(_school(one, phones=phones) for one in schools),
        students=tuple(_student(one, consents.get(one.id), id_numbers=id_numbers, phones=phones) for one in students),
        teachers=tuple(_teacher(one, id_numbers=id_numbers, phones=phones) for one in teachers),
        lists=tuple(_lists(contest_id, lines, categories)),
    )


def _unique(rows: Iterable[Row]) -> list[Row]:
    return sorted({one.id: one for one in rows}.values(), key=lambda one: one.id)


def _entry(entry: Entry, category: Category, paths: PackagePaths, corrected: Sequence[CorrectedFile]) -> EntryPart:
    rules = category.rules
    group = rules.stage_group(entry.stage_code)
    return EntryPart(
        number=entry.number or f"#{entry.id}",
        category=category.code,
        title=entry.title,
        school=f"school-{entry.school_id}",
        stage=entry.stage_code,
        stage_name=group.name if group else "",
        discipline=entry.discipline,
        summary=entry.summary,
        group_name=entry.group_name,
        completed_on=entry.completed_on,
        answers=tuple(_answer(code, value) for code, value in sorted(entry.answers.items())),
        authors=tuple(
            AuthorPart(
                f"student-{one.student_id}" if one.student_id else f"teacher-{one.teacher_id}",
                one.is_first,
                one.share_percent,
                one.duty,
            )
            for one in entry.authors
        ),
        tutors=tuple(f"teacher-{one.teacher_id}" for one in entry.tutors),
        files=tuple(_file(entry, one, category, paths) for one in files_to_hand(entry, corrected)),
    )


def _answer(code: str, value: object) -> AnswerPart:
    if isinstance(value, bool):
        return AnswerPart(code, flag=value)
    if isinstance(value, int | float):
        return AnswerPart(code, number=float(value))
    return AnswerPart(code, text=None if value is None else str(value))


def _file(entry: Entry, one: EntryFile | CorrectedFile, category: Category, paths: PackagePaths) -> FilePart:
    slot = category.rules.slot(one.slot_code)
    label = slot.label if slot else one.slot_code
    path = paths.material(category.name, entry.number or "", entry.title, label, one.file_name)
    return FilePart(one.slot_code, one.file_name, path, one.blob.sha256, one.blob.size_bytes)


def _offices(office_id: int, wanted: set[int]) -> list[OfficePart]:
    """The offices of the schools, and those between them and the sender, which comes first."""
    known = {one.id: one for one in db.session.scalars(select(Office))}
    named: dict[int, Office] = {office_id: known[office_id]}
    for one in sorted(wanted):
        current: Office | None = known[one]
        while current is not None and current.id not in named:
            named[current.id] = current
            current = known.get(current.parent_id or 0)
    return [
        OfficePart(
            key=f"office-{one.id}",
            name=one.name,
            short_name=one.short_name,
            level=one.level,  # type: ignore[arg-type]
            region_name=one.region_name,
            region_code=one.region_code,
            number_prefix=one.number_prefix,
            parent="" if one.id == office_id or one.parent_id not in named else f"office-{one.parent_id}",
        )
        for one in named.values()
    ]


def _school(one: School, *, phones: bool) -> SchoolPart:
    return SchoolPart(
        key=f"school-{one.id}",
        office=f"office-{one.office_id}",
        name=one.name,
        kind=one.kind,  # type: ignore[arg-type]
        code=one.code,
        township=one.township,
        is_urban=one.is_urban,
        school_class=one.school_class,
        contact_phone=one.contact_phone if phones else None,
    )


def _student(one: Student, consent: Consent | None, *, id_numbers: bool, phones: bool) -> StudentPart:
    return StudentPart(
        key=f"student-{one.id}",
        school=f"school-{one.school_id}",
        name=one.name,
        sex=one.sex,  # type: ignore[arg-type]
        birth_on=one.birth_on,
        grade=one.grade,
        school_year=one.school_year,
        ethnic_group=one.ethnic_group,
        class_name=one.class_name,
        id_number=one.id_number if id_numbers else None,
        guardian_phone=one.guardian_phone if phones else None,
        consent=ConsentPart(consent.guardian_name, consent.relation, consent.signed_on) if consent else None,
    )


def _teacher(one: Teacher, *, id_numbers: bool, phones: bool) -> TeacherPart:
    return TeacherPart(
        key=f"teacher-{one.id}",
        school=f"school-{one.school_id}",
        person=digest(f"handoff-{one.person_key}"),
        name=one.name,
        sex=one.sex or "",  # type: ignore[arg-type]
        birth_on=one.birth_on,
        ethnic_group=one.ethnic_group,
        position=one.position,
        job_title=one.job_title,
        subject=one.subject,
        id_number=one.id_number if id_numbers else None,
        phone=one.phone if phones else None,
    )


def _consents(student_ids: Sequence[int]) -> dict[int, Consent]:
    rows = db.session.scalars(
        select(Consent).where(Consent.student_id.in_(student_ids), Consent.withdrawn_at.is_(None)).order_by(Consent.id)
    )
    return {row.student_id: row for row in rows}


def _lists(contest_id: int, lines: Sequence[ShortlistLine], categories: dict[int, Category]) -> Iterable[ListPart]:
    """The approved list of each category, with its approval."""
    rows = db.session.execute(
        select(Shortlist, Account.name)
        .outerjoin(Account, Account.id == Shortlist.approved_by)
        .where(Shortlist.contest_id == contest_id, Shortlist.state == "approved")
        .options(joinedload(Shortlist.category))
        .order_by(Shortlist.id)
    )
    for shortlist, name in rows:
        numbers = tuple(line.entry.number or "" for line in lines if line.shortlist_id == shortlist.id)
        yield ListPart(
            category=categories[shortlist.category_id].code,
            name=categories[shortlist.category_id].name,
            version=shortlist.version,
            approved_by=name or "",
            approved_at=local(shortlist.approved_at).isoformat() if shortlist.approved_at else "",
            sha256=list_digest(numbers),
            numbers=numbers,
        )

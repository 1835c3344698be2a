"""Offices, schools and people of a sender become records of this deployment: made once, found again by every later package.

They belong to an office record of the sender below the receiving office, have no accounts, and appear in no roster of the
receiver. Called within a unit of work.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import joinedload

from contest_portal.core.clock import now
from contest_portal.core.database import Work
from contest_portal.core.sealing import digest, person_digest
from contest_portal.core.text import N_
from contest_portal.people.initials import initials_of
from contest_portal.people.models import Consent, Office, School, Student, Teacher
from contest_portal.results.handoff.models import HandoffRecord
from contest_portal.results.handoff.package.content import Content, OfficePart, SchoolPart, StudentPart, TeacherPart
from contest_portal.results.handoff.package.problems import PackageProblem


class SenderRecords:
    """The records of one sender at one receiving office, after `take` filled them from a package.

    `sender`: `handoff_taking.sender_key`.
    """

    def __init__(self, work: Work, receiver: Office, sender: str) -> None:
        self._work, self._receiver, self._sender = work, receiver, sender
        rows = work.session.scalars(
            select(HandoffRecord)
            .where(HandoffRecord.office_id == receiver.id, HandoffRecord.sender == sender)
            .options(
                joinedload(HandoffRecord.record_office),
                joinedload(HandoffRecord.school),
                joinedload(HandoffRecord.student),
                joinedload(HandoffRecord.teacher),
            )
        )
        self._known = {row.source_key: row for row in rows}
        self.offices: dict[str, Office] = {}
        self.schools: dict[str, School] = {}
        self.students: dict[str, Student] = {}
        self.teachers: dict[str, Teacher] = {}

    def take(self, content: Content) -> None:
        """Make or bring up to date everything that the package names."""
        session = self._work.session
        for office in _from_above(content.offices):
            self.offices[office.key] = self._office(office)
        session.flush()
        for school in content.schools:
            self.schools[school.key] = self._school(school)
        session.flush()
        for student in content.students:
            self.students[student.key] = self._student(student)
        for teacher in content.teachers:
            self.teachers[teacher.key] = self._teacher(teacher)
        session.flush()
        self._remember()
        self._consents(content.students)

    def _office(self, part: OfficePart) -> Office:
        row = self._known[part.key].record_office if part.key in self._known else None
        if row is None:
            row = Office(is_sender_record=True, created_at=now(), name=self._free_name(part.name))
            self._work.session.add(row)
        row.short_name, row.level, row.region_name = part.short_name or part.name[:50], part.level, part.region_name
        row.region_code, row.number_prefix = part.region_code, part.number_prefix
        row.parent_id = self.offices[part.parent].id if part.parent else self._receiver.id
        self._work.session.flush()
        return row

    def _free_name(self, name: str) -> str:
        """The name itself; where an office of that name works here, told apart."""
        taken = set(
            self._work.session.scalars(select(Office.name).where(Office.name.startswith(name[:80], autoescape=True)))
        )
        candidates = [
            name[:100],
            *(f"{name[:80]}（上报至{self._receiver.region_name[:8]}{n or ''}）" for n in range(99)),
        ]
        return next(one for one in candidates if one not in taken)

    def _school(self, part: SchoolPart) -> School:
        row = self._known[part.key].school if part.key in self._known else None
        office = self.offices[part.office]
        if row is None:
            row = School(office_id=office.id, name=self._free_school_name(office, part.name), applied_at=now())
            row.code = part.code if part.code and len(part.code) <= 10 and self._is_free_code(part.code) else None
            self._work.session.add(row)
        elif row.name != part.name and row.name.partition("（")[0] != part.name:
            row.name = self._free_school_name(office, part.name)
        row.kind, row.township, row.is_urban, row.school_class = (
            part.kind,
            part.township,
            part.is_urban,
            part.school_class,
        )
        row.state = "approved"
        if part.contact_phone is not None:
            row.contact_phone = part.contact_phone
        return row

    def _free_school_name(self, office: Office, name: str) -> str:
        """Schools that left the package's office and came again under another key are told apart by a number."""
        self._work.session.flush()
        taken = set(self._work.session.scalars(select(School.name).where(School.office_id == office.id)))
        return next(one for n in range(1, 1000) if (one := name if n == 1 else f"{name[:90]}（{n}）") not in taken)

    def _is_free_code(self, code: str) -> bool:
        return self._work.session.scalar(select(School.id).where(School.code == code)) is None

    def _student(self, part: StudentPart) -> Student:
        row = self._known[part.key].student if part.key in self._known else None
        school = self.schools[part.school]
        if row is not None and row.erased_at is not None:
            return row  # erased here: what the sender still has of the pupil is not written down again
        if row is None:
            row = Student(office_id=school.office_id, state="active")
            self._work.session.add(row)
        row.school_id, row.name, row.initials, row.sex = school.id, part.name, initials_of(part.name)[:20], part.sex
        row.birth_on, row.ethnic_group, row.grade = part.birth_on, part.ethnic_group, part.grade
        row.class_name, row.school_year, row.updated_at = part.class_name, part.school_year, now()
        if part.id_number is not None and self._may_have_number(row, school, part.id_number):
            row.id_number, row.id_digest = part.id_number, person_digest(part.id_number)
        if part.guardian_phone is not None:
            row.guardian_phone = part.guardian_phone
        return row

    def _may_have_number(self, row: Student, school: School, number: str) -> bool:
        """The sender may have two records of one pupil; the number stands in the first."""
        holder = self._work.session.scalar(
            select(Student.id).where(Student.office_id == school.office_id, Student.id_digest == person_digest(number))
        )
        return holder is None or holder == row.id

    def _teacher(self, part: TeacherPart) -> Teacher:
        row = self._known[part.key].teacher if part.key in self._known else None
        school = self.schools[part.school]
        if row is not None and row.erased_at is not None:
            return row
        if row is None:
            row = Teacher(office_id=school.office_id, state="active")
            self._work.session.add(row)
        row.school_id, row.name, row.initials = school.id, part.name, initials_of(part.name)[:20]
        row.person_key = digest(f"{self._receiver.id}|{self._sender}|{part.person}")
        row.sex, row.birth_on, row.ethnic_group = part.sex or None, part.birth_on, part.ethnic_group
        row.position, row.job_title, row.subject = part.position, part.job_title, part.subject
        row.updated_at = now()
        if part.id_number is not None:
            row.id_number, row.id_digest = part.id_number, person_digest(part.id_number)
        if part.phone is not None:
            row.phone, row.phone_digest = part.phone, person_digest(part.phone)
        return row

    def _consents(self, parts: Sequence[StudentPart]) -> None:
        """Those of the package, for who has none here; two statements."""
        given = {
            self.students[part.key].id: part.consent
            for part in parts
            if part.consent is not None and self.students[part.key].erased_at is None
        }
        known = set(
            self._work.session.scalars(
                select(Consent.student_id).where(Consent.student_id.in_(given), Consent.withdrawn_at.is_(None))
            )
        )
        rows = [
            {
                "student_id": student_id,
                "guardian_name": one.guardian_name,
                "relation": one.relation,
                "signed_on": one.signed_on,
                "form": "paper",
                "recorded_at": now(),
            }
            for student_id, one in given.items()
            if student_id not in known
        ]
        if rows:
            self._work.session.execute(insert(Consent), rows)

    def _remember(self) -> None:
        """What is new, in one statement."""
        found = [
            *((key, "record_office_id", one.id) for key, one in self.offices.items()),
            *((key, "school_id", one.id) for key, one in self.schools.items()),
            *((key, "student_id", one.id) for key, one in self.students.items()),
            *((key, "teacher_id", one.id) for key, one in self.teachers.items()),
        ]
        columns = ("record_office_id", "school_id", "student_id", "teacher_id")
        common = {"office_id": self._receiver.id, "sender": self._sender}
        rows = [
            {**common, "source_key": key, **dict.fromkeys(columns), column: row_id}
            for key, column, row_id in found
            if key not in self._known
        ]
        if rows:
            self._work.session.execute(insert(HandoffRecord), rows)


def _from_above(offices: tuple[OfficePart, ...]) -> list[OfficePart]:
    """Each after the one it hands up to."""
    waiting, done, placed = list(offices), [], {""}
    while waiting:
        ready = [one for one in waiting if one.parent in placed]
        if not ready:
            raise PackageProblem("not_a_package", N_("上报包里各单位的上下级关系成了一个圈。"))
        done += ready
        placed |= {one.key for one in ready}
        waiting = [one for one in waiting if one.key not in placed]
    return done

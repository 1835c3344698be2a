"""The site before the night: an office, its schools with their teachers and pupils, an open contest, half of the drafts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import flask_migrate
from sqlalchemy import insert, inspect, select, update

from benchmarks.deadline.plan import MB, Visit
from contest_portal import create_app
from contest_portal.contests.models import Category, Contest
from contest_portal.core.actor import Role
from contest_portal.core.clock import now, today
from contest_portal.core.database import db
from contest_portal.core.models import Job
from contest_portal.core.sealing import person_digest
from contest_portal.entries.models import Entry
from contest_portal.entries.services.drafts import create_draft
from contest_portal.people.models import Account, Consent, Membership, School, Student, Teacher
from contest_portal.people.passwords import hash_password
from contest_portal.settings import Settings

PASSWORD = "guanhe-2018"  # noqa: S105 - of made-up people
OFFICE_LOGIN = "kexie"
LARGEST_PICTURE = 20 * MB


@dataclass(frozen=True)
class Person:
    """A teacher as the run knows him: where he signs in, for which pupil he sends what in. `entry_id`: his draft."""

    login: str
    address: str
    pupil_id: int
    pupil_name: str
    entry_id: int | None


@dataclass(frozen=True)
class Place:
    """The prepared site. `people` stand in the order of the visits."""

    instance: Path
    database_url: str
    contest_id: int
    category_id: int
    people: list[Person]

    @contextmanager
    def application(self) -> Iterator[None]:
        """The site's records, for this process to read."""
        app = create_app(Settings(instance=self.instance, database_url=self.database_url, jobs_embedded=False))
        with app.app_context():
            yield
            db.session.remove()
            db.engine.dispose()

    def close_at(self, moment: float) -> None:
        """Set the deadline, in seconds of the epoch; it counts in whole seconds."""
        closes_at = datetime.fromtimestamp(moment, UTC)
        with self.application():
            db.session.execute(
                update(Contest).where(Contest.id == self.contest_id).values(submission_closes_at=closes_at)
            )
            db.session.commit()

    def jobs_left(self) -> Counter[str]:
        """How many jobs of each state and kind are not done."""
        with self.application():
            rows = db.session.execute(select(Job.state, Job.kind).where(Job.state != "done"))
            return Counter(f"{state} {kind}" for state, kind in rows)


def prepare(instance: Path, database_url: str, visits: list[Visit], schools: int, grace_seconds: int) -> Place:
    """Everybody signs in with one password, which is hashed once."""
    app = create_app(Settings(instance=instance, database_url=database_url, jobs_embedded=False))
    with app.app_context():
        flask_migrate.upgrade()
        contest_id, category_id, people = _filled(visits, schools, grace_seconds)
        db.session.remove()
        db.engine.dispose()
    return Place(instance, database_url, contest_id, category_id, people)


def _filled(visits: list[Visit], schools: int, grace_seconds: int) -> tuple[int, int, list[Person]]:
    from tests.factories import make_account, make_contest, make_office

    office, secret = make_office(), hash_password(PASSWORD)
    staff = db.session.get_one(Account, make_account(Role.OFFICE, office=office).account_id)
    staff.login_name, staff.password_hash = OFFICE_LOGIN, secret
    contest = make_contest(office, grace_seconds=grace_seconds)
    category = next(one for one in contest.categories if one.code == "KH")
    _widen(category)
    rows = [
        School(office_id=office.id, name=f"第{number:03d}小学", kind="primary", state="approved", applied_at=now())
        for number in range(schools)
    ]
    db.session.add_all(rows)
    db.session.commit()
    people = [_Row(visit, rows[visit.number % schools]) for visit in visits]
    _add([one.teacher for one in people], [one.pupil for one in people], [one.account(secret) for one in people])
    _add([one.consent() for one in people], [one.membership() for one in people])
    drafts = _drafts(category, [one for one in people if one.visit.has_draft])
    return contest.id, category.id, [one.person(schools, drafts.get(one.visit.number)) for one in people]


def _widen(category: Category) -> None:
    """The office takes larger pictures, and as many of a school as there are teachers."""
    document = dict(category.rules_document)
    document["school_quota"] = None
    slot = dict(document["slots"][0], max_bytes=LARGEST_PICTURE)
    category.rules_document = {**document, "slots": [slot, *document["slots"][1:]]}


def _add(*groups: list[Any]) -> None:
    for group in groups:
        db.session.add_all(group)
    db.session.commit()


class _Row:
    """The records of one teacher and the pupil he sends a picture of."""

    def __init__(self, visit: Visit, school: School) -> None:
        from tests.factories import id_number

        number = visit.number
        self.visit, self.school = visit, school
        born = date(today().year - 10, 1, 12) + timedelta(days=number // 400)
        self.teacher = Teacher(
            office_id=school.office_id,
            school_id=school.id,
            name=f"教师{number:04d}",
            person_key=f"deadline-{number}",
            updated_at=now(),
        )
        card = id_number(born, "男", number % 400)
        self.pupil = Student(
            office_id=school.office_id,
            school_id=school.id,
            name=f"学生{number:04d}",
            initials="xs",
            sex="男",
            birth_on=born,
            ethnic_group="汉族",
            id_number=card,
            id_digest=person_digest(card),
            grade=4,
            class_name="3班",
            school_year=today().year - 1,
            updated_at=now(),
        )

    def account(self, secret: str) -> Account:
        number = self.visit.number
        self.row = Account(login_name=f"js{number:04d}", name=self.teacher.name, password_hash=secret, created_at=now())
        return self.row

    def consent(self) -> Consent:
        return Consent(
            student_id=self.pupil.id,
            guardian_name="张某",
            relation="父亲",
            signed_on=today(),
            form="paper",
            recorded_at=now(),
        )

    def membership(self) -> Membership:
        self.member = Membership(
            account_id=self.row.id,
            role=str(Role.TEACHER),
            office_id=self.school.office_id,
            school_id=self.school.id,
            teacher_id=self.teacher.id,
            created_at=now(),
        )
        return self.member

    def person(self, schools: int, entry_id: int | None) -> Person:
        place = self.visit.number % schools  # a school's browsers share the address of its line
        address = f"10.20.{place // 200}.{place % 200 + 1}"
        return Person(self.row.login_name or "", address, self.pupil.id, self.pupil.name, entry_id)


def _drafts(category: Category, people: list[_Row]) -> dict[int, int]:
    """The number of a visit → its empty draft: the first made by the service, the others after its likeness."""
    from contest_portal.people.sessions import actor_of

    if not people:
        return {}
    first = people[0]
    made = create_draft(actor_of(first.row), category.contest_id, category.id, first.school.id)
    columns = [column.key for column in inspect(Entry).column_attrs if column.key != "id"]
    like = {name: getattr(made, name) for name in columns}
    others = [{**like, "school_id": one.school.id, "created_by": one.row.id} for one in people[1:]]
    if others:
        db.session.execute(insert(Entry), others)
        db.session.commit()
    rows = db.session.execute(select(Entry.created_by, Entry.id))
    made_by = {row.created_by: row.id for row in rows}
    return {one.visit.number: made_by[one.row.id] for one in people}

"""Rows that tests need, made directly: each function makes one thing with sensible values and commits it."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

from flask.testing import FlaskClient

from contest_portal.contests.models import Category, Contest
from contest_portal.contests.template_file import load_template
from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.sealing import digest
from contest_portal.people.initials import initials_of
from contest_portal.people.models import Account, Consent, Membership, Office, School, Student, Teacher
from contest_portal.people.sessions import actor_of, begin_session

_serial = itertools.count(1)
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def made(row: Any) -> Any:
    """Add and commit one row."""
    db.session.add(row)
    db.session.commit()
    return row


def id_number(birth_on: date, sex: str = "男", serial: int | None = None) -> str:
    """A made-up ID number (area prefix 990000, which nobody has) with a right check digit (GB 11643)."""
    number = next(_serial) if serial is None else serial
    order = (number * 2 + (1 if sex == "男" else 0)) % 1000
    body = f"990000{birth_on:%Y%m%d}{order:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, ID_WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def make_office(name: str = "甘州区科学技术协会", parent: Office | None = None, **values: Any) -> Office:
    row = Office(
        name=name,
        short_name=values.pop("short_name", name.removesuffix("学技术协会") + "协"),
        level=values.pop("level", "district"),
        region_name=values.pop("region_name", name[:3]),
        region_code=values.pop("region_code", "990000"),
        number_prefix=values.pop("number_prefix", "GZ"),
        parent_id=parent.id if parent else None,
        created_at=now(),
        **values,
    )
    return made(row)


def make_school(office: Office, name: str = "西关小学", **values: Any) -> School:
    kind = values.pop("kind", "primary" if "小学" in name else "complete")
    row = School(
        office_id=office.id, name=name, kind=kind, state=values.pop("state", "approved"), applied_at=now(), **values
    )
    return made(row)


def make_account(
    role: Role | str,
    *,
    office: Office | None = None,
    school: School | None = None,
    teacher: Teacher | None = None,
    name: str = "",
) -> Actor:
    """An account with one membership, as the actor that services take."""
    number = next(_serial)
    account = made(Account(login_name=f"user{number}", name=name or f"测试{number}", created_at=now()))
    add_membership(account, role, office=office, school=school, teacher=teacher)
    return actor_of(account)


def add_membership(
    account: Account,
    role: Role | str,
    *,
    office: Office | None = None,
    school: School | None = None,
    teacher: Teacher | None = None,
) -> Membership:
    office_id = office.id if office else school.office_id  # type: ignore[union-attr]
    row = Membership(
        account_id=account.id,
        role=str(role),
        office_id=office_id,
        school_id=school.id if school else None,
        teacher_id=teacher.id if teacher else None,
        created_at=now(),
    )
    return made(row)


def make_teacher(school: School, name: str = "李老师", **values: Any) -> Teacher:
    row = Teacher(
        office_id=school.office_id,
        school_id=school.id,
        name=name,
        initials=initials_of(name),
        person_key=values.pop("person_key", f"teacher-{next(_serial)}"),
        updated_at=now(),
        **values,
    )
    return made(row)


def make_student(
    school: School, name: str = "张晓明", *, born: date = date(2008, 5, 12), grade: int = 4, **values: Any
) -> Student:
    sex = values.pop("sex", "男")
    number = values.pop("id_number", id_number(born, sex))
    row = Student(
        office_id=school.office_id,
        school_id=school.id,
        name=name,
        initials=initials_of(name),
        sex=sex,
        birth_on=born,
        ethnic_group=values.pop("ethnic_group", "汉族"),
        id_number=number,
        id_digest=digest(number),
        grade=grade,
        school_year=values.pop("school_year", 2017),
        updated_at=now(),
        **values,
    )
    return made(row)


def make_consent(student: Student) -> Consent:
    row = Consent(
        student_id=student.id,
        guardian_name="张某",
        relation="父亲",
        signed_on=date(2018, 3, 1),
        form="paper",
        recorded_at=now(),
    )
    return made(row)


def make_contest(office: Office, template: str = "castic-district-2018", **values: Any) -> Contest:
    """An open contest with the template's categories, submission open for thirty days from now."""
    rules = load_template(template)
    row = Contest(
        office_id=office.id,
        name=values.pop("name", f"2018年{office.region_name}青少年科技创新大赛"),
        year=values.pop("year", 2018),
        template_code=rules.code,
        template_version=rules.version,
        state=values.pop("state", "open"),
        number_pattern=rules.number_pattern,
        number_prefix=office.number_prefix,
        return_reasons=list(rules.return_reasons),
        submission_opens_at=values.pop("submission_opens_at", now() - timedelta(days=1)),
        submission_closes_at=values.pop("submission_closes_at", now() + timedelta(days=30)),
        created_at=now(),
        **values,
    )
    for position, category in enumerate(rules.categories, start=1):
        row.categories.append(
            Category(
                code=category.code,
                name=category.name,
                measure=category.measure,
                position=position,
                rules_document=category.to_dict(),
            )
        )
    return made(row)


def sign_in(client: FlaskClient, actor: Actor) -> FlaskClient:
    """Sign the test client in as the actor, without the login page."""
    account = db.session.get_one(Account, actor.account_id)
    token = begin_session(account)
    db.session.commit()
    with client.session_transaction() as session:
        session["_user_id"] = token
        session["_fresh"] = True
    return client

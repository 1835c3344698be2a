"""Forms of judges and schools leave the telephone out that is known; an empty field leaves it as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.core.actor import Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.sealing import person_digest
from contest_portal.judging.models import Judge
from contest_portal.people.models import Office, School
from tests.factories import made, make_account, make_office, make_school, sign_in

PHONE, MASKED, OTHER = "13900000073", "139****0073", "13900000074"


@dataclass
class Kept:
    """A page on which a telephone is known, what else its form sends, and what is kept now."""

    page: str
    field: str
    fields: dict[str, Any]
    row: School | Judge

    @property
    def phone(self) -> str | None:
        db.session.expire_all()
        return self.row.contact_phone if isinstance(self.row, School) else self.row.phone


@pytest.fixture(params=["school", "judge"])
def kept(request: pytest.FixtureRequest, app: Flask) -> Kept:
    office = make_office()
    if request.param == "school":
        school = make_school(office, contact_phone=PHONE)
        fields = {"name": school.name, "kind": "primary", "area": "urban"}
        return Kept(f"/schools/{school.id}/edit", "contact_phone", fields, school)
    judge = made(
        Judge(
            office_id=office.id, name="钱程", phone=PHONE, phone_digest=person_digest(PHONE), employer="", job_title="",
            expertise=[], state="invited", created_at=now(),
        )
    )  # fmt: skip
    return Kept(f"/office/judges/{judge.id}/edit", "phone", {"name": "钱程"}, judge)


def test_the_form_shows_a_part_of_the_number_and_an_empty_field_changes_nothing(
    kept: Kept, client: FlaskClient
) -> None:
    sign_in(client, make_account(Role.OFFICE, office=db.session.scalars(select(Office)).one()))

    def send(phone: str) -> int:
        version = {"version": kept.row.version} if isinstance(kept.row, School) else {}
        return client.post(kept.page, data={**kept.fields, **version, kept.field: phone}).status_code

    page = client.get(kept.page).text
    assert PHONE not in page
    assert MASKED in page
    assert (send(" "), kept.phone) == (302, PHONE)
    assert (send("139"), kept.phone) == (422, PHONE)
    assert (send(OTHER), kept.phone) == (302, OTHER)

"""Whose trail an act stands in where who acted has no office: a visitor, somebody who fails to sign in, the console."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest_portal.core.actor import Role, console_actor
from contest_portal.core.clock import now
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.sealing import person_digest
from contest_portal.judging.models import Judge
from contest_portal.judging.services.answers import decline_invitation
from contest_portal.people.models import Office
from contest_portal.people.services import invitations
from contest_portal.people.services.accounts import create_account
from contest_portal.people.services.joining import join_with_new_account
from contest_portal.people.services.schools import SchoolData, apply_school
from contest_portal.people.services.signing_in import open_session, sign_in
from contest_portal.people.services.tries import SignInRefused
from contest_portal.people.sessions import visitor
from tests.factories import make_account, make_office
from tests.factories import sign_in as sign_in_client

WORDS = "家里有人生病"


@pytest.fixture
def offices(app: Flask) -> tuple[Office, Office]:
    """Ours, and another one in which visitors did this and that."""
    ours, theirs = make_office(), make_office("临泽县科学技术协会", number_prefix="LZ", region_code="990001")
    staff = make_account(Role.OFFICE, office=theirs)
    create_account(
        console_actor(), name="王芳", role=Role.JUDGE, office_id=theirs.id, login_name="wangfang", password="heihe-2018"
    )
    for _ in range(5):
        with pytest.raises(SignInRefused):
            sign_in(visitor(), "wangfang", "wrong-wrong")
    code = invitations.invite_staff(staff, theirs.id, Role.OFFICE, "赵强").code
    account, membership = join_with_new_account(visitor(), code, login_name="zhaoqiang", password="qilian-xueshan-7")
    open_session(visitor(), account.id, membership.id)
    judge = make_judge_of(theirs)
    decline_invitation(visitor(), invitations.invite_judge(staff, theirs.id, judge, "钱程").code, WORDS)
    apply_school(
        visitor(), theirs.id, SchoolData("南关小学", "primary", contact_name="李明", contact_phone="13812345678")
    )
    with unit_of_work(console_actor(), "core.backup") as work:
        work.record(("backup", 77), after={"place": "/srv/secret"}, why="每晚")
    return ours, theirs


def make_judge_of(office: Office) -> int:
    row = Judge(
        office_id=office.id, name="钱程", phone="13900000001", phone_digest=person_digest("13900000001"), employer="",
        job_title="", expertise=[], state="invited", created_at=now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    return row.id


def told(client: FlaskClient, office: Office, query: str = "") -> list[dict[str, Any]]:
    sign_in_client(client, make_account(Role.SUPERVISOR, office=office))
    lines = client.get(f"/office/audit/export?format=jsonl&{query}").get_data(as_text=True).splitlines()
    return [json.loads(line) for line in lines]


VISITORS = {
    "people.sign_in_failed", "people.join", "people.sign_in", "judging.decline_invitation", "people.apply_school",
}  # fmt: skip


def test_acts_of_visitors_stand_in_the_trail_of_the_office_that_they_are_about(
    offices: tuple[Office, Office], app: Flask
) -> None:
    ours, theirs = offices
    assert not VISITORS & {one["action"] for one in told(app.test_client(), ours)}
    found = {one["action"]: one for one in told(app.test_client(), theirs)}
    assert set(found) >= VISITORS
    assert found["judging.decline_invitation"]["why"] == WORDS
    assert found["people.apply_school"]["after"]["name"] == "南关小学"


def test_of_acts_that_are_no_offices_little_is_told_and_nothing_found(
    offices: tuple[Office, Office], app: Flask
) -> None:
    (one,) = [row for row in told(app.test_client(), offices[0]) if row["action"] == "core.backup"]
    assert (one["object_type"], one["object_id"], one["actor"]) == ("backup", 77, "console")
    hidden = ("account_id", "school_id", "before", "after", "why", "address", "request_id")
    assert not [name for name in hidden if one[name]]
    page = sign_in_client(app.test_client(), make_account(Role.SUPERVISOR, office=offices[0])).get("/office/audit").text
    assert "77" in page
    assert "/srv/secret" not in page
    for query in ("text=secret", "text=每晚"):
        assert told(app.test_client(), offices[0], query) == []

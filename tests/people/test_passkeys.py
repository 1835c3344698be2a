"""Passkeys over HTTP: what is asked is answered once, by the right key, for this site, within its time."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.core.actor import Role, console_actor
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.people.models import LoginSession, Passkey
from contest_portal.people.services.accounts import create_account
from tests.factories import make_office
from tests.people.soft_key import SoftKey

PASSWORD = "badan-jilin-shamo"
PAGE = "/account/second-factor/passkeys"
ASKING = "act=people.end_session&next=/work"


@pytest.fixture
def office_id(app: Flask) -> int:
    return make_office().id


def signed_in(app: Flask, office_id: int, name: str) -> FlaskClient:
    create_account(
        console_actor(), name="赵文静", role=Role.OFFICE, office_id=office_id, login_name=name, password=PASSWORD
    )
    client = app.test_client()
    log_in(client, name)
    return client


def log_in(client: FlaskClient, name: str) -> str:
    return str(client.post("/login", data={"name": name, "password": PASSWORD}).location)


def add(client: FlaskClient, key: SoftKey, **changed: Any) -> Any:
    options = client.post(f"{PAGE}/ask").get_json() | changed
    return client.post(PAGE, data={"name": "办公室电脑", "passkey": key.made(options)})


def asked(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.post("/login/factor/passkey").get_json()
    return found


@pytest.fixture
def key(app: Flask, office_id: int) -> SoftKey:
    """The key of `zhao`, whose browser has signed out."""
    client, key = signed_in(app, office_id, "zhao"), SoftKey()
    assert "您的恢复码" in add(client, key).text
    return key


def test_a_key_signs_in_and_says_when(app: Flask, key: SoftKey) -> None:
    client = app.test_client()
    assert log_in(client, "zhao") == "/login/factor"
    options = asked(client)
    assert [one["id"] for one in options["allowCredentials"]] == [json.loads(key.signed(options))["id"]]
    assert client.post("/login/factor", data={"passkey": key.signed(options)}).location == "/work"
    row = db.session.scalars(select(Passkey)).one()
    assert (row.name, row.sign_count, row.used_at is not None) == ("办公室电脑", key.count, True)


def test_a_key_alone_confirms_only_where_it_knows_its_owner(app: Flask, key: SoftKey, clock: MovingClock) -> None:
    client = app.test_client()
    log_in(client, "zhao")
    key.knows_owner = False  # beside the password it is enough that the key is there
    assert client.post("/login/factor", data={"passkey": key.signed(asked(client))}).location == "/work"
    clock.advance(minutes=60)
    for knows_owner, is_confirmed in ((False, False), (True, True)):
        key.knows_owner = knows_owner
        options = client.post("/account/confirm/passkey").get_json()
        assert options["userVerification"] == "required"
        answer = {"again-password": "", "passkey": key.signed(options)}
        page = client.post(f"/account/confirm?{ASKING}", data=answer)
        assert page.status_code == (200 if knows_owner else 422)
        db.session.expire_all()
        session = db.session.scalars(select(LoginSession).order_by(LoginSession.id.desc())).first()
        assert session is not None
        assert (
            session.confirmed_at is not None and session.confirmed_at >= clock.now() - timedelta(minutes=1)
        ) is is_confirmed


def test_an_answer_is_taken_once(app: Flask, key: SoftKey) -> None:
    first, second = app.test_client(), app.test_client()
    for client in (first, second):
        log_in(client, "zhao")
    options = asked(first)
    answer = key.signed(options)
    assert second.post("/login/factor", data={"passkey": answer}).status_code == 422
    assert first.post("/login/factor", data={"passkey": answer}).location == "/work"
    log_in(second, "zhao")
    asked(second)
    assert second.post("/login/factor", data={"passkey": answer}).status_code == 422


def test_a_wrong_answer_uses_the_question_up(app: Flask, key: SoftKey) -> None:
    client = app.test_client()
    log_in(client, "zhao")
    options = asked(client)
    assert client.post("/login/factor", data={"passkey": "{}"}).status_code == 422
    page = client.post("/login/factor", data={"passkey": key.signed(options)})
    assert (page.status_code, "已超时" in page.text) == (422, True)


def test_a_question_is_good_for_five_minutes(app: Flask, key: SoftKey, clock: MovingClock) -> None:
    client = app.test_client()
    log_in(client, "zhao")
    options = asked(client)
    clock.advance(seconds=301)
    assert client.post("/login/factor", data={"passkey": key.signed(options)}).status_code == 422


@pytest.mark.parametrize(
    "changed",
    [{"origin": "http://evil.example"}, {"origin": "https://localhost"}, {"host": "evil.example"}, {"count": -1}, {"id": b"x" * 16}],
)  # fmt: skip
def test_an_answer_for_another_site_or_of_a_copied_key_is_refused(
    app: Flask, key: SoftKey, changed: dict[str, Any]
) -> None:
    client = app.test_client()
    log_in(client, "zhao")
    assert client.post("/login/factor", data={"passkey": key.signed(asked(client))}).location == "/work"
    client.post("/logout")
    for name, value in changed.items():
        setattr(key, name, value)
    log_in(client, "zhao")
    assert client.post("/login/factor", data={"passkey": key.signed(asked(client))}).status_code == 422
    assert client.get("/work").location == "/login?next=/work"


def test_the_key_of_somebody_else_signs_nobody_in(app: Flask, key: SoftKey, office_id: int) -> None:
    other = SoftKey()
    add(signed_in(app, office_id, "chen"), other)
    client = app.test_client()
    log_in(client, "zhao")
    assert client.post("/login/factor", data={"passkey": other.signed(asked(client))}).status_code == 422


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", "x", '{"id": "1"}', "9" * 30_000, '{"id": 1, "response": []}']
)
def test_what_is_no_answer_is_refused(app: Flask, office_id: int, answer: str) -> None:
    client = signed_in(app, office_id, "zhao")
    client.post(f"{PAGE}/ask")
    assert client.post(PAGE, data={"name": "手机", "passkey": answer}).status_code == 422
    add(client, SoftKey())
    client.post("/logout")
    log_in(client, "zhao")
    asked(client)
    assert client.post("/login/factor", data={"passkey": answer}).status_code == 422


def test_a_key_made_for_another_question_or_twice_is_not_registered(app: Flask, office_id: int) -> None:
    client, key = signed_in(app, office_id, "zhao"), SoftKey()
    assert add(client, key, challenge="AAAA").status_code == 422
    assert add(client, SoftKey(origin="http://evil.example")).status_code == 422
    assert add(client, key).status_code == 200
    again = add(client, key)
    assert (again.status_code, "已经登记过了" in again.text) == (422, True)
    assert add(client, SoftKey()).location == "/account/second-factor"
    assert len(db.session.scalars(select(Passkey)).all()) == 2


def test_a_key_goes_after_the_password(app: Flask, key: SoftKey) -> None:
    client = app.test_client()
    log_in(client, "zhao")
    client.post("/login/factor", data={"passkey": key.signed(asked(client))})
    path = f"{PAGE}/{db.session.scalars(select(Passkey.id)).one()}/remove"
    assert "办公室电脑" in client.get(path).text
    assert client.post(path, data={"password": "falsch-falsch"}).status_code == 422
    assert client.post(path, data={"password": PASSWORD}).location == "/account/second-factor"
    client.post("/logout")
    assert log_in(client, "zhao") == "/work"


def test_who_awaits_nothing_is_asked_nothing(app: Flask, office_id: int) -> None:
    assert app.test_client().post("/login/factor/passkey").status_code == 409
    assert app.test_client().get("/login/factor").location == "/login"

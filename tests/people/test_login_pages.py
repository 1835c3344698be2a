"""Signing in by the pages: onward paths, kept forms, expired sessions, delays, one's own account."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from contest_portal import create_app
from contest_portal.core import kept_forms
from contest_portal.core.actor import Role, console_actor
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.models import AuditRecord
from contest_portal.people.models import Account, School
from contest_portal.people.services.accounts import add_membership, create_account, set_password
from contest_portal.people.sessions import accounts_lately_at, begin_session
from contest_portal.people.views.account import local_path
from contest_portal.settings import Settings
from tests.conftest import START
from tests.factories import make_account, make_office, make_school, sign_in

PASSWORD = "heihe-2018"


@pytest.fixture
def manager(app: Flask) -> Account:
    school = make_school(make_office())
    return create_account(
        console_actor(), name="王芳", role=Role.SCHOOL_MANAGER, office_id=school.office_id, school_id=school.id,
        login_name="wangfang", phone="13812345678", password=PASSWORD,
    )  # fmt: skip


def log_in(client: FlaskClient, password: str = PASSWORD, **fields: str) -> TestResponse:
    return client.post("/login", data={"name": "13812345678", "password": password, **fields})


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/schools?page=2", "/schools?page=2"),
        ("", ""),
        ("//evil.example/x", ""),
        ("https://evil.example/", ""),
        ("/\\evil.example", ""),
        ("javascript:alert(1)", ""),
        ("schools", ""),
        ("/a\nb", ""),
    ],
)
def test_only_paths_of_this_site_are_gone_to(target: str, path: str) -> None:
    assert local_path(target) == path


def test_signing_in_leads_to_the_start_page_or_where_one_was(client: FlaskClient, manager: Account) -> None:
    assert client.get("/school").location == "/login?next=/school"
    assert 'value="/school"' in client.get("/login?next=/school").text
    assert log_in(client, next="/school").location == "/school"
    page = client.get("/school")
    assert (page.status_code, "西关小学" in page.text) == (200, True)
    assert client.get("/login").location == "/work"
    page = client.get("/work")
    assert "王芳，您好" in page.text
    assert 'href="/school/accounts"' in page.text
    client.post("/logout")
    assert client.get("/work").location == "/login?next=/work"


def test_a_foreign_onward_address_is_not_followed(client: FlaskClient, manager: Account) -> None:
    assert log_in(client, next="https://evil.example/").location == "/work"


def test_a_wrong_password_keeps_the_name_and_says_so(client: FlaskClient, manager: Account) -> None:
    page = log_in(client, "wrong-wrong")
    assert page.status_code == 422
    assert 'value="13812345678"' in page.text
    assert "密码不正确" in page.text
    assert "wrong-wrong" not in page.text


def test_the_page_says_when_to_try_again(client: FlaskClient, manager: Account, clock: MovingClock) -> None:
    for _ in range(5):
        page = log_in(client, "wrong-wrong")
    assert "09:00:30" in page.text
    assert "请在 09:00:30 之后再试" in log_in(client).text
    clock.advance(seconds=31)
    assert log_in(client).status_code == 302


def test_what_was_typed_comes_back_after_the_session_ran_out(
    client: FlaskClient, manager: Account, clock: MovingClock
) -> None:
    log_in(client)
    clock.advance(hours=3)
    typed = {
        "address": "甘州区西环路 1 号",
        "contact_name": "王芳",
        "authors-0-person": "student-6001",
        "next": "review",
        "version": "1",
        "csrf_token": "old",
    }
    answer = client.post("/school", data=typed, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.location.startswith("/login?kept=")
    page = client.get(answer.location)
    assert "已经保留" in page.text
    token = answer.location.partition("kept=")[2]
    onward = log_in(client, kept=token).location
    assert onward == f"/resume/{token}"
    page = client.get(onward)
    assert '<ul class="typed"><li>甘州区西环路 1 号</li><li>王芳</li></ul>' in page.text
    assert "（2 项）" in page.text
    fields = dict(re.findall(r'<input type="hidden" name="([-\w]+)" value="([^"]*)">', page.text))
    target = re.findall(r'<form method="post" action="(/school)"', page.text)[0]
    assert client.post(target, data=fields).status_code == 302
    assert db.session.get_one(School, 1).address == "甘州区西环路 1 号"


def test_what_was_typed_is_given_to_nobody_else(
    client: FlaskClient, manager: Account, clock: MovingClock, app: Flask
) -> None:
    log_in(client)
    clock.advance(hours=3)
    headers = {"Sec-Fetch-Site": "same-origin"}
    location = client.post("/school", data={"address": "甘州区西环路 1 号"}, headers=headers).location
    token = location.partition("kept=")[2]
    other = make_account(Role.OFFICE, office=db.session.get_one(School, 1).office)
    assert sign_in(app.test_client(), other).get(f"/resume/{token}").location == "/work"
    log_in(client)
    assert "甘州区西环路 1 号" in client.get(f"/resume/{token}").text


def test_visitors_cannot_fill_the_database_with_kept_forms(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_forms, "MOST_OF_NOBODY", 2)
    headers = {"Sec-Fetch-Site": "same-origin"}
    answers = [client.post("/school", data={"address": "甘州区"}, headers=headers).location for _ in range(4)]
    assert [bool(one.partition("kept=")[2]) for one in answers] == [True, True, False, False]
    long = client.post("/school?x=" + "甘" * 200, data={"address": "甘州区"}, headers=headers)
    assert long.status_code == 302


def test_one_visitor_takes_no_room_of_others(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_forms, "MOST_OF_ONE", 2)

    def keeps(address: str) -> bool:
        answer = client.post(
            "/school", data={"address": "甘州区"}, headers={"Sec-Fetch-Site": "same-origin"},
            environ_base={"REMOTE_ADDR": address},
        )  # fmt: skip
        return bool(answer.location.partition("kept=")[2])

    assert [keeps(one) for one in ("10.0.0.9", "10.0.0.9", "10.0.0.9", "10.0.0.8")] == [True, True, False, True]
    assert [keeps(f"2001:db8:7:1::{n}") for n in (1, 2, 3)] == [True, True, False]
    assert keeps("2001:db8:7:2::1")


def test_the_code_of_an_invitation_is_not_kept_readable(client: FlaskClient) -> None:
    code = "7K3M-0QXZ-94TB-HVWA"
    answer = client.post(f"/i/{code}/add", data={"why": "甘州区"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert "kept=" in answer.location
    with db.engine.connect() as connection:
        rows = connection.exec_driver_sql("select * from kept_form").all()
    assert len(rows) == 1
    assert "7K3M" not in repr([bytes(one) if isinstance(one, memoryview) else one for one in rows[0]])
    kept = kept_forms.take(answer.location.partition("kept=")[2], None)
    assert kept == (f"/i/{code}/add", [("why", "甘州区")])


def test_a_kept_form_that_is_gone_leads_to_the_start_page(client: FlaskClient, manager: Account) -> None:
    assert log_in(client, kept="nonsense").location == "/resume/nonsense"
    assert client.get("/resume/nonsense").location == "/work"


def test_a_password_set_by_somebody_else_has_to_be_changed_first(client: FlaskClient, manager: Account) -> None:
    set_password(console_actor(), manager.id, "von-anderen-1", must_change=True)
    log_in(client, "von-anderen-1")
    assert client.get("/school").location == "/account/password"
    page = client.post(
        "/account/password",
        data={"old_password": "von-anderen-1", "new_password": PASSWORD, "repeat_password": "other-other"},
    )
    assert "两次输入的密码不一致" in page.text
    answer = client.post(
        "/account/password",
        data={"old_password": "von-anderen-1", "new_password": PASSWORD, "repeat_password": PASSWORD},
    )
    assert answer.location == "/account"
    assert client.get("/school").status_code == 200


def test_one_switches_between_memberships(client: FlaskClient, manager: Account) -> None:
    row = add_membership(console_actor(), manager.id, Role.JUDGE, office_id=1)
    log_in(client)
    page = client.get("/account")
    assert "评委" in page.text
    assert "138****5678" in page.text
    assert client.post("/account/membership", data={"membership_id": str(row.id)}).location == "/work"
    assert client.get("/school").status_code == 403
    assert client.post("/account/membership", data={"membership_id": "999"}).status_code == 404


def test_a_page_of_another_membership_offers_to_switch(client: FlaskClient, manager: Account) -> None:
    judge = add_membership(console_actor(), manager.id, Role.JUDGE, office_id=1)
    log_in(client)
    refused = client.get("/judge?page=1")
    assert refused.status_code == 403
    assert f'name="membership_id" value="{judge.id}"><svg' in refused.text
    assert "切换为评委（甘州区科学技术协会），打开这个页面" in refused.text
    here = re.findall(r'name="next" value="(.*?)"', refused.text)[-1]
    assert client.post("/account/membership", data={"membership_id": str(judge.id), "next": here}).location == here
    assert client.get(here).status_code == 200
    assert client.post("/account/membership", data={"membership_id": "1", "next": "//evil.example"}).location == "/work"


def test_who_holds_no_fitting_membership_is_offered_none(client: FlaskClient, manager: Account) -> None:
    add_membership(console_actor(), manager.id, Role.JUDGE, office_id=1)
    log_in(client)
    refused = client.get("/office")
    assert refused.status_code == 403
    assert "打开这个页面" not in refused.text


def test_signing_out_and_switching_are_in_the_trail(client: FlaskClient, manager: Account) -> None:
    judge = add_membership(console_actor(), manager.id, Role.JUDGE, office_id=1)
    log_in(client)
    client.post("/account/membership", data={"membership_id": str(judge.id)})
    client.post("/logout")
    assert trail("people.switch_membership") == [(manager.id, "membership", judge.id)]
    assert trail("people.sign_out") == [(manager.id, "account", manager.id)]


def test_failed_sign_ins_are_in_the_trail_when_they_begin_a_delay(
    client: FlaskClient, manager: Account, clock: MovingClock
) -> None:
    for _ in range(4):
        log_in(client, "wrong-wrong")
    assert trail("people.sign_in_failed") == []
    for _ in range(3):
        log_in(client, "wrong-wrong")
    assert trail("people.sign_in_failed") == [(None, "account", manager.id)]
    clock.advance(seconds=31)
    log_in(client)
    assert len(trail("people.sign_in_failed")) == 1
    for _ in range(5):
        client.post("/login", data={"name": "nobody", "password": "wrong-wrong"})
    assert trail("people.sign_in_failed")[-1] == (None, "account", None)


def trail(action: str) -> list[tuple[int | None, str, int | None]]:
    """Who did it to what, by the records of that action."""
    rows = db.session.scalars(select(AuditRecord).where(AuditRecord.action == action).order_by(AuditRecord.id))
    return [(row.account_id, row.object_type, row.object_id) for row in rows]


def test_other_browsers_are_signed_out_on_demand(app: Flask, client: FlaskClient, manager: Account) -> None:
    other = app.test_client()
    log_in(client)
    log_in(other)
    assert client.post("/account/sessions/end").location == "/account"
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 302


def test_the_login_data_are_changed_with_the_password(client: FlaskClient, manager: Account) -> None:
    log_in(client)
    fields = {"phone": "13900000001", "login_name": "王芳老师", "password": PASSWORD}
    assert "密码不正确" in client.post("/account/login", data={**fields, "password": "x"}).text
    assert client.post("/account/login", data=fields).location == "/account"
    client.post("/logout")
    assert client.post("/login", data={"name": "王芳老师", "password": PASSWORD}).location == "/work"


def test_one_address_cannot_try_names_without_end(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> None:
    settings = Settings(instance=tmp_path_factory.mktemp("limited"), database_url=database_url)
    app = create_app(settings, clock=MovingClock(START))
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    statuses = [client.post("/login", data={"name": f"n{n}", "password": "p"}).status_code for n in range(41)]
    assert statuses == [422] * 40 + [429]
    other = client.post("/login", data={"name": "x", "password": "p"}, environ_base={"REMOTE_ADDR": "10.0.0.9"})
    assert other.status_code == 422
    inside = [{"REMOTE_ADDR": f"2001:db8:7:1::{n:x}"} for n in range(41)]
    statuses = [
        client.post("/login", data={"name": f"n{n}", "password": "p"}, environ_base=inside[n]).status_code
        for n in range(41)
    ]
    assert statuses == [422] * 40 + [429]
    outside = {"REMOTE_ADDR": "2001:db8:7:2::1"}
    assert client.post("/login", data={"name": "x", "password": "p"}, environ_base=outside).status_code == 422
    page = client.post("/login", data={"name": "x", "password": "p"})
    assert "操作太频繁" in page.text
    assert int(page.headers["Retry-After"]) > 0
    create_app(Settings(instance=settings.instance, database_url=database_url), testing=True)


@pytest.mark.parametrize(
    ("address", "count"),
    [("10.0.0.9", 1), ("10.0.0.8", 0), ("2001:db8:7:1:5::5", 2), ("2001:db8:7:2::1", 1), ("2001:db8:7:3::1", 0)],
)
def test_accounts_are_counted_for_the_connection_that_they_come_by(manager: Account, address: str, count: int) -> None:
    other = db.session.get_one(
        Account, make_account(Role.OFFICE, office=db.session.get_one(School, 1).office).account_id
    )
    for place in ("10.0.0.9", "2001:db8:7:1::1", "2001:db8:7:1::2", "2001:db8:7:2::1"):
        begin_session(manager, address=place)
    begin_session(other, address="2001:db8:7:1:a:b:c:d")
    db.session.commit()
    assert accounts_lately_at(address) == count


def test_an_address_with_a_whole_school_behind_it_has_room_for_its_slips(
    tmp_path_factory: pytest.TempPathFactory, database_url: str
) -> None:
    settings = Settings(instance=tmp_path_factory.mktemp("school"), database_url=database_url)
    app = create_app(settings, clock=MovingClock(START), testing=True)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        school = make_school(make_office())
        teachers = [make_account(Role.TEACHER, school=school) for _ in range(12)]
        for one in teachers:
            begin_session(db.session.get_one(Account, one.account_id), address="127.0.0.1")
        db.session.commit()
    limited = create_app(settings, clock=MovingClock(START))
    limited.config["WTF_CSRF_ENABLED"] = False
    client = limited.test_client()
    # 40, and 5 for each of 20: twelve have been here, which count as two tens.
    statuses = [client.post("/login", data={"name": f"n{n}", "password": "p"}).status_code for n in range(141)]
    assert statuses == [422] * 140 + [429]

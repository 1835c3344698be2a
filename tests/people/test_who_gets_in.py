"""Trying out names, passwords and links: what is told to whom, who waits, and for whom."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest_portal import create_app
from contest_portal.core.actor import Role, console_actor
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.people import passwords
from contest_portal.people.models import Account
from contest_portal.people.services.accounts import create_account
from contest_portal.settings import Settings
from tests.conftest import START
from tests.factories import make_office, make_school

PASSWORD = "heihe-2018"


@pytest.fixture
def manager(app: Flask) -> Account:
    school = make_school(make_office())
    return create_account(
        console_actor(), name="王芳", role=Role.SCHOOL_MANAGER, office_id=school.office_id, school_id=school.id,
        login_name="wangfang", phone="13812345678", password=PASSWORD,
    )  # fmt: skip


def log_in(client: FlaskClient, name: str = "wangfang", password: str = PASSWORD) -> Any:
    return client.post("/login", data={"name": name, "password": password})


class Counted:
    """Argon2's own hasher; `work` says with which parameters it worked on each password."""

    def __init__(self, hasher: Any) -> None:
        self.hasher, self.work = hasher, []

    def verify(self, *given: Any) -> bool:
        self.work.append(given[0].rsplit("$", 2)[0])
        return bool(self.hasher.verify(*given))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.hasher, name)


@pytest.mark.parametrize("who", ["wangfang", "13812345678", "nobody", "13900000000", "", "off", "fresh", "名" * 60])
def test_every_name_costs_the_same_work_and_gets_the_same_answer(
    client: FlaskClient, manager: Account, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One Argon2 computation each: for a name that is there, that nobody has, that is switched off, without password."""
    off = create_account(
        console_actor(), name="李明", role=Role.JUDGE, office_id=1, login_name="off", password="other-words-7"
    )
    off.is_active = False
    create_account(console_actor(), name="新人", role=Role.JUDGE, office_id=1, login_name="fresh")
    db.session.commit()
    log_in(client, "somebody", "x")  # nobody's hash is made once a process
    counted = Counted(passwords._hasher)
    monkeypatch.setattr(passwords, "_hasher", counted)
    page = log_in(client, who, "wrong-wrong")
    assert (counted.work, page.status_code) == (["$argon2id$v=19$m=19456,t=2,p=1"], 422)
    assert "手机号（用户名）或密码不正确。请核对后重试。" in page.text


def test_names_that_nobody_has_are_made_to_wait_alike(client: FlaskClient, manager: Account) -> None:
    texts = []
    for name in ("wangfang", "nobody"):
        pages = [log_in(client, name, "wrong-wrong").text for _ in range(6)]
        texts.append(["请在 09:00:30 之后再试" in page for page in pages])
    assert texts[0] == texts[1] == [False] * 4 + [True] * 2


@pytest.mark.parametrize("before", ["+86", " ", "+86 ", "＋８６-"])
@pytest.mark.parametrize("mobile", ["13812345678", "13900000000"])
def test_a_number_is_counted_alike_however_it_is_typed_and_whoever_has_it(
    client: FlaskClient, manager: Account, mobile: str, before: str
) -> None:
    for _ in range(5):
        log_in(client, mobile, "wrong-wrong")
    assert "请在 09:00:30 之后再试" in log_in(client, before + mobile, "wrong-wrong").text


def test_a_wait_does_not_tell_whose_number_a_user_name_is(client: FlaskClient, manager: Account) -> None:
    for _ in range(6):
        log_in(client, "WangFang", "wrong-wrong")
    assert "之后再试" in log_in(client, "wangfang", "wrong-wrong").text
    pages = [log_in(client, mobile, "wrong-wrong").text for mobile in ("13812345678", "13900000000")]
    assert ["之后再试" in page for page in pages] == [False, False]


def test_who_signs_in_is_forgiven_under_both_names(client: FlaskClient, manager: Account) -> None:
    for name in ["wangfang", "13812345678"] * 4:
        log_in(client, name, "wrong-wrong")
    assert log_in(client).location == "/work"
    client.post("/logout")
    assert "之后再试" not in log_in(client, "13812345678", "wrong-wrong").text


def test_a_link_that_nobody_made_is_answered_as_any_other(client: FlaskClient, manager: Account) -> None:
    answers = {client.get(f"/i/{code}").status_code for code in ("7K3M-0QXZ-94TB-HVWA", "0000-0000-0000-0000", "x")}
    assert answers == {404}


def test_strangers_do_not_lock_out_who_was_here_before(app: Flask, manager: Account, clock: MovingClock) -> None:
    own, strange, signed_in = app.test_client(), app.test_client(), app.test_client()
    assert log_in(own).location == "/work"
    assert log_in(signed_in).location == "/work"
    own.post("/logout")
    for _ in range(9):
        log_in(strange, password="wrong-wrong")
    assert "之后再试" in log_in(strange).text
    assert log_in(app.test_client()).status_code == 422  # from anywhere else the owner waits too
    assert log_in(own).location == "/work"
    fields = {"phone": "13812345678", "login_name": "wangfang", "password": PASSWORD}
    assert signed_in.post("/account/login", data=fields).location == "/account"


def test_a_known_browser_waits_for_its_own_mistakes(app: Flask, manager: Account, clock: MovingClock) -> None:
    own = app.test_client()
    log_in(own)
    own.post("/logout")
    for _ in range(5):
        log_in(own, password="wrong-wrong")
    assert "请在 09:00:30 之后再试" in log_in(own).text
    assert log_in(app.test_client()).location == "/work"
    clock.advance(seconds=31)
    assert log_in(own).location == "/work"


@pytest.mark.parametrize("value", ["", "nonsense", "eyIxIjoiYWJjIn0.c2lnbmF0dXJl", "[]", "é"])
def test_what_a_browser_makes_up_makes_it_known_to_nobody(app: Flask, manager: Account, value: str) -> None:
    strange = app.test_client()
    strange.set_cookie("known_browser", value)
    strange.set_cookie("trusted_browser", value)
    for _ in range(5):
        log_in(strange, password="wrong-wrong")
    assert "之后再试" in log_in(strange).text


def test_a_school_behind_one_address_is_not_kept_out_by_one_pupil(
    tmp_path_factory: pytest.TempPathFactory, database_url: str
) -> None:
    """Failures of one address are limited; browsers in which teachers have signed in before go on all the same."""
    settings = Settings(instance=tmp_path_factory.mktemp("limited"), database_url=database_url)
    app = create_app(settings, clock=MovingClock(START))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        school = make_school(make_office())
        for name in ("wangfang", "liming"):
            create_account(
                console_actor(), name="某某", role=Role.SCHOOL_MANAGER, office_id=school.office_id, school_id=school.id,
                login_name=name, password=PASSWORD,
            )  # fmt: skip
        db.session.remove()
    teacher, pupil = app.test_client(), app.test_client()
    assert log_in(teacher).location == "/work"
    teacher.post("/logout")
    # 40, and 5 for each of ten: one account has been signed in from here, and they are counted in tens.
    assert [log_in(pupil, f"n{number}").status_code for number in range(91)] == [422] * 90 + [429]
    assert log_in(teacher).location == "/work"
    teacher.post("/logout")
    assert log_in(teacher, "liming").status_code == 429  # known to its own account alone
    assert log_in(pupil).status_code == 429
    with app.app_context():
        db.engine.dispose()


def test_a_password_change_ends_every_other_session_and_renews_this_one(app: Flask, manager: Account) -> None:
    here, there = app.test_client(), app.test_client()
    log_in(here)
    log_in(there)
    with here.session_transaction() as kept:
        seen = kept["_user_id"]
    new = {"old_password": PASSWORD, "new_password": "qilian-xueshan-7", "repeat_password": "qilian-xueshan-7"}
    assert here.post("/account/password", data=new).location == "/account"
    assert here.get("/account").status_code == 200
    assert there.get("/account").location == "/login?next=/account"
    thief = app.test_client()
    with thief.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = seen, True
    assert thief.get("/account").location == "/login?next=/account"


def test_one_browser_of_several_is_signed_out(app: Flask, manager: Account) -> None:
    here, there, third = (app.test_client() for _ in range(3))
    for one in (here, there, third):
        log_in(one)
    page = here.get("/account").text
    targets = [line.split('"')[0] for line in page.split('action="')[1:] if line.startswith("/account/sessions/")]
    ends = [target for target in targets if target != "/account/sessions/end"]
    assert len(ends) == 2
    assert here.post(ends[0]).location == "/account"
    assert sorted(one.get("/account").status_code for one in (there, third)) == [200, 302]
    assert here.get("/account").status_code == 200

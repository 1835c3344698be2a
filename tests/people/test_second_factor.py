"""The second factor: apps' codes, codes on paper, trusted browsers, who needs one, who takes a lost one off."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.core.actor import Actor, Role, console_actor
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotAllowed
from contest_portal.core.models import AuditRecord, Notice
from contest_portal.people import code_apps, recovery_codes
from contest_portal.people.models import Account, CodeApp, FactorReset, LoginSession, Office, RecoveryCode
from contest_portal.people.services import access, accounts, confirming, factor_reset, factors, second_factor
from contest_portal.people.services.accounts import add_membership, create_account
from contest_portal.people.services.signing_in import sign_in
from contest_portal.people.services.tries import SignInRefused
from contest_portal.people.sessions import actor_of_token, visitor
from tests.factories import make_office, make_school

PASSWORD = "badan-jilin-shamo"
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The key of RFC 6238, appendix B, in base 32: the ASCII text 12345678901234567890."""


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B: the last six of its eight digits."""
    moment = datetime.fromtimestamp(seconds, UTC)
    assert code_apps.step_of(code, RFC_SECRET, moment) == seconds // 30


@pytest.mark.parametrize(("drift", "good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_phone_may_be_half_a_minute_off(drift: int, good: bool) -> None:
    moment = datetime.fromtimestamp(1234567890 + drift, UTC)
    assert (code_apps.step_of("005924", RFC_SECRET, moment) is not None) is good


@pytest.mark.parametrize("typed", ["005 924", " 005924 ", "００５９２４"])
def test_spaces_and_wide_digits_are_fine(typed: str) -> None:
    assert code_apps.step_of(typed, RFC_SECRET, datetime.fromtimestamp(1234567890, UTC)) is not None


@pytest.mark.parametrize("typed", ["", "00592", "0059244", "abcdef", "٠٠٥٩٢٤", "-05924", "5924"])
def test_anything_else_is_no_code(typed: str) -> None:
    assert code_apps.step_of(typed, RFC_SECRET, datetime.fromtimestamp(1234567890, UTC)) is None


def test_a_code_on_paper_is_read_however_it_is_typed() -> None:
    codes = recovery_codes.new_codes()
    assert len(set(codes)) == 10
    for code in codes:
        assert recovery_codes.normal_code(code.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == code
    assert recovery_codes.normal_code("7K3M0-QXZ9") is None


class Staff:
    """An account of the office with its password, in a browser of its own."""

    def __init__(self, app: Flask, account: Account) -> None:
        self.account, self.client, self.secret, self.codes = account, app.test_client(), "", []

    def log_in(self, client: FlaskClient | None = None) -> str:
        """Give name and password; where one is led to."""
        fields = {"name": self.account.login_name, "password": PASSWORD}
        return str((client or self.client).post("/login", data=fields).location)

    def enrol(self) -> list[str]:
        """Set up an app on the page; the codes on paper that it shows."""
        page = self.client.get("/account/second-factor/app").text
        offer = re.findall(r'name="offer"[^>]*value="([^"]+)"', page)[0]
        self.secret = re.findall(r'<code class="issued-url">([A-Z2-7 ]+)</code>', page)[0].replace(" ", "")
        page = self.client.post("/account/second-factor/app", data={"offer": offer, "code": self.code()}).text
        self.codes = re.findall(r'<code class="issued-code">([^<]+)</code>', page)
        return self.codes

    def code(self) -> str:
        return pyotp.TOTP(self.secret).at(now())

    def give(self, code: str, client: FlaskClient | None = None, **fields: str) -> Any:
        return (client or self.client).post("/login/factor", data={"code": code, **fields})


@pytest.fixture
def asking(app: Flask) -> Flask:
    """The application as it is installed: offices' people need a second factor."""
    app.config["SECOND_FACTOR_REQUIRED"] = True
    return app


def make_staff(app: Flask, role: Role = Role.OFFICE, name: str = "zhao") -> Staff:
    office_id = db.session.scalar(select(Office.id).limit(1)) or make_office().id
    account = create_account(
        console_actor(), name="赵文静", role=role, office_id=office_id, login_name=name, password=PASSWORD
    )
    return Staff(app, account)


def actions(account_id: int) -> list[str]:
    rows = select(AuditRecord.action).where(AuditRecord.object_id == account_id, AuditRecord.object_type == "account")
    return list(db.session.scalars(rows.order_by(AuditRecord.id)))


@pytest.mark.parametrize("role", [Role.OFFICE, Role.LEADER, Role.SUPERVISOR])
def test_who_needs_a_factor_is_led_to_its_page_and_nowhere_else(asking: Flask, role: Role) -> None:
    staff = make_staff(asking, role)
    assert staff.log_in() == "/work"
    for path in ("/work", "/schools", "/office", "/account", "/account/password", "/no-such-page"):
        assert staff.client.get(path).location == "/account/second-factor"
    assert staff.client.post("/office/staff", data={"name": "x"}).location == "/account/second-factor"
    assert staff.client.get("/work", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/account/second-factor"
    assert "请设置二次验证" in staff.client.get("/account/second-factor").text
    assert len(staff.enrol()) == 10
    assert staff.client.get("/work").status_code == 200


def test_whom_nothing_is_asked_of_goes_on_without_one(asking: Flask) -> None:
    school = make_school(make_office())
    account = create_account(
        console_actor(), name="王芳", role=Role.SCHOOL_MANAGER, office_id=school.office_id, school_id=school.id,
        login_name="wangfang", password=PASSWORD,
    )  # fmt: skip
    manager = Staff(asking, account)
    manager.log_in()
    assert manager.client.get("/school").status_code == 200
    add_membership(console_actor(), account.id, Role.SUPERVISOR, office_id=school.office_id)
    assert manager.client.get("/school").location == "/account/second-factor"


def test_a_site_may_leave_it_to_everybody(app: Flask) -> None:
    staff = make_staff(app)
    staff.log_in()
    assert staff.client.get("/schools").status_code == 200
    staff.enrol()
    staff.client.post("/logout")
    assert staff.log_in() == "/login/factor"


def test_the_password_alone_signs_nobody_in(asking: Flask, clock: MovingClock) -> None:
    staff = make_staff(asking)
    staff.log_in()
    staff.enrol()
    staff.client.post("/logout")
    assert staff.log_in() == "/login/factor"
    assert staff.client.get("/work").location == "/login?next=/work"
    with staff.client.session_transaction() as kept:
        token = kept["awaiting"]
        kept["_user_id"] = token  # as if it were a session's
    assert actor_of_token(token) is None
    assert staff.client.get("/work").location == "/login?next=/work"
    clock.advance(seconds=30)
    assert staff.give(staff.code()).location == "/work"
    assert staff.client.get("/work").status_code == 200
    assert actions(staff.account.id)[-2:] == ["people.give_password", "people.sign_in"]


def test_a_code_is_good_once(asking: Flask, clock: MovingClock) -> None:
    staff = make_staff(asking)
    staff.log_in()
    staff.enrol()
    other = asking.test_client()
    assert staff.log_in(other) == "/login/factor"
    first = staff.give(staff.code(), other)  # the code that registered the app
    assert (first.status_code, "已用过" in first.text) == (422, True)
    clock.advance(seconds=30)
    code = staff.code()
    assert staff.give(code, other).location == "/work"
    third = asking.test_client()
    staff.log_in(third)
    assert staff.give(code, third).status_code == 422


def test_wrong_codes_slow_down_and_the_right_password_does_not_forget_them(asking: Flask, clock: MovingClock) -> None:
    staff = make_staff(asking)
    staff.log_in()
    staff.enrol()
    clock.advance(minutes=5)
    other = asking.test_client()
    staff.log_in(other)
    for _ in range(5):
        page = staff.give("000000", other)
    assert page.status_code == 422
    staff.log_in(other)
    assert "请在 09:05:30 之后再试" in staff.give(staff.code(), other).text
    assert "people.factor_failed" in actions(staff.account.id)
    clock.advance(seconds=31)
    assert staff.give(staff.code(), other).location == "/work"


def test_the_second_step_ends_after_ten_minutes_and_with_the_password(asking: Flask, clock: MovingClock) -> None:
    staff = make_staff(asking)
    staff.log_in()
    staff.enrol()
    other = asking.test_client()
    staff.log_in(other)
    clock.advance(minutes=11)
    assert staff.give(staff.code(), other).location == "/login"
    staff.log_in(other)
    accounts.set_password(console_actor(), staff.account.id, "qilian-xueshan-7")
    assert staff.give(staff.code(), other).location == "/login"
    assert other.get("/work").location == "/login?next=/work"


def test_a_code_on_paper_stands_for_the_factor_once(asking: Flask) -> None:
    staff = make_staff(asking)
    staff.log_in()
    code = staff.enrol()[0]
    other = asking.test_client()
    staff.log_in(other)
    assert staff.give(code.lower(), other).location == "/work"
    assert "还剩 9 个" in other.get("/account/second-factor").text
    third = asking.test_client()
    staff.log_in(third)
    assert staff.give(code, third).status_code == 422
    assert db.session.scalars(select(Notice.params)).all()[-1]["left"] == "9"


def test_nothing_kept_shows_a_secret_or_a_code(asking: Flask) -> None:
    staff = make_staff(asking)
    staff.log_in()
    codes = staff.enrol()
    raw = db.session.connection().exec_driver_sql("select secret from code_app").scalar_one()
    assert staff.secret.encode() not in bytes(raw)
    digests = db.session.scalars(select(RecoveryCode.code_digest)).all()
    assert len(set(digests)) == 10
    assert not {code for code in codes for one in digests if code in one}
    assert all(
        staff.secret not in f"{row.before}{row.after}{row.why}" for row in db.session.scalars(select(AuditRecord))
    )


def test_new_codes_on_paper_void_those_before(asking: Flask) -> None:
    staff = make_staff(asking)
    staff.log_in()
    old = staff.enrol()
    page = staff.client.post("/account/second-factor/codes", data={"password": "falsch-falsch"})
    assert (page.status_code, "密码不正确" in page.text) == (422, True)
    page = staff.client.post("/account/second-factor/codes", data={"password": PASSWORD}).text
    fresh = re.findall(r'<code class="issued-code">([^<]+)</code>', page)
    assert len(fresh) == 10
    assert not set(fresh) & set(old)
    other = asking.test_client()
    staff.log_in(other)
    assert staff.give(old[0], other).status_code == 422
    assert staff.give(fresh[0], other).location == "/work"


def test_a_trusted_browser_is_not_asked_for_thirty_days(asking: Flask, clock: MovingClock) -> None:
    staff = make_staff(asking)
    staff.log_in()
    staff.enrol()
    staff.client.post("/logout")
    staff.log_in()
    clock.advance(seconds=30)
    staff.give(staff.code(), trusts="y")
    staff.client.post("/logout")
    assert staff.log_in() == "/work"
    assert staff.log_in(asking.test_client()) == "/login/factor"
    staff.client.post("/logout")
    clock.advance(days=31)
    assert staff.log_in() == "/login/factor"


def test_trust_ends_by_its_owner_and_with_the_password(asking: Flask, clock: MovingClock) -> None:
    staff = make_staff(asking)
    staff.log_in()
    staff.enrol()
    staff.client.post("/logout")
    staff.log_in()
    clock.advance(seconds=30)
    staff.give(staff.code(), trusts="y")
    page = staff.client.get("/account/second-factor").text
    assert staff.client.post(re.findall(r'action="(/account/trusted-devices/\d+/end)"', page)[0]).status_code == 302
    staff.client.post("/logout")
    assert staff.log_in() == "/login/factor"
    clock.advance(seconds=30)
    staff.give(staff.code(), trusts="y")
    new = {"old_password": PASSWORD, "new_password": "qilian-xueshan-7", "repeat_password": "qilian-xueshan-7"}
    assert staff.client.post("/account/password", data=new).location == "/account"
    staff.client.post("/logout")
    fields = {"name": staff.account.login_name, "password": "qilian-xueshan-7"}
    assert staff.client.post("/login", data=fields).location == "/login/factor"


def test_the_last_factor_of_who_needs_one_stays(asking: Flask) -> None:
    staff = make_staff(asking)
    staff.log_in()
    staff.enrol()
    page = staff.client.post("/account/second-factor/app/remove", data={"password": PASSWORD})
    assert "请先添加另一种验证方式" in page.text
    asking.config["SECOND_FACTOR_REQUIRED"] = False
    assert staff.client.post("/account/second-factor/app/remove", data={"password": PASSWORD}).status_code == 302
    assert db.session.scalars(select(CodeApp)).all() == []
    assert db.session.scalars(select(RecoveryCode)).all() == []


def test_a_factor_is_added_only_by_who_has_confirmed_lately(app: Flask, clock: MovingClock) -> None:
    staff = make_staff(app)
    staff.log_in()
    clock.advance(minutes=11)
    page = staff.client.get("/account/second-factor/app").text
    assert 'name="password"' in page
    offer = re.findall(r'name="offer"[^>]*value="([^"]+)"', page)[0]
    staff.secret = re.findall(r'<code class="issued-url">([A-Z2-7 ]+)</code>', page)[0].replace(" ", "")
    fields = {"offer": offer, "code": staff.code()}
    refused = staff.client.post("/account/second-factor/app", data=fields)
    assert (refused.status_code, "请再次输入密码" in refused.text) == (422, True)
    done = staff.client.post("/account/second-factor/app", data={**fields, "password": PASSWORD})
    assert "您的恢复码" in done.text


def test_another_account_cannot_use_an_offered_secret(app: Flask) -> None:
    first, second = make_staff(app), make_staff(app, name="qian")
    first.log_in()
    second.log_in()
    page = first.client.get("/account/second-factor/app").text
    offer = re.findall(r'name="offer"[^>]*value="([^"]+)"', page)[0]
    first.secret = re.findall(r'<code class="issued-url">([A-Z2-7 ]+)</code>', page)[0].replace(" ", "")
    for broken in (offer, offer[:-4] + "AAAA", "nonsense", "é"):
        answer = second.client.post("/account/second-factor/app", data={"offer": broken, "code": first.code()})
        assert answer.status_code == 422
    assert db.session.scalars(select(CodeApp)).all() == []


class TestReset:
    """A lost factor is taken off by somebody else."""

    @pytest.fixture
    def lost(self, asking: Flask) -> Staff:
        staff = make_staff(asking)
        staff.log_in()
        staff.enrol()
        return staff

    def confirmed(self, staff: Staff) -> Actor:
        _account, token = sign_in(visitor(), staff.account.login_name or "", PASSWORD)
        actor = actor_of_token(token)
        assert actor is not None
        return actor

    def test_a_colleague_does_it_with_a_reason(self, asking: Flask, lost: Staff) -> None:
        colleague = make_staff(asking, name="chen")
        colleague.log_in()
        colleague.enrol()
        row = actor_row(lost)
        assert "重置二次验证" in colleague.client.get("/office").text
        path = f"/memberships/{row}/second-factor"
        assert colleague.client.get(path).status_code == 200
        assert colleague.client.post(path, data={"why": "手机遗失", "password": "falsch-falsch"}).status_code == 422
        assert colleague.client.post(path, data={"why": " ", "password": PASSWORD}).status_code == 422
        assert lost.client.get("/work").status_code == 200
        assert colleague.client.post(path, data={"why": "手机遗失", "password": PASSWORD}).location == "/office"
        assert lost.client.get("/work").location == "/login?next=/work"
        assert lost.log_in() == "/work"
        assert lost.client.get("/work").location == "/account/second-factor"
        record = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "people.reset_factor")).one()
        assert (record.account_id, record.object_id, record.why) == (colleague.account.id, lost.account.id, "手机遗失")
        assert db.session.scalars(select(FactorReset.reset_by)).all() == [colleague.account.id]

    def test_nobody_does_it_for_oneself(self, lost: Staff, asking: Flask) -> None:
        asking.config["SECOND_FACTOR_REQUIRED"] = False
        page = lost.client.post(
            f"/memberships/{actor_row(lost)}/second-factor", data={"why": "手机遗失", "password": PASSWORD}
        )
        assert "不能重置自己的二次验证" in page.text

    def test_the_same_person_does_not_take_the_password_too(
        self, asking: Flask, lost: Staff, clock: MovingClock
    ) -> None:
        chen, he = make_staff(asking, name="chen"), make_staff(asking, name="he")
        access.reset_password(self.confirmed(chen), lost.account.id)
        with pytest.raises(Conflict, match="另一位工作人员"):
            factor_reset.reset_factor(self.confirmed(chen), lost.account.id, "手机遗失")
        factor_reset.reset_factor(self.confirmed(he), lost.account.id, "手机遗失")
        with pytest.raises(Conflict, match="另一位工作人员"):
            access.reset_password(self.confirmed(he), lost.account.id)
        clock.advance(days=8)
        access.reset_password(self.confirmed(he), lost.account.id)

    def test_only_who_has_charge_of_all_roles(self, asking: Flask, lost: Staff) -> None:
        far = make_office("临泽县科学技术协会")
        add_membership(console_actor(), lost.account.id, Role.JUDGE, office_id=far.id)
        chen = make_staff(asking, name="chen")
        with pytest.raises(NotAllowed):
            factor_reset.reset_factor(self.confirmed(chen), lost.account.id, "手机遗失")

    def test_the_console_helps_an_office_that_is_locked_out(self, asking: Flask, lost: Staff) -> None:
        factor_reset.reset_factor(console_actor(), lost.account.id, "只有一名工作人员")
        assert not factors.has_factor(lost.account.id)
        assert lost.client.get("/work").location == "/login?next=/work"
        with pytest.raises(Conflict):
            factor_reset.reset_factor(console_actor(), lost.account.id, "再来一次")


def actor_row(staff: Staff) -> int:
    return int(db.session.connection().exec_driver_sql(
        f"select id from membership where account_id = {staff.account.id} order by id"
    ).scalar_one())  # fmt: skip


class TestConfirming:
    """What the rest of the program builds on: proving again who one is."""

    def test_it_holds_for_ten_minutes_in_its_own_browser(self, app: Flask, clock: MovingClock) -> None:
        staff = make_staff(app)
        here, there = (actor_of_token(sign_in(visitor(), "zhao", PASSWORD)[1]) for _ in range(2))
        assert here is not None
        assert there is not None
        clock.advance(minutes=11)
        with pytest.raises(confirming.NotConfirmed):
            confirming.require_confirmed(here)
        with pytest.raises(Invalid):
            confirming.confirm(here, password="falsch-falsch")
        assert not confirming.is_confirmed(here)
        confirming.confirm(here, password=PASSWORD)
        assert confirming.is_confirmed(here)
        assert not confirming.is_confirmed(there)
        clock.advance(minutes=9)
        confirming.require_confirmed(here)
        assert not confirming.is_confirmed(here, timedelta(minutes=5))
        assert "people.confirm" in actions(staff.account.id)

    def test_a_code_confirms_as_well(self, app: Flask, clock: MovingClock) -> None:
        staff = make_staff(app)
        staff.log_in()
        staff.enrol()
        with staff.client.session_transaction() as kept:
            actor = actor_of_token(kept["_user_id"])
        assert actor is not None
        clock.advance(minutes=11)
        with pytest.raises(Invalid):
            confirming.confirm(actor, code="000000")
        confirming.confirm(actor, code=staff.code())
        assert confirming.is_confirmed(actor)

    def test_the_console_needs_none(self, app: Flask) -> None:
        confirming.require_confirmed(console_actor())


def test_many_tries_at_once_do_not_get_around_the_delay(asking: Flask) -> None:
    staff = make_staff(asking)
    staff.log_in()
    staff.enrol()
    other = asking.test_client()
    staff.log_in(other)
    with other.session_transaction() as kept:
        token = kept["awaiting"]
    refusals = []
    for _ in range(7):
        with pytest.raises((Invalid, SignInRefused)) as refused:
            second_factor.pass_by_code(visitor(), token, "000000")
        refusals.append(refused.value.code)
    assert refusals == ["people.wrong_code"] * 5 + ["people.sign_in_waits"] * 2


def test_changing_a_factor_signs_other_browsers_out(asking: Flask, clock: MovingClock) -> None:
    staff = make_staff(asking)
    staff.log_in()
    elsewhere = asking.test_client()
    staff.log_in(elsewhere)
    staff.enrol()
    assert elsewhere.get("/account/second-factor").location == "/login?next=/account/second-factor"
    assert len(db.session.scalars(select(LoginSession.id).where(LoginSession.ended_at.is_(None))).all()) == 1

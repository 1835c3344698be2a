"""Asked again who one is: before which acts, after how long, with what kept, and what the trail says."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.confirmed_acts import ACTS
from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db
from contest_portal.core.models import AuditRecord
from contest_portal.core.permissions import ACTION_ATTRIBUTE, RULES
from contest_portal.people.models import Account, CodeApp, Invitation, Membership, School, Student
from contest_portal.people.passwords import hash_password
from tests.factories import id_number, made, make_account, make_office, make_school, make_student, sign_in

PASSWORD = "badan-jilin-shamo"
ANSWER = {"again-password": PASSWORD, "again-purpose": "核对参赛报名表"}
LATE = {"minutes": 11}
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


class Place:
    """An office with one school, a pupil with a number, and a leader of its own who signed in just now."""

    def __init__(self, app: Flask) -> None:
        self.office = make_office()
        self.school: School = make_school(self.office)
        self.number = id_number(date(2008, 5, 4))
        self.pupil: Student = make_student(self.school, id_number=self.number)
        self.manager, self.staff = self._one(Role.SCHOOL_MANAGER), self._one(Role.OFFICE)
        self.own, self.office_browser = (sign_in(app.test_client(), who) for who in (self.manager, self.staff))
        self.numbers = f"/students/{self.pupil.id}/numbers"

    def _one(self, role: Role) -> Actor:
        school = self.school if role is Role.SCHOOL_MANAGER else None
        actor = make_account(role, office=None if school else self.office, school=school)
        db.session.get_one(Account, actor.account_id).password_hash = hash_password(PASSWORD)
        db.session.commit()
        return actor


@pytest.fixture
def place(app: Flask) -> Iterator[Place]:
    """The place, in an application that asks again."""
    app.config["STEP_UP"] = True
    yield Place(app)
    app.config["STEP_UP"] = False


def hidden(page: str) -> dict[str, str]:
    """The fields that the page carries along."""
    page = page.partition('id="confirm-again"')[2].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found}


def records(action: str) -> list[AuditRecord]:
    return list(db.session.scalars(select(AuditRecord).where(AuditRecord.action == action).order_by(AuditRecord.id)))


def test_every_act_of_the_table_is_a_guarded_page(app: Flask) -> None:
    for endpoint in ACTS:
        action = getattr(app.view_functions[endpoint], ACTION_ATTRIBUTE)
        assert action in RULES, endpoint


def test_whoever_may_say_so_is_in_the_table(app: Flask) -> None:
    """What takes whole numbers along, publishes, or erases: new pages of such names must be decided on here."""
    telling = re.compile(
        r"_in_full$|_with_phones$|^open_.*(numbers?|phone)$|^open_objector$|^(confirm_)?erasure?_|^publish(_|$)|_take_down$"
        r"|^overrule$|^invite_|^reissue_|^confirm_.*_partner$|^use_own_key$|^set_retention$"
    )
    left_out = {
        "results.withdraw_take_down",  # who takes the own proposal back changes nothing
        "people.invite_own_teachers",  # a manager's daily work: a teacher's account sees that teacher's own works
    }
    named = {one for one in app.view_functions if telling.search(one.partition(".")[2])}
    assert named - left_out <= set(ACTS)


def test_a_number_opens_after_password_and_purpose(place: Place, clock: MovingClock) -> None:
    clock.advance(**LATE)
    asked = place.own.post(place.numbers)
    assert asked.status_code == 403
    assert "请确认是您本人" in asked.text
    assert place.number not in asked.text
    assert records("people.open_student_numbers") == []
    opened = place.own.post(place.numbers, data=ANSWER)
    assert place.number in opened.text
    (record,) = records("people.open_student_numbers")
    assert record.why == "核对参赛报名表"
    assert len(records("people.confirm")) == 1


def test_it_holds_for_ten_minutes_in_this_browser_alone(app: Flask, place: Place, clock: MovingClock) -> None:
    place.own.post(place.numbers, data=ANSWER)
    clock.advance(minutes=9)
    assert place.number in place.own.post(place.numbers).text
    assert [one.why for one in records("people.open_student_numbers")] == ["核对参赛报名表"] * 2
    other = sign_in(app.test_client(), place.manager)
    assert other.post(place.numbers).status_code == 403, "said in another browser"
    clock.advance(minutes=2)
    assert place.own.post(place.numbers).status_code == 403


def test_who_has_just_signed_in_says_only_what_for(place: Place) -> None:
    page = place.own.post(place.numbers)
    assert "请写明用途" in page.text
    assert "例如：核对参赛报名表" in page.text
    assert 'name="again-purpose"' in page.text
    assert 'type="password"' not in page.text
    short = place.own.post(place.numbers, data={"again-password": "", "again-purpose": " 核 "})
    assert short.status_code == 422
    assert place.number not in short.text
    assert place.number in place.own.post(place.numbers, data={"again-password": "", "again-purpose": "核对"}).text


def test_a_wrong_password_does_nothing_and_keeps_what_was_typed(place: Place, clock: MovingClock) -> None:
    clock.advance(**LATE)
    typed = {"role": "office", "name": "王丽", "note": '<b>&amp; "so"</b>'}
    first = place.office_browser.post("/office/staff", data=typed)
    assert hidden(first.text).items() >= typed.items()
    assert "csrf_token" in hidden(first.text)
    wrong = place.office_browser.post("/office/staff", data={**typed, "again-password": "falsch-falsch"})
    assert wrong.status_code == 422
    assert "密码不正确" in wrong.text
    assert hidden(wrong.text).items() >= typed.items()
    assert "falsch" not in wrong.text
    assert db.session.scalars(select(Invitation)).all() == []
    assert hidden(wrong.text).keys() - typed.keys() == {"csrf_token", "again-back"}
    done = place.office_browser.post("/office/staff", data={**hidden(wrong.text), **ANSWER})
    assert done.status_code == 200
    assert db.session.scalars(select(Invitation.name)).all() == ["王丽"]


def test_a_code_of_the_app_does_as_well(place: Place, clock: MovingClock) -> None:
    made(CodeApp(account_id=place.staff.account_id, secret=SECRET, last_step=0, added_at=now()))
    clock.advance(**LATE)
    member = db.session.scalar(select(Membership.id).where(Membership.account_id == place.manager.account_id))
    code = pyotp.TOTP(SECRET).at(now())
    ended = place.office_browser.post(
        f"/memberships/{member}/end", data={"again-password": "", "again-code": code, "again-purpose": "调离本校"}
    )
    assert ended.status_code == 302
    db.session.expire_all()
    assert not db.session.get_one(Membership, member).is_active


def test_a_link_that_takes_data_along_leads_over_a_page_of_its_own(place: Place, clock: MovingClock) -> None:
    clock.advance(**LATE)
    link = f"/schools/{place.school.id}/consents/export"
    led = place.own.get(link)
    assert led.status_code == 302
    assert place.own.get(led.location).status_code == 403
    confirmed = place.own.post(led.location, data=ANSWER)
    assert f'href="{link}"' in confirmed.text
    assert place.own.get(link).mimetype.endswith("sheet")
    (record,) = records("core.take_data")
    assert (record.why, record.after) == ("核对参赛报名表", {"path": link})


def test_a_file_is_fetched_from_a_page_that_leads_back_to_where_one_was(place: Place, clock: MovingClock) -> None:
    clock.advance(**LATE)
    here, target = f"/schools/{place.school.id}/students?q=1", f"/schools/{place.school.id}/students/export"
    asked = place.own.post(target, data={"q": "张"}, headers={"Referer": f"http://localhost{here}"})
    assert asked.status_code == 403
    # The page that asks is what a second try comes from.
    sent = {**hidden(asked.text), "again-password": "falsch-falsch", "again-purpose": "核对"}
    wrong = place.own.post(target, data=sent, headers={"Referer": f"http://localhost{target}"})
    assert hidden(wrong.text)["again-back"] == here
    confirmed = place.own.post(target, data={**hidden(wrong.text), **ANSWER})
    assert confirmed.mimetype == "text/html"
    assert f'href="{here}"' in confirmed.text
    form = confirmed.text.partition("data-no-guard")[2].partition("</form>")[0]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form))
    assert fields.keys() == {"csrf_token", "q"}
    assert place.own.post(target, data=fields).mimetype.endswith("sheet")
    assert [one.why for one in records("people.export_full_roster")] == ["核对参赛报名表"]


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org", "javascript:alert(1)"])
def test_the_way_back_is_a_path_of_this_site(place: Place, clock: MovingClock, back: str) -> None:
    clock.advance(**LATE)
    sent = {"again-password": "falsch-falsch", "again-back": back}
    page = place.own.post(place.numbers, data=sent, headers={"Referer": "https://example.org/x"}).text
    assert hidden(page)["again-back"] == "/work"
    assert "example.org" not in page


def test_what_was_said_for_one_kind_of_act_does_not_hold_for_another(place: Place) -> None:
    place.office_browser.post(place.numbers, data={"again-password": "", "again-purpose": "核对参赛报名表"})
    invite = {"role": "office", "name": "王丽"}
    page = place.office_browser.post("/office/staff", data=invite)
    assert page.status_code == 403
    assert "请写明原因" in page.text
    place.office_browser.post("/office/staff", data={**invite, "again-password": "", "again-purpose": "新同事到岗"})
    assert [one.why for one in records("people.invite")] == ["新同事到岗"]


@pytest.mark.parametrize("onward", ["https://example.org/", "//example.org", "/\\example.org", ""])
def test_it_leads_on_to_this_site_alone(place: Place, onward: str) -> None:
    query = {"act": "people.export_consents", "next": onward}
    assert place.own.get("/account/confirm", query_string=query).status_code == 404


def test_a_button_within_a_page_leads_to_the_page_and_back(place: Place, clock: MovingClock) -> None:
    clock.advance(**LATE)
    here = f"/students/{place.pupil.id}?tab=1"
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://localhost{here}"}
    led = place.own.post(place.numbers, headers=headers)
    assert led.status_code == 403
    assert place.number not in led.text
    confirmed = place.own.post(led.headers["HX-Redirect"], data=ANSWER)
    assert f'href="{here}"' in confirmed.text


def test_who_may_not_is_not_asked(app: Flask, place: Place, clock: MovingClock) -> None:
    stranger = make_account(Role.SCHOOL_MANAGER, school=make_school(place.office, "东街小学"))
    browser = sign_in(app.test_client(), stranger)
    clock.advance(**LATE)
    assert browser.post(place.numbers, data=ANSWER).status_code == 404
    assert app.test_client().post(place.numbers).location.startswith("/login")


def test_what_stands_not_in_the_table_goes_on(place: Place, clock: MovingClock) -> None:
    clock.advance(**LATE)
    assert place.own.get(f"/schools/{place.school.id}/students").status_code == 200
    assert place.own.get(f"/schools/{place.school.id}/students/export").status_code == 200, "masked numbers"


def test_tries_at_the_page_are_counted(place: Place, clock: MovingClock) -> None:
    clock.advance(**LATE)
    for _again in range(6):
        answer = place.own.post(place.numbers, data={**ANSWER, "again-password": "falsch-falsch"})
    assert "之后再试" in answer.text
    assert place.number not in place.own.post(place.numbers, data=ANSWER).text, "the right one is not looked at yet"


def test_the_minutes_are_a_setting(app: Flask, place: Place, clock: MovingClock) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], confirm_minutes=30)
    place.own.post(place.numbers, data=ANSWER)
    clock.advance(minutes=29)
    assert place.own.post(place.numbers).status_code == 200
    clock.advance(minutes=2)
    assert place.own.post(place.numbers).status_code == 403

"""The second person of an act is somebody else than the first, and no second account of the first."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.errors import Conflict, NotAllowed
from contest_portal.core.i18n import translate
from contest_portal.core.notices import notices_of
from contest_portal.people.models import FactorReset, Office
from contest_portal.people.services.access import reset_password
from contest_portal.people.services.invitations import invite_staff
from contest_portal.people.services.joining import choose_new_password, join_with_new_account
from contest_portal.people.services.two_people import require_second_person
from contest_portal.people.sessions import actor_of, visitor
from tests.factories import made, make_account, make_office

PASSWORD = "badan-jilin-shamo"
OWN = Conflict("test.own", "own")


@dataclass
class Place:
    """An office whose clerk is about to need somebody else."""

    office: Office
    clerk: Actor
    colleague: Actor


@pytest.fixture
def place(app: Flask) -> Place:
    office = make_office()
    return Place(office, make_account(Role.OFFICE, office=office), make_account(Role.LEADER, office=office))


def second(actor: Actor, first: Actor) -> str:
    """What becomes of the second half: the code of the refusal, or an empty text."""
    try:
        require_second_person(actor, first.account_id, OWN)
    except (Conflict, NotAllowed) as refused:
        return refused.code
    return ""


def titles(actor: Actor) -> list[str]:
    return [translate(title) for _row, title, _body in notices_of(actor.account_id or 0)]


def invited(place: Place) -> Actor:
    """A leader whom the clerk has invited, and whose link the clerk may have opened."""
    issued = invite_staff(place.clerk, place.office.id, Role.LEADER, "李建业")
    account, _membership = join_with_new_account(visitor(), issued.code, login_name="lijianye", password=PASSWORD)
    return actor_of(account)


def test_nobody_is_the_second_of_an_own_act(place: Place) -> None:
    assert second(place.clerk, place.clerk) == "test.own"
    assert second(place.colleague, place.clerk) == ""


def test_whom_one_has_let_in_today_is_no_second_person_either_way(place: Place, clock: MovingClock) -> None:
    new = invited(place)
    assert second(new, place.clerk) == "people.let_in_just_now"
    assert second(place.clerk, new) == "people.let_in_just_now"
    assert second(new, place.colleague) == ""
    clock.advance(hours=23)
    assert second(new, place.clerk) == "people.let_in_just_now"
    clock.advance(hours=2)
    assert second(new, place.clerk) == ""


def test_nor_whose_password_or_factor_one_has_reset_today(place: Place, clock: MovingClock) -> None:
    issued = reset_password(place.clerk, place.colleague.account_id or 0)
    choose_new_password(visitor(), issued.code, PASSWORD)
    assert second(place.colleague, place.clerk) == "people.let_in_just_now"
    clock.advance(hours=25)
    assert second(place.colleague, place.clerk) == ""
    made(FactorReset(account_id=place.colleague.account_id, reset_by=place.clerk.account_id, reset_at=now()))
    assert second(place.colleague, place.clerk) == "people.let_in_just_now"


def test_what_nobody_has_begun_takes_one(place: Place) -> None:
    require_second_person(place.clerk, None, OWN)


def test_the_office_hears_who_has_come_in_and_whose_password_was_reset(place: Place) -> None:
    invited(place)
    assert "李建业加入了本单位，请看一看是否认识" in titles(place.colleague)
    watcher = make_account(Role.SUPERVISOR, office=place.office)
    reset_password(place.clerk, place.colleague.account_id or 0)
    assert f"{place.clerk.name}重置了您的登录密码" in titles(place.colleague)
    assert f"{place.clerk.name}重置了{place.colleague.name}的登录密码" in titles(watcher)

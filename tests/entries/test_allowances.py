"""A school's own number of entries: set by the office with a reason, checked at submission, told to the school."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from contest_portal.contests.rules import SchoolQuota
from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotFound
from contest_portal.entries.allowance_models import SchoolAllowance
from contest_portal.entries.services.allowances import drop_allowance, set_allowance
from tests.entries.entry_factories import Place
from tests.entries.likeness_factories import submitted_plain
from tests.factories import make_account, make_office, make_school, sign_in


@pytest.fixture
def place(place: Place) -> Place:
    """Paintings: one a school."""
    category = place.category("KH")
    category.rules_document = replace(category.rules, school_quota=SchoolQuota(1)).to_dict()
    db.session.commit()
    return place


def allow(place: Place, count: int, why: str = "承办科技节") -> None:
    set_allowance(place.staff, place.category("KH").id, place.school.id, count, why)


def refusal(place: Place) -> str:
    """Why one more painting is not taken."""
    with pytest.raises(Invalid) as caught:
        submitted_plain(place)
    db.session.rollback()
    return "；".join(str(problem.message) for problem in caught.value.problems)


def test_a_named_school_submits_as_many_as_it_was_given(place: Place) -> None:
    submitted_plain(place)
    assert refusal(place) == "本校已提交 1 件，名额 1 件已用完"
    allow(place, 2)
    submitted_plain(place)
    assert refusal(place) == "本校已提交 2 件，名额 2 件已用完"


def test_a_number_may_be_smaller_than_the_general_one_and_is_for_that_school_only(place: Place) -> None:
    allow(place, 0, "上届弄虚作假，本届不得申报")
    assert refusal(place) == "本校已提交 0 件，名额 0 件已用完"
    other = make_school(place.office, "东关小学")
    assert submitted_plain(replace(place, school=other)).state == "submitted"


def test_taken_back_the_general_number_counts_and_what_came_in_stays(place: Place) -> None:
    allow(place, 2)
    entries = [submitted_plain(place), submitted_plain(place)]
    drop_allowance(place.staff, place.category("KH").id, place.school.id)
    assert [entry.state for entry in entries] == ["submitted", "submitted"]
    assert refusal(place) == "本校已提交 2 件，名额 1 件已用完"


@pytest.mark.parametrize(("count", "why", "field"), [(-1, "理由", "count"), (10_001, "理由", "count"), (2, " ", "why")])
def test_a_wrong_number_or_no_reason_is_refused(place: Place, count: int, why: str, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        allow(place, count, why)
    assert caught.value.field == field


def test_only_where_schools_are_limited_and_for_the_offices_own_schools(place: Place) -> None:
    stranger = make_school(make_office("临泽县科学技术协会"), "临泽小学")
    with pytest.raises(NotFound):
        set_allowance(place.staff, place.category("KH").id, stranger.id, 2, "理由")
    category = place.category("KH")
    category.rules_document = replace(category.rules, school_quota=None).to_dict()
    db.session.commit()
    with pytest.raises(Conflict, match="不限每校名额"):
        allow(place, 2)


def test_the_office_sets_it_on_its_page_and_the_school_reads_why(place: Place, client: FlaskClient) -> None:
    sign_in(client, place.staff)
    here = f"/office/categories/{place.category('KH').id}/allowances"
    assert client.post(here, data={"school_id": str(place.school.id), "count": "很多", "why": ""}).status_code == 422
    data = {"school_id": str(place.school.id), "count": "3", "why": "承办科技节"}
    assert client.post(here, data=data).status_code == 302
    page = client.get(here).get_data(as_text=True)
    assert "承办科技节" in page
    assert f"{here}/drop" in page
    limits = client.get(f"/office/categories/{place.category('KH').id}/limits").get_data(as_text=True)
    assert here in limits
    sign_in(client, place.manager)
    assert "主办单位给本校的名额是 3 件（承办科技节）" in client.get("/entries").get_data(as_text=True)
    assert "本校还可提交 3 件" in client.get("/entries/new").get_data(as_text=True)
    sign_in(client, place.staff)
    assert client.post(f"{here}/drop", data={"school": str(place.school.id)}).status_code == 302
    assert client.post(f"{here}/drop", data={"school": "²"}).status_code == 302
    assert db.session.query(SchoolAllowance).count() == 0


def test_another_office_finds_nothing(place: Place, client: FlaskClient) -> None:
    sign_in(client, make_account(Role.OFFICE, office=make_office("临泽县科学技术协会"), name="李干事"))
    assert client.get(f"/office/categories/{place.category('KH').id}/allowances").status_code == 404

"""Numbers in forms and files that are none, or longer than any number that is kept: an answer, never a failure."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest_portal.core.errors import Invalid
from contest_portal.core.forms import typed_number
from contest_portal.judging.assignment.problem_json import read_problem
from contest_portal.judging.models import Round
from tests import factories
from tests.judging.making import Scene, make_scene, open_round, plan_round, tasks_of

ODD = ("²", "٣" * 12, "9" * 30, "9" * 5000, "-1", "1.5", "")
"""A digit that is no number, digits of another script, beyond a database's number, beyond what Python reads."""


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene(judges=2, entries=2)


@pytest.mark.database
@pytest.mark.parametrize("odd", ["²", "9" * 30, "9" * 5000], ids=["no-number", "large", "endless"])
class TestPages:
    def test_drafts_that_are_submitted_together(self, client: FlaskClient, scene: Scene, odd: str) -> None:
        running = open_round(scene, reads=1)
        task = tasks_of(running)[0]
        judge = next(one for one in scene.judges if one.id == task.judge_id)
        factories.sign_in(client, scene.actor(judge))
        for value in (f"{odd}-1", f"{task.id}-{odd}", f"{odd}-{odd}"):
            answer = client.post(f"/judge/rounds/{running.id}/submit-ready", data={"task": value})
            assert answer.status_code < 500

    def test_seats_of_a_round(self, client: FlaskClient, scene: Scene, odd: str) -> None:
        row = plan_round(scene, reads=1)
        factories.sign_in(client, scene.staff)
        for name, value in (("judge", odd), ("place", f"{odd}-1"), ("panel", f"1-{odd}"), (f"most-{odd}", "3")):
            answer = client.post(
                f"/office/rounds/{row.id}/judges", data={"judge": str(scene.judges[0].id), name: value}
            )
            assert answer.status_code < 500, name

    def test_the_version_that_a_page_showed_and_the_seed(self, client: FlaskClient, scene: Scene, odd: str) -> None:
        row = plan_round(scene, reads=1)
        factories.sign_in(client, scene.staff)
        assert client.get(f"/office/rounds/{row.id}/plan", query_string={"seed": odd}).status_code == 200
        data = {"version": odd, "seed": "1", "names": odd, "unsearched": odd, "knows": "y"}
        answer = client.post(f"/office/rounds/{row.id}/open", data=data)
        assert answer.status_code in {409, 422}
        assert client.get(f"/office/rounds/{row.id}").status_code == 200

    def test_places_of_a_category(self, client: FlaskClient, scene: Scene, odd: str) -> None:
        row: Round = plan_round(scene, reads=1)
        factories.sign_in(client, scene.staff)
        data = {"version": str(row.version), "name": "初评", f"wanted-{odd}": "3", f"wanted-{scene.category().id}": odd}
        assert client.post(f"/office/rounds/{row.id}/edit", data=data).status_code == 422


@pytest.mark.parametrize(("text", "number"), [("12", 12), (" 7 ", 7), ("0", 0), ("2147483647", 2**31 - 1)])
def test_a_number_is_read(text: str, number: int) -> None:
    assert typed_number(text) == number


@pytest.mark.parametrize("text", [*ODD, None, "2147483648"])
def test_what_is_none_is_not(text: str | None) -> None:
    assert typed_number(text) is None


def test_a_number_of_thousands_of_digits_in_a_problem_is_told_in_our_words() -> None:
    with pytest.raises(Invalid, match="有一个数长得读不了"):
        read_problem('{"reads": ' + "9" * 5000 + "}")

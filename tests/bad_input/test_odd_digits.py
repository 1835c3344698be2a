"""Digits that are no numbers, and numbers beyond all measure, where pages carry ids: an answer, never a failure."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from contest_portal.core.actor import Role
from contest_portal.people.grades import parse_grade
from tests import factories
from tests.judging.making import Scene, make_entry, make_scene

ODD = pytest.mark.parametrize("odd", ["²", "9" * 30, "9" * 5000], ids=["no-number", "large", "endless"])


@ODD
@pytest.mark.database
class TestPages:
    @pytest.fixture
    def scene(self, app: object) -> Scene:
        return make_scene(judges=0, entries=1)

    def test_works_that_are_accepted_together_or_alone(self, client: FlaskClient, scene: Scene, odd: str) -> None:
        category = scene.category()
        queue = f"/office/contests/{scene.contest.id}/screening/{category.id}/accept"
        entry = make_entry(scene, scene.schools[0])
        factories.sign_in(client, scene.staff)
        for line in (f"{odd}:1:1", f"{entry.id}:{odd}:1", f"{entry.id}:1:{odd}"):
            assert client.post(queue, data={"entry": line}).status_code < 500, line
        sent = {f"accept-{name}": odd for name in ("submission", "decision", "names")}
        assert client.post(f"/office/entries/{entry.id}/accept", data=sent).status_code < 500

    def test_schools_that_the_summary_names(self, client: FlaskClient, scene: Scene, odd: str) -> None:
        factories.sign_in(client, scene.staff)
        assert client.post("/office/summary/2018/schools", data={"schools": odd}).status_code < 500

    def test_pupils_and_classes_of_consents(self, client: FlaskClient, scene: Scene, odd: str) -> None:
        school = scene.schools[0]
        factories.sign_in(client, factories.make_account(Role.SCHOOL_MANAGER, school=school))
        for name in ("student", "grade"):
            for page in ("record", "sheets"):
                address = f"/schools/{school.id}/consents/{page}"
                assert client.get(address, query_string={name: odd}).status_code < 500, (name, page)

    def test_another_membership(self, client: FlaskClient, scene: Scene, odd: str) -> None:
        factories.sign_in(client, scene.staff)
        assert client.post("/account/membership", data={"membership_id": odd}).status_code < 500


def test_grades_in_digits_of_other_kinds_are_read_or_refused() -> None:
    for text in ("²年级", "⑦年级", "٣年级", "𐩀年级", "7²班"):
        parse_grade(text)

"""The awards made public beside the recommendation list, each with versions of its own."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest_portal.core.clock import MovingClock
from contest_portal.core.database import unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.results.public_list import from_content
from contest_portal.results.queries.publications import publication_by_id
from contest_portal.results.services import awards, publications, shortlists
from tests.factories import sign_in
from tests.results.test_awards import Place


@pytest.fixture
def place(app: Flask) -> Place:
    return Place()


def published(place: Place, kind: str, note: str = "") -> int:
    draft = publications.draft_publication(place.staff, place.contest.id, "名单公示", amendment_note=note, kind=kind)
    return publications.publish_list(place.leader, draft.id, draft.content_sha256).id


def test_awards_wait_for_an_approved_list(place: Place) -> None:
    with pytest.raises(Conflict, match="获奖名单"):
        publications.draft_publication(place.staff, place.contest.id, "获奖名单公示", kind="award")


def test_awards_and_recommendations_have_versions_of_their_own(place: Place, client: FlaskClient) -> None:
    place.approved()
    shortlists_version = _recommended(place)
    first = published(place, "award")
    page = client.get(f"/lists/{first}").text
    assert "一等奖" in page
    assert "第 1 版" in page
    assert page.count("二等奖") == 4
    assert "已经更正" not in client.get(f"/lists/{shortlists_version}").text


def test_a_cancelled_award_asks_for_an_amendment_that_shows_it_gone(
    place: Place, client: FlaskClient, clock: MovingClock
) -> None:
    place.approved()
    first = published(place, "award")
    hub = f"/office/contests/{place.contest.id}/lists"
    sign_in(client, place.staff)
    assert "请更正公示" not in client.get(hub).text
    clock.advance(minutes=1)
    with unit_of_work(place.staff, "results.test") as work:
        assert awards.cancel_award(work, place.entries[0].id, "经查不是本人所画。") == 1
    assert "获奖名单在公示之后有变化" in client.get(hub).text
    clock.advance(minutes=1)
    second = published(place, "award", "一件作品经查不是本人所画，取消奖项。")
    assert "获奖名单在公示之后有变化" not in client.get(hub).text
    page = client.get(f"/lists/{second}").text
    assert "删去" in page
    assert "火星医院1" in client.get(f"/lists/{first}").text
    assert [line.award for line in from_content(_content(second))[0].lines].count("一等奖") == 0


def _content(publication_id: int) -> dict[str, object]:
    return publication_by_id(publication_id).content


def _recommended(place: Place) -> int:
    shortlists.set_quotas(place.staff, place.category.id, {"": 3})
    draft = shortlists.make_shortlist(place.staff, place.category.id)
    shortlists.approve_shortlist(place.leader, draft.id, draft.row_version)
    return published(place, "shortlist")

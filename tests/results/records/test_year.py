"""Awards from above: of one entry or in words, with the paper that says so."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.results.records.models import ExternalResult
from tests.factories import make_account, make_office, sign_in
from tests.results.lists.test_shortlists import World

pytestmark = pytest.mark.database


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def sent(**changes: object) -> dict[str, object]:
    return {
        "award-contest_name": "市大赛",
        "award-award": "一等奖",
        "award-count": "1",
        "award-level": "市",
        **changes,
    }


def picture() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(stream, "JPEG")
    return stream.getvalue()


def test_an_award_of_an_entry_with_its_paper_is_kept_for_the_office_alone(world: World, client: FlaskClient) -> None:
    sign_in(client, world.staff)
    content = picture()
    fields = sent(**{"award-entry_number": world.entries[0].number, "award-files": (io.BytesIO(content), "奖状.jpg")})
    assert client.post("/office/years/2018/results/awards", data=fields).status_code == 302
    (row,) = db.session.scalars(select(ExternalResult)).all()
    assert (row.entry_id, row.level, row.file_name) == (world.entries[0].id, "市", "奖状.jpg")
    assert client.get(f"/office/awards/{row.id}/file").data == content
    sign_in(client, make_account(Role.OFFICE, office=make_office("临泽县科协")))
    assert client.get(f"/office/awards/{row.id}/file").status_code == 404


def test_the_same_award_of_the_same_work_is_asked_about_before_it_counts_twice(
    world: World, client: FlaskClient
) -> None:
    sign_in(client, world.staff)
    fields = sent(**{"award-entry_number": world.entries[0].number})
    address = "/office/years/2018/results/awards"
    assert client.post(address, data=fields).status_code == 302
    again = client.post(address, data=fields)
    assert again.status_code == 422
    assert "已经登记过，没有重复登记" in again.text
    assert 'name="award-is_another"' in again.text
    assert len(db.session.scalars(select(ExternalResult)).all()) == 1
    assert client.post(address, data={**fields, "award-is_another": "y"}).status_code == 302
    assert client.post(address, data=sent(**{"award-entry_number": world.entries[1].number})).status_code == 302
    assert len(db.session.scalars(select(ExternalResult)).all()) == 3


def test_a_number_in_small_letters_or_of_full_width_is_the_same_number(world: World, client: FlaskClient) -> None:
    sign_in(client, world.staff)
    entry = world.entries[0]
    assert entry.number is not None
    wide = "".join(chr(ord(one) + 0xFEE0) for one in entry.number.lower())
    for place, typed in enumerate((entry.number.lower(), f" {wide} ")):
        fields = sent(**{"award-entry_number": typed, "award-contest_name": f"省赛{place}"})
        assert client.post("/office/years/2018/results/awards", data=fields).status_code == 302
    assert db.session.scalars(select(ExternalResult.entry_id)).all() == [entry.id, entry.id]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"award-entry_number": "GZ-0"}, "没有编号为「GZ-0」"),
        ({"award-entry_number": "GZ2018-KH-X-0001", "award-count": "2"}, "数量应是 1"),
        ({"award-files": (io.BytesIO(b"MZ" * 50), "a.exe")}, "不是照片或 PDF"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(
    world: World, client: FlaskClient, changes: dict[str, object], told: str
) -> None:
    sign_in(client, world.staff)
    answer = client.post("/office/years/2018/results/awards", data=sent(**changes))
    assert answer.status_code == 422
    assert told in answer.text
    assert db.session.scalars(select(ExternalResult)).all() == []

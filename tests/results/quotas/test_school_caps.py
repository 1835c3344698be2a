"""What a school is told of the quota table: how many of its works may be recommended, and why where it is named."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from contest_portal.core.actor import Role
from contest_portal.results.quotas.allocation import RowKind, TableRow
from tests.factories import make_account, sign_in
from tests.results.lists.ranked import Ranked


def test_each_school_reads_its_own_number(app: Flask, client: FlaskClient) -> None:
    world = Ranked()
    usual, named, feature = world.schools
    world.save(
        TableRow(RowKind.CAP, {}, 3),
        TableRow(RowKind.CAP, {"class": "feature"}, 6),
        TableRow(RowKind.BONUS, {}, 1, school_id=named.id, why="承办科技节"),
        TableRow(RowKind.FLOOR, {"stage": "X"}, 2),
        total=20,
    )
    name = world.category.name
    for school, told in (
        (usual, f"{name}：推荐时每校有上限，本校最多 3 件。"),
        (named, f"{name}：推荐时每校有上限，本校最多 4 件（承办科技节）。"),
        (feature, f"{name}：推荐时每校有上限，本校最多 6 件。"),
    ):
        sign_in(client, make_account(Role.SCHOOL_MANAGER, school=school, name=f"{school.name}校长"))
        for path in ("/entries", "/entries/new"):
            page = client.get(path).get_data(as_text=True)
            assert told in page
            assert page.count("推荐时每校有上限") == 1


def test_without_a_cap_nothing_is_told(app: Flask, client: FlaskClient) -> None:
    world = Ranked()
    world.save(TableRow(RowKind.CEILING, {"stage": "X"}, 2), total=20)
    sign_in(client, make_account(Role.SCHOOL_MANAGER, school=world.schools[0], name="王校长"))
    assert "推荐时" not in client.get("/entries").get_data(as_text=True)

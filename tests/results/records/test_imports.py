"""Awards from above and honours out of a workbook: preview, faults by cell, all or nothing, out and in again."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.results.records.models import ExternalResult, Honour
from tests.factories import make_account, make_office, sign_in
from tests.results.lists.test_shortlists import World

pytestmark = pytest.mark.database

IMPORT = "/office/years/2018/results/import"
AWARDS = ["赛事", "级别", "奖项", "数量", "作品编号", "获奖作品", "备注"]
HONOURS = ["学校", "荣誉", "授予单位或级别"]


@pytest.fixture
def world(app: Flask, client: FlaskClient) -> World:
    place = World()
    sign_in(client, place.staff)
    return place


def workbook(awards: Sequence[Sequence[object]] = (), honours: Sequence[Sequence[object]] = ()) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "上级赛事获奖"
    for row in [["2018 年上级获奖"], AWARDS, *awards]:
        sheet.append(list(row))
    other = book.create_sheet("学校荣誉")
    for row in [HONOURS, *honours]:
        other.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def sent(client: FlaskClient, content: bytes) -> tuple[int, str]:
    answer = client.post(IMPORT, data={"file": (io.BytesIO(content), "获奖.xlsx")})
    return answer.status_code, answer.text


def applied(client: FlaskClient, page: str, year: int = 2018) -> int:
    found = re.search(r'name="rows"[^>]*value="([0-9a-f]+)"', page)
    assert found
    return client.post(f"/office/years/{year}/results/import/apply", data={"rows": found[1]}).status_code


def awards_there() -> list[tuple[object, ...]]:
    rows = db.session.scalars(select(ExternalResult).order_by(ExternalResult.id))
    return [(one.contest_name, one.level, one.award, one.count, one.entry_id, one.work_title, one.note) for one in rows]


def good(world: World) -> bytes:
    number = world.entries[0].number
    return workbook(
        [
            ["市第九届创新大赛", "市级", "一等奖", None, number, None, "已领证书"],
            ["省第33届创新大赛", "省", "二等奖", 3, None, "三幅科幻画", None],
        ],
        [[world.school.name, "科普先进集体", "市科协"]],
    )


def test_nothing_is_recorded_before_it_is_confirmed_then_all_of_it(world: World, client: FlaskClient) -> None:
    status, page = sent(client, good(world))
    assert status == 200
    assert "三幅科幻画" in page
    assert "科普先进集体" in page
    assert awards_there() == []
    assert applied(client, page) == 302
    assert awards_there() == [
        ("市第九届创新大赛", "市", "一等奖", 1, world.entries[0].id, "", "已领证书"),
        ("省第33届创新大赛", "省", "二等奖", 3, None, "三幅科幻画", ""),
    ]
    (honour,) = db.session.scalars(select(Honour))
    assert (honour.school_id, honour.honour, honour.given_by) == (world.school.id, "科普先进集体", "市科协")


def test_every_fault_is_told_with_its_cell_and_good_rows_beside_it_wait(world: World, client: FlaskClient) -> None:
    number = world.entries[0].number
    faulty = workbook(
        [
            ["市大赛", "市", "一等奖", 1, None, "好的一行", None],
            ["市大赛", "县", "一等奖", 1, None, "级别不对", None],
            ["市大赛", "市", None, 1, None, "没有奖项", None],
            ["市大赛", "市", "一等奖", 2.5, None, "数量不对", None],
            ["市大赛", "市", "一等奖", 1, "GZ-0", None, None],
            ["市大赛", "市", "一等奖", 2, number, None, None],
            ["市大赛", "市", "一等奖", 1, None, "好的一行", None],
            ["市大赛", "市", "一等奖" * 11, 1, None, None, None],
        ],
        [["没有的学校", "先进集体", "市"]],
    )
    status, page = sent(client, faulty)
    assert status == 422
    for told in (
        "「上级赛事获奖」表第 4 行 B 列：级别「县」",
        "「上级赛事获奖」表第 5 行 C 列：「奖项」不能为空",
        "「上级赛事获奖」表第 6 行 D 列：数量「2.5」应是 1 到 10000 的整数",
        "「上级赛事获奖」表第 7 行 E 列：没有编号为「GZ-0」",
        "「上级赛事获奖」表第 8 行 D 列：写了作品编号的，数量应是 1，这里是 2",
        "「上级赛事获奖」表第 9 行：与第 3 行完全相同",
        "「上级赛事获奖」表第 10 行 C 列：有 33 个字，最多 30 个字",
        "「学校荣誉」表第 2 行 A 列：没有找到学校「没有的学校」",
    ):
        assert told in page
    assert 'name="rows"' not in page
    assert awards_there() == []


def test_a_workbook_without_these_lists_says_what_was_looked_for(world: World, client: FlaskClient) -> None:
    book = Workbook()
    book.active.append(["姓名", "年龄"])
    stream = io.BytesIO()
    book.save(stream)
    status, page = sent(client, stream.getvalue())
    assert status == 422
    assert "没有找到「赛事」「奖项」或「学校」「荣誉」" in page
    assert sent(client, workbook())[0] == 422


def test_the_years_export_names_level_entry_and_work_and_can_be_read_in_again(
    world: World, client: FlaskClient
) -> None:
    applied(client, sent(client, good(world))[1])
    export = client.get("/office/years/2018/results/export").data
    rows = list(load_workbook(io.BytesIO(export)).worksheets[0].iter_rows(values_only=True))
    entry = world.entries[0]
    assert rows[0] == tuple(AWARDS)
    assert rows[1] == ("市第九届创新大赛", "市", "一等奖", 1, entry.number, entry.title, "已领证书")
    assert rows[2][1:6] == ("省", "二等奖", 3, None, "三幅科幻画")
    before = awards_there()
    status, page = sent(client, export)
    assert status == 200
    assert page.count("已登记</td>") == 3
    assert applied(client, page) == 302
    assert awards_there() == before


def test_a_preview_counts_for_its_office_and_year_alone(world: World, client: FlaskClient) -> None:
    page = sent(client, good(world))[1]
    assert applied(client, page, year=2019) == 409
    sign_in(client, make_account(Role.OFFICE, office=make_office("临泽县科协")))
    assert applied(client, page) == 409
    assert awards_there() == []


def test_a_school_that_left_after_the_preview_stops_all_of_it(world: World, client: FlaskClient) -> None:
    page = sent(client, good(world))[1]
    world.school.state = "closed"
    db.session.commit()
    assert applied(client, page) == 409
    assert awards_there() == []


def test_the_template_holds_the_headings_that_are_read(world: World, client: FlaskClient) -> None:
    template = load_workbook(io.BytesIO(client.get("/office/years/2018/results/template").data))
    awards, honours = template.worksheets[:2]
    assert [cell.value for cell in awards[1]] == AWARDS
    assert [cell.value for cell in honours[1]] == HONOURS

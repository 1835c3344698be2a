"""The page of the quota table: rows without scripts, the preview, contradictions, two people at it, copying."""

from __future__ import annotations

import io

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.entries.models import Entry
from contest_portal.results.quotas.allocation import RowKind, TableRow
from contest_portal.results.quotas.queries.tables import stored_table
from tests.factories import sign_in
from tests.results.lists.ranked import Ranked

FLOOR, CEILING, CAP, SCHOOL = RowKind.FLOOR, RowKind.CEILING, RowKind.CAP, RowKind.SCHOOL


@pytest.fixture
def world(app: Flask) -> Ranked:
    return Ranked()


@pytest.fixture
def office(world: Ranked, client: FlaskClient) -> FlaskClient:
    return sign_in(client, world.staff)


def address(world: Ranked) -> str:
    return f"/office/categories/{world.category.id}/quotas"


def typed(*rows: dict[str, str], version: int = 0, total: str = "", do: str = "save", **more: str) -> dict[str, str]:
    """What the page posts: rows by the names of their fields."""
    fields = {f"row-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}
    return {"version": str(version), "total": total, "rows": str(len(rows)), "do": do, **fields, **more}


PRIMARY = {"rule": "floor", "stage": "X", "amount": "50%"}


def test_a_row_is_added_and_removed_by_buttons_and_what_was_typed_stays(world: Ranked, office: FlaskClient) -> None:
    page = office.post(address(world), data=typed(PRIMARY, total="4", do="add", new_kind="cap")).get_data(as_text=True)
    assert 'name="rows" value="2"' in page
    assert 'name="row-1-rule" value="cap"' in page
    assert 'name="row-0-amount" value="50%"' in page
    both = [PRIMARY, {"rule": "cap", "amount": "2"}]
    page = office.post(address(world), data=typed(*both, total="4", do="remove-0")).get_data(as_text=True)
    assert 'name="rows" value="1"' in page
    assert 'name="row-0-rule" value="cap"' in page
    assert not stored_table(world.category.id).is_there


def test_a_row_that_did_not_come_whole_is_told_and_nothing_is_saved(world: Ranked, office: FlaskClient) -> None:
    answer = office.post(address(world), data=typed({"rule": "gone", "amount": "3"}, PRIMARY, total="4"))
    assert answer.status_code == 422
    assert "原来第 1 行没有收到是哪种规定" in answer.text
    assert 'name="row-0-amount" value="50%"' in answer.text
    assert not stored_table(world.category.id).is_there


def test_a_minimum_above_the_full_mark_is_refused(world: Ranked, office: FlaskClient) -> None:
    answer = office.post(address(world), data=typed(PRIMARY, total="4", minimum_score="101"))
    assert answer.status_code == 422
    assert "最低分应是 0 到 100 之间的数" in answer.text


def test_a_saved_table_is_read_back_as_it_was_typed(world: Ranked, office: FlaskClient) -> None:
    school = str(world.schools[1].id)
    rows = [
        PRIMARY,
        {"rule": "ceiling", "stage": "C", "kind": "team", "class": "feature", "amount": "１件"},
        {"rule": "cap", "amount": "不限"},
        {"rule": "school", "school": school, "amount": "2", "why": "承办科技节"},
    ]
    answer = office.post(address(world), data=typed(*rows, total="4", minimum_score="60.5", may_stay_empty="1"))
    assert answer.status_code == 302
    table = stored_table(world.category.id).table
    assert (table.total, table.minimum_score, table.may_stay_empty) == (4, 60.5, True)
    assert table.rows == (
        TableRow(FLOOR, {"stage": "X"}, percent=50),
        TableRow(CEILING, {"stage": "C", "kind": "team", "class": "feature"}, 1),
        TableRow(CAP, {}),
        TableRow(SCHOOL, {}, 2, school_id=world.schools[1].id, why="承办科技节"),
    )
    page = office.get(address(world)).get_data(as_text=True)
    assert 'name="row-0-amount" value="50%"' in page
    assert 'name="row-2-amount" value="不限"' in page
    assert "第 1 次保存，王干事" in page


@pytest.mark.parametrize(
    ("row", "more", "told"),
    [
        ({"rule": "floor", "stage": "X", "amount": "很多"}, {}, "请填写件数，例如 6；或百分比，例如 20%。"),
        ({"rule": "floor", "amount": "3"}, {}, "请至少选一项，说明是哪些作品"),
        ({"rule": "cap", "amount": ""}, {}, "请填写每校几件；不限请写「不限」。"),
        ({"rule": "floor", "stage": "X", "amount": "20%"}, {"total": "不限"}, "总名额不限时不能写百分比，请写件数。"),
        ({"rule": "cap", "amount": "2"}, {"total": "三十"}, "名额应为 0 或更大的整数，不限名额请留空。"),
        ({"rule": "cap", "amount": "2"}, {"minimum_score": "高"}, "最低分应是 0 到 100 之间的数；不设请留空。"),
        ({"rule": "school", "school": "999999", "amount": "2"}, {}, "这所学校不在本单位的学校中"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_saved(
    world: Ranked, office: FlaskClient, row: dict[str, str], more: dict[str, str], told: str
) -> None:
    answer = office.post(address(world), data={**typed(row, total="4"), **more})
    assert answer.status_code == 422
    assert answer.get_data(as_text=True).count(told) == 2, "once in the summary, once at the field"
    assert not stored_table(world.category.id).is_there


def test_numbers_that_nobody_types_are_refused(world: Ranked, office: FlaskClient) -> None:
    for values in ({"rows": "99999999999"}, {"rows": "²"}, {"total": "9" * 40}, {"source": "x", "do": "copy"}):
        assert office.post(address(world), data={**typed(total="4"), **values}).status_code in {200, 302, 409, 422}


class TestPreview:
    def seen(self, world: Ranked, office: FlaskClient, *rows: dict[str, str], total: str = "3") -> str:
        version = stored_table(world.category.id).version
        data = typed(*rows, total=total, do="preview", version=version)
        answer = office.post(address(world), data=data)
        assert answer.status_code == 200
        page = answer.get_data(as_text=True)
        return page[page.index('id="quota-preview"') : page.index("</section>")]

    def test_who_comes_in_and_who_goes_compared_with_what_is_saved(self, world: Ranked, office: FlaskClient) -> None:
        world.save(total=3)
        shown = self.seen(world, office, {"rule": "floor", "stage": "C", "amount": "2"})
        coming, going = shown[shown.index("列入的作品增加") : shown.index("不再列入")], shown[shown.index("不再列入") :]
        assert "节水龙头4" in coming
        assert "「初中组」应不少于 2 件" in coming
        assert "节水龙头3" in going
        assert "剩下的名额须留给「初中组」" in going
        assert stored_table(world.category.id).table.rows == ()

    def test_each_row_says_how_far_it_is_used(self, world: Ranked, office: FlaskClient) -> None:
        shown = self.seen(world, office, {"rule": "cap", "amount": "2"}, {"rule": "floor", "stage": "G", "amount": "2"})
        assert "列入 2 件，共 6 件参评" in shown
        assert "已到上限的学校：西关小学 2/2" in shown
        assert "只有 0 件，少于应有的 2 件" in shown

    def test_a_tie_at_the_line_is_told(self, app: Flask, client: FlaskClient) -> None:
        world = Ranked((1, 2, 2, 4))
        shown = self.seen(world, sign_in(client, world.staff), total="2")
        assert "有 2 件并列待定，其后 1 个名额等待决定" in shown

    def test_before_the_ranking_it_is_held_against_what_came_in(self, world: Ranked, office: FlaskClient) -> None:
        other = next(one for one in world.contest.categories if one.code == "KH")
        entry = db.session.get_one(Entry, world.id_of(1))
        entry.category_id, entry.state = other.id, "submitted"
        db.session.commit()
        page = office.post(
            f"/office/categories/{other.id}/quotas",
            data=typed({"rule": "floor", "stage": "X", "amount": "3"}, total="5", do="preview"),
        ).get_data(as_text=True)
        assert "评审还没有排名。下面是各行与目前已提交的 1 件作品的对照" in page
        assert "只有 1 件，少于应有的 3 件" in page

    def test_rows_that_only_more_works_would_bring_into_conflict_are_a_warning_beside_the_list(
        self, world: Ranked, office: FlaskClient
    ) -> None:
        """Three works of 小学, five asked for, four places: the list is made, so the page must not say that it cannot be."""
        shown = self.seen(world, office, {"rule": "floor", "stage": "X", "amount": "5"}, total="4")
        assert "作品够多时，这些规定不能同时满足，至少差 1 个名额" in shown
        assert "可以照下面的结果生成名单" in shown
        assert "列入 4 件" in shown
        assert "只有 3 件，少于应有的 5 件" in shown
        assert "必须改好" not in shown

    def test_a_contradiction_names_its_rows_and_by_how_much(self, world: Ranked, office: FlaskClient) -> None:
        rows = [
            {"rule": "ceiling", "kind": "team", "amount": "1"},
            {"rule": "floor", "stage": "X", "amount": "3"},
            {"rule": "floor", "stage": "C", "amount": "2"},
        ]
        shown = self.seen(world, office, *rows, total="4")
        assert "至少差 1 个名额" in shown
        assert 'href="#row-1"' in shown
        assert 'href="#row-2"' in shown
        assert 'href="#row-0"' not in shown


def test_a_contradiction_is_kept_told_on_the_list_and_makes_none(world: Ranked, office: FlaskClient) -> None:
    world.save(TableRow(FLOOR, {"stage": "X"}, 5), total=4)
    page = office.get(f"/office/categories/{world.category.id}/list").get_data(as_text=True)
    assert "作品够多时，名额表的规定不能同时满足，至少差 1 个名额" in page
    # There are three works of 小学: the list can be made as long as all of them are asked for.
    world.make()
    assert world.titles() == [1, 2, 3, 5]
    world.save(TableRow(FLOOR, {"stage": "X"}, 3), TableRow(FLOOR, {"stage": "C"}, 2), total=4)
    with pytest.raises(Invalid, match="第 1 行 「小学组」不少于 3 件（参评 3 件）；第 2 行 「初中组」不少于 2 件"):
        world.make()


def test_of_two_people_at_one_table_the_second_loses_nothing(world: Ranked, office: FlaskClient) -> None:
    world.save(total=9)
    answer = office.post(address(world), data=typed(PRIMARY, total="4", version=0))
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "王干事又保存了名额表" in page
    assert "总名额 9 个" in page, "what the other saved"
    assert 'name="row-0-amount" value="50%"' in page, "what was typed here"
    assert 'name="total" value="4"' in page
    assert 'name="version" value="1"' in page
    assert office.post(address(world), data=typed(PRIMARY, total="4", version=1)).status_code == 302
    assert stored_table(world.category.id).table.total == 4


def test_another_categorys_table_is_taken_over_to_be_looked_at_first(world: Ranked, office: FlaskClient) -> None:
    world.save(TableRow(CAP, {}, 3), TableRow(FLOOR, {"discipline": "数学"}, 1), total=12)
    other = next(one for one in world.contest.categories if one.code == "KH")
    here = f"/office/categories/{other.id}/quotas"
    assert f'<option value="{world.category.id}">' in office.get(here).get_data(as_text=True)
    page = office.post(here, data=typed(do="copy", source=str(world.category.id))).get_data(as_text=True)
    assert 'name="total" value="12"' in page
    assert 'name="row-0-rule" value="cap"' in page
    assert not stored_table(other.id).is_there
    rows = [{"rule": "cap", "amount": "3"}, {"rule": "floor", "discipline": "数学", "amount": "1"}]
    refused = office.post(here, data=typed(*rows, total="12"))
    assert refused.status_code == 422
    assert "这个类别没有「数学」，请改选或删除这一行。" in refused.get_data(as_text=True)


def test_another_offices_table_is_not_taken_over(world: Ranked, office: FlaskClient) -> None:
    foreign = Ranked(name="临泽县科学技术协会")
    foreign.save(total=77)
    page = office.post(address(world), data=typed(do="copy", source=str(foreign.category.id))).get_data(as_text=True)
    assert "77" not in page[page.index('name="total"') :][:40]


def test_the_reasons_stand_on_the_page_in_the_workbook_and_on_the_list(app: Flask, client: FlaskClient) -> None:
    world = Ranked((1, 2, 3, 4, 5, 6), schools=(0, 0, 1, 0, 1, 2))
    world.save(TableRow(CAP, {}, 1), TableRow(FLOOR, {"class": "feature"}, 1), total=3)
    world.make()
    out = "「西关小学」最多 1 件，已由名次在前的作品占满；本件第 2 名，排在最后入选者之前"
    assert world.reasons()[2] == out
    assert world.titles() == [1, 3, 6]
    office = sign_in(client, world.staff)
    assert out in office.get(f"/office/categories/{world.category.id}/list").get_data(as_text=True)
    content = office.get(f"/office/shortlists/{world.newest().id}/export").data
    cells = [
        str(cell)
        for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
        for cell in row
    ]
    assert out in cells


def test_a_list_behind_its_table_or_ranking_is_not_approved(world: Ranked) -> None:
    world.save(total=3)
    world.make()
    world.save(total=4)
    with pytest.raises(Conflict, match="名额表在名单生成之后改过"):
        world.approve()
    world.make()
    world.rank([6, 5, 4, 3, 2, 1])
    with pytest.raises(Conflict, match="评审排名在名单生成之后有新的结果"):
        world.approve()
    world.make()
    assert world.approve().state == "approved"
    assert world.titles() == [6, 5, 4, 3]


def test_only_staff_and_leaders_of_the_office_edit_the_table(world: Ranked, client: FlaskClient) -> None:
    stranger = Ranked(name="临泽县科学技术协会")
    sign_in(client, stranger.staff)
    assert client.get(address(world)).status_code == 404
    assert client.post(address(world), data=typed(total="1")).status_code == 404

"""The office's pages of contests over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from contest_portal.contests import queries, services, usage
from contest_portal.contests.exporting import exported_template
from contest_portal.contests.models import Contest
from contest_portal.contests.rule_usage import CategoryUsage, SlotUsage
from contest_portal.contests.template_file import parse_template
from contest_portal.core.actor import Actor, Role
from contest_portal.core.database import db
from contest_portal.people.models import Office
from tests.contests.pages import form_of
from tests.factories import make_account, make_contest, make_office, make_school, sign_in

pytestmark = pytest.mark.pages

PARTS = ("basic", "people", "limits", "stages", "disciplines", "criteria", "columns")
CODES = ("CG", "KH", "SJ", "DV", "FA", "FX")


@pytest.fixture
def office(app: Flask) -> Office:
    return make_office()


@pytest.fixture
def staff(office: Office) -> Actor:
    return make_account(Role.OFFICE, office=office)


@pytest.fixture
def contest(staff: Actor) -> Contest:
    return services.create_contest_from_template(staff, "castic-district-2018", 2018)


@pytest.fixture
def desk(client: FlaskClient, staff: Actor) -> FlaskClient:
    return sign_in(client, staff)


@pytest.fixture
def used() -> Iterator[dict[int, CategoryUsage]]:
    known: dict[int, CategoryUsage] = {}

    def provider(category_id: int) -> CategoryUsage:
        return known.get(category_id, CategoryUsage())

    def counter(_contest_id: int) -> dict[int, int]:
        return {category_id: one.entries for category_id, one in known.items()}

    usage.provide_usage(provider)
    usage.provide_counts(counter)
    yield known
    usage._providers.remove(provider)
    usage._counters.remove(counter)


def ids(contest: Contest) -> dict[str, int]:
    return {category.code: category.id for category in queries.contest(contest.id).categories}


def rules(contest: Contest, code: str):
    return next(one.rules for one in queries.contest(contest.id).categories if one.code == code)


def test_the_list_shows_the_offices_contests_in_a_constant_number_of_statements(
    desk: FlaskClient, office: Office
) -> None:
    counts = []
    for rows in (1, 3):
        for number in range(rows):
            make_contest(office, name=f"赛事{rows}-{number}", year=2010 + number)
        statements: list[str] = []
        listener = lambda *given, kept=statements: kept.append(given[2])  # noqa: E731 - taken off again below
        event.listen(db.engine, "before_cursor_execute", listener)
        page = desk.get("/office/contests").text
        event.remove(db.engine, "before_cursor_execute", listener)
        counts.append(len(statements))
        assert page.count(">管理</a>") == (1 if rows == 1 else 4)
    assert counts[0] == counts[1] <= 15


def test_a_contest_is_made_from_a_template_on_a_page(desk: FlaskClient) -> None:
    values = form_of(desk.get("/office/contests/new").text, "template")
    values |= {"year": ["2019"], "called_on": ["2019-03-01"]}
    answer = desk.post("/office/contests/new", data=values, follow_redirects=True)
    assert "2019年甘州区青少年科技创新大赛" in answer.text
    assert "发布前还有 3 处需要补齐" in answer.text
    again = desk.post("/office/contests/new", data=values)
    assert again.status_code == 422
    assert "这一年已有同名的赛事" in again.text


def test_an_uploaded_template_is_checked_line_by_line(desk: FlaskClient, contest: Contest) -> None:
    text = exported_template(queries.contest(contest.id))[1]

    def upload(content: bytes):
        return desk.post(
            "/office/contests/new/file",
            data={"year": "2021", "file": (BytesIO(content), "模板.toml")},
            content_type="multipart/form-data",
        )

    wrong = upload(text.replace('code = "KH"', 'kode = "KH"').encode())
    assert wrong.status_code == 422
    assert "行：不认识的键「kode」，是不是要写「code」？" in wrong.text
    syntax = upload(text.replace('version = "1"', "version = ", 1).encode())
    assert "第 4 行：TOML 写法有误" in syntax.text
    gb = upload('# 说明\nname = "大赛"\n'.encode("gb18030"))
    assert "第 1 行：不是 UTF-8 编码的文字" in gb.text
    assert len(queries.all_contests()) == 1
    right = upload(text.encode("utf-8-sig"))
    assert right.status_code == 302
    assert len(queries.all_contests()) == 2


def test_a_copy_is_made_on_a_page(desk: FlaskClient, contest: Contest) -> None:
    values = form_of(desk.get("/office/contests/new/copy").text, "source") | {"year": ["2022"]}
    answer = desk.post("/office/contests/new/copy", data=values, follow_redirects=True)
    assert "2022年甘州区青少年科技创新大赛" in answer.text
    assert "请核对其中的届次和日期" in answer.text


def test_a_contest_is_prepared_opened_and_closed_on_its_pages(desk: FlaskClient, contest: Contest) -> None:
    address = f"/office/contests/{contest.id}"
    refused = desk.post(f"{address}/state/open", data={"version": "1"})
    assert refused.status_code == 422
    assert "赛事还不能发布" in refused.text
    call = form_of(desk.get(f"{address}/call").text, "call_title")
    call |= {"call_title": ["通知"], "call_text": ["各学校：\r\n一、主题"], "who_may_enter": ["在校学生"]}
    assert desk.post(f"{address}/call", data=call).status_code == 302
    assert "内容齐全，可以发布" in desk.get(address).text
    version = form_of(desk.get(address).text, "version")["version"]
    opened = desk.post(f"{address}/state/open", data={"version": version}, follow_redirects=True)
    assert "赛事现在是「进行中」" in opened.text
    stale = desk.post(f"{address}/state/close", data={"version": version})
    assert stale.status_code == 409
    assert queries.contest(contest.id).state == "open"


def test_a_stale_call_keeps_what_was_typed(desk: FlaskClient, staff: Actor, contest: Contest) -> None:
    address = f"/office/contests/{contest.id}/call"
    values = form_of(desk.get(address).text, "call_title") | {"call_text": ["我写了很久的正文"]}
    services.change_call(staff, contest.id, None, title="别人先改了", text="别人的正文", who_may_enter="学生")
    answer = desk.post(address, data=values)
    assert answer.status_code == 409
    assert "内容已被他人修改" in answer.text
    assert "我写了很久的正文" in answer.text
    assert queries.contest(contest.id).call_text == "别人的正文"


def test_the_timetable_is_saved_to_its_second_and_days_out_of_order_stand_beside_their_field(
    desk: FlaskClient, contest: Contest
) -> None:
    address = f"/office/contests/{contest.id}/timetable"
    values = form_of(desk.get(address).text, "closes_on")
    assert values["closes_time"] == ["23:59:59"]
    wrong = desk.post(address, data=values | {"closes_on": ["2018-03-02"]})
    assert wrong.status_code == 422
    assert 'id="closes_on-error"' in wrong.text
    values |= {"closes_on": ["2018-04-20"], "closes_time": ["17:30"], "grace_seconds": ["0"]}
    assert desk.post(address, data=values).status_code == 302
    saved = queries.contest(contest.id)
    assert saved.submission_closes_at == datetime(2018, 4, 20, 9, 30, tzinfo=UTC)
    assert saved.grace_seconds == 0


def test_settings_are_saved_and_a_wrong_pattern_is_explained(desk: FlaskClient, contest: Contest) -> None:
    address = f"/office/contests/{contest.id}/settings"
    values = form_of(desk.get(address).text, "number_pattern")
    wrong = desk.post(address, data=values | {"number_pattern": ["{prefix}-{seq}"]})
    assert "编号格式里缺少 category、stage，编号会重复" in wrong.text
    values |= {"return_reasons": ["缺件\r\n\r\n签字盖章不全"], "feeds_into_name": ["张掖市大赛"]}
    assert desk.post(address, data=values).status_code == 302
    saved = queries.contest(contest.id)
    assert (saved.return_reasons, saved.feeds_into_name) == (["缺件", "签字盖章不全"], "张掖市大赛")


@pytest.mark.parametrize("part", PARTS)
def test_saving_a_part_as_it_stands_changes_no_rule_of_any_category(
    desk: FlaskClient, contest: Contest, part: str
) -> None:
    for code, category_id in ids(contest).items():
        before = rules(contest, code)
        values = form_of(desk.get(f"/office/categories/{category_id}/{part}").text, "version")
        answer = desk.post(f"/office/categories/{category_id}/{part}", data=values)
        assert answer.status_code == 302, answer.text
        assert rules(contest, code) == before


def test_saving_each_slot_and_field_as_it_stands_changes_no_rule(desk: FlaskClient, contest: Contest) -> None:
    for code, category_id in ids(contest).items():
        before = rules(contest, code)
        for section, items in (("slots", before.slots), ("fields", before.fields)):
            for item in items:
                address = f"/office/categories/{category_id}/{section}/{item.code}"
                answer = desk.post(address, data=form_of(desk.get(address).text, "version"))
                assert answer.status_code == 302, answer.text
        assert rules(contest, code) == before


def test_the_rubric_must_add_up_and_rows_can_be_added_and_emptied(desk: FlaskClient, contest: Contest) -> None:
    address = f"/office/categories/{ids(contest)['KH']}/criteria"
    page = desk.get(address).text
    assert 'data-sum-wanted="100">100</output>' in page
    values = form_of(page, "version")
    wrong = desk.post(address, data=values | {"criteria-0-max_points": ["40"]})
    assert wrong.status_code == 422
    assert "评分项合计 90 分，应为 100 分" in wrong.text
    more = desk.post(address, data=values | {"more": ["criteria"]})
    assert more.text.count('data-sum="points"') == page.count('data-sum="points"') + 2
    values |= {
        "criteria-0-max_points": ["60"],
        "criteria-1-name": [""],
        "criteria-1-max_points": [""],
        "criteria-1-description": [""],
        "criteria-3-name": ["表达"],
        "criteria-3-max_points": ["15"],
    }
    assert desk.post(address, data=values).status_code == 302
    saved = rules(contest, "KH").criteria
    assert [(one.code, one.max_points) for one in saved] == [("imagination", 60), ("painting", 25), ("biao-da", 15)]


def test_columns_of_the_recommendation_list_are_chosen_on_a_page(desk: FlaskClient, contest: Contest) -> None:
    address = f"/office/categories/{ids(contest)['KH']}/columns"
    values = {
        key: rows for key, rows in form_of(desk.get(address).text, "version").items() if "list_columns" not in key
    }
    values |= {
        "list_columns-0-key": ["number"],
        "list_columns-0-label": ["编号"],
        "list_columns-1-key": [""],
        "list_columns-1-label": ["不用的"],
        "list_columns-2-key": ["field:technique"],
        "list_columns-2-label": [""],
    }
    assert desk.post(address, data=values).status_code == 302
    saved = rules(contest, "KH").list_columns
    assert [(one.key, one.label) for one in saved] == [("number", "编号"), ("field:technique", "画种")]


def test_a_row_with_a_mistake_names_the_row_and_the_field(desk: FlaskClient, contest: Contest) -> None:
    address = f"/office/categories/{ids(contest)['CG']}/stages"
    values = form_of(desk.get(address).text, "version") | {"stage_groups-1-code": ["初"]}
    answer = desk.post(address, data=values)
    assert "第 2 行 编号代码：请用 1 至 4 个大写字母或数字" in answer.text
    assert "<span>请用 1 至 4 个大写字母或数字</span>" in answer.text
    values |= {"stage_groups-1-code": ["X"]}
    assert "代码「X」用了两次" in desk.post(address, data=values).text


def test_a_slot_is_added_moved_and_removed_on_pages(desk: FlaskClient, contest: Contest) -> None:
    category = ids(contest)["KH"]
    values = form_of(desk.get(f"/office/categories/{category}/slots/new").text, "version")
    values |= {"label": ["创作过程照片"], "kinds": ["jpeg", "png"], "max_megabytes": ["2.5"], "max_files": ["4"]}
    assert desk.post(f"/office/categories/{category}/slots/new", data=values).status_code == 302
    added = rules(contest, "KH").slots[-1]
    assert (added.code, added.max_bytes, added.max_files) == ("chuang-zuo-guo-cheng-zhao-pian", 2_621_440, 4)
    address = f"/office/categories/{category}/slots/{added.code}"
    version = form_of(desk.get(address).text, "version")["version"]
    assert desk.post(f"{address}/move", data={"to": "up", "version": version}).status_code == 302
    assert rules(contest, "KH").slots[0].code == added.code
    stale = desk.post(f"{address}/remove", data={"version": version})
    assert stale.status_code == 409
    version = form_of(desk.get(address).text, "version")["version"]
    assert desk.post(f"{address}/remove", data={"version": version}).status_code == 302
    assert [slot.code for slot in rules(contest, "KH").slots] == ["painting"]
    assert desk.get(address).status_code == 404


def test_a_slots_contradiction_stands_beside_its_field(desk: FlaskClient, contest: Contest) -> None:
    address = f"/office/categories/{ids(contest)['KH']}/slots/painting"
    values = form_of(desk.get(address).text, "version")
    nothing = desk.post(address, data={**values, "kinds": []})
    assert "请至少选一种格式" in nothing.text
    lengths = desk.post(address, data=values | {"min_seconds": ["500"], "max_seconds": ["100"]})
    assert "影片时长下限 500 秒大于上限 100 秒" in lengths.text


def test_what_entries_use_is_refused_on_the_page_with_their_number(
    desk: FlaskClient, contest: Contest, used: dict[int, CategoryUsage]
) -> None:
    category = ids(contest)["KH"]
    used[category] = CategoryUsage(
        entries=9, submitted=9, slots={"painting": SlotUsage(9, 0, {"jpeg": 9}, largest={"max_bytes": 9_000_000})}
    )
    version = str(queries.category(category).version)
    removed = desk.post(f"/office/categories/{category}/slots/painting/remove", data={"version": version})
    assert removed.status_code == 422
    assert "材料项「科幻画」已有 9 件作品交了文件，不能删除" in removed.text
    address = f"/office/categories/{category}/slots/painting"
    values = form_of(desk.get(address).text, "version")
    assert desk.post(address, data=values | {"max_megabytes": ["8"]}).status_code == 422
    assert desk.post(address, data=values | {"max_megabytes": ["12"]}).status_code == 302
    gone = desk.post(f"/office/categories/{category}/remove", data={"version": str(queries.category(category).version)})
    assert gone.status_code == 409


def test_a_class_of_schools_is_chosen_by_name_and_may_get_no_place_at_all(desk: FlaskClient, contest: Contest) -> None:
    address = f"/office/categories/{ids(contest)['KH']}/limits"
    page = desk.get(address).text
    assert '<option selected value="feature">特色学校</option>' in page
    assert "类型代码" not in page
    values = form_of(page, "version") | {"classes-0-count": ["0"]}
    assert desk.post(address, data=values).status_code == 302
    quota = rules(contest, "KH").school_quota
    assert [(one.school_class, one.name, one.count) for one in quota.classes] == [("feature", "特色学校", 0)]
    again = form_of(desk.get(address).text, "version")
    twice = again | {"classes-1-school_class": ["feature"], "classes-1-count": ["3"]}
    assert "「特色学校」的名额定了两次" in desk.post(address, data=twice).text
    wrong = desk.post(address, data=again | {"classes-0-count": ["许多"]})
    assert wrong.status_code == 422
    gone = form_of(desk.get(address).text, "version") | {"classes-0-count": [""]}
    assert desk.post(address, data=gone).status_code == 302
    assert rules(contest, "KH").school_quota.classes == ()
    assert '<option selected value="feature">特色学校</option>' in desk.get(address).text


def test_another_applicant_brings_numbers_of_authors_and_groups_along(desk: FlaskClient, contest: Contest) -> None:
    address = f"/office/categories/{ids(contest)['KH']}/basic"
    values = form_of(desk.get(address).text, "version") | {"applicant_kind": ["teacher"]}
    assert desk.post(address, data=values).status_code == 302
    changed = rules(contest, "KH")
    assert [group.code for group in changed.stage_groups] == ["T"]
    assert changed.limits[0].whom == "teacher"


def test_a_category_is_added_after_another_one(desk: FlaskClient, contest: Contest) -> None:
    address = f"/office/contests/{contest.id}/categories/new"
    values = form_of(desk.get(address).text, "base")
    values |= {"name": ["数字绘画"], "code": ["SZ"], "measure": ["幅"], "base": [f"own:{ids(contest)['KH']}"]}
    assert desk.post(address, data=values).status_code == 302
    expected = replace(rules(contest, "KH"), code="SZ", number_code="SZ", name="数字绘画", measure="幅")
    assert rules(contest, "SZ") == expected
    assert "已用于本赛事的另一个类别" in desk.post(address, data=values).text


def test_attachments_are_uploaded_and_removed_on_the_call_page(desk: FlaskClient, contest: Contest) -> None:
    address = f"/office/contests/{contest.id}/attachments"

    def upload(name: str, content: bytes):
        data = {"file": (BytesIO(content), name), "title": "", "kind": "blank_form"}
        return desk.post(address, data=data, content_type="multipart/form-data")

    assert upload("申报书.pdf", b"<!doctype html><script>1</script>").status_code == 422
    assert upload("申报书.html", b"<html>").status_code == 422
    assert upload("申报书.pdf", b"%PDF-1.4 ...").status_code == 302
    file = queries.contest(contest.id).attachments[0]
    assert "申报书" in desk.get(f"/office/contests/{contest.id}/call").text
    assert desk.post(f"{address}/{file.id}/remove").status_code == 302
    assert queries.contest(contest.id).attachments == []


def test_the_exported_file_parses(desk: FlaskClient, contest: Contest) -> None:
    answer = desk.get(f"/office/contests/{contest.id}/template.toml")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert len(parse_template(answer.text, filename="x").categories) == 6


READ = ["", "/categories", "/template.toml"]
EDIT = ["/call", "/timetable", "/settings", "/categories/new"]


@pytest.mark.parametrize("role", [Role.LEADER, Role.SUPERVISOR])
def test_leader_and_supervisor_read_and_change_nothing(
    client: FlaskClient, office: Office, contest: Contest, role: Role
) -> None:
    sign_in(client, make_account(role, office=office))
    category = ids(contest)["KH"]
    reads = [f"/office/contests/{contest.id}{end}" for end in READ] + [f"/office/categories/{category}"]
    edits = [f"/office/contests/{contest.id}{end}" for end in EDIT] + [
        f"/office/categories/{category}/{part}" for part in (*PARTS, "slots/painting", "fields/technique", "slots/new")
    ]
    assert {client.get(url).status_code for url in ["/office/contests", *reads]} == {200}
    assert {client.get(url).status_code for url in [*edits, "/office/contests/new"]} == {403}
    assert client.post(f"/office/contests/{contest.id}/state/open").status_code == 403
    assert "修改</a>" not in client.get(f"/office/contests/{contest.id}").text


def test_another_office_does_not_learn_that_the_contest_exists(client: FlaskClient, contest: Contest) -> None:
    sign_in(client, make_account(Role.OFFICE, office=make_office("张掖市科学技术协会")))
    category = ids(contest)["KH"]
    urls = [f"/office/contests/{contest.id}{end}" for end in READ + EDIT] + [
        f"/office/categories/{category}",
        f"/office/categories/{category}/basic",
        f"/office/categories/{category}/slots/painting",
        f"/contests/{contest.id}",
    ]
    assert {client.get(url).status_code for url in urls} == {404}
    assert client.post(f"/office/contests/{contest.id}/state/open").status_code == 404
    assert client.post(f"/office/categories/{category}/remove").status_code == 404


def test_a_school_has_no_business_on_the_offices_pages(client: FlaskClient, office: Office, contest: Contest) -> None:
    sign_in(client, make_account(Role.SCHOOL_MANAGER, school=make_school(office)))
    opened = make_contest(office, name="已发布")
    assert client.get("/office/contests").status_code == 403
    assert client.get(f"/office/contests/{contest.id}").status_code == 404
    assert client.get(f"/office/contests/{opened.id}").status_code == 403
    assert client.get(f"/contests/{opened.id}").status_code == 200


def test_a_visitor_is_asked_to_sign_in(client: FlaskClient, contest: Contest) -> None:
    assert client.get(f"/office/contests/{contest.id}").status_code == 302

"""A judge's evening with a bad connection: offline, closed browsers, two posts of one act; keys, slider, swipe, pins."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect
from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.entries.models import Entry
from contest_portal.judging.models import Assignment, ScoreSheet
from contest_portal.judging.sheet_models import FraudReport
from tests.journeys import judged
from tests.journeys.browsing import Join, Person
from tests.journeys.judged import JUDGES, Judged
from tests.journeys.scene import STAFF
from tests.journeys.site import Site

KEPT, WAITS = "已保存在本机，联网后自动保存", "已保存在本机，联网后自动提交"


@pytest.fixture
def running(site: Site) -> Judged:
    """A round in which every judge has two paintings."""
    scene = judged.accepted_paintings(site, 2)
    with site.inside():
        judged.open_round(scene, judged.add_judges(scene), reads=3)
    return scene


def begin(person: Person) -> str:
    """Open the first work; gives its address."""
    person.go("/judge").press("开始评审")
    return person.page.url.removeprefix(person.site.address)


def type_marks(person: Person, imagination: float, science: float, painting: float) -> None:
    person.fill(mark_imagination=imagination, mark_science=science, mark_painting=painting)


def kept_sheets(site: Site, address: str) -> list[tuple[float, str]]:
    with site.inside():
        task_id = int(address.rsplit("/", 1)[-1])
        rows = db.session.execute(
            select(ScoreSheet.total, Assignment.state)
            .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
            .where(Assignment.id == task_id)
        )
        return [(total, state) for total, state in rows]


@pytest.mark.usefixtures("running")
def test_what_was_typed_and_pressed_offline_goes_when_the_line_is_back(site: Site, people: Join) -> None:
    judge = people(phone=True).sign_in(JUDGES[0])
    address = begin(judge)
    context, page = judge.page.context, judge.page
    context.set_offline(True)
    type_marks(judge, 40, 20, 18)
    expect(page.locator("[data-save-status]")).to_have_text(KEPT)
    page.get_by_role("button", name="提交，下一件").click()
    expect(page.locator("[data-save-status]")).to_have_text(WAITS)
    assert kept_sheets(site, address) == []
    with page.expect_navigation():
        context.set_offline(False)
    judge.told("已提交，78 分")
    assert kept_sheets(site, address) == [(78, "submitted")]
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('sheet:'))") == []


@pytest.mark.usefixtures("running")
def test_a_browser_that_was_closed_offline_sends_the_sheet_from_the_next_page(site: Site, people: Join) -> None:
    judge = people().sign_in(JUDGES[0])
    address = begin(judge)
    context = judge.page.context
    context.set_offline(True)
    type_marks(judge, 41, 21, 19)
    judge.page.get_by_role("button", name="提交，下一件").click()
    expect(judge.page.locator("[data-save-status]")).to_have_text(WAITS)
    judge.page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto("/work")
    expect(again.locator(".sheet-outbox")).to_contain_text("已送出本机保存的 1 份评分")
    assert kept_sheets(site, address) == [(81, "submitted")]


@pytest.mark.usefixtures("running")
def test_a_draft_of_a_closed_browser_is_put_back_into_its_page(people: Join) -> None:
    judge = people().sign_in(JUDGES[0])
    address = begin(judge)
    context = judge.page.context
    context.set_offline(True)
    judge.fill(mark_imagination=33)
    expect(judge.page.locator("[data-save-status]")).to_have_text(KEPT)
    judge.page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(address)
    expect(again.locator("#mark_imagination")).to_have_value("33")
    expect(again.locator("[data-save-status]")).to_contain_text("已自动保存")


@pytest.mark.usefixtures("running")
def test_an_answer_lost_on_the_way_doubles_nothing(site: Site, people: Join) -> None:
    judge = people().sign_in(JUDGES[0])
    address = begin(judge)
    lost: list[str] = []

    def lose(route: Route) -> None:
        """The server takes what was sent; the browser hears nothing of it, the first time."""
        kind = route.request.url.rsplit("/", 1)[-1]
        if kind in lost:
            route.continue_()
            return
        lost.append(kind)
        route.fetch()
        route.abort("connectionreset")

    judge.page.route(re.compile(r"/judge/tasks/\d+/(draft|submit)$"), lose)
    type_marks(judge, 42, 20, 18)
    expect(judge.page.locator("[data-save-status]")).to_contain_text("已自动保存", timeout=60_000)
    with judge.page.expect_navigation():
        judge.page.get_by_role("button", name="提交，下一件").click()
    assert lost == ["draft", "submit"]
    assert kept_sheets(site, address) == [(80, "submitted")]
    judge.page.unroute(re.compile(r"/judge/tasks/\d+/(draft|submit)$"))


@pytest.mark.usefixtures("running")
def test_signing_out_asks_before_unsent_sheets_are_cleared(people: Join) -> None:
    judge = people().sign_in(JUDGES[0])
    begin(judge)
    judge.page.route("**/draft", lambda route: route.abort())
    judge.fill(mark_imagination=33)
    expect(judge.page.locator("[data-save-status]")).to_have_text(KEPT)
    asked: list[str] = []

    def answer(dialog: object, yes: bool) -> None:
        asked.append(dialog.message)  # type: ignore[attr-defined]
        dialog.accept() if yes else dialog.dismiss()  # type: ignore[attr-defined]

    out = judge.menu().get_by_role("button", name="退出登录")
    judge.page.once("dialog", lambda dialog: answer(dialog, False))
    out.click()
    expect(judge.page.locator("#mark_imagination")).to_have_value("33")
    judge.page.once("dialog", lambda dialog: answer(dialog, True))
    with judge.page.expect_navigation():
        out.click()
    assert len(asked) == 2
    assert "1 份评分没有送出" in asked[0]
    assert judge.page.evaluate("Object.keys(localStorage).filter(key => /^(sheet|pins):/.test(key))") == []


@pytest.mark.usefixtures("running")
def test_keys_and_slider_at_a_desk(people: Join) -> None:
    judge = people().sign_in(JUDGES[0])
    first = begin(judge)
    page = judge.page
    page.locator("h1").click()
    page.keyboard.press("1")
    page.keyboard.type("35.5")
    slider = page.get_by_role("slider", name="想象力（滑块）")
    expect(slider).to_have_value("35.5")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#mark_imagination")).to_have_value("36")
    assert page.url.endswith(first)  # the slider's own arrow keys go nowhere
    expect(page.locator("[data-save-status]")).to_contain_text("已自动保存", timeout=60_000)
    page.locator("h1").click()
    with page.expect_navigation():
        page.keyboard.press("j")
    second = page.url
    assert not second.endswith(first)
    with page.expect_navigation():
        page.keyboard.press("ArrowLeft")
    assert page.url.endswith(first)
    expect(page.locator("#mark_imagination")).to_have_value("36")


@pytest.mark.usefixtures("running")
def test_a_swipe_goes_on_and_a_pinned_work_is_compared_on_a_phone(people: Join) -> None:
    judge = people(phone=True).sign_in(JUDGES[0])
    first = begin(judge)
    page = judge.page
    number = page.locator(".judge-lead span").first.inner_text()
    page.get_by_role("button", name="钉住对比").click()
    expect(page.get_by_role("button", name="取消钉住")).to_be_visible()
    with page.expect_navigation():
        _swipe(judge, from_x=300, to_x=60)
    assert not page.url.endswith(first)
    judge.press(f"与 {number} 对比").sees(number)
    expect(page.locator(".compare-side")).to_have_count(2)


def _swipe(person: Person, *, from_x: int, to_x: int) -> None:
    """A finger over the painting, as the browser's own touch events."""
    words = person.page.locator(".judge-summary")
    words.scroll_into_view_if_needed()
    box = words.bounding_box()
    assert box
    y = box["y"] + 5
    devtools = person.page.context.new_cdp_session(person.page)
    devtools.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": from_x, "y": y}]})
    devtools.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": to_x, "y": y}]})
    devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.usefixtures("running")
def test_drafts_are_submitted_together_from_the_sorted_pile(people: Join) -> None:
    judge = people(phone=True).sign_in(JUDGES[0])
    begin(judge)
    for place in range(2):
        type_marks(judge, 40, 20, 20)
        expect(judge.page.locator("[data-save-status]")).to_contain_text("已自动保存", timeout=60_000)
        if not place:
            judge.press("下一件")
    judge.go("/judge").press("按总分排列").sees("2 件同分", "已评好，未提交")
    judge.press("全部提交（2 件）").told("已提交 2 份评分").sees("2 件同分")


@pytest.mark.usefixtures("running")
def test_without_scripts_a_judge_marks_compares_and_reports_and_the_office_upholds_it(site: Site, people: Join) -> None:
    judge = people(phone=True, scripts=False).sign_in(JUDGES[0])
    address = begin(judge)
    expect(judge.page.locator(".score-slider").first).to_be_hidden()
    type_marks(judge, 40, 20, 20)
    judge.press("提交，下一件").told("80 分")
    judge.go(address).press("与另一件对比").press("对比", within=judge.page.locator(".compare-choice"))
    expect(judge.page.locator(".compare-side")).to_have_count(2)
    judge.go(address)
    judge.page.locator(".judge-report summary").click()
    judge.page.locator("[name=kind][value=fraud]").check()
    judge.fill(evidence="与网上的一幅画相同。").press("提交举报").told("已举报")
    assert kept_sheets(site, address) == [(80, "submitted")]

    with site.inside():
        report_id, number = db.session.execute(
            select(FraudReport.id, Entry.number).join(Entry, Entry.id == FraudReport.entry_id)
        ).one()
    office = people().sign_in(STAFF)
    office.go(f"/office/reports/{report_id}").sees("与网上的一幅画相同", number or "")
    office.page.locator("[name=outcome][value=upheld]").check()
    office.fill(decision="已找到原画，属实。").press("确定").told("已取消这件作品在本轮的评审资格")
    judge.go("/judge")
    expect(judge.page.locator(".judge-item", has_text=number or "")).to_have_count(0)

"""What the scripts add to the pages, in a real Chromium on the style guide and on small pages made of its parts."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from typing import cast

import pytest
from flask import Flask, Response, redirect, request
from jinja2 import BaseLoader, ChoiceLoader, DictLoader
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from werkzeug.serving import make_server

from contest_portal.core.pages import render_page
from contest_portal.core.permissions import permission
from tests.accessibility import objections

pytestmark = pytest.mark.browser

FORM = """{% extends "core/layout.html" %}{% from "core/macros/forms.html" import form_tag, submit_bar %}
{% block title %}{{ '请登录' if failed else '填写' }}{% endblock %}{% block outcome %}{{ 'failed' if failed }}{% endblock %}
{% block content %}{% if not failed %}{% call form_tag(keep='sample', action='/send') %}
<label for="title">题目</label><input id="title" name="title" value="旧题目">
<label for="secret">证件号码</label><input id="secret" name="secret" data-keep-skip>{{ submit_bar('提交') }}{% endcall %}{% endif %}{% endblock %}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of the running application, with a form at /fill that is sent to /send."""
    app.jinja_env.loader = ChoiceLoader(
        [DictLoader({"tests/fill.html": FORM}), cast("BaseLoader", app.jinja_env.loader)]
    )

    @app.get("/fill")
    @permission("core.public")
    def fill() -> Response:
        return render_page("tests/fill.html", failed=False)

    @app.get("/sign-in")
    @permission("core.public")
    def sign_in() -> Response:
        return render_page("tests/fill.html", failed=True)

    @app.post("/send")
    @permission("core.public")
    def send() -> Response:
        target = "/sign-in" if request.form["title"] == "过期" else "/fill"
        return redirect(target)  # type: ignore[return-value]

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(params=[360, 1280])
def page(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    width = request.param
    context = browser.new_context(base_url=site, viewport={"width": width, "height": 800}, locale="zh-CN")
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(base_url=site, viewport={"width": 1280, "height": 800}, locale="zh-CN")
    yield context.new_page()
    context.close()


def test_every_part_is_accessible_and_fits_the_screen(page: Page) -> None:
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.goto("/styleguide")
    assert objections(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert refused == []


def test_the_focus_goes_to_the_errors_and_from_there_to_the_field(desk: Page) -> None:
    desk.goto("/styleguide")
    expect(desk.locator("[data-error-summary]")).to_be_focused()
    desk.locator("[data-error-summary] a").first.click()
    expect(desk.locator("#title")).to_be_focused()


def test_a_doubled_click_sends_once(desk: Page) -> None:
    desk.goto("/fill")
    sent: list[str] = []
    desk.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    with desk.expect_navigation():
        desk.evaluate("() => { const b = document.querySelector('.submit-bar button'); b.click(); b.click(); }")
    assert len(sent) == 1


def test_typed_text_survives_a_closed_page_and_is_offered_back(desk: Page) -> None:
    desk.goto("/fill")
    desk.fill("#title", "新题目")
    desk.fill("#secret", "99000020080101123X")
    desk.goto("/fill")
    assert "99000020080101123X" not in desk.evaluate("JSON.stringify(localStorage)")
    expect(desk.locator("#title")).to_have_value("旧题目")
    desk.get_by_role("button", name="恢复填写").click()
    expect(desk.locator("#title")).to_have_value("新题目")


def test_typed_text_stays_when_the_session_had_run_out_and_goes_once_the_form_arrived(desk: Page) -> None:
    desk.goto("/fill")
    desk.fill("#title", "过期")
    desk.get_by_role("button", name="提交").click()
    desk.wait_for_url("**/sign-in")
    desk.goto("/fill")
    desk.get_by_role("button", name="恢复填写").click()
    expect(desk.locator("#title")).to_have_value("过期")
    desk.fill("#title", "月球上的向日葵花园")
    desk.get_by_role("button", name="提交").click()
    expect(desk.locator("#title")).to_have_value("旧题目")
    assert desk.evaluate("Object.keys(localStorage).length") == 0
    assert desk.get_by_role("button", name="恢复填写").count() == 0


def test_a_draft_saves_itself_and_tells_when(desk: Page) -> None:
    desk.route("**/styleguide", lambda route: answer(route, 204))
    desk.goto("/styleguide")
    desk.fill("#title", "月球上的向日葵花园")
    expect(desk.locator("[data-save-status]")).to_contain_text("已自动保存 09:00:", timeout=8000)


@pytest.mark.parametrize(
    ("status", "words"),
    [(500, "未能保存，稍后自动重试"), (409, "此内容已被他人修改"), (401, "登录已过期"), (422, "未能保存：内容有误")],
)
def test_a_draft_that_could_not_be_saved_says_why(desk: Page, status: int, words: str) -> None:
    desk.route("**/styleguide", lambda route: answer(route, status))
    desk.goto("/styleguide")
    desk.fill("#title", "月球上的向日葵花园")
    expect(desk.locator("[data-save-status]")).to_contain_text(words, timeout=8000)


def test_a_person_is_found_by_initials_and_chosen_by_keyboard(desk: Page) -> None:
    people = "".join(
        f'<li role="option" class="picker-option" data-value="{key}" data-label="{name}" data-detail="五年级">{name}</li>'
        for key, name in ((7, "张晓明"), (9, "张雪梅"))
    )

    def find(route: Route) -> None:
        found = route.request.method == "POST" and "q=zxm&" in f"{route.request.post_data}&"
        route.fulfill(status=200, content_type="text/html", body=people if found else "")

    desk.goto("/styleguide")
    desk.route("**/styleguide", find)
    box = desk.locator("#author")
    box.fill("zxm")
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    box.press("Enter")
    expect(box).to_have_value("张雪梅")
    assert desk.locator("input[name=author]").input_value() == "9"
    box.fill("张")
    assert desk.locator("input[name=author]").input_value() == ""


def test_a_file_that_is_too_large_is_named_before_it_is_sent(desk: Page) -> None:
    desk.goto("/styleguide")
    desk.set_input_files(
        "#painting", {"name": "画.jpg", "mimeType": "image/jpeg", "buffer": b"0" * (10 * 1024 * 1024 + 1)}
    )
    expect(desk.locator("[data-file-chosen=painting]")).to_contain_text("「画.jpg」有 10.0 MB，超过上限 10.0 MB")


def test_one_box_chooses_all_rows(desk: Page) -> None:
    desk.goto("/styleguide")
    desk.locator("[data-select-all]").check()
    expect(desk.locator("[data-select-count]")).to_have_text("已选 5 项")
    desk.locator("[data-select-row]").first.uncheck()
    expect(desk.locator("[data-select-count]")).to_have_text("已选 4 项")


def test_a_deadline_counts_down_by_the_servers_clock(desk: Page) -> None:
    desk.goto("/styleguide")
    expect(desk.locator("[data-countdown]")).to_have_text("还剩 2 天 2 小时", timeout=3000)


def test_a_question_closes_on_escape_and_gives_the_focus_back(desk: Page) -> None:
    desk.goto("/styleguide")
    summary = desk.locator(".confirm > summary").first
    summary.click()
    expect(desk.locator(".confirm-question").first).to_be_visible()
    desk.locator(".confirm-panel button").first.focus()
    desk.keyboard.press("Escape")
    expect(desk.locator(".confirm-question").first).to_be_hidden()
    expect(summary).to_be_focused()


def test_without_scripts_the_parts_of_a_form_are_all_there(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto("/styleguide")
    expect(page.locator("[data-picker-find]").first).to_be_visible()
    expect(page.locator("[data-select-all]")).to_be_hidden()
    page.locator(".confirm > summary").first.click()
    expect(page.locator(".confirm-panel button").first).to_be_visible()
    context.close()


def answer(route: Route, status: int) -> None:
    """Let pages through and answer what is sent with `status`."""
    if route.request.method == "POST":
        route.fulfill(status=status)
    else:
        route.continue_()

"""Looking at works: a large painting stroke by stroke, by finger, button and key; a copy that is still being made."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from contest_portal.core.database import db
from contest_portal.core.models import Job
from contest_portal.judging.models import Round
from contest_portal.media.models import Derivative
from tests.journeys import judged
from tests.journeys.browsing import Join
from tests.journeys.judged import JUDGES
from tests.journeys.site import Site
from tests.judging import making

ZOOM = "document.querySelector('.zoom-box')?.viewer?.viewport?.getZoom(true)"
WHOLE = "document.querySelector('.zoom-box').viewer.viewport.getHomeZoom()"


@pytest.fixture
def task(site: Site) -> str:
    """The address of a judge's task."""
    scene = judged.accepted_paintings(site, 1)
    with site.inside():
        judged.open_round(scene, judged.add_judges(scene, 1), reads=1)
        [row] = making.tasks_of(db.session.get_one(Round, scene.round_id))
        return f"/judge/tasks/{row.id}"


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
def test_a_painting_is_looked_at_stroke_by_stroke(site: Site, people: Join, task: str, phone: bool) -> None:
    judge = people(phone=phone).sign_in(JUDGES[0]).go(task)
    page = judge.page
    link = page.locator("a[data-zoom]")
    link.click()
    box = page.locator("dialog.zoom-box")
    expect(box).to_be_visible()
    whole = comes_to(page, lambda zoom: zoom > 0)
    with page.expect_response(re.compile(r"/tiles/12/\d+_\d+\.jpg$")) as of_whole_size:  # 3,240 pixels lie on level 12
        for _time in range(6):
            box.get_by_role("button", name="放大", exact=True).click()
    assert of_whole_size.value.ok
    comes_to(page, lambda zoom: zoom > whole * 3)
    page.keyboard.press("-")
    page.keyboard.press("0")
    comes_to(page, lambda zoom: abs(zoom - page.evaluate(WHOLE)) < 0.01)
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    expect(link).to_be_focused()


def test_going_back_closes_what_lies_over_the_page_and_stays_on_it(site: Site, people: Join, task: str) -> None:
    page = people(phone=True).sign_in(JUDGES[0]).go("/judge").go(task).page
    address, box = page.url, page.locator("dialog.zoom-box")
    page.locator("a[data-zoom]").click()
    expect(box).to_be_visible()
    page.go_back()
    expect(box).to_have_count(0)
    assert page.url == address

    page.locator("a[data-zoom]").click()
    box.get_by_role("button", name="关闭").click()
    expect(box).to_have_count(0)
    page.wait_for_function("!window.history.state?.over")
    page.go_back()
    expect(page).to_have_url(re.compile(r"/judge$"))


def comes_to(page: Page, wanted: Callable[[float], bool]) -> float:
    """The zoom, once it is as wanted: it moves there in a while."""
    for _time in range(100):
        zoom = float(page.evaluate(ZOOM) or 0)
        if wanted(zoom):
            return zoom
        page.wait_for_timeout(100)
    raise AssertionError(f"the picture stays at a zoom of {page.evaluate(ZOOM)}")


def test_a_copy_that_is_still_being_made_comes_by_itself(site: Site, people: Join, task: str) -> None:
    with site.inside():
        db.session.execute(update(Derivative).where(Derivative.kind == "blind").values(state="waiting", sha256=None))
        keys = [f"derive-{blob_id}-blind" for blob_id in db.session.scalars(select(Derivative.blob_id))]
        db.session.execute(update(Job).where(Job.key.in_(keys)).values(state="waiting"))
        db.session.commit()
    judge = people(phone=True).sign_in(JUDGES[0]).go(task).sees("等待生成：匿名副本")
    original = judge.page.get_by_role("link", name="打开文件")
    expect(original).to_have_count(0)
    judge.fill(mark_imagination=40)
    site.do_jobs()
    expect(original).to_be_visible(timeout=60_000)
    expect(judge.page.get_by_text("等待生成：匿名副本")).to_have_count(0)
    expect(judge.page.locator("#mark_imagination")).to_have_value("40")  # nothing else of the page was touched

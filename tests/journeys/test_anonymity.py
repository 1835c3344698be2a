"""The office before judging: a name in a title is redacted, a signature is covered, a work is accepted knowingly."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from contest_portal.core.database import db
from contest_portal.entries.blind_models import FileMask
from tests.journeys import entered
from tests.journeys.browsing import Join, Person
from tests.journeys.scene import STAFF, make_contest, make_office, make_school
from tests.journeys.site import Site

TITLE = "张晓明的月球花园"


@pytest.fixture
def waiting(site: Site) -> None:
    """A painting whose title names its author."""
    with site.inside():
        office = make_office()
        school, contest = make_school(office), make_contest(office)
        entered.painting(contest, school, title=TITLE)
    site.do_jobs()


@pytest.mark.usefixtures("waiting")
def test_a_name_is_redacted_a_signature_covered_and_open_names_are_accepted_knowingly(site: Site, people: Join) -> None:
    staff = people().sign_in(STAFF)
    staff.go("/office/entries/1").sees("材料、人员和填写内容没有发现问题", "匿名检查有 1 处姓名线索尚未处理")
    staff.press("评委看到 ■■■").sees("找到的姓名线索都已处理", "系统检查没有发现问题")
    staff.press("恢复文字").press("设置遮盖")
    covers_a_corner(staff)
    with site.inside():
        [boxes] = db.session.query(FileMask).one().boxes.values()
    left, top, width, height = boxes[0]
    assert (left, top) == pytest.approx((0.7, 0.7), abs=0.02)
    assert (width, height) == pytest.approx((0.2, 0.2), abs=0.02)
    site.do_jobs()
    staff.press("返回审核").sees("已遮盖 1 处")
    staff.page.locator("summary", has_text="审核通过").click()
    staff.sees("1 处线索尚未处理，仍要通过？").press("仍要通过").told("没有其他待审核的作品")


def covers_a_corner(person: Person) -> None:
    """Draw a box on the picture; the numbers below follow, and are folded."""
    page = person.page
    picture = page.locator(".mask-picture img")
    picture.evaluate("async one => { await one.decode() }")
    numbers = page.locator(".mask-numbers")
    expect(numbers.locator("[data-masks-row]").first).to_be_hidden()
    place = picture.bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + 0.7 * place["width"], place["y"] + 0.7 * place["height"])
    page.mouse.down()
    page.mouse.move(place["x"] + 0.9 * place["width"], place["y"] + 0.9 * place["height"], steps=5)
    page.mouse.up()
    expect(page.locator("[data-masks-drawing] rect")).to_have_count(1)
    expect(page.get_by_role("button", name="保存本页遮盖")).to_be_in_viewport()
    person.press("保存本页遮盖").told("遮盖已保存")

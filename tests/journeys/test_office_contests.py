"""The office: a contest from the template, its rules changed on pages, called, opened; next year's after it."""

from __future__ import annotations

from datetime import datetime

from playwright.sync_api import expect

from tests.conftest import START
from tests.journeys import works
from tests.journeys.browsing import Join, Person
from tests.journeys.scene import STAFF, make_contest, make_office
from tests.journeys.site import Site

NAME = "2018年甘州区青少年科技创新大赛"


def test_a_contest_is_made_from_the_template_changed_called_and_opened(site: Site, people: Join) -> None:
    with site.inside():
        make_office()
    staff, visitor = people().sign_in(STAFF), people(phone=True)
    staff.go("/office/contests").sees("还没有赛事").press("新建赛事")
    staff.fill(template="castic-district-2018", year=2018, called_on="2018-03-01").press("创建草稿").sees(NAME)
    visitor.go("/").sees("目前没有正在进行的赛事")

    change_the_paintings_rules(staff)
    set_the_timetable(staff)
    publish_the_call(staff)

    visitor.go("/").sees("目前没有正在进行的赛事")
    staff.press(NAME, within=staff.page.locator(".crumbs")).sees("内容齐全，可以发布")
    staff.confirm("发布").told("赛事现在是")
    visitor.go("/").sees(NAME, "科幻画作品", "关于举办大赛的通知")
    visitor.go("/contests/1").sees("不超过 15 MB", "长边不少于 2800 像素", "构思新颖")
    form = visitor.page.get_by_role("link", name="比赛申报书").first.get_attribute("href") or ""
    assert visitor.fetch(form)[:5] == b"%PDF-"


def change_the_paintings_rules(staff: Person) -> None:
    """Quota, slot and rubric of one category, the rubric at first with a wrong sum."""
    staff.press("全部规则").press("科幻画作品").press("修改", within=staff.card("限报、名额与完成时间"))
    staff.fill(quota_count=8).press("保存").sees("8 件")
    staff.press("科幻画", within=staff.page.locator("#slots"))
    staff.fill(max_megabytes=15, min_long_side_px=2800).press("保存材料项").sees("15 MB")
    staff.press("修改评分标准").fill(**{"criteria-0-max_points": 60})
    expect(staff.page.locator(".sum-total")).to_have_text("110")
    staff.press("保存评分标准").sees("100")
    expect(staff.page.locator("[role=alert]")).to_be_visible()
    staff.fill(**{"criteria-1-max_points": 20, "criteria-2-max_points": 20}).press("保存评分标准")
    staff.sees("评分标准（合计 100 分）", "60")
    staff.press(NAME, within=staff.page.locator(".crumbs"))


def set_the_timetable(staff: Person) -> None:
    """Submission until the end of March; the end before the beginning is refused first."""
    staff.press("修改", within=staff.card("时间安排"))
    staff.fill(opens_on="2018-03-01", opens_time="09:00:00", closes_on="2018-02-01", closes_time="23:59:59")
    staff.press("保存时间安排")
    expect(staff.page.locator("[role=alert]")).to_be_visible()
    staff.fill(closes_on="2018-03-31", screening_until="2018-04-10", judging_from="2018-04-11")
    staff.fill(judging_until="2018-04-25", publication_on="2018-05-02").press("保存时间安排").sees(
        "2018-03-31 23:59:59"
    )


def publish_the_call(staff: Person) -> None:
    """The text, and a blank form to fill in."""
    staff.press("修改", within=staff.card("通知"))
    staff.fill(
        call_title="关于举办大赛的通知",
        call_text="各中小学：\n一、参赛对象\n全区中小学在校学生和科技辅导员。\n二、报送时间\n2018年3月1日至3月31日。",
        who_may_enter="全区中小学在校学生和科技辅导员。",
    ).press("保存通知")
    if "/call" not in staff.page.url:
        staff.press("修改", within=staff.card("通知"))
    staff.fill(file=[works.application()], title="比赛申报书", kind="blank_form").press("上传").sees(
        "比赛申报书", "空白表格"
    )


def test_next_years_contest_is_copied_from_this_years(site: Site, people: Join) -> None:
    with site.inside():
        make_contest(make_office())
    site.clock.move_to(datetime(2019, 2, 25, 9, tzinfo=START.tzinfo))
    staff = people().sign_in(STAFF)
    staff.go("/office/contests/new").press("照以前的赛事复制")
    staff.fill(source=1, year=2019).press("创建草稿").sees("2019年甘州区青少年科技创新大赛", "2019-03-31")
    staff.press("全部规则").press("科幻画作品").sees("想象力", "4 开")
    staff.go("/office/contests").sees("2018年甘州区", "2019年甘州区")

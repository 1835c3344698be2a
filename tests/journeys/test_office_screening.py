"""The office: works are looked at and decided one after another, the school sees it at once, nobody overwrites."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import Locator, expect

from contest_portal.core.actor import Role
from tests.conftest import START
from tests.journeys import entered, works
from tests.journeys.browsing import Join, Person
from tests.journeys.scene import MANAGER, STAFF, TEACHER, account, make_contest, make_office, make_school
from tests.journeys.site import Site

OTHER = "chenliguo"


@pytest.fixture
def waiting(site: Site) -> None:
    """Two paintings, a project and a film that await screening."""
    with site.inside():
        office = make_office()
        account("陈立国", Role.OFFICE, OTHER, office_id=office)
        school, contest = make_school(office), make_contest(office)
        entered.painting(contest, school)
        entered.painting(contest, school, "王一凡", title="海底数据图书馆", number=2)
        entered.project(contest, school)
        entered.film(contest, school)
    site.do_jobs()


@pytest.mark.usefixtures("waiting")
def test_works_are_accepted_returned_and_rejected_and_the_school_sees_it(people: Join) -> None:
    staff, other = people().sign_in(STAFF), people().sign_in(OTHER)
    manager, teacher = people(phone=True).sign_in(MANAGER), people(phone=True).sign_in(TEACHER)
    staff.go("/office/screening").sees("待审核").press("待审清单", within=staff.row("科幻画作品")).sees(
        "海底数据图书馆"
    )
    staff.press("逐件审核").sees("月球上的向日葵花园", "系统检查没有发现问题")
    shows_its_picture(staff)
    staff.press("审核通过").sees("海底数据图书馆")
    reject(staff)

    other.go("/office/screening").press("开始审核", within=other.row("竞赛项目")).sees(works.PROJECT, "研究报告.pdf")
    staff.go(other.page.url.removeprefix(other.site.address))
    return_to_the_school(staff)
    other.press("审核通过").sees("没有办理")
    other.go("/office/entries/3").sees("签字盖章不全", "赵文静")

    staff.go("/office/screening").press("开始审核", within=staff.row("DV作品")).sees("荒漠绿洲", "影片.mp4")
    plays_its_film(staff)
    staff.press("审核通过").go("/office/screening").sees("已审 / 已提交")

    manager.go("/notices").sees("审核通过", "审核不通过", "需要修改")
    teacher.go("/entries?state=rejected").press("海底数据图书馆").sees("审核不通过", "选题雷同", "与网上作品相同")
    mend(teacher)
    other.go("/office/screening").press("开始审核", within=other.row("竞赛项目")).sees("与上一版相比", "第 2 次提交")
    other.press("审核通过").told("没有其他待审核的作品")
    teacher.go("/entries?state=accepted").sees("荒漠绿洲", "回收与净化")


def shows_its_picture(person: Person) -> None:
    """The painting itself stands in the page, and opens large."""
    picture = person.page.locator(".preview-picture img").first
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    assert picture.evaluate("async one => { await one.decode(); return one.naturalWidth }") > 600
    assert is_undistorted(picture)


def is_undistorted(picture: Locator) -> bool:
    """The picture's box has its proportions, or is lower and the picture stands in it whole."""
    shown = picture.evaluate(
        "one => [one.naturalHeight / one.naturalWidth, one.clientHeight / one.clientWidth, getComputedStyle(one).objectFit]"
    )
    natural, box, fit = shown
    return abs(box - natural) < 0.01 or (box < natural and fit == "contain")


def plays_its_film(person: Person) -> None:
    """The film's own length is known to the browser: it can play it."""
    film = person.page.locator("video")
    film.scroll_into_view_if_needed()
    assert film.evaluate(works.LENGTH_OF_FILM) > 180


def reject(staff: Person) -> None:
    """At first without a reason."""
    staff.page.locator(".decision-choice", has_text="不通过").locator("summary").click()
    staff.press("确定不通过")
    expect(staff.page.locator("#error-summary")).to_be_visible()
    staff.page.locator(".decision-choice[open]").get_by_label("选题雷同").check()
    staff.fill(**{"reject-words": "与网上作品相同，请更换选题。"}).press("确定不通过").told("没有其他待审核的作品")


def return_to_the_school(staff: Person) -> None:
    """With a reason of the list, own words and a day."""
    staff.page.locator(".decision-choice", has_text="退回修改").locator("summary").click()
    staff.page.locator(".decision-choice[open]").get_by_label("签字盖章不全").check()
    staff.fill(**{"return-words": "申报书第 2 页缺学校公章。", "return-fix_until": "2018-03-08"}).press("确定退回")


def mend(teacher: Person) -> None:
    """Read the reasons, change the work, submit it again."""
    teacher.go("/entries?state=returned").press(works.PROJECT).sees(
        "签字盖章不全", "缺学校公章", "2018-03-08 23:59"
    ).press("修改")
    teacher.fill(title="校园雨水回收与净化装置的研究", slot_application=[works.application(3)])
    teacher.press("保存，下一步核对").press("看改了什么").sees("回收与净化").go("/entries?state=returned")
    teacher.press("校园雨水回收与净化装置的研究").press("重新提交").sees("已提交")


def test_after_the_deadline_only_an_exception_lets_a_work_in(site: Site, people: Join) -> None:
    with site.inside():
        office = make_office()
        school, contest = make_school(office), make_contest(office)
        entered.painting(contest, school, submit=False)
    site.clock.move_to(datetime(2018, 4, 2, 9, tzinfo=START.tzinfo))
    staff, teacher = people().sign_in(STAFF), people(phone=True).sign_in(TEACHER)
    teacher.go("/entries").press("月球上的向日葵花园").sees("截止，这份草稿没有提交")
    expect(teacher.page.get_by_role("button", name="提交作品")).to_have_count(0)

    staff.go("/office/screening").press("补报延期")
    staff.page.locator("#school").select_option(label="甘州区南街小学")
    staff.press("查找草稿")
    staff.page.locator("main label").filter(has_text="月球上的向日葵花园").click()
    staff.fill(until="2018-04-03").press("同意补报").sees("请写明原因")
    staff.fill(why="学校停电三天。").press("同意补报").told("已同意补报").sees("学校停电三天")
    teacher.go("/notices").sees("补报").go("/entries").press("月球上的向日葵花园").press("提交作品")
    teacher.sees("GZ2018-KH-X-0001", "延期补报")
    staff.go("/office/screening").press("待审清单").sees("逾期补报")

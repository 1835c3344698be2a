"""A judge at 360 px: a finger on the slider, what others gave before and after the own sheet, a report with its evidence."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from contest_portal.judging.services import sheets
from tests.journeys import entered, judged, works
from tests.journeys.browsing import Join, Person
from tests.journeys.judged import EMPLOYERS, JUDGES, NAMES, Judged
from tests.journeys.scene import STAFF
from tests.journeys.site import Site
from tests.judging import making

OTHERS = {"wuhongming": (93.5, "构图有新意"), "guoping": (71.5, "科学依据不足")}
"""What the two others gave to every painting, and wrote for the panel."""


@pytest.fixture
def half_done(site: Site) -> Judged:
    """A round that shows others' scores afterwards; the others have submitted theirs."""
    scene = judged.accepted_paintings(site, 2)
    with site.inside():
        row = judged.open_round(scene, judged.add_judges(scene), reads=3, shows_others=True)
        logins = dict(zip(NAMES, JUDGES, strict=True))
        for task in making.tasks_of(row):
            login = logins[task.judge.name]
            if login in OTHERS:
                total, words = OTHERS[login]
                sheets.submit_sheet(
                    entered.actor(login), task.id, task.version, making.marks(total), panel_comment=words
                )
    return scene


@pytest.mark.usefixtures("half_done")
def test_others_scores_are_seen_after_the_own_and_a_report_is_answered(site: Site, people: Join) -> None:
    judge = people(phone=True).sign_in(JUDGES[0])
    judge.go("/judge").press("开始评审")
    first = judge.page.url.removeprefix(site.address)
    knows_no_scores(judge)
    judge.press("与另一件对比")
    knows_no_scores(judge)
    judge.go("/judge").press("按总分排列")
    knows_no_scores(judge)
    judge.go(first)
    slide(judge, "想象力", 0.8)
    judge.fill(mark_science=20, mark_painting=20)
    given = float(judge.page.locator("#mark_imagination").input_value()) + 40
    judge.press("提交，下一件").told(f"已提交，{given:g} 分")
    knows_no_scores(judge)
    report(judge)
    second = judge.page.url.removeprefix(site.address)

    judge.go(first).sees(
        "其他评委的评分", "评委 A", "评委 B", "93.5", "71.5", *(words for _total, words in OTHERS.values())
    )
    assert [word for word in (*NAMES[1:], *EMPLOYERS[1:]) if word in judge.page.content()] == []
    answer(people().sign_in(STAFF))
    judge.go("/notices").sees("一张照片不足以说明")
    judge.go(second).sees("不予取消评审资格", "一张照片不足以说明")
    judge.fill(mark_imagination=40, mark_science=20, mark_painting=20).press("提交").told("本轮任务已全部完成")
    judge.go(second).sees("其他评委的评分", "93.5")


def knows_no_scores(judge: Person) -> None:
    """Neither the page nor its source says what others gave or wrote."""
    html = judge.page.content()
    told = [f"{total:g}" for total, _words in OTHERS.values()] + [words for _total, words in OTHERS.values()]
    assert [word for word in (*told, "其他评委的评分") if word in html] == []


def slide(judge: Person, name: str, share: float) -> None:
    """A finger on the slider, this far along: the number beside it follows and is saved."""
    slider = judge.page.get_by_role("slider", name=f"{name}（滑块）")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    assert box["height"] >= 24  # a finger finds it
    slider.tap(position={"x": box["width"] * share, "y": box["height"] / 2})
    number = judge.page.locator("#mark_imagination")
    expect(number).to_have_value(slider.input_value())
    assert 35 <= float(number.input_value()) <= 45
    expect(judge.page.locator("[data-save-status]")).to_contain_text("已自动保存", timeout=60_000)


def report(judge: Person) -> None:
    """First without the facts, then with them and a picture."""
    judge.page.locator(".judge-report summary").click()
    judge.look()
    judge.page.locator("[name=kind][value=fraud]").check()
    picture = works.repainted(9)
    judge.fill(evidence="与去年的一幅画构图相同。", file=[picture]).press("提交举报").told("已举报")
    judge.sees("主办单位正在核实")


def answer(office: Person) -> None:
    """The office reads the facts, takes the evidence away and does not uphold it."""
    office.go("/office/rounds/1").sees("待处理").page.locator("a[href*='/office/reports/']").first.click()
    office.page.wait_for_url("**/office/reports/*")
    office.look()
    name, content = office.sees("与去年的一幅画构图相同").download("下载证明材料")
    assert re.search(r"\.jpg$", name)
    assert content == works.repainted(9)["buffer"]
    office.press("确定").sees("请选择处理结果")
    office.page.locator("[name=outcome][value=dismissed]").check()
    office.fill(decision="一张照片不足以说明。").press("确定").told("已驳回举报，评审继续")

"""The teacher: a painting from a phone, a team's project from a desk, and nothing typed is ever lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from tests.journeys import works
from tests.journeys.browsing import Join, Person, upload
from tests.journeys.scene import LEADER, MANAGER, TEACHER, make_contest, make_office, make_school
from tests.journeys.site import Site

PAINTING = "科幻画作品"
PROJECT = "学生科技创新成果竞赛项目"


@pytest.fixture
def open_contest(site: Site) -> None:
    with site.inside():
        office = make_office()
        make_school(office)
        make_contest(office)


@pytest.mark.usefixtures("open_contest")
def test_a_painting_is_entered_submitted_and_printed_from_a_phone(site: Site, people: Join) -> None:
    teacher = people(phone=True).sign_in(TEACHER)
    begin(teacher, PAINTING)
    missing = count_missing(teacher)
    assert missing >= 5

    teacher.fill(title="月球上的向日葵花园", summary="在月球的透明穹顶下，向日葵追着地球的光。", field_technique="水彩")
    expect(teacher.page.locator("[data-save-status]")).to_contain_text("已自动保存", timeout=60_000)
    expect(teacher.page.locator("#missing")).to_contain_text(f"还有 {missing - 3} 处")
    pick(teacher, "author", "zxm", "张晓明")
    teacher.sees("移除李文静")  # who enters a work is its tutor at first
    expect(teacher.page.locator("#missing")).to_contain_text("还有 1 处")
    teacher.page.locator("#missing a").click()
    expect(teacher.page.locator("#slot-painting")).to_be_in_viewport()

    teacher.fill(slot_painting=[upload("小图.jpg", small_jpeg())]).press("上传选好的文件").sees(
        "文件没有收下，其他内容已经保存"
    )
    teacher.fill(slot_painting=[works.painting()]).press("上传选好的文件")
    site.do_jobs()
    teacher.page.reload()
    expect(teacher.page.locator("#missing")).to_contain_text("内容齐全")
    teacher.press("保存，下一步核对").sees("内容齐全，可以提交", "张晓明")
    teacher.press("提交作品").sees("GZ2018-KH-X-0001", "已提交")
    path = teacher.page.get_by_role("link", name="打印申报书").get_attribute("href") or ""
    assert teacher.fetch(path)[:5] == b"%PDF-"


@pytest.mark.usefixtures("open_contest")
def test_a_teams_project_survives_an_expired_session(site: Site, people: Join) -> None:
    teacher = people().sign_in(TEACHER)
    begin(teacher, PROJECT)
    pick(teacher, "author", "zxm", "张晓明")
    pick(teacher, "author", "周子", "周子涵")
    teacher.fill(
        **{"authors-0-share": 60, "authors-0-duty": "设计与制作", "authors-1-share": 40, "authors-1-duty": "观察记录"}
    )
    teacher.fill(title=works.PROJECT, summary="利用屋顶落差收集雨水，经三级过滤后用于绿化。")

    site.clock.advance(hours=3)
    teacher.press("保存，下一步核对").sees("登录已过期。您刚才填写的内容已经保留")
    teacher.sign_in(TEACHER).sees("查看保留的文字").press("继续")
    teacher.sees(works.PROJECT, "60", "设计与制作").press("去补充和更正")

    teacher.fill(discipline="技术", completed_on="2018-02-20", field_novelty_checked_on="2018-02-10")
    teacher.page.get_by_role("radio", name="否", exact=True).check()
    teacher.fill(
        slot_application=[works.application()],
        slot_report=[works.report("research", "研究报告")],
        slot_novelty=[works.report("novelty", "查新报告")],
    )
    teacher.press("保存，下一步核对").sees("内容齐全，可以提交")
    button = teacher.page.get_by_role("button", name="提交作品")
    sent: list[str] = []
    teacher.page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    with teacher.page.expect_navigation():
        button.dblclick()
    teacher.look()
    teacher.sees("GZ2018-CG-X-0001")
    assert len(sent) == 1

    teacher.press("修改").fill(title="校园雨水回收与净化装置的研究").press("保存，下一步核对")
    teacher.sees("您修改了内容，但还没有重新提交").press("看改了什么").sees("回收与净化")
    teacher.go("/entries").press(re.sub("回收", "回收与净化", works.PROJECT)).press("重新提交").press(
        "提交过的版本（2）"
    )
    teacher.sees("第 2 版")


@pytest.mark.usefixtures("open_contest")
def test_saving_while_a_draft_saves_itself_is_no_conflict(people: Join) -> None:
    teacher = people().sign_in(TEACHER)
    begin(teacher, PAINTING)
    held: list[Route] = []
    teacher.page.route("**/autosave", lambda route: held.append(route))  # noqa: PLW0108  Playwright needs a function
    with teacher.page.expect_request("**/autosave"):
        teacher.fill(title="会飞的教室")
    teacher.page.locator(".submit-bar").get_by_role("button", name="保存", exact=True).click()
    with teacher.page.expect_navigation():
        held[0].continue_()
    teacher.told("已保存").look()
    expect(teacher.page.locator("#title")).to_have_value("会飞的教室")


@pytest.mark.usefixtures("open_contest")
def test_what_somebody_else_changed_meanwhile_is_not_overwritten_unseen(people: Join) -> None:
    teacher, manager = people().sign_in(TEACHER), people(phone=True).sign_in(MANAGER)
    begin(teacher, PAINTING)
    manager.go(teacher.page.url.removeprefix(teacher.site.address)).fill(title="老师的题目")
    manager.press("保存", within=manager.page.locator(".submit-bar")).told("已保存")
    teacher.fill(summary="向日葵追着地球的光。")
    expect(teacher.page.locator("[data-save-status]")).to_contain_text("内容已被他人修改", timeout=60_000)
    teacher.press("保存", within=teacher.page.locator(".submit-bar")).sees("您填写的内容还没有保存")
    expect(teacher.page.locator("#summary")).to_have_value("向日葵追着地球的光。")


@pytest.mark.usefixtures("open_contest")
def test_without_scripts_a_painting_is_entered_and_submitted(site: Site, people: Join) -> None:
    teacher = people(phone=True, scripts=False).sign_in(TEACHER)
    begin(teacher, PAINTING)
    teacher.fill(title="月球上的向日葵花园", summary="向日葵追着地球的光。", field_technique="水彩", author_query="zxm")
    teacher.press("查找", within=teacher.page.locator("#field-author")).sees("张晓明")
    teacher.press("添加选中的人").sees("移除张晓明")
    teacher.fill(slot_painting=[works.painting()]).press("保存，下一步核对").sees("内容齐全，可以提交")
    teacher.press("提交作品").sees("GZ2018-KH-X-0001", "已提交")


@pytest.mark.usefixtures("open_contest")
def test_a_page_that_is_not_ones_own_is_refused_in_words(people: Join) -> None:
    teacher = people(phone=True).sign_in(TEACHER)
    begin(teacher, PAINTING)
    entry = teacher.page.url.removeprefix(teacher.site.address).removesuffix("/edit")
    teacher.go("/office/contests").sees("没有权限")
    leader = people().sign_in(LEADER)
    leader.go(entry).sees("没有")
    leader.go("/entries/999").sees("没有找到")


def begin(person: Person, category: str) -> None:
    """From the list of one's works to the form of a new one."""
    person.go("/entries").press("申报作品").press(category).sees("要准备的材料").press("开始填写").sees("作者")


def pick(person: Person, role: str, letters: str, name: str) -> None:
    """Find somebody by the first letters and take the one that is found."""
    person.page.locator(f"#{role}").press_sequentially(letters)
    option = person.page.locator(f"#{role}-list [role=option]").filter(has_text=name).first
    with person.page.expect_navigation():
        option.click()
    person.look()
    person.sees(name)


def count_missing(person: Person) -> int:
    words = person.page.locator("#missing .checklist-title").inner_text()
    return int(re.sub(r"\D", "", words))


def small_jpeg() -> bytes:
    """A picture that is too small to be judged."""
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (540, 380), (200, 120, 40)).save(out, "JPEG")
    return out.getvalue()

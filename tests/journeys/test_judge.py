"""The judge: from the invitation to the last correction, blind, on a phone; then the same sheet on a desk."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from contest_portal.core.database import db
from contest_portal.judging.models import Assignment, Round
from contest_portal.judging.services import judges, progress
from contest_portal.people.services.invitations import invite_judge
from tests.journeys import entered, judged
from tests.journeys.browsing import Join, Person
from tests.journeys.judged import JUDGES, Judged
from tests.journeys.scene import STAFF
from tests.journeys.site import PASSWORD, Site
from tests.judging import making

PHONE = "13900000088"
SECRETS = ("南街小学", "大满", "张晓明", "马雪梅", "李文静", "科幻画1", "科幻画2", "科幻画3", "科幻画4")
"""What no page of a judge says: schools, author, tutor, the files' own names."""


def test_a_judge_joins_and_judges_on_a_phone(site: Site, people: Join) -> None:
    scene = judged.accepted_paintings(site, 4)
    with site.inside():
        ids = judged.add_judges(scene, 2)
        new = judges.add_judge(entered.actor(STAFF), scene.office_id, judges.JudgeData("贺兰", PHONE, "市青少年宫"))
        code = invite_judge(entered.actor(STAFF), scene.office_id, new.id, new.name).code
        new_id = new.id
    judge = people(phone=True)
    judge.go(f"/i/{code}").sees("评委", "贺兰").fill(phone=PHONE, password=PASSWORD, repeat_password=PASSWORD)
    judge.press("开通账号").sees("贺兰，您好").go("/judge").sees("现在没有评审任务")
    with site.inside():
        row = judged.open_round(scene, [*ids, new_id], reads=2)
        own = [(task.id, task.entry.number or "") for task in making.tasks_of(row) if task.judge_id == new_id]
        others = [task.id for task in making.tasks_of(row) if task.judge_id != new_id]

    judge.go("/judge").sees("0 / ", *(number for _id, number in own))
    expect(judge.page.locator(".judge-item")).to_have_count(len(own))
    knows_nobody(judge)
    judge.press("开始评审").sees("作品说明", "水彩")
    knows_nobody(judge)
    files_bear_the_number(judge)
    mark(judge, 45, 20, 18)
    judge.page.reload()
    expect(judge.page.locator("#mark_imagination")).to_have_value("45")
    judge.fill(mark_imagination=51).press("提交，下一件").sees("50")
    judge.fill(mark_imagination=46).press("提交，下一件").told("已提交，84 分")

    declare_conflict(judge, site, new_id)
    judge.page.goto(f"/judge/tasks/{others[0]}")
    judge.look()
    judge.sees("没有找到")


@pytest.mark.usefixtures("running")
def test_a_mark_above_the_most_is_told_before_and_after_it_is_saved(people: Join) -> None:
    judge = people(phone=True).sign_in(JUDGES[0])
    judge.go("/judge").press("开始评审")
    words, status = judge.page.locator("#mark_imagination-error"), judge.page.locator("[data-save-status]")
    judge.fill(mark_imagination=51)
    expect(words).to_have_text("应为 0–50 分，最多一位小数。")
    expect(words).to_have_text("「想象力」应为 0–50 分，现为 51。", timeout=60_000)
    expect(status).to_contain_text("已存为草稿，但有内容不对")
    expect(status).not_to_contain_text("已自动保存")
    judge.fill(mark_imagination=50)
    expect(words).to_be_hidden()
    expect(status).to_contain_text("已自动保存", timeout=60_000)


@pytest.mark.usefixtures("running")
def test_a_second_window_of_the_same_judge_shows_both_values_and_keeps_the_chosen(people: Join) -> None:
    first, second = people().sign_in(JUDGES[0]), people(phone=True).sign_in(JUDGES[0])
    first.go("/judge").press("开始评审")
    second.go(first.page.url.removeprefix(first.site.address))
    mark(first, 40, 20, 20)
    second.fill(mark_imagination=30)
    box = second.page.locator(".sheet-conflict")
    expect(box).to_contain_text("想象力：本机 30，另一处 40", timeout=60_000)
    second.look()
    box.get_by_role("button", name="用另一处的").click()
    expect(second.page.locator("#mark_imagination")).to_have_value("40")
    mark(second, 41, 20, 20)
    first.fill(mark_imagination=42)
    box = first.page.locator(".sheet-conflict")
    expect(box).to_contain_text("想象力：本机 42，另一处 41", timeout=60_000)
    box.get_by_role("button", name="用本机的").click()
    expect(first.page.locator("[data-save-status]")).to_contain_text("已自动保存", timeout=60_000)
    second.page.reload()
    expect(second.page.locator("#mark_imagination")).to_have_value("42")


def knows_nobody(judge: Person) -> None:
    """The page's whole source names no author, school, tutor, region or file."""
    html = re.sub(r"<header.*?</header>|<footer.*?</footer>", "", judge.page.content(), flags=re.DOTALL)
    assert [word for word in SECRETS if word in html] == []


def files_bear_the_number(judge: Person) -> None:
    """The painting is shown and its file is named after the entry's number."""
    picture = judge.page.locator(".judge-file img").first
    assert picture.evaluate("async one => { await one.decode(); return one.naturalWidth }") > 600
    number = judge.page.locator(".judge-lead span").first.inner_text()
    place = picture.get_attribute("src") or ""
    answer = judge.page.context.request.get(place.replace("/screen", "/original"))
    assert answer.ok
    assert f"{number}-painting-1.jpg" in answer.headers["content-disposition"]


def mark(judge: Person, imagination: float, science: float, painting: float) -> None:
    """Type the three marks and wait until they are saved by themselves."""
    judge.fill(mark_imagination=imagination, mark_science=science, mark_painting=painting)
    expect(judge.page.locator("[data-score-total]")).to_have_text(f"{imagination + science + painting:g}")
    expect(judge.page.locator("[data-save-status]")).to_contain_text("已自动保存", timeout=60_000)


def declare_conflict(judge: Person, site: Site, judge_id: int) -> None:
    """The next work's author is known: it goes to another judge at once."""
    number = judge.page.locator(".judge-lead span").first.inner_text()
    question = judge.ask("我须回避这件作品")
    question.locator("[name=why]").fill("作者是邻居家的孩子。")
    with judge.page.expect_navigation():
        question.get_by_role("button", name="确认回避").click()
    judge.look()
    judge.told(f"已回避 {number}").go("/judge")
    expect(judge.page.locator(".judge-item", has_text=number)).to_have_count(0)
    with site.inside():
        entry = db.session.query(Assignment).filter_by(judge_id=judge_id, state="conflict").one().entry_id
        assert db.session.query(Assignment).filter_by(entry_id=entry, state="todo").count() == 2


@pytest.fixture
def running(site: Site) -> Judged:
    """A round in which every judge has two paintings."""
    scene = judged.accepted_paintings(site, 2)
    with site.inside():
        judged.open_round(scene, judged.add_judges(scene), reads=3)
    return scene


def test_a_submitted_sheet_is_changed_only_after_the_office_gives_it_back(
    site: Site, people: Join, running: Judged
) -> None:
    desk, phone = people().sign_in(JUDGES[0]), people(phone=True).sign_in(JUDGES[0])
    desk.go("/judge").press("开始评审")
    knows_nobody(desk)
    address = desk.page.url.removeprefix(desk.site.address)
    mark(desk, 40, 20, 20)
    desk.press("提交，下一件").told("80 分")
    phone.go(address).sees("已提交 80 分")
    expect(phone.page.locator("#mark_imagination")).to_have_count(0)
    question = phone.ask("申请修改")
    question.locator("[name=why]").fill("想象力一项看错了标准。")
    with phone.page.expect_navigation():
        question.get_by_role("button", name="提出申请").click()
    phone.look()
    phone.told("申请已交给主办单位")

    office = people().sign_in(STAFF)
    number = phone.page.locator(".judge-lead span").first.inner_text()
    with site.inside():
        asked = db.session.query(Assignment).filter(Assignment.asks_to_reopen != "").one().id
    office.go(f"/office/rounds/{running.round_id}").sees("申请修改评分")
    office.page.get_by_role("link", name=number).click()
    office.page.wait_for_url(f"**/office/tasks/{asked}/sheets")
    office.sees(number, "想象力一项看错了标准")
    office.press("退回修改").told("已退回修改并通知评委")

    phone.go(address).sees("主办单位已将这份评分退回修改")
    phone.fill(mark_imagination=42).press("提交更正").told("已更正为 82 分").sees("第 1 次更正")
    mark(desk, 35, 20, 15)
    desk.press("提交").told("本轮任务已全部完成")

    with site.inside():
        row = db.session.get_one(Round, running.round_id)
        progress.close_round(entered.actor(STAFF), row.id, row.version, void_unfinished=True)
    phone.go("/judge").sees("本轮评审已经截止").page.locator(".judge-group summary").first.click()
    expect(phone.page.locator(".judge-item strong").first).to_have_text("82")


@pytest.mark.usefixtures("running")
def test_a_school_that_a_judge_declares_is_taken_away(people: Join) -> None:
    judge = people(phone=True).sign_in(JUDGES[1])
    judge.go("/judge/relations").press("声明回避").sees("请")
    judge.page.locator("[name=school_id]").select_option(label="甘州区大满镇中心小学")
    judge.fill(why="配偶在该校任教。").press("声明回避").told("由主办单位安排其他评委")
    judge.sees("甘州区大满镇中心小学：配偶在该校任教")
    judge.go("/judge")
    expect(judge.page.locator(".judge-item")).to_have_count(1)

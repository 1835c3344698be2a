"""The office: judges by workbook, a round planned, opened, watched, closed and ranked."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from contest_portal.core.database import db
from contest_portal.core.spreadsheets import Column, write_table
from contest_portal.judging.models import Round
from contest_portal.people.services.joining import join_with_new_account
from contest_portal.people.sessions import visitor
from tests.journeys import judged
from tests.journeys.browsing import Join, Person, rows_of, upload
from tests.journeys.judged import EMPLOYERS, JUDGES, NAMES, Judged
from tests.journeys.scene import STAFF
from tests.journeys.site import PASSWORD, Site
from tests.judging import making

TOTALS = (91.0, 84.0, 84.0, 70.0)
_CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")


def test_judges_come_by_workbook_a_round_is_planned_run_and_ranked(site: Site, people: Join) -> None:
    scene = judged.accepted_paintings(site, 4)
    staff = people().sign_in(STAFF)
    import_judges(staff)
    codes = invite_them(staff)
    with site.inside():
        for login, code in zip(JUDGES, codes, strict=True):
            join_with_new_account(visitor(), code, login_name=login, password=PASSWORD)
    judge = people(phone=True).sign_in(JUDGES[0])

    plan_a_round(staff, scene)
    judge.go("/judge").sees("现在没有评审任务")
    staff.press("按此分配，开始评审").told("评审已开始")
    judge.go("/notices").sees("评审").go("/judge").sees("0 / 4", "月球上的向日葵花园")

    with site.inside():
        scene.round_id = db.session.query(Round).one().id
        judged.give_everywhere(scene, TOTALS, leave=2)
    staff.go(f"/office/rounds/{scene.round_id}").sees("10 / 12", *NAMES).press("提醒未完成的评委").told("站内提醒")
    staff.press("全部任务").sees("待评", "已提交").press("初评", within=staff.page.locator(".crumbs"))
    close_and_rank(staff)


def import_judges(staff: Person) -> None:
    """A workbook, at first with a wrong phone number."""
    columns = [Column(title) for title in ("手机号", "姓名", "单位", "评审类别")]
    phones = ["1390000001", "13900000012", "13900000013"]
    rows = [[phone, name, place, "科幻画作品"] for phone, name, place in zip(phones, NAMES, EMPLOYERS, strict=True)]
    staff.go("/office/judges").sees("还没有评委").press("导入名单").download("下载模板")
    staff.fill(file=upload("评委.xlsx", write_table(columns, rows))).press("上传并预览").sees(
        "1 处错误", "第 2 行 A 列"
    )
    rows[0][0] = "13900000011"
    staff.press("重新上传").fill(file=upload("评委.xlsx", write_table(columns, rows))).press("上传并预览").sees(
        "白成琪"
    )
    staff.press("确认导入").told("评委")


def invite_them(staff: Person) -> list[str]:
    """A slip for each. Gives the codes in the order of JUDGES."""
    staff.go("/office/judges").page.locator("[data-select-all]").check()
    staff.press("为所选评委生成邀请单").sees(*NAMES, "邀请码只在本页显示一次")
    name, slips = staff.download("打印邀请单")
    assert (name[-4:], slips[:5]) == (".pdf", b"%PDF-")
    found = []
    for judge in NAMES:
        match = _CODE.search(staff.row(judge).inner_text())
        assert match, judge
        found.append(match[0])
    return found


def plan_a_round(staff: Person, scene: Judged) -> None:
    """Three reads of each painting by three judges; with four reads it would say what is short."""
    staff.go("/office/rounds").press("新建评审轮次").sees("审核通过 4 件")
    staff.page.get_by_label("科幻画作品").check()
    staff.page.locator("summary", has_text="排名方法与名额").click()
    staff.fill(name="初评", reads_per_entry=4, opens_at="2018-03-01T09:00", closes_at="2018-03-20T18:00", method="raw")
    staff.press("保存，下一步选择评委").page.locator("[data-select-all]").check()
    staff.press("保存，下一步试分配").sees("按现在的安排分不下去").press("修改轮次").fill(reads_per_entry=3).press(
        "保存"
    )
    staff.press("试分配").sees("随机种子", "每人 4 项", "可以").press("换一个种子").sees("随机种子")


def close_and_rank(staff: Person) -> None:
    """Two tasks were never done: closing asks for them; a tie is shown as a tie."""
    staff.press("截止评审").sees("还有 2 项任务没有完成")
    expect(staff.page.locator("[role=alert]")).to_be_visible()
    staff.fill(void_unfinished=True).press("截止评审").told("评审已截止")
    staff.fill(method="raw").press("计算并固定排名").told("排名已计算并固定")
    staff.sees("并列", "月球上的向日葵花园", "评委评分尺度")
    name, content = staff.download("导出表格")
    assert name.endswith(".xlsx")
    titles = [str(cell) for row in rows_of(content) for cell in row]
    assert any("月球上的向日葵花园" in cell for cell in titles)


def test_a_task_is_given_to_another_judge(site: Site, people: Join) -> None:
    scene = judged.accepted_paintings(site, 2)
    with site.inside():
        row = judged.open_round(scene, judged.add_judges(scene), reads=2)
        task = making.tasks_of(row)[0]
        number, whose = task.entry.number or "", task.judge.name
    staff = people().sign_in(STAFF)
    staff.go(f"/office/rounds/{scene.round_id}/tasks?q={number}").press("改派", within=staff.row(whose))
    staff.page.locator("[name=judge_id]").first.check()
    staff.fill(why="评委请假。").press("改派").told("任务已改派")
    staff.go(f"/office/rounds/{scene.round_id}/tasks?q={number}&state=todo")
    expect(staff.page.locator("tbody tr")).to_have_count(2)
    expect(staff.row(whose)).to_have_count(0)

"""The office: quotas, the shortlist with its decisions, the leader's approval, 公示, the amendment; the year's numbers."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys import judged
from tests.journeys.browsing import Join, Person, rows_of
from tests.journeys.judged import TITLES, Judged
from tests.journeys.scene import LEADER, MANAGER, STAFF
from tests.journeys.site import Site

TOTALS = (91.0, 88.0, 80.0, 80.0, 70.0, 60.0)
"""The third and the fourth are tied, and the quota is three."""


def test_a_list_is_filled_decided_approved_published_and_amended(site: Site, people: Join) -> None:
    scene = judged.ranked_paintings(site, TOTALS)
    staff, leader, visitor = people().sign_in(STAFF), people(phone=True).sign_in(LEADER), people(phone=True)
    fill_the_list(staff, scene)
    leader.go(f"/office/categories/{scene.category_id}/list").sees("并列待定", "决定之前不能审定")
    expect(leader.page.locator("details.confirm").filter(has_text="审定名单")).to_have_count(0)
    decide_the_tie(staff)
    move_a_line(staff)
    leader.go(f"/office/categories/{scene.category_id}/list").confirm("审定名单").told("名单已审定")
    publish(staff, leader, scene)
    visitor.go("/lists").press("推荐名单公示").sees("本名单共 3 项", TITLES[0], TITLES[3], TITLES[4])
    visitor_reads_no_more_than_the_public(visitor)
    read_the_workbooks(staff, scene)
    amend(staff, leader, scene)
    visitor.page.reload()
    visitor.sees("这一版名单已经更正", TITLES[4])
    visitor.press("推荐名单公示（更正）").sees("第 2 版", "抄袭", TITLES[5], "删去", "以前的版本")
    visitor.press("第 1 版").sees("这一版名单已经更正", TITLES[4])


def fill_the_list(staff: Person, scene: Judged) -> None:
    """The quota on the page, then the list by rank: the tie at the cut waits."""
    staff.go("/office/lists").sees("请先填写名额")
    staff.press("科幻画作品").sees("请先填写名额表").press("名额表").fill(total=3)
    expect(staff.page.locator("#quota-preview")).to_contain_text("有 2 件并列待定，其后 1 个名额等待决定")
    staff.press("保存名额表").told("名额表已保存").press("按名次生成名单")
    staff.sees("有 2 件作品并列在名额线上", "按名次入选，第 1 名", "名额只剩 1 个")


def decide_the_tie(staff: Person) -> None:
    """By the jury, with a reason and its vote; without a reason nothing happens."""
    resolve(staff, TITLES[3], "").sees("理由")
    resolve(staff, TITLES[3], "想象力一项得分较高。").told("决定已记入").sees(
        "在并列者中列先：", "赞成 5、反对 1、弃权 0"
    )
    expect(staff.page.get_by_text("并列在名额线上")).to_have_count(0)


def resolve(staff: Person, title: str, why: str) -> Person:
    staff.page.locator("#tie-form label.choice").filter(has_text=title).locator("input").check()
    verdict = {"why": why, "decided_by": "评委会", "votes_for": 5, "votes_against": 1}
    return staff.fill(**{f"tie-{name}": value for name, value in verdict.items()}).press("登记并列的决定")


def move_a_line(staff: Person) -> None:
    """One is taken out; somebody from below comes in."""
    decide(staff, TITLES[1], "out", "作品与网上图片雷同。").sees("经决定不列入：")
    decide(staff, TITLES[2], "out", "作者放弃。")
    decide(staff, TITLES[4], "in", "评委会复议。").sees("已登记的决定", "评委会复议。")


def decide(staff: Person, title: str, decision: str, why: str) -> Person:
    entry = staff.page.locator("#entry_id option").filter(has_text=title).first.get_attribute("value")
    return staff.fill(entry_id=entry, decision=decision, why=why, decided_by="评委会").press("登记决定")


def publish(staff: Person, leader: Person, scene: Judged) -> None:
    """Staff prepares, the leader publishes what both have seen."""
    staff.go(f"/office/contests/{scene.contest_id}/lists").sees("已审定").press("准备推荐名单公示")
    staff.fill(title="推荐名单公示", text="公示期内如有异议，请以书面形式反映。").press("生成公示稿并预览")
    staff.sees("这份公示稿由您起草，须由另一位同志公示", TITLES[0])
    leader.go(staff.page.url.removeprefix(staff.site.address)).confirm("公示这份名单").told("名单已公示")


def visitor_reads_no_more_than_the_public(visitor: Person) -> None:
    html = visitor.page.content()
    assert [word for word in ("990000", "2008-05", "138000", "2班") if word in html] == []


def read_the_workbooks(staff: Person, scene: Judged) -> None:
    """The three workbooks, read by the reader that reads what schools upload."""
    staff.go(f"/office/contests/{scene.contest_id}/lists/recommended").sees(TITLES[0], "水彩")
    own = [list(map(str, row)) for row in rows_of(staff.download("下载 Excel")[1])]
    assert any(TITLES[0] in cell for row in own for cell in row)
    assert any("水彩" in cell for row in own for cell in row)
    staff.go(f"/office/contests/{scene.contest_id}/lists/quantities").sees("合计")
    sums = [list(map(str, row)) for row in rows_of(staff.download("下载 Excel")[1])]
    assert any("合计" in cell for row in sums for cell in row)
    public = [list(map(str, row)) for row in rows_of(staff.fetch("/lists/1/list.xlsx"))]
    header = next(row for row in public if any("等级" in cell for cell in row))
    assert [cell for cell in header if "身份证" in cell or "电话" in cell] == []


def amend(staff: Person, leader: Person, scene: Judged) -> None:
    """A published work is taken out: a second version with its note stands beside the first."""
    staff.go(f"/office/categories/{scene.category_id}/list")
    decide(staff, TITLES[4], "out", "经查实属抄袭。")
    decide(staff, TITLES[5], "in", "递补。")
    leader.go(f"/office/categories/{scene.category_id}/list").confirm("审定名单")
    staff.go(f"/office/contests/{scene.contest_id}/lists").press("更正推荐名单公示").fill(title="推荐名单公示（更正）")
    staff.press("生成公示稿并预览").sees("请写明更正了什么")
    staff.fill(amendment_note="一件作品属抄袭，取消推荐，依次递补。").press("生成公示稿并预览").sees("删去", "增加")
    leader.go(staff.page.url.removeprefix(staff.site.address)).confirm("公示这份名单").told("名单已公示")


def test_the_years_numbers_are_reported_recorded_and_summed_up(site: Site, people: Join) -> None:
    scene = judged.ranked_paintings(site, TOTALS[:2])
    staff, leader = people().sign_in(STAFF), people().sign_in(LEADER)
    one, other = people(phone=True).sign_in(MANAGER), people(phone=True).sign_in("dm" + MANAGER)
    one.go("/school/participation").sees("尚未上报").fill(students=1200, teachers=60).press("上报人数").told(
        "人数已上报"
    )
    other.go("/school/participation").fill(students=-5, teachers=2).press("上报人数").sees("尚未上报")
    other.fill(students=400, teachers=20).press("上报人数").fill(students=440).press("上报人数").sees("学生 440 人")
    staff.go(f"/office/contests/{scene.contest_id}/participation").sees("1,720")

    staff.go(f"/office/categories/{scene.category_id}/quotas").fill(total=1)
    staff.press("保存名额表").press("按名次生成名单")
    leader.go(f"/office/categories/{scene.category_id}/list").confirm("审定名单")

    staff.go("/office/summary/2018").press("登记上级获奖与荣誉")
    staff.fill(**{"award-contest_name": "甘肃省第33届青少年科技创新大赛", "award-award": "一等奖", "award-count": 2})
    staff.press("登记获奖").told("已登记").page.locator("[name=honour-school_id]").select_option(label="甘州区南街小学")
    staff.fill(**{"honour-honour": "科技教育特色学校", "honour-given_by": "甘肃省科协"}).press("登记荣誉").told(
        "已登记"
    )
    staff.go("/office/summary/2018").sees(
        "科幻画作品2件", "推荐上报", "科幻画作品1件", "甘肃省第33届青少年科技创新大赛", "科技教育特色学校", "1,720"
    )
    staff.go("/office/years/2018/results").confirm("删除", within=staff.row("一等奖")).told("已删除")
    staff.go("/office/summary/2018")
    expect(staff.page.get_by_text("甘肃省第33届")).to_have_count(0)

"""A parent objects on a phone and follows the case; the office inquires, two people decide, the amendment shows what changed."""

from __future__ import annotations

from playwright.sync_api import expect

from contest_portal.core.database import db
from contest_portal.people.models import Account
from contest_portal.people.sessions import actor_of
from contest_portal.results.lists.services import shortlists
from contest_portal.results.publishing.services import publications
from tests.entries.entry_factories import jpeg
from tests.journeys import judged
from tests.journeys.browsing import Join, Person, code_on, upload
from tests.journeys.judged import TITLES, Judged
from tests.journeys.scene import LEADER, MANAGER, STAFF
from tests.journeys.site import Site

TOTALS = (91.0, 88.0, 80.0, 70.0)
NAME, PHONE, ID = "高某某", "13912340000", "990000198003041541"
GROUNDS = "这幅画与网上一幅画的构图和颜色完全一样，不是本人所画。"
DECISION = "经查，该作品与网上图片雷同，取消推荐资格。"


def test_a_parent_objects_and_the_list_is_amended(site: Site, people: Join) -> None:
    scene = judged.ranked_paintings(site, TOTALS)
    public_list(site, scene)
    parent, staff, leader = people(phone=True), people().sign_in(STAFF), people(phone=True).sign_in(LEADER)
    code = object_on_the_phone(parent)
    assign(leader, scene)
    inquire(staff, people(phone=True).sign_in(MANAGER))
    decide(staff, leader)
    parent.go(f"/objections/{code}").sees("答复", "异议成立，感谢您的监督。")
    amend(staff, leader, scene)
    parent.go("/lists").press("推荐名单公示").sees("第 2 版", "经核实，取消《", "删去", "增加")
    staff.go(f"/office/contests/{scene.contest_id}/reconciliation").sees("各类别都对得上。", "异议成立后取消")


def public_list(site: Site, scene: Judged) -> None:
    """Two of four paintings are public."""
    with site.inside():
        staff, leader = (
            actor_of(db.session.query(Account).filter_by(login_name=name).one()) for name in (STAFF, LEADER)
        )
        shortlists.set_quotas(staff, scene.category_id, {"": 2})
        listed = shortlists.make_shortlist(staff, scene.category_id)
        shortlists.approve_shortlist(leader, listed.id, listed.row_version)
        draft = publications.draft_publication(staff, scene.contest_id, "推荐名单公示")
        publications.publish_list(leader, draft.id, draft.content_sha256)


def object_on_the_phone(parent: Person) -> str:
    """From the line of the list to the secret link; a wrong telephone is told and nothing typed is lost."""
    parent.go("/lists").press("推荐名单公示").press("提出异议", within=parent.row(TITLES[1]))
    expect(parent.page.locator("select[name=entry_number]")).not_to_have_value("")
    parent.sees("为您保密", "10.0 MB")
    parent.fill(grounds=GROUNDS, name=NAME, id_number=ID, phone="139").press("提交异议")
    expect(parent.page.locator(".error-summary")).to_contain_text("无法识别")
    parent.fill(phone=PHONE, files=[upload("对比.jpg", jpeg(640, 480))]).press("提交异议")
    parent.told("请先保存下面的查询链接").sees("GZ2018-YY-0001", "对比.jpg", GROUNDS)
    code = code_on(parent)
    parent.go("/objections").fill(code=code.lower()).press("查看进展").sees("审核是否受理")
    parent.fill(text="原图网址另附。").press("提交补充材料").told("补充材料已提交")
    return code


def assign(leader: Person, scene: Judged) -> None:
    """The leader sees that there is a case, not who objects, until a task in it is the leader's own."""
    leader.go(f"/office/contests/{scene.contest_id}/lists").press("查看异议").press("GZ2018-YY-0001")
    assert NAME not in leader.page.content()
    leader.page.locator("select[name=handler]").select_option(label="赵文静")
    leader.page.locator("select[name=second]").select_option(label="韩永平（领导）")
    leader.press("指定").told("已指定经办人和签署人").sees(NAME, GROUNDS)


def inquire(staff: Person, manager: Person) -> None:
    """Accepted; the school is asked in the office's words and answers on its own page."""
    staff.go("/office/objections/1").sees("下一步：决定是否受理", GROUNDS).press("受理并开始调查").told("已受理")
    staff.fill(question=f"{NAME}反映该作品抄袭，请说明。").press("发出").sees("为异议人保密")
    staff.page.locator("select[name=whom]").select_option(index=0)
    staff.fill(question="请说明该作品的创作过程。").press("发出").told("已发出")
    manager.go("/statements")
    if "请说明该作品的创作过程。" not in manager.text:  # the work is of the other school
        return
    manager.press("去答复").sees("请说明该作品的创作过程。")
    assert NAME not in manager.page.content()
    manager.fill(answer="该生在课堂上完成。").press("提交说明").told("情况说明已提交")
    staff.go("/office/objections/1").sees("该生在课堂上完成。")


def decide(staff: Person, leader: Person) -> None:
    """Proposed by one, given back, proposed again and signed by the other, answered."""
    staff.go("/office/objections/1").fill(text="比对了两幅画。").press("记录").told("已记录")
    staff.fill(outcome="upheld", decision=DECISION).press("提出处理决定").told("等第二人签署后生效")
    leader.go("/office/objections/1").fill_in("disagree-why", "请再核对一次。")
    leader.press("不同意，退回调查").told("已退回调查")
    staff.go("/office/objections/1").sees("请再核对一次。")
    staff.fill(outcome="upheld", decision=DECISION).press("提出处理决定")
    leader.go("/office/objections/1").confirm("签署决定").told("决定已签署并生效")
    staff.go("/office/objections/1").fill(answer="异议成立，感谢您的监督。").press("答复异议人").told("案件办结")


def amend(staff: Person, leader: Person, scene: Judged) -> None:
    """The next in line is proposed; the list is approved and the amendment published by the other person."""
    staff.go("/office/objections/1").sees("按名额规则，下一名是：", TITLES[2])
    staff.press("取消推荐，由下一名递补").told("请由另一人审定新的一版")
    leader.go(f"/office/categories/{scene.category_id}/list").confirm("审定名单").told("名单已审定")
    staff.go("/office/objections/1").press("起草更正公示：推荐名单公示").told("更正公示已起草").sees("经核实，取消《")
    leader.go(staff.page.url.removeprefix(staff.site.address)).confirm("公示这份名单").told("名单已公示")

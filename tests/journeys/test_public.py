"""The public: the open contest with its call, the lists with the public's fields only, in both languages."""

from __future__ import annotations

from playwright.sync_api import expect

from contest_portal.core.database import db
from contest_portal.results.lists.services import shortlists
from contest_portal.results.publishing.models import Publication
from contest_portal.results.publishing.services import publications
from tests.journeys import entered, judged
from tests.journeys.browsing import Join, Person, rows_of
from tests.journeys.judged import TITLES, Judged
from tests.journeys.scene import LEADER, STAFF, make_contest, make_office
from tests.journeys.site import Site

CONTEST = "2018年甘州区青少年科技创新大赛"
PRIVATE = ("990000", "2008-05", "2007-0", "138000", "139000", "2班", "汉族")
"""Beginnings of ID numbers, birth dates, telephones; classes and ethnic groups."""


def test_the_home_shows_the_open_contest_with_its_call_and_forms(site: Site, people: Join) -> None:
    visitor = people(phone=True)
    with site.inside():
        office = make_office()
    visitor.go("/").sees("目前没有正在进行的赛事")
    with site.inside():
        make_contest(office)
    visitor.go("/").sees(CONTEST, "免费", "科幻画作品").press("查看通知和要求")
    visitor.sees("学生科技创新成果竞赛项目", "想象力", "54:38").press("打印通知和要求").sees("科幻画作品")
    visitor.go("/help").sees("帮助").go("/lists").sees("现在没有公示的名单").go("/login").sees("登录")
    visitor.page.goto("/office/contests")
    visitor.look()
    visitor.sees("登录")
    visitor.page.goto("/nowhere")
    visitor.look()
    visitor.sees("没有找到")


def test_both_languages_say_the_same(site: Site, people: Join) -> None:
    with site.inside():
        make_contest(make_office())
    visitor = people().go("/")
    switch(visitor, "English", "en")
    expect(visitor.page.locator("main")).to_contain_text("Categories")
    expect(visitor.page.locator(".public-nav:visible")).to_contain_text("Sign in")
    for path in ("/apply", "/lists", "/login", "/contests/1"):
        visitor.page.goto(path)
        chrome = visitor.page.locator("h1, .public-nav:visible, form .field-label").all_inner_texts()
        assert [text for text in chrome if any("一" <= sign <= "鿿" for sign in own_words(text))] == [], path
    switch(visitor, "中文", "zh-CN")
    visitor.look()


def own_words(text: str) -> str:
    """The text without names that stay as they are."""
    for name in (CONTEST, "甘州区科学技术协会", "简体中文", "中文"):
        text = text.replace(name, "")
    return text


def switch(person: Person, name: str, language: str) -> None:
    with person.page.expect_navigation():
        person.page.get_by_role("button", name=name).locator("visible=true").first.click()
    expect(person.page.locator("html")).to_have_attribute("lang", language)


def test_a_published_list_has_the_publics_fields_only_and_an_amendment_beside_it(site: Site, people: Join) -> None:
    scene = judged.ranked_paintings(site, (91.0, 88.0, 80.0))
    with site.inside():
        first = publish(scene, 2, "推荐名单公示")
    visitor = people(phone=True)
    visitor.go("/").sees("公示与名单").press("推荐名单公示").sees(
        "张晓明", "甘州区南街小学", TITLES[0], "指导老师:李文静"
    )
    shows_no_more_than_the_public(visitor)
    rows = [[str(cell) for cell in row if cell not in (None, "")] for row in rows_of(visitor.download("下载 Excel")[1])]
    assert ["序号", "姓名", "学校", "作品名称", "等级"] in rows
    assert ["1", "张晓明", "甘州区南街小学", f"{TITLES[0]}(指导老师:李文静)", "推荐"] in rows
    visitor.press("打印").sees(TITLES[0], "名单校验码")
    shows_no_more_than_the_public(visitor)
    visitor.press("返回")

    with site.inside():
        amend(scene)
        digest = db.session.get_one(Publication, first).content_sha256
    visitor.page.reload()
    visitor.look()
    visitor.sees("这一版名单已经更正", TITLES[0], digest).press("更正后的推荐名单公示")
    visitor.sees("更正说明（第 2 版）", "作者自愿放弃", TITLES[2]).press("第 1 版").sees(TITLES[0])
    visitor.go("/lists").sees("推荐名单公示", "更正后的推荐名单公示")


def shows_no_more_than_the_public(visitor: Person) -> None:
    main = visitor.page.locator("main").inner_html()
    assert [word for word in PRIVATE if word in main] == []


def publish(scene: Judged, places: int, title: str, amendment_note: str = "") -> int:
    """The list of that many places, approved and published. Gives its number."""
    staff, leader = entered.actor(STAFF), entered.actor(LEADER)
    shortlists.set_quotas(staff, scene.category_id, {"": places})
    made = shortlists.make_shortlist(staff, scene.category_id)
    shortlists.approve_shortlist(leader, made.id, made.row_version)
    draft = publications.draft_publication(staff, scene.contest_id, title, amendment_note=amendment_note)
    return publications.publish_list(leader, draft.id, draft.content_sha256).id


def amend(scene: Judged) -> None:
    """The first work gives up; the third comes in."""
    staff = entered.actor(STAFF)
    shortlists.decide_place(staff, scene.category_id, scene.entry_ids[0], "out", "作者放弃", "评委会")
    publish(scene, 2, "更正后的推荐名单公示", amendment_note="第一名作者自愿放弃，依次递补。")


def test_a_school_applies_without_scripts(site: Site, people: Join) -> None:
    with site.inside():
        make_office()
    visitor = people(phone=True, scripts=False)
    visitor.go("/apply").fill(name="甘州区西关小学", kind="primary", area="urban").press("提交申请").sees("联系人")
    visitor.fill(contact_name="王芳", contact_phone="13812345678").press("提交申请").sees("已收到贵校的申请")

"""Many paintings in one ZIP: sent in pieces, doubts settled where they stand, all the drafts by one press."""

from __future__ import annotations

from playwright.sync_api import expect
from sqlalchemy import select

from contest_portal.contests.models import Category
from contest_portal.core.database import db
from contest_portal.entries.models import Entry
from tests.entries.batch_zips import gbk, zip_of
from tests.entries.entry_factories import jpeg
from tests.journeys.browsing import Join, upload
from tests.journeys.scene import TEACHER, make_contest, make_office, make_school
from tests.journeys.site import Site

PICTURE = 540, 380


def test_a_zip_of_paintings_becomes_drafts(site: Site, people: Join) -> None:
    with site.inside():
        office = make_office()
        make_school(office)
        contest = make_contest(office)
        category = db.session.scalars(
            select(Category.id).where(Category.contest_id == contest, Category.code == "KH")
        ).one()
    packed = zip_of(
        gbk("科幻画/马雪梅-火星医院.jpg", jpeg(*PICTURE)),
        gbk("科幻画/zzh_海底城.jpg", jpeg(*PICTURE)),
        gbk("科幻画/IMG_2031.jpg", jpeg(*PICTURE)),
        gbk("科幻画/说明.txt", b"readme"),
    )
    teacher = people().sign_in(TEACHER)
    teacher.go(f"/entries/new/{category}").press("批量上传").press("新开一批，选择文件")
    teacher.page.locator("#batch-files").set_input_files(upload("作品.zip", packed))
    expect(teacher.page.locator(".upload")).to_contain_text("正在检查")
    site.do_jobs()
    teacher.page.wait_for_selector("#batch-count")
    teacher.sees("1 个可以建立，2 个需要处理", "「科幻画/说明.txt」：不是图片，没有收").look()

    doubtful = teacher.row("zzh_海底城.jpg")
    doubtful.get_by_role("radio").check()
    expect(doubtful).to_contain_text("可以建立")
    teacher.sees("2 个可以建立，1 个需要处理")
    unnamed = teacher.row("IMG_2031.jpg")
    unnamed.get_by_role("textbox", name="作品名称").fill("云上学校")
    unnamed.get_by_role("combobox", name="学生姓名").press_sequentially("zzh")
    teacher.page.locator("[role=option]").filter(has_text="周子涵").click()
    expect(unnamed).to_contain_text("这一批中有 2 个文件都写着周子涵")
    expect(doubtful).to_contain_text("这一批中有 2 个文件都写着周子涵")
    unnamed.get_by_text("换一名学生").click()
    unnamed.get_by_role("combobox", name="学生姓名").fill("")
    unnamed.get_by_role("combobox", name="学生姓名").press_sequentially("王")
    teacher.page.locator("[role=option]").first.click()
    teacher.sees("3 个可以建立，0 个需要处理").look()

    teacher.press("建立 3 份草稿").told("已建立 3 份草稿")
    teacher.sees("已建立 3 份草稿")
    with site.inside():
        titles = db.session.scalars(select(Entry.title).order_by(Entry.title)).all()
        assert sorted(titles) == ["云上学校", "海底城", "火星医院"]
    teacher.row("IMG_2031.jpg").get_by_role("link", name="打开草稿").click()
    expect(teacher.page.locator("#title")).to_have_value("云上学校")
    assert teacher.faults == []

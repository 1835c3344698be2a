"""The school manager: from the application to a school whose people are known and whose teacher has an account."""

from __future__ import annotations

from datetime import datetime

from playwright.sync_api import expect

from contest_portal.core.spreadsheets import Column, write_table
from tests.conftest import START
from tests.factories import id_number
from tests.journeys.browsing import Join, Person, code_on, upload
from tests.journeys.scene import BORN, MANAGER, STAFF, make_office, make_school
from tests.journeys.site import PASSWORD, Site

PHONE = "13812345678"
PUPIL_COLUMNS = [Column(title) for title in ("学生姓名", "所在班级", "身份证件号", "就读年级", "性别", "家长电话")]
TEACHER_COLUMNS = [Column(title) for title in ("姓名", "手机号", "任教学科", "职称")]


def test_a_school_applies_fills_its_rosters_and_invites_a_teacher(site: Site, people: Join) -> None:
    with site.inside():
        make_office()
    applicant, staff, manager, teacher = people(phone=True), people(), people(phone=True), people(phone=True)

    apply_as_a_school(applicant)
    staff.sign_in(STAFF).sees("等待您处理").go("/schools").press("甘州区西关小学")
    staff.press("批准并生成邀请单").sees("邀请码只在本页显示一次")
    name, slip = staff.download("打印邀请单（PDF，1 张）")
    assert (name.endswith(".pdf"), slip[:5]) == (True, b"%PDF-")

    manager.go("/i").fill(code=code_on(staff).lower()).press("下一步").sees("学校管理员", "甘州区西关小学")
    manager.fill(phone=PHONE, password=PASSWORD, repeat_password="qilian").press("开通账号")
    manager.sees("两次输入的密码不一致").fill(password=PASSWORD, repeat_password=PASSWORD).press("开通账号")
    manager.sees("王芳，您好").press("退出登录", within=manager.menu()).sign_in(PHONE).sees("甘州区西关小学")

    fill_the_rosters(manager)
    record_consents(manager)

    manager.go("/school/accounts").page.get_by_label("选择 李文静").check()
    manager.press("生成邀请单").sees("李文静")
    teacher.go(f"/i/{code_on(manager)}").sees("辅导教师")
    teacher.fill(login_name="liwenjing", password=PASSWORD, repeat_password=PASSWORD).press("开通账号")
    teacher.sees("李文静，您好")
    manager.go("/school/accounts").sees("李文静", "正常")


def test_a_year_later_the_grades_move_up_and_back_again(site: Site, people: Join) -> None:
    with site.inside():
        make_school(make_office())
    site.clock.move_to(datetime(2018, 9, 3, 8, tzinfo=START.tzinfo))
    manager = people().sign_in(MANAGER).go("/roll-over").sees("四年级", "五年级")
    manager.confirm("办理升级", yes="确定办理").go("/students?q=zxm").sees("张晓明", "五年级")
    site.clock.advance(minutes=100)
    manager.go("/roll-over").confirm("撤销升级", yes="确定撤销").go("/students?q=zxm").sees("四年级")


def apply_as_a_school(person: Person) -> None:
    """The public form, at first with a mistake."""
    person.go("/").go("/apply").fill(
        name="甘州区西关小学", kind="junior", code="2162000123", area="urban", contact_name="王芳", contact_phone=PHONE
    ).press("提交申请")
    person.sees("与学校类型「初中」不符").fill(kind="primary").press("提交申请").sees("已收到贵校的申请")


def fill_the_rosters(person: Person) -> None:
    """Pupils and teachers by workbook; one ID number had become a number."""
    rows = [
        ("张　晓明", "2", id_number(BORN["小学"], "男", 1), "四年级", "男", "13900000001"),
        ("马雪梅", "2", "6.20702E+17", "4", "女", ""),
    ]
    person.go("/students").press("导入名册").download("下载模板")
    person.fill(file=upload("学生名册.xlsx", write_table(PUPIL_COLUMNS, rows))).press("上传并预览")
    person.sees("名册中有 1 处错误", "C3", "一处错误，整个文件都不会导入")
    assert person.download("下载标出错误的表格")[1][:2] == b"PK"
    rows[1] = ("马雪梅", "２", id_number(BORN["小学"], "女", 1), "小学四年级", "女", "")
    person.press("重新上传").fill(file=upload("学生名册.xlsx", write_table(PUPIL_COLUMNS, rows))).press("上传并预览")
    person.sees("张晓明").press("确认导入").sees("新增 2 人").press("查看名册").sees("马雪梅", "未登记")
    assert id_number(BORN["小学"], "男", 1) not in person.text

    rows = [("李文静", "13800000011", "科学", "一级教师"), ("陈建国", "13800000012", "信息技术", "高级教师")]
    person.go("/teachers").press("导入名册")
    person.fill(file=upload("教师名册.xlsx", write_table(TEACHER_COLUMNS, rows))).press("上传并预览")
    person.press("确认导入").sees("新增 2 人").press("查看名册").sees("李文静", "未开通")


def record_consents(person: Person) -> None:
    """The paper forms that came back, both pupils at once."""
    person.go("/consents").sees("张晓明", "马雪梅").page.locator("[data-select-all]").check()
    assert person.fetch(person.page.url + "/sheets?grade=4&class=2班")[:5] == b"%PDF-"
    person.press("登记所选学生")
    for field, value in (("guardian", "张建军"), ("relation", "父亲")):
        for control in person.page.locator(f'[name^="{field}-"]').all():
            person.fill_in(control.get_attribute("name") or "", value)
    person.press("登记", within=person.page.locator(".submit-bar")).sees("应登记的学生都已登记")
    expect(person.page.locator(".meter-count")).to_have_text("2 / 2")

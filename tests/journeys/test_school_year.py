"""A school through its year: approval first, films, corrections, withdrawals, pupils who move, people with two hats."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from contest_portal.core.actor import Role, console_actor
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.spreadsheets import Column, write_table
from contest_portal.entries.services.screening import Seen, return_entry
from contest_portal.people.models import Account, School, Student
from contest_portal.people.services.accounts import add_membership
from tests.journeys import entered, works
from tests.journeys.browsing import Join, Person, code_on, rows_of, upload
from tests.journeys.scene import LEADER, MANAGER, STAFF, TEACHER, SceneSchool, make_contest, make_office, make_school
from tests.journeys.site import PASSWORD, Site
from tests.journeys.test_teacher import begin, pick

NEW_PASSWORD = "heihe-2018"


@pytest.fixture
def school(site: Site) -> SceneSchool:
    """A school of an office whose contest is open."""
    with site.inside():
        office = make_office()
        make_contest(office)
        return make_school(office)


def test_the_school_agrees_before_a_work_is_submitted(site: Site, people: Join, school: SceneSchool) -> None:
    manager, teacher = people().sign_in(MANAGER), people(phone=True).sign_in(TEACHER)
    manager.go("/school").fill(requires_approval=True).press("保存").told("已保存")
    with site.inside():
        entered.painting(1, school, submit=False)
    teacher.go("/entries").press("月球上的向日葵花园").sees("须由学校管理员同意").press("送学校管理员").told(
        "已送学校管理员"
    )
    teacher.sees("正在等待同意")
    manager.go("/work").sees("等待您处理").go("/entries?approval=1").sees("等待学校同意", "本校名额", "剩余 6 件")
    manager.press("月球上的向日葵花园").press("同意，由教师提交").told("教师可以提交了")
    teacher.go("/notices").sees("同意").go("/entries").press("月球上的向日葵花园").press("提交作品")
    teacher.told("已提交，编号 GZ2018-KH-X-0001")
    manager.go("/entries").sees("GZ2018-KH-X-0001", "剩余 5 件")
    name, content = manager.download("导出表格")
    assert name.endswith(".xlsx")
    assert any("GZ2018-KH-X-0001" in row for row in rows_of(content))


def test_a_film_is_entered_from_a_desk(site: Site, people: Join, school: SceneSchool) -> None:
    teacher = people().sign_in(TEACHER)
    begin(teacher, "青少年科学DV作品")
    pick(teacher, "author", "mxm", "马雪梅")
    teacher.fill(title="荒漠绿洲", summary="记录北部荒漠区的治沙过程。", field_film_type="科学探究纪录片")
    teacher.page.get_by_role("radio", name="否", exact=True).check()
    teacher.fill(slot_film=[upload("影片.mp4", b"<html>not a film</html>")]).press("上传选好的文件").sees("没有收下")
    teacher.fill(slot_film=[works.film()], slot_application=[works.application()])
    teacher.press("保存，下一步核对")
    site.do_jobs()
    teacher.page.reload()
    teacher.sees("内容齐全，可以提交", "影片.mp4").press("提交作品").told("GZ2018-DV-X-0001")
    assert teacher.page.locator("video").evaluate(works.LENGTH_OF_FILM) > 180


def test_a_returned_work_is_corrected_compared_and_at_last_withdrawn(
    site: Site, people: Join, school: SceneSchool
) -> None:
    with site.inside():
        entry = entered.project(1, school)
        staff = entered.actor(STAFF)
        return_entry(staff, entry, Seen(1), ["签字盖章不全"], "申报书缺公章。", now() + timedelta(days=3))
    teacher = people(phone=True).sign_in(TEACHER)
    teacher.go("/notices").sees("需要修改").go("/entries?state=returned").press(works.PROJECT)
    teacher.sees("2018-03-04 09:00", "签字盖章不全").press("修改").fill(summary="雨水经四级过滤后用于绿化。")
    teacher.press("保存，下一步核对").confirm("放弃修改", yes="放弃修改").told("恢复为最后一次提交的内容")
    teacher.press("修改").fill(summary="雨水经五级过滤后用于绿化。").press("保存，下一步核对").press("重新提交")
    teacher.press("提交过的版本（2）").press("与上一版比较").sees("三级过滤", "五级过滤")
    teacher.go(f"/entries/{entry}").ask("撤回作品").locator("#why").fill("作者转学。")
    with teacher.page.expect_navigation():
        teacher.page.get_by_role("button", name="确定撤回").click()
    teacher.look()
    teacher.told("作品已撤回").sees("作者转学").go("/entries").sees("已撤回")


def test_a_pupil_who_moves_is_confirmed_by_the_old_school(site: Site, people: Join, school: SceneSchool) -> None:
    with site.inside():
        office = db.session.get_one(School, school.id).office_id
        make_school(office, "甘州区大满镇中心小学", prefix="dm")
        pupil = db.session.get_one(Student, school.student_ids["张晓明"])
        row = (pupil.name, pupil.id_number, "五年级", "1班", "男")
    new, old = people().sign_in("dm" + MANAGER), people(phone=True).sign_in(MANAGER)
    columns = [Column(title) for title in ("姓名", "身份证号", "年级", "班级", "性别")]
    new.go("/students").press("导入名册").fill(file=upload("名册.xlsx", write_table(columns, [row])))
    new.press("上传并预览").sees("从外校转入", "甘州区南街小学").press("确认导入").sees("已发出转学申请").press(
        "查看转学申请"
    )
    new.sees("等待原学校确认")
    old.go("/work").sees("等待您处理").go("/transfers").sees("张晓明", "甘州区大满镇中心小学")
    old.confirm("确认转学", yes="确认转学").told("已确认转学").go("/students?q=zxm")
    expect(old.page.locator("main table")).to_have_count(0)
    new.go("/students?q=zxm")  # the new school has a pupil of this name already
    new.press("张晓明", within=new.row("五年级")).sees("1班", "就读经历", "甘州区大满镇中心小学")


def test_a_preview_tells_what_changes_and_the_marked_workbook_where_it_is_wrong(
    people: Join, school: SceneSchool, site: Site
) -> None:
    with site.inside():
        pupils = [db.session.get_one(Student, one) for one in school.student_ids.values()]
        rows = [[one.name, one.id_number, "四年级", "2班", one.sex] for one in pupils]
    rows[0][2], rows[1][1] = "五年级", "62070220070320001"
    columns = [Column(title) for title in ("姓名", "身份证号", "年级", "班级", "性别")]
    manager = people().sign_in(MANAGER)
    manager.go("/students").press("导入名册").fill(file=upload("名册.xlsx", write_table(columns, rows)))
    manager.press("上传并预览").sees("1 处错误", "B3")
    name, marked = manager.download("下载标出错误的表格")
    assert name.endswith(".xlsx")
    assert any("62070220070320001" in str(cell) for row in rows_of(marked) for cell in row)
    rows[1][1] = _number(site, school, "马雪梅")
    manager.press("重新上传").fill(file=upload("名册.xlsx", write_table(columns, rows))).press("上传并预览")
    manager.sees("更新", "四年级", "五年级").press("确认导入").sees("更新")


def _number(site: Site, school: SceneSchool, name: str) -> str:
    with site.inside():
        return db.session.get_one(Student, school.student_ids[name]).id_number or ""


def test_a_teacher_who_also_judges_switches_hats(site: Site, people: Join, school: SceneSchool) -> None:
    with site.inside():
        account = db.session.scalars(select(Account).where(Account.login_name == TEACHER)).one()
        office = db.session.get_one(School, school.id).office_id
        add_membership(console_actor(), account.id, Role.JUDGE, office_id=office)
    teacher = people(phone=True).sign_in(TEACHER)
    switch(teacher, "评委")
    teacher.go("/judge").sees("我的评审任务")
    switch(teacher, "教师")
    teacher.go("/entries").sees("我的作品").go("/account").sees("当前身份", "评委")


def switch(person: Person, role: str) -> None:
    """Choose another membership in the menu."""
    menu = person.menu()
    with person.page.expect_navigation():
        menu.get_by_role("button", name=role).first.click()
    person.look()


def test_a_forgotten_password_is_reset_by_the_level_above(people: Join, school: SceneSchool) -> None:
    teacher, manager, staff = people(phone=True).sign_in(TEACHER), people().sign_in(MANAGER), people().sign_in(STAFF)
    manager.go("/school/accounts").confirm("重置密码", within=manager.row("李文静")).sees("重置码只在本页显示一次")
    teacher.go("/entries").sees("登录")
    teacher.go(f"/i/{code_on(manager)}").sees("设置新密码", TEACHER)
    teacher.fill(password=NEW_PASSWORD, repeat_password=NEW_PASSWORD).press("保存新密码").told("新密码已设置")
    teacher.sign_in(TEACHER, NEW_PASSWORD).sees("李文静，您好")

    staff.go("/schools").press("甘州区南街小学").confirm("重置密码", within=staff.row("王芳")).sees("王芳")
    manager.go(f"/i/{code_on(staff)}").fill(password=NEW_PASSWORD, repeat_password=NEW_PASSWORD).press("保存新密码")
    manager.sign_in(MANAGER, NEW_PASSWORD).sees("王芳，您好")
    manager.go("/account/password").sees("密码")
    people().sign_in(LEADER, PASSWORD).sees("韩永平，您好")

"""From a school's application to a teacher's first login, by the pages; and who may not see what."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import event

from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.spreadsheets import Column, read_table, write_table
from contest_portal.people.models import Office, School
from tests.factories import make_account, make_office, make_school, make_teacher, sign_in

PASSWORD = "heihe-2018"
APPLICATION = {
    "office_id": "1",
    "name": "甘州区西关小学",
    "kind": "primary",
    "code": "2162000123",
    "area": "urban",
    "contact_name": "王芳",
    "contact_phone": "13812345678",
}


@pytest.fixture
def office(app: Flask) -> Office:
    return make_office()


@pytest.fixture
def staff(app: Flask, office: Office) -> FlaskClient:
    return sign_in(app.test_client(), make_account(Role.OFFICE, office=office))


def code_on(page: str) -> str:
    codes = re.findall(r'<input type="hidden" name="code" value="([0-9A-Z-]{19})">', page)
    assert codes
    return codes[0]


def signed_in(app: Flask, role: Role, **place: object) -> FlaskClient:
    return sign_in(app.test_client(), make_account(role, **place))  # type: ignore[arg-type]


def test_from_application_to_a_teachers_first_login(app: Flask, client: FlaskClient, staff: FlaskClient) -> None:
    assert "甘州区科学技术协会" in client.get("/apply").text
    assert client.post("/apply", data=APPLICATION).location == "/apply/done"
    assert "甘州区西关小学" in staff.get("/schools").text
    assert "等待您处理" in staff.get("/work").text

    issued = staff.post("/schools/1/approve")
    code = code_on(issued.text)
    slip = staff.post("/invitations/slips", data={"code": [code]})
    assert slip.mimetype == "application/pdf"
    text = PdfReader(io.BytesIO(slip.data)).pages[0].extract_text()
    assert code in text
    assert "甘州区西关小学" in text

    manager = app.test_client()
    assert manager.post("/i", data={"code": code.lower()}).location == f"/i/{code}"
    page = manager.get(f"/i/{code}")
    assert "学校管理员邀请单" in page.text
    joining = {"phone": "13812345678", "login_name": "", "password": PASSWORD, "repeat_password": PASSWORD}
    assert manager.post(f"/i/{code}/join", data=joining).location == "/work"
    assert "甘州区西关小学" in manager.get("/work").text
    over = client.get(f"/i/{code}")
    assert (over.status_code, "每个链接只能使用一次" in over.text) == (410, True)

    invited = manager.post("/school/accounts", data={"names": "李明、周杰"})
    teacher_code = code_on(invited.text)
    teacher = app.test_client()
    joining = {"login_name": "liming", "password": PASSWORD, "repeat_password": PASSWORD}
    assert teacher.post(f"/i/{teacher_code}/join", data=joining).location == "/work"
    teacher.post("/logout")
    assert teacher.post("/login", data={"name": "LiMing", "password": PASSWORD}).location == "/work"
    page = manager.get("/school/accounts").text
    assert "李明" in page
    assert "等待接受" in page

    reset_url = re.findall(r'action="(/memberships/\d+/reset)"', page)[0]
    reset_page = manager.post(reset_url).text
    reset_code = code_on(reset_page)
    slip = manager.post("/invitations/slips", data={"code": [reset_code]})
    text = PdfReader(io.BytesIO(slip.data)).pages[0].extract_text()
    for shown in (reset_page, text):
        assert "密码重置单" in shown
        assert "重置码" in shown
        assert "甘州区西关小学" in shown
    assert "邀请" not in text
    assert teacher.get("/work").status_code == 302
    new = {"password": "neu-neu-2018", "repeat_password": "neu-neu-2018"}
    assert "liming" in teacher.get(f"/i/{reset_code}").text
    assert teacher.post(f"/i/{reset_code}/password", data=new).location == "/login"
    assert teacher.post("/login", data={"name": "liming", "password": "neu-neu-2018"}).location == "/work"


def test_somebody_with_an_account_adds_the_role_to_it(app: Flask, office: Office, staff: FlaskClient) -> None:
    school = make_school(office)
    teacher = signed_in(app, Role.TEACHER, school=school)
    code = code_on(staff.post("/office/staff", data={"name": "李明", "role": "supervisor"}).text)
    assert "接受邀请" in teacher.get(f"/i/{code}").text
    assert teacher.post(f"/i/{code}/add").location == "/work"
    page = teacher.get("/account").text
    assert "监督员" in page
    assert "辅导教师" in page
    assert teacher.get("/schools").status_code == 200


def test_a_wrong_form_of_a_link_shows_what_to_mend(office: Office, staff: FlaskClient, client: FlaskClient) -> None:
    code = code_on(staff.post("/office/staff", data={"name": "李明", "role": "office"}).text)
    page = client.post(f"/i/{code}/join", data={"password": "12345678", "repeat_password": "12345678"})
    assert page.status_code == 422
    assert "手机号和用户名至少填写一项" in page.text
    assert "这个密码太常见" in page.text
    page = client.post("/i", data={"code": "AAAA"})
    assert "没有找到这个邀请码" in page.text


def test_an_expired_link_says_what_to_do(
    office: Office, staff: FlaskClient, client: FlaskClient, clock: MovingClock
) -> None:
    code = code_on(staff.post("/office/staff", data={"name": "李明", "role": "office"}).text)
    clock.advance(days=15)
    page = client.get(f"/i/{code}")
    assert page.status_code == 410
    assert "已过有效期" in page.text


def test_a_wrong_application_names_its_fields_and_keeps_what_was_typed(client: FlaskClient, office: Office) -> None:
    page = client.post("/apply", data={**APPLICATION, "kind": "junior", "contact_phone": "12"})
    assert page.status_code == 422
    assert "与学校类型「初中」不符" in page.text
    assert 'value="甘州区西关小学"' in page.text
    assert client.post("/apply", data={**APPLICATION, "office_id": "99"}).status_code == 422


def test_a_refusal_needs_its_reason(client: FlaskClient, office: Office, staff: FlaskClient) -> None:
    client.post("/apply", data=APPLICATION)
    assert "请填写理由" in staff.post("/schools/1/refuse", data={"reason": ""}).text
    assert staff.post("/schools/1/refuse", data={"reason": "校名与公章不一致"}).location == "/schools/1"
    assert "校名与公章不一致" in staff.get("/schools/1").text
    assert staff.post("/schools/1/approve").status_code == 409


def test_the_list_filters_sorts_and_exports_what_it_shows(app: Flask, office: Office, staff: FlaskClient) -> None:
    make_school(office, "东街小学", code="2162000001")
    make_school(office, "南关100%小学", is_urban=False, township="南关镇")
    make_school(office, "第四中学", school_class="feature")
    make_school(office, "西关小学", state="applied")
    for query, names in {
        "": ["西关小学", "东街小学", "南关100%小学", "第四中学"],
        "?q=100%25": ["南关100%小学"],
        "?q=2162": ["东街小学"],
        "?kind=primary&state=approved&sort=-name": ["南关100%小学", "东街小学"],
        "?area=rural": ["南关100%小学"],
        "?area=feature": ["第四中学"],
        "?state=applied": ["西关小学"],
    }.items():
        page = staff.get(f"/schools{query}").text
        shown = re.findall(r'<a href="/schools/\d+">([^<]+)</a>', page)
        assert sorted(shown) == sorted(names), query
        sheet = read_table(staff.get(f"/schools/export{query}").data, "a.xlsx")
        assert [row[1] for row in sheet.rows[1:]] == shown, query


@pytest.mark.parametrize("count", [1, 30, 120])
def test_the_list_takes_as_many_statements_for_many_schools_as_for_one(
    app: Flask, office: Office, staff: FlaskClient, count: int
) -> None:
    db.session.add_all(
        School(office_id=office.id, name=f"第{n}小学", kind="primary", state="approved", applied_at=office.created_at)
        for n in range(count)
    )
    db.session.commit()
    statements: list[str] = []

    def count_one(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", count_one)
    assert staff.get("/schools").status_code == 200
    event.remove(db.engine, "before_cursor_execute", count_one)
    assert len(statements) <= 12


def test_slips_for_all_schools_without_an_account_at_once(app: Flask, office: Office, staff: FlaskClient) -> None:
    schools = [make_school(office, f"{name}小学") for name in ("东街", "西街", "南街", "北街")]
    make_account(Role.SCHOOL_MANAGER, school=schools[0])
    page = staff.post("/schools/slips").text
    assert len(re.findall('name="code"', page)) == 3
    page = staff.post("/schools/slips", data={"school": [str(schools[1].id), str(schools[0].id)]}).text
    assert len(re.findall('name="code"', page)) == 1


def test_a_table_of_schools_is_uploaded_previewed_and_applied(office: Office, staff: FlaskClient) -> None:
    columns = [Column("学校全称"), Column("学校类型"), Column("标识码")]
    assert read_table(staff.get("/schools/import/template").data, "a.xlsx").name == "学校"
    wrong = write_table(columns, [["东街小学", "小学", "99"]])
    page = staff.post("/schools/import", data={"file": (io.BytesIO(wrong), "学校.xlsx")})
    assert (page.status_code, "第 2 行 C 列" in page.text) == (422, True)
    signed = re.findall(r'name="table" type="hidden" value="([^"]+)"', page.text)[0]
    assert read_table(staff.post("/schools/import/marked", data={"table": signed}).data, "a.xlsx").name == "Sheet1"

    right = write_table(columns, [["东街小学", "小学", "2162000001"]])
    page = staff.post("/schools/import", data={"file": (io.BytesIO(right), "学校.xlsx")})
    signed = re.findall(r'name="table" type="hidden" value="([^"]+)"', page.text)[0]
    assert staff.post("/schools/import/apply", data={"table": signed}).location == "/schools"
    assert "东街小学" in staff.get("/schools").text
    assert staff.post("/schools/import/apply", data={"table": signed}).status_code == 409
    assert staff.post("/schools/import/apply", data={"table": "x"}).status_code == 409
    assert "请选择文件" in staff.post("/schools/import", data={}).text


def test_an_uploaded_table_of_schools_lies_sealed_and_is_marked_all_the_same(
    app: Flask, office: Office, staff: FlaskClient
) -> None:
    text = "学校全称,学校类型,联系人\n东街小学,没有这种,赵文静\n"
    page = staff.post("/schools/import", data={"file": (io.BytesIO(text.encode()), "学校.csv")})
    files = [path.read_bytes() for path in app.config["SETTINGS"].files_folder.rglob("*") if path.is_file()]
    assert files
    assert not any("赵文静".encode() in content for content in files)
    signed = re.findall(r'name="table" type="hidden" value="([^"]+)"', page.text)[0]
    marked = read_table(staff.post("/schools/import/marked", data={"table": signed}).data, "marked.xlsx")
    assert "赵文静" in marked.rows[1].values


def test_a_phone_is_masked_until_it_is_opened(app: Flask, client: FlaskClient, staff: FlaskClient) -> None:
    client.post("/apply", data=APPLICATION)
    assert "13812345678" not in staff.get("/schools/1").text
    assert "13812345678" in staff.post("/schools/1/phone").text


def test_another_office_gets_404_and_a_supervisor_only_reads(app: Flask, office: Office, staff: FlaskClient) -> None:
    school = make_school(office)
    member = make_account(Role.TEACHER, school=school)
    stranger = signed_in(app, Role.OFFICE, office=make_office("山丹县科学技术协会"))
    supervisor = signed_in(app, Role.SUPERVISOR, office=office)
    leader = signed_in(app, Role.LEADER, office=office)
    for url in (f"/schools/{school.id}", f"/schools/{school.id}/edit"):
        assert stranger.get(url).status_code == 404
    assert school.name not in stranger.get("/schools").text
    for reader in (supervisor, leader):
        assert reader.get(f"/schools/{school.id}").status_code == 200
        assert reader.get(f"/schools/{school.id}/edit").status_code == 403
    membership = member.memberships[0].id
    for url in (f"/schools/{school.id}/close", f"/schools/{school.id}/invite", f"/memberships/{membership}/reset"):
        assert stranger.post(url).status_code == 404, url
        assert supervisor.post(url).status_code == 403, url
    assert supervisor.post("/office/staff", data={"name": "李明", "role": "office"}).status_code == 403


def test_a_manager_stays_in_the_own_school(app: Flask, office: Office) -> None:
    school, other = make_school(office), make_school(office, "东街小学")
    manager = signed_in(app, Role.SCHOOL_MANAGER, school=school)
    foreign: Actor = make_account(Role.TEACHER, school=other)
    colleague: Actor = make_account(Role.SCHOOL_MANAGER, school=school)
    assert manager.post(f"/memberships/{foreign.memberships[0].id}/reset").status_code == 404
    assert manager.post(f"/memberships/{colleague.memberships[0].id}/reset").status_code == 403
    assert manager.get("/schools").status_code == 403
    assert manager.post("/school/accounts", data={"teacher": [str(make_teacher(other).id)]}).status_code == 422
    teacher = signed_in(app, Role.TEACHER, school=school)
    assert teacher.get("/school").status_code == 403


def test_an_invitation_is_withdrawn_and_issued_anew(app: Flask, office: Office, staff: FlaskClient) -> None:
    staff.post("/office/staff", data={"name": "李明", "role": "leader"})
    page = staff.get("/office").text
    assert "李明" in page
    url = re.findall(r'action="(/invitations/\d+)/reissue"', page)[0]
    stranger = signed_in(app, Role.OFFICE, office=make_office("山丹县科学技术协会"))
    assert stranger.post(f"{url}/revoke").status_code == 404
    code = code_on(staff.post(f"{url}/reissue").text)
    url = re.findall(r'action="(/invitations/\d+)/revoke"', staff.get("/office").text)[0]
    assert staff.post(f"{url}/revoke").location == "/office"
    assert app.test_client().get(f"/i/{code}").status_code == 410


def test_the_office_mends_its_own_data(office: Office, staff: FlaskClient) -> None:
    page = staff.get("/office/edit").text
    assert 'value="甘州区科学技术协会"' in page
    data = {"name": "甘州区科学技术协会", "short_name": "区科协", "region_name": "甘州区", "number_prefix": "GZ"}
    assert staff.post("/office/edit", data=data).location == "/office"
    assert "区科协" in staff.get("/office").text
    assert "请填写编号前缀" in staff.post("/office/edit", data={**data, "number_prefix": ""}).text

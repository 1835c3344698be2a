"""Schools: applying, deciding, editing, importing from tables."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from contest_portal.core.actor import Actor, Role
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, DomainError, Invalid, Stale
from contest_portal.core.models import AuditRecord, Notice
from contest_portal.core.spreadsheets import Column, read_tables, write_csv, write_table
from contest_portal.people.models import Office, School
from contest_portal.people.school_workbooks import template_workbook
from contest_portal.people.services.school_import import apply_schools, preview_schools, sentence
from contest_portal.people.services.schools import (
    SchoolData,
    add_school,
    apply_school,
    approve_school,
    close_school,
    edit_own_school,
    edit_school,
    refuse_school,
    reopen_school,
)
from contest_portal.people.sessions import actor_of_token, begin_session, visitor
from tests.factories import make_account, make_office, make_school

ASKING = SchoolData(
    name="甘州区西关小学", kind="primary", code="2162000123", contact_name="王芳", contact_phone="13812345678"
)


@pytest.fixture
def office(app: Flask) -> Office:
    return make_office()


@pytest.fixture
def staff(office: Office) -> Actor:
    return make_account(Role.OFFICE, office=office)


def changed(**values: object) -> SchoolData:
    return SchoolData(**{**ASKING.__dict__, **values})  # type: ignore[arg-type]


def test_an_application_waits_and_the_office_is_told(office: Office, staff: Actor) -> None:
    school = apply_school(visitor(), office.id, ASKING)
    assert (school.state, school.contact_phone) == ("applied", "13812345678")
    notice = db.session.scalars(select(Notice)).one()
    assert (notice.account_id, notice.params) == (staff.account_id, {"school": "甘州区西关小学"})


def test_approving_invites_the_contact_as_manager(office: Office, staff: Actor) -> None:
    school = apply_school(visitor(), office.id, ASKING)
    issued = approve_school(staff, school.id)
    assert db.session.get_one(School, school.id).state == "approved"
    assert (issued.invitation.name, issued.invitation.role) == ("王芳", "school_manager")
    for again in (lambda: approve_school(staff, school.id), lambda: refuse_school(staff, school.id, "重复")):
        with pytest.raises(Conflict):
            again()


def test_a_refused_school_learns_why_and_may_ask_again(office: Office, staff: Actor) -> None:
    school = apply_school(visitor(), office.id, ASKING)
    with pytest.raises(Invalid):
        refuse_school(staff, school.id, "  ")
    refuse_school(staff, school.id, "校名与公章不一致")
    again = apply_school(visitor(), office.id, changed(address="甘州区西环路1号"))
    assert (again.id, again.state, again.address) == (school.id, "applied", "甘州区西环路1号")


def test_the_same_name_or_code_twice_is_told_beside_its_field(office: Office, staff: Actor) -> None:
    apply_school(visitor(), office.id, ASKING)
    with pytest.raises(DomainError) as twice:
        apply_school(visitor(), office.id, changed(code=""))
    assert (twice.value.field, twice.value.status) == ("name", 409)
    with pytest.raises(Conflict) as name:
        add_school(staff, office.id, changed(code=""))
    assert name.value.code == "people.school_exists"
    with pytest.raises(Conflict) as code:
        add_school(staff, office.id, changed(name="甘州区东街小学"))
    assert (code.value.code, code.value.field) == ("people.school_code_taken", "code")


def test_every_wrong_field_is_named_at_once(office: Office) -> None:
    wrong = changed(name="", code="3162000123", contact_phone="12", contact_name="王1")
    with pytest.raises(Invalid) as refused:
        apply_school(visitor(), office.id, wrong)
    assert {problem.field for problem in refused.value.problems} == {"name", "code", "contact_name", "contact_phone"}
    with pytest.raises(Invalid) as refused:
        apply_school(visitor(), office.id, changed(name="", kind="", code="", contact_phone=" ", contact_name=""))
    assert {problem.field for problem in refused.value.problems} == {"name", "kind", "contact_name", "contact_phone"}


@pytest.mark.parametrize("name", ["校" * 101, "西关\x07小学", "西关\u202e小学"])
def test_overlong_and_invisible_names_are_refused(office: Office, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        apply_school(visitor(), office.id, changed(name=name))
    assert refused.value.problems[0].field == "name"


def test_a_stale_form_changes_nothing(office: Office, staff: Actor) -> None:
    school = add_school(staff, office.id, ASKING)
    edit_school(staff, school.id, changed(township="西街街道"), seen_version=1)
    with pytest.raises(Stale):
        edit_school(staff, school.id, changed(township="东街街道"), seen_version=1)
    assert db.session.get_one(School, school.id).township == "西街街道"
    record = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first()
    assert record is not None
    assert (record.before, record.after) == ({"township": ""}, {"township": "西街街道"})


def test_the_manager_decides_about_own_approval(office: Office) -> None:
    school = make_school(office)
    manager = make_account(Role.SCHOOL_MANAGER, school=school)
    edit_own_school(
        manager, school.id, requires_approval=True, address="", contact_name="", contact_phone="", seen_version=1
    )
    assert db.session.get_one(School, school.id).requires_approval


def test_the_people_of_a_closed_school_are_out_until_it_opens_again(office: Office, staff: Actor) -> None:
    school = make_school(office)
    manager = make_account(Role.SCHOOL_MANAGER, school=school)
    from contest_portal.people.models import Account

    token = begin_session(db.session.get_one(Account, manager.account_id))
    db.session.commit()
    close_school(staff, school.id, "并入东街小学")
    actor = actor_of_token(token)
    assert actor is not None
    assert actor.membership is None
    reopen_school(staff, school.id)
    actor = actor_of_token(token)
    assert actor is not None
    assert actor.role == Role.SCHOOL_MANAGER


# --- From a table -----------------------------------------------------------------------------------------------------

HEAD = ["标识码", "学校名称", "类型", "城乡", "特色学校", "联系电话"]


def table(*rows: list[object], head: list[str] = HEAD) -> bytes:
    return write_table([Column(title) for title in head], rows, name="学校")  # type: ignore[arg-type]


def test_the_template_itself_is_read_back(office: Office) -> None:
    sheets = read_tables(template_workbook(), "模板.xlsx")
    assert [str(value) for value in sheets[0].rows[0].values][:3] == ["学校全称", "标识码", "学校类型"]


def test_a_table_is_previewed_and_applied_in_one_step(office: Office, staff: Actor) -> None:
    make_school(office, "东街小学", code="2162000001", township="东街", contact_name="李明")
    make_school(office, "南关小学")
    content = table(
        ["2162000001", "甘州区东街小学", "小学", "乡镇", "是", ""],
        [None, "南关小学", "小学", "", "", ""],
        ["３１６２０００００２", "甘州区第四中学", "九年一贯制", "城区", "", "0936 8212345"],
    )
    preview = preview_schools(office.id, content, "学校.xlsx")
    assert [(line.row, line.state) for line in preview.lines] == [(2, "changed"), (3, "unchanged"), (4, "new")]
    shown = [(str(c.label), str(c.old), str(c.new)) for c in preview.lines[0].changes]
    assert shown == [("学校全称", "东街小学", "甘州区东街小学"), ("城乡", "城区", "乡镇"), ("特色学校", "否", "是")]
    assert db.session.scalars(select(School.name)).all().count("甘州区第四中学") == 0

    apply_schools(staff, office.id, content, "学校.xlsx", preview.fingerprint)
    renamed = db.session.scalars(select(School).where(School.code == "2162000001")).one()
    assert (renamed.name, renamed.township, renamed.contact_name) == ("甘州区东街小学", "东街", "李明")
    new = db.session.scalars(select(School).where(School.name == "甘州区第四中学")).one()
    assert (new.state, new.code, new.kind, new.contact_phone) == ("approved", "3162000002", "nine_year", "0936-8212345")


def test_a_table_with_wrong_cells_names_them_and_changes_nothing(office: Office, staff: Actor) -> None:
    make_school(make_office("山丹县科学技术协会"), "山丹小学", code="2162000009")
    content = table(
        ["2162000001", "甲小学", "小学", "城区", "", ""],
        ["2162000001", "乙小学", "幼儿园", "城区", "", ""],
        ["3162000001", "丙小学", "小学", "海边", "或许", "12"],
        ["2162000009", "丁小学", "小学", "", "", ""],
        ["", "", "小学", "", "", ""],
        ["", "甲小学", "小学", "", "", ""],
    )
    preview = preview_schools(office.id, content, "学校.xlsx")
    places = {(mark.row, mark.column) for mark in preview.faults}
    assert places == {(3, "A"), (3, "C"), (4, "A"), (4, "D"), (4, "E"), (4, "F"), (5, "A"), (6, "B"), (7, "B")}
    texts = [str(sentence(mark)) for mark in preview.faults]
    assert any(text.startswith("「学校」表第 3 行 C 列：学校类型「幼儿园」无法识别") for text in texts)
    assert preview.count("error") == 5
    with pytest.raises(Invalid):
        apply_schools(staff, office.id, content, "学校.xlsx", preview.fingerprint)
    assert db.session.scalars(select(School.name)).all() == ["山丹小学"]


def test_what_is_applied_is_what_was_seen(office: Office, staff: Actor) -> None:
    content = table(["2162000001", "甲小学", "小学", "城区", "", ""])
    preview = preview_schools(office.id, content, "学校.xlsx")
    make_school(office, "甲小学")
    with pytest.raises(Stale):
        apply_schools(staff, office.id, content, "学校.xlsx", preview.fingerprint)


def test_a_csv_of_gb18030_is_read_too(office: Office) -> None:
    content = write_csv([Column("学校"), Column("学段")], [["甲小学", "小学"]]).decode("utf-8-sig").encode("gb18030")
    assert [line.name for line in preview_schools(office.id, content, "学校.csv").lines] == ["甲小学"]


@pytest.mark.parametrize(
    ("content", "filename"), [(b"%PDF-1.7 x", "学校.xlsx"), (b"", "学校.xlsx"), ("甲,乙\n1,2\n".encode(), "学校.csv")]
)
def test_what_is_no_table_of_schools_is_refused_beside_the_file(office: Office, content: bytes, filename: str) -> None:
    with pytest.raises(Invalid) as refused:
        preview_schools(office.id, content, filename)
    assert refused.value.problems[0].field == "file"


def test_the_wrong_cells_are_marked_in_the_uploaded_table(office: Office) -> None:
    from contest_portal.core.spreadsheets import mark_cells

    content = table(["21", "甲小学", "小学", "", "", ""])
    marked = mark_cells(content, "学校.xlsx", preview_schools(office.id, content, "学校.xlsx").faults)
    comment = load_workbook(io.BytesIO(marked))["学校"]["A2"].comment
    assert comment is not None
    assert "10 位数字" in comment.text

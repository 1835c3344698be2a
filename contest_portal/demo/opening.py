"""The demo's January: the chain of offices, their people, schools that apply or are imported, their managers."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.core.i18n import translate
from contest_portal.core.spreadsheets import Column, write_table
from contest_portal.demo import calendar
from contest_portal.demo.people import Teacher
from contest_portal.demo.schools import SchoolPlan
from contest_portal.demo.world import World
from contest_portal.people.models import School
from contest_portal.people.school_kinds import KINDS
from contest_portal.people.services.invitations import Issued, invite_managers, invite_staff
from contest_portal.people.services.offices import OfficeData, add_office
from contest_portal.people.services.school_import import apply_schools, preview_schools
from contest_portal.people.services.schools import (
    SchoolData,
    apply_school,
    approve_school,
    edit_own_school,
    refuse_school,
)
from contest_portal.people.sessions import visitor

OFFICES = (
    ("province", OfficeData("甘肃省科学技术协会", "甘肃省科协", "甘肃省", "620000", "GS")),
    ("city", OfficeData("张掖市科学技术协会", "张掖市科协", "张掖市", "620700", "ZY")),
    ("district", OfficeData("甘州区科学技术协会", "甘州区科协", "甘州区", "620702", "GZ", "甘州区县府街")),
)
STAFF = (
    (Role.OFFICE, "赵文静", "kexie", "科协工作人员", "通知、审核、评审、名单"),
    (Role.OFFICE, "陈立国", "kexie2", "科协工作人员", ""),
    (Role.LEADER, "韩永平", "lingdao", "科协领导", "审定名单、公示"),
    (Role.SUPERVISOR, "贺丽萍", "jiandu", "监督员", "只看不改"),
)


def open_offices(world: World) -> None:
    """The three offices from the province down, and the district's people."""
    parent = None
    for level, data in OFFICES:
        parent = add_office(world.console, data, level=level, parent_id=parent).id
        world.offices[level] = parent
    for role, name, login_name, word, note in STAFF:
        issued = invite_staff(world.console, world.office_id, role, name)
        actor = world.join(issued.code, role, login_name=login_name)
        world.note_login(word, name, OFFICES[-1][1].name, login_name, note)
        if role is Role.OFFICE:
            world.staff.append(actor)
        elif role is Role.LEADER:
            world.leader = actor


def bring_schools(world: World) -> str:
    """Some schools apply by the public form and are approved, the others come from the office's table."""
    applied = [school for school in world.schools if school.applies]
    imported = [school for school in world.schools if not school.applies]
    issued: dict[int, Issued] = {}
    world.go_to(calendar.SCHOOLS_APPLY)
    for school in applied:
        world.clock.advance(hours=3)
        row = apply_school(visitor(), world.office_id, _data(world, school))
        world.school_ids[school.index] = row.id
    stranger = SchoolData("小太阳艺术培训中心", "primary", contact_name="周老师", contact_phone="13900000001")
    refused = apply_school(visitor(), world.office_id, stranger).id
    world.go_to(calendar.SCHOOLS_COME)
    for school in applied:
        issued[school.index] = approve_school(world.staff[0], world.school_ids[school.index])
    refuse_school(world.staff[0], refused, "培训机构不是普通中小学，不在参赛范围内，请由学生学籍所在学校申报。")
    content = _table(world, imported)
    preview = preview_schools(world.office_id, content, "甘州区学校名单.xlsx")
    apply_schools(world.staff[0], world.office_id, content, "甘州区学校名单.xlsx", preview.fingerprint)
    known = dict(db.session.execute(select(School.name, School.id).where(School.office_id == world.office_id)).all())
    world.school_ids |= {school.index: known[school.name] for school in imported}
    index_of = {school_id: index for index, school_id in world.school_ids.items()}
    for one in invite_managers(world.staff[0], [world.school_ids[school.index] for school in imported]):
        issued[index_of[one.invitation.school_id or 0]] = one
    for school in world.schools:
        _take_over(world, school, issued[school.index])
    return f"{len(world.schools)} 所学校（申请 {len(applied)}，导入 {len(imported)}）"


def _take_over(world: World, school: SchoolPlan, issued: Issued) -> None:
    """The manager accepts the link; some schools want to approve each entry themselves."""
    world.clock.advance(minutes=25)
    manager = _manager(world, school)
    login_name = f"xx{school.index + 1:02d}"
    actor = world.join(issued.code, Role.SCHOOL_MANAGER, login_name=login_name, phone=manager.phone)
    world.managers[school.index] = actor
    world.note_login("学校管理员", manager.name, school.name, login_name)
    if school.requires_approval:
        row = db.session.get_one(School, world.school_ids[school.index])
        edit_own_school(
            actor,
            row.id,
            requires_approval=True,
            address=school.address,
            contact_name=manager.name,
            contact_phone=manager.phone,
            seen_version=row.version,
        )


def _manager(world: World, school: SchoolPlan) -> Teacher:
    return world.people.teachers_of(school.index)[0]


def _data(world: World, school: SchoolPlan) -> SchoolData:
    manager = _manager(world, school)
    return SchoolData(
        name=school.name,
        kind=school.kind,
        code=school.code,
        township=school.township,
        is_urban=school.is_urban,
        is_feature=school.is_feature,
        address=school.address,
        contact_name=manager.name,
        contact_phone=manager.phone,
    )


def _table(world: World, schools: list[SchoolPlan]) -> bytes:
    """The office's own table: titles above, columns in an order of its own, some schools without a code."""
    titles = (
        "序号",
        "学校名称",
        "类型",
        "学校标识码",
        "城乡",
        "所在乡镇",
        "是否特色学校",
        "详细地址",
        "负责人",
        "手机号",
    )
    rows = []
    for number, school in enumerate(schools, start=1):
        data = _data(world, school)
        rows.append(
            (
                number,
                data.name,
                translate(KINDS[data.kind]),
                "" if number % 11 == 0 else data.code,
                "城区" if data.is_urban else "乡镇",
                data.township,
                "是" if data.is_feature else "",
                data.address,
                data.contact_name,
                data.contact_phone,
            )
        )
    return write_table([Column(title) for title in titles], rows, heading=["甘州区中小学名单", "2018 年 1 月"])

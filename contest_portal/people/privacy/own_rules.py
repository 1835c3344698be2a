"""The room's own rules of retention."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update

from contest_portal.core.database import Work
from contest_portal.core.models import Notice
from contest_portal.core.text import N_, Message
from contest_portal.people.models import Consent, Invitation, LoginSession, RosterImport, School, Student, Teacher
from contest_portal.people.privacy.models import LegalHold
from contest_portal.people.privacy.own_holdings import drop_roster_files
from contest_portal.people.privacy.registry import kept_ids
from contest_portal.people.privacy.rules import Rule, add_rule

YEAR = 365
FEWEST = 30
SIX_MONTHS = 184
"""网络安全法 (2025), art. 23: records of a network's operation are kept for six months at least."""


def not_held(kind: str, subject_id: Any) -> ColumnElement[bool]:
    """A condition: the office has not asked that this person's data stay, and no open case is about the person."""
    held = exists().where(LegalHold.kind == kind, LegalHold.subject_id == subject_id, LegalHold.ended_at.is_(None))
    return and_(~held, *(subject_id.not_in(ids) for ids in kept_ids(kind)))


def _students(before: datetime, office_id: int | None) -> ColumnElement[bool]:
    has_numbers = or_(Student.id_number.is_not(None), Student.guardian_phone.is_not(None))
    gone = and_(Student.office_id == office_id, Student.state != "active", Student.updated_at < before)
    return and_(gone, has_numbers, not_held("student", Student.id))


def _erase_student_numbers(work: Work, ids: Sequence[int]) -> None:
    numbers = {"id_number": None, "id_digest": None, "guardian_phone": None}
    _do(work, update(Student).where(Student.id.in_(ids)).values(**numbers))


def _teachers(before: datetime, office_id: int | None) -> ColumnElement[bool]:
    has_numbers = or_(Teacher.id_number.is_not(None), Teacher.phone.is_not(None))
    gone = and_(Teacher.office_id == office_id, Teacher.state != "active", Teacher.updated_at < before)
    return and_(gone, has_numbers, not_held("teacher", Teacher.id))


def _erase_teacher_numbers(work: Work, ids: Sequence[int]) -> None:
    numbers = {"id_number": None, "id_digest": None, "phone": None, "phone_digest": None}
    _do(work, update(Teacher).where(Teacher.id.in_(ids)).values(**numbers))


def _scans(before: datetime, office_id: int | None) -> ColumnElement[bool]:
    child = and_(Student.id == Consent.student_id, Student.office_id == office_id)
    has_left = and_(Student.state != "active", Student.updated_at < before)
    over = or_(has_left, Consent.withdrawn_at < before)
    return and_(Consent.file_sha256.is_not(None), exists().where(child, over), not_held("student", Consent.student_id))


def _erase_scans(work: Work, ids: Sequence[int]) -> None:
    _do(work, update(Consent).where(Consent.id.in_(ids)).values(file_sha256=None, file_name=""))


def _rosters(before: datetime, office_id: int | None) -> ColumnElement[bool]:
    own = select(School.id).where(School.office_id == office_id)
    return and_(RosterImport.file_sha256 != "", RosterImport.created_at < before, RosterImport.school_id.in_(own))


def _erase_rosters(work: Work, ids: Sequence[int]) -> None:
    drop_roster_files(work, RosterImport.id.in_(ids))


def _invitations(before: datetime, office_id: int | None) -> ColumnElement[bool]:
    return and_(Invitation.office_id == office_id, Invitation.expires_at < before, Invitation.name != "")


def _erase_invitations(work: Work, ids: Sequence[int]) -> None:
    _do(work, update(Invitation).where(Invitation.id.in_(ids)).values(name=""))


def _sessions(before: datetime, _office_id: int | None) -> ColumnElement[bool]:
    return or_(LoginSession.ended_at < before, LoginSession.expires_at < before)


def _notices(before: datetime, _office_id: int | None) -> ColumnElement[bool]:
    return Notice.created_at < before


def _do(work: Work, statement: Any) -> None:
    work.session.execute(statement.execution_options(synchronize_session=False))


add_rule(
    Rule(
        "student_numbers",
        Message(N_("毕业或离校学生的身份证号、监护人电话（自离校起）")),
        Message(N_("姓名、学校、年级、作品和获奖记录")),
        3 * YEAR,
        FEWEST,
        Student.id,
        _students,
        _erase_student_numbers,
    )
)
add_rule(
    Rule(
        "teacher_numbers",
        Message(N_("离校教师的身份证号、手机号（自离校起）")),
        Message(N_("姓名、学校、辅导记录")),
        3 * YEAR,
        FEWEST,
        Teacher.id,
        _teachers,
        _erase_teacher_numbers,
    )
)
add_rule(
    Rule(
        "consent_scans",
        Message(N_("监护人同意书扫描件（自离校或撤回起）")),
        Message(N_("何时由谁登记、何时撤回")),
        3 * YEAR,
        FEWEST,
        Consent.id,
        _scans,
        _erase_scans,
    )
)
add_rule(
    Rule(
        "roster_files",
        Message(N_("上传过的名册文件（自上传起）")),
        Message(N_("名册本身、上传记录和人数")),
        YEAR,
        7,
        RosterImport.id,
        _rosters,
        _erase_rosters,
    )
)
add_rule(
    Rule(
        "invitation_names",
        Message(N_("过期邀请单上的姓名（自过期起）")),
        Message(N_("邀请单的编号和用途")),
        YEAR,
        7,
        Invitation.id,
        _invitations,
        _erase_invitations,
    )
)
add_rule(
    Rule(
        "sessions",
        Message(N_("登录记录：网络地址和浏览器（自退出起）")),
        Message(N_("操作记录")),
        SIX_MONTHS,
        SIX_MONTHS,
        LoginSession.id,
        _sessions,
        lambda work, ids: _do(work, delete(LoginSession).where(LoginSession.id.in_(ids))),
        is_of_site=True,
    )
)
add_rule(
    Rule(
        "notices",
        Message(N_("站内消息（自发出起）")),
        Message(N_("消息所说的作品、名单和记录本身")),
        2 * YEAR,
        FEWEST,
        Notice.id,
        _notices,
        lambda work, ids: _do(work, delete(Notice).where(Notice.id.in_(ids))),
        is_of_site=True,
    )
)

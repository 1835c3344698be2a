"""What this room holds about a person, and how it is erased: roster, consents, accounts, sessions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, or_, select, update

from contest_portal.core.clock import now
from contest_portal.core.database import Base, Work, db
from contest_portal.core.models import AuditRecord
from contest_portal.core.text import N_, Message
from contest_portal.people.models import (
    Account,
    Consent,
    Enrolment,
    FactorReset,
    Invitation,
    Membership,
    RosterImport,
    School,
    Student,
    Teacher,
    Transfer,
)
from contest_portal.people.privacy.models import Erasure, LegalHold
from contest_portal.people.privacy.registry import Fate, Held, HeldFile, Person, eraser, holder, reason_to_keep

GUARDIAN = "已删除"
"""In the place of a guardian's name. It is data, not a text of the page."""

OF_ACCOUNTS = {
    "login_session": N_("登录记录"),
    "trusted_device": N_("免验证的设备"),
    "code_app": N_("验证器"),
    "passkey": N_("通行密钥"),
    "recovery_code": N_("备用验证码"),
    "notice_address": N_("通知地址"),
    "notice_choice": N_("消息接收方式"),
    "notice": N_("站内消息"),
    "outbox_message": N_("邮件和短信"),
    "kept_form": N_("登录超时时保留的填写内容"),
}
"""The tables whose rows are an account's own and nothing else: they go with it."""

_AS_ROSTER = Message(N_("性别、年级、学校和出生年份留作统计，历年人数不变。"))
_DONE = Message(N_("不再需要。"))


@holder("student", "teacher", "enrolment", "transfer")
def on_the_roster(person: Person) -> Iterable[Held]:
    """The row itself, where the pupil went to school, moves between schools."""
    model: type[Student | Teacher] = Student if person.kind == "student" else Teacher
    row = db.session.get(model, person.id)
    yield Held("roster", Message(N_("名册信息")), Fate.NAMELESS, _AS_ROSTER, [plain(row)] if row else [])
    if person.kind != "student":
        return
    for code, table, title in (
        ("enrolments", Enrolment, N_("就读经历")),
        ("transfers", Transfer, N_("转学记录")),
    ):
        rows = db.session.scalars(select(table).where(table.student_id == person.id).order_by(table.id))
        yield Held(code, Message(title), Fate.NAMELESS, _AS_ROSTER, [plain(one) for one in rows])


@holder("consent")
def consents(person: Person) -> Iterable[Held]:
    """Guardians' consents with their scans."""
    if person.kind != "student":
        return
    rows = db.session.scalars(select(Consent).where(Consent.student_id == person.id).order_by(Consent.id)).all()
    files = [HeldFile(one.file_name or f"{one.id}", one.file_sha256, True) for one in rows if one.file_sha256]
    why = Message(N_("同意一并撤回，作品不再公开展示；只留下何时登记和撤回，监护人姓名和扫描件删除。"))
    yield Held("consents", Message(N_("监护人同意书")), Fate.NAMELESS, why, [plain(one) for one in rows], files)


@holder("account", "membership", "invitation", *OF_ACCOUNTS, "factor_reset")
def accounts(person: Person) -> Iterable[Held]:
    """A teacher's own account, what was sent to it, where it signed in and by what."""
    if person.kind != "teacher":
        return
    own = person.account_ids
    parts: tuple[tuple[str, str, type[Base], Any], ...] = (
        ("accounts", N_("账号"), Account, Account.id.in_(own)),
        ("memberships", N_("账号的身份"), Membership, Membership.teacher_id == person.id),
        ("invitations", N_("邀请单"), Invitation, Invitation.teacher_id == person.id),
        *((table, title, _table(table), _table(table).account_id.in_(own)) for table, title in OF_ACCOUNTS.items()),  # type: ignore[attr-defined]
        ("factor_resets", N_("二次验证的重置"), FactorReset, FactorReset.account_id.in_(own)),
    )
    kept = {
        "accounts": N_("账号停用并去掉姓名和手机号，操作记录只按编号指向它。"),
        "memberships": N_("停用。"),
        "factor_resets": N_("证明由谁在何时重置；原因中的文字删除。"),
    }
    for code, title, model, condition in parts:
        rows = [plain(one) for one in db.session.scalars(select(model).where(condition).order_by(model.id))]  # type: ignore[attr-defined]
        if code in kept:
            yield Held(code, Message(title), Fate.NAMELESS, Message(kept[code]), rows)
        else:
            yield Held(code, Message(title), Fate.ERASED, _DONE, rows)


@holder("audit_record")
def lines_of_the_trail(person: Person) -> Iterable[Held]:
    """Acts on the person's row, and those of the person's accounts: numbers, no names."""
    about = (AuditRecord.object_type == person.kind) & (AuditRecord.object_id == person.id)
    rows = db.session.execute(
        select(AuditRecord.id, AuditRecord.at, AuditRecord.action, AuditRecord.object_type, AuditRecord.object_id)
        .where(or_(about, AuditRecord.account_id.in_(person.account_ids)))
        .order_by(AuditRecord.id)
    )
    found = [{key: plain_value(value) for key, value in one._mapping.items()} for one in rows]
    why = Message(N_("操作记录首尾相连，只含编号，不含姓名和号码；删去一条就不能再证明其余没有改动。"))
    yield Held("trail", Message(N_("操作记录")), Fate.KEPT, why, found)


@holder("erasure", "legal_hold")
def earlier_requests(person: Person) -> Iterable[Held]:
    """Earlier requests about the person's data."""
    rows = [
        plain(one)
        for model in (Erasure, LegalHold)
        for one in db.session.scalars(select(model).where(model.kind == person.kind, model.subject_id == person.id))
    ]
    why = Message(N_("证明何时、由谁、因为什么删除。"))
    yield Held("requests", Message(N_("个人信息申请")), Fate.KEPT, why, rows)


@reason_to_keep
def held_by_the_office(person: Person) -> Iterable[Message]:
    """The office itself said that the data must stay."""
    wanted = select(LegalHold.why).where(LegalHold.open_key == person.key)
    for why in db.session.scalars(wanted):
        yield Message.of(N_("主办单位已要求保留：%(why)s"), why=why)


@eraser
def erase_from_people(work: Work, person: Person) -> Mapping[str, int]:
    """The name gives way to a number that says nothing; numbers, scans, accounts go."""
    return _erase_student(work, person) if person.kind == "student" else _erase_teacher(work, person)


def _erase_student(work: Work, person: Person) -> dict[str, int]:
    row = work.session.get_one(Student, person.id)
    schools = {row.school_id, *work.session.scalars(select(Enrolment.school_id).where(Enrolment.student_id == row.id))}
    row.name, row.initials, row.ethnic_group, row.class_name = person.pseudonym, "", "", ""
    row.id_number = row.id_digest = row.guardian_phone = None
    row.birth_on, row.state, row.updated_at = date(row.birth_on.year, 1, 1), "left", now()
    row.erased_at = row.updated_at
    return {
        "student": 1,
        "enrolment": _changed(work, update(Enrolment).where(Enrolment.student_id == row.id).values(class_name="")),
        "transfer": _changed(work, update(Transfer).where(Transfer.student_id == row.id).values(class_name="")),
        "consent": _erase_consents(work, row.id),
        "roster_import": drop_roster_files(work, RosterImport.school_id.in_(schools), RosterImport.kind == "students"),
    }


def _erase_consents(work: Work, student_id: int) -> int:
    own = Consent.student_id == student_id
    _changed(work, update(Consent).where(own, Consent.withdrawn_at.is_(None)).values(withdrawn_at=now()))
    emptied = {"guardian_name": GUARDIAN, "relation": "", "file_sha256": None, "file_name": "", "withdrawn_why": ""}
    return _changed(work, update(Consent).where(own).values(**emptied))


def _erase_teacher(work: Work, person: Person) -> dict[str, int]:
    row = work.session.get_one(Teacher, person.id)
    row.name, row.initials, row.ethnic_group = person.pseudonym, "", ""
    row.id_number = row.id_digest = row.phone = row.phone_digest = row.birth_on = None
    row.position = row.job_title = row.subject = ""
    row.state, row.updated_at = "left", now()
    row.erased_at = row.updated_at
    own = person.account_ids
    nameless = update(Account).where(Account.id.in_(own))
    gone: tuple[tuple[type[Base], Any], ...] = (
        (Invitation, Invitation.teacher_id == row.id),
        *((model, model.account_id.in_(own)) for model in map(_table, OF_ACCOUNTS)),  # type: ignore[attr-defined]
    )
    imports = drop_roster_files(work, RosterImport.school_id == row.school_id, RosterImport.kind == "teachers")
    return {
        "teacher": 1,
        "account": _changed(
            work,
            nameless.values(
                name=person.pseudonym,
                login_name=None,
                phone=None,
                phone_digest=None,
                password_hash=None,
                is_active=False,
            ),
        ),
        "membership": _changed(work, update(Membership).where(Membership.teacher_id == row.id).values(is_active=False)),
        "roster_import": imports,
        "factor_reset": _changed(work, update(FactorReset).where(FactorReset.account_id.in_(own)).values(why="")),
        **{model.__tablename__: _changed(work, delete(model).where(condition)) for model, condition in gone},
    }


def _table(name: str) -> type[Base]:
    return next(one.class_ for one in Base.registry.mappers if one.class_.__tablename__ == name)


def drop_roster_files(work: Work, *conditions: Any) -> int:
    """Take from uploaded rosters what was uploaded; that they were, and their counts, stay. Previews are given up."""
    rows = work.session.scalars(select(RosterImport).where(RosterImport.file_sha256 != "", *conditions)).all()
    for row in rows:
        row.file_sha256 = ""
        row.summary = {key: value for key, value in row.summary.items() if key != "preview_sha256"}
        row.state = "discarded" if row.state == "previewed" else row.state
    return len(rows)


def _changed(work: Work, statement: Any) -> int:
    result: Any = work.session.execute(statement.execution_options(synchronize_session=False))
    return int(result.rowcount)


_SECRET = {"password_hash", "token_digest", "id_digest", "phone_digest", "code_digest", "challenge", "person_key"}
_SECRET |= {"secret", "last_step", "credential_id", "public_key", "sealed_form", "visitor_digest"}


def plain(row: Base) -> dict[str, Any]:
    """A row as plain values by its columns' names, without digests and secrets of the program."""
    columns = row.__table__.columns
    values = {column.name: getattr(row, column.name) for column in columns if column.name not in _SECRET}
    school = db.session.get(School, values["school_id"]) if values.get("school_id") else None
    named = {"school": school.name} if school else {}
    return {**{key: plain_value(value) for key, value in values.items()}, **named}


def plain_value(value: Any) -> Any:
    """A value that JSON and a cell can hold."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float | bool | list | dict) else str(value)

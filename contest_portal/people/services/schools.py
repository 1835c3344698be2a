"""Verbs on schools: apply, decide, edit, close."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from sqlalchemy import select

from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, found, locked, on_breach, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, Stale
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.people.models import Membership, Office, School
from contest_portal.people.school_kinds import FEATURE_CLASS, KINDS, code_problem, normal_code
from contest_portal.people.services.checked import checking
from contest_portal.people.services.invitations import Issued, invite_manager

MOST_SPACE_GB = 100_000

on_breach(
    "uq_school_office_id_name",
    lambda: Conflict(
        "people.school_exists",
        N_("本单位已有同名学校。请核对学校全称；如果学校已登记，请联系主办单位取得邀请单。"),
        field="name",
    ),
)
on_breach(
    "uq_school_code",
    lambda: Conflict("people.school_code_taken", N_("这个标识码已被另一所学校使用，请核对。"), field="code"),
)


@dataclass(frozen=True)
class SchoolData:
    """What is known of a school. `name` is the full name on its seal; an empty `code` is allowed."""

    name: str
    kind: str
    code: str = ""
    township: str = ""
    is_urban: bool = True
    is_feature: bool = False
    address: str = ""
    contact_name: str = ""
    contact_phone: str = ""


def checked_school(data: SchoolData, *, needs_contact: bool = False) -> SchoolData:
    """The data mended. Raises Invalid naming every field that is wrong."""
    with checking("people.school") as check:
        kind, code = data.kind, normal_code(data.code)
        if kind not in KINDS:
            check.add("kind", N_("请选择学校类型。"))
        elif problem := code_problem(code, kind):
            check.add("code", problem)
        if needs_contact:
            for field, text in (("contact_name", data.contact_name), ("contact_phone", data.contact_phone)):
                if not text.strip():
                    check.add(field, N_("请填写联系人和联系电话，审核结果将按此通知。"))
        return SchoolData(
            name=check.text(data.name, "name", 100, label=N_("学校全称"), required=True),
            kind=kind,
            code=code,
            township=check.text(data.township, "township", 50, label=N_("乡镇（街道）")),
            is_urban=data.is_urban,
            is_feature=data.is_feature,
            address=check.text(data.address, "address", 200, label=N_("地址")),
            contact_name=check.name(data.contact_name, "contact_name", required=False),
            contact_phone=check.contact_phone(data.contact_phone),
        )


def apply_school(actor: Actor, office_id: int, data: SchoolData) -> School:
    """A school asks to take part, by the public form. A refused school may ask again. Raises Invalid, Conflict."""
    data = checked_school(data, needs_contact=True)
    with unit_of_work(actor, "people.apply_school") as work:
        school = _named(office_id, data.name)
        if school is None:
            school = School(office_id=found(Office, office_id).id, applied_at=now())
            work.session.add(school)
        elif school.state != "refused":
            raise _already_there(school.state)
        write_school(school, data)
        school.state, school.applied_at, school.decided_at = "applied", now(), None
        work.record(school, after={"name": school.name, "state": "applied"})
        _tell_office(work, school)
    return school


def add_school(actor: Actor, office_id: int, data: SchoolData) -> School:
    """The office registers a school itself; it is approved at once. Raises Invalid, Conflict."""
    data = checked_school(data)
    with unit_of_work(actor, "people.add_school") as work:
        school = School(office_id=found(Office, office_id).id, state="approved", applied_at=now(), decided_at=now())
        write_school(school, data)
        work.session.add(school)
        work.record(school, after={"name": school.name, "state": "approved"})
    return school


def edit_school(actor: Actor, school_id: int, data: SchoolData, seen_version: int) -> School:
    """The office mends a school's data. An empty telephone number leaves what is known. Raises Invalid, Conflict, Stale."""
    kept = found(School, school_id).contact_phone or ""
    data = checked_school(replace(data, contact_phone=data.contact_phone.strip() or kept))
    with unit_of_work(actor, "people.edit_school") as work:
        school = _seen(school_id, seen_version)
        before = public_values(school)
        write_school(school, data)
        school.version += 1
        after = public_values(school)
        changed = [name for name in after if before[name] != after[name]]
        work.record(school, before={n: before[n] for n in changed}, after={n: after[n] for n in changed})
    return school


def edit_own_school(
    actor: Actor,
    school_id: int,
    *,
    requires_approval: bool,
    address: str,
    contact_name: str,
    contact_phone: str,
    seen_version: int,
) -> School:
    """The manager's part: whether entries need the school's own approval before submission, and whom to call."""
    with checking("people.school") as check:
        address = check.text(address, "address", 200, label=N_("地址"))
        contact_name = check.name(contact_name, "contact_name", required=False)
        contact_phone = check.contact_phone(contact_phone)
    with unit_of_work(actor, "people.edit_own_school") as work:
        school = _seen(school_id, seen_version)
        before = {"requires_approval": school.requires_approval}
        school.requires_approval, school.address = requires_approval, address
        school.contact_name, school.contact_phone = contact_name, contact_phone or None
        school.version += 1
        work.record(school, before=before, after={"requires_approval": requires_approval})
    return school


def set_space(actor: Actor, school_id: int, space_gb: int | None, seen_version: int) -> School:
    """The office gives the school so many GB for the files of its entries; None: what every school has. Files that are
    there stay, whatever the number. Raises Invalid, Stale."""
    if space_gb is not None and not 0 <= space_gb <= MOST_SPACE_GB:
        message = Message.of(N_("空间应在 0 至 %(most)s GB 之间。"), most=MOST_SPACE_GB)
        raise Invalid("people.school_space", message, field="space_gb")
    with unit_of_work(actor, "people.set_space") as work:
        school = _seen(school_id, seen_version)
        before, school.space_gb = school.space_gb, space_gb
        school.version += 1
        work.record(school, before={"space_gb": before}, after={"space_gb": space_gb})
    return school


def approve_school(actor: Actor, school_id: int) -> Issued:
    """Approve an application and invite the person it names as school manager. Raises Conflict when already decided."""
    with unit_of_work(actor, "people.approve_school") as work:
        school = _applied(school_id)
        school.state, school.decided_at, school.decision_note = "approved", now(), ""
        school.version += 1
        work.record(school, before={"state": "applied"}, after={"state": "approved"})
        return invite_manager(actor, school.id, school.contact_name)


def refuse_school(actor: Actor, school_id: int, reason: str) -> School:
    """Refuse an application with a reason. Raises Invalid without one, Conflict when already decided."""
    with checking("people.school_refusal") as check:
        reason = check.text(reason, "reason", 500, label=N_("理由"), required=True)
    with unit_of_work(actor, "people.refuse_school") as work:
        school = _applied(school_id)
        school.state, school.decided_at, school.decision_note = "refused", now(), reason
        school.version += 1
        work.record(school, before={"state": "applied"}, after={"state": "refused"}, why=reason)
    return school


def close_school(actor: Actor, school_id: int, reason: str) -> School:
    """Stop a school's access (merged, closed). Its records stay. Raises Conflict unless it is approved."""
    with checking("people.school_closing") as check:
        reason = check.text(reason, "reason", 500, label=N_("理由"), required=True)
    return _move(actor, school_id, "people.close_school", "approved", "closed", reason)


def reopen_school(actor: Actor, school_id: int) -> School:
    """Give a closed school its access back. Raises Conflict unless it is closed."""
    return _move(actor, school_id, "people.reopen_school", "closed", "approved", "")


def open_contact_phone(actor: Actor, school_id: int) -> School:
    """The school, with its contact's number to be shown in full; that it was opened is recorded."""
    with unit_of_work(actor, "people.open_contact_phone") as work:
        school = found(School, school_id)
        work.record(school)
    return school


def public_values(school: School) -> dict[str, object]:
    """The school's data without those of persons, as the trail keeps them."""
    values = asdict(data_of(school))
    return {name: value for name, value in values.items() if not name.startswith("contact_")}


def data_of(school: School) -> SchoolData:
    """The school's record as data."""
    return SchoolData(
        name=school.name,
        kind=school.kind,
        code=school.code or "",
        township=school.township,
        is_urban=school.is_urban,
        is_feature=school.school_class == FEATURE_CLASS,
        address=school.address,
        contact_name=school.contact_name,
        contact_phone=school.contact_phone or "",
    )


def write_school(school: School, data: SchoolData) -> None:
    """Put checked data into the record, inside the caller's unit of work."""
    school.name, school.kind, school.code = data.name, data.kind, data.code or None
    school.township, school.is_urban, school.address = data.township, data.is_urban, data.address
    school.school_class = FEATURE_CLASS if data.is_feature else None
    school.contact_name, school.contact_phone = data.contact_name, data.contact_phone or None


def _move(actor: Actor, school_id: int, action: str, before: str, after: str, note: str) -> School:
    with unit_of_work(actor, action) as work:
        school = locked(School, school_id)
        if school.state != before:
            raise _state_moved_on()
        school.state, school.decision_note = after, note
        school.version += 1
        work.record(school, before={"state": before}, after={"state": after}, why=note)
    return school


def _applied(school_id: int) -> School:
    school = locked(School, school_id)
    if school.state != "applied":
        raise _state_moved_on()
    return school


def _seen(school_id: int, seen_version: int) -> School:
    school = locked(School, school_id)
    if school.version != seen_version:
        raise Stale
    return school


def _named(office_id: int, name: str) -> School | None:
    return db.session.scalar(select(School).where(School.office_id == office_id, School.name == name).with_for_update())


def _tell_office(work: Work, school: School) -> None:
    staff = work.session.scalars(
        select(Membership.account_id).where(
            Membership.office_id == school.office_id, Membership.role == Role.OFFICE, Membership.is_active
        )
    )
    title = Message.of(N_("%(school)s申请入驻，请审核"), school=school.name)
    notify(work, staff, title, url=f"/schools/{school.id}")


def _already_there(state: str) -> Conflict | Invalid:
    if state == "applied":
        return Conflict(
            "people.school_applied", N_("贵校的申请已经提交，正在等待主办单位审核，无需重复申请。"), field="name"
        )
    return Conflict(
        "people.school_exists",
        N_("贵校已经登记。请联系主办单位取得学校管理员的邀请单，无需重复申请。"),
        field="name",
    )


def _state_moved_on() -> Conflict:
    return Conflict("people.school_state", N_("这所学校的状态已被他人更改。请刷新页面查看最新状态。"))

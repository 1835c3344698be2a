"""Offices, schools, accounts and their memberships; teachers, students, rosters, guardians' consent."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.core.database import Base
from contest_portal.core.sealing import Sealed


class Office(Base):
    """A 科协 office at its level; `parent` is the office it hands its lists to."""

    __tablename__ = "office"
    __table_args__ = (CheckConstraint("level in ('district', 'city', 'province')", name="level"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    short_name: Mapped[str] = mapped_column(String(50))
    level: Mapped[str] = mapped_column(String(10))
    region_name: Mapped[str] = mapped_column(String(50))
    region_code: Mapped[str] = mapped_column(String(6), default="")
    number_prefix: Mapped[str] = mapped_column(String(10))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    address: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    # Known only from what it handed up: the place of its schools and people, without accounts or contests of its own.
    is_sender_record: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    parent: Mapped[Office | None] = relationship(remote_side=[id])


class CalendarDay(Base):
    """One day that the office sets itself: off, or a day of work. It goes before the State Council's calendar."""

    __tablename__ = "calendar_day"
    __table_args__ = (UniqueConstraint("office_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    day: Mapped[date]
    is_working: Mapped[bool]
    note: Mapped[str] = mapped_column(String(50), default="")
    set_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    set_at: Mapped[datetime]


class School(Base):
    """A school of one office. `name` is the full name on its seal."""

    __tablename__ = "school"
    __table_args__ = (
        CheckConstraint("state in ('applied', 'approved', 'refused', 'closed')", name="state"),
        CheckConstraint(
            "kind in ('primary', 'junior', 'senior', 'nine_year', 'complete', 'vocational', 'special')", name="kind"
        ),
        UniqueConstraint("office_id", "name"),
        UniqueConstraint("code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    code: Mapped[str | None] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(12))
    township: Mapped[str] = mapped_column(String(50), default="")
    is_urban: Mapped[bool] = mapped_column(default=True)
    school_class: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(200), default="")
    contact_name: Mapped[str] = mapped_column(String(50), default="")
    contact_phone: Mapped[str | None] = mapped_column(Sealed)
    requires_approval: Mapped[bool] = mapped_column(default=False)
    space_gb: Mapped[int | None]  # for the files of its entries; None: what the deployment gives every school
    state: Mapped[str] = mapped_column(String(10), default="applied")
    applied_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    office: Mapped[Office] = relationship()


class Account(Base):
    """A person who signs in, by user name or phone number."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("login_name"), UniqueConstraint("phone_digest"))

    id: Mapped[int] = mapped_column(primary_key=True)
    login_name: Mapped[str | None] = mapped_column(String(50))
    phone: Mapped[str | None] = mapped_column(Sealed)
    phone_digest: Mapped[str | None] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(50))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class LoginFailure(Base):
    """How often in a row signing in failed by a name, whether anybody has it or not, and what else could be guessed."""

    __tablename__ = "login_failure"
    __table_args__ = (UniqueConstraint("who_digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    who_digest: Mapped[str] = mapped_column(String(64))
    count: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
    blocked_until: Mapped[datetime | None]


class Membership(Base):
    """What an account is, and where: staff of an office, manager or teacher of a school, judge for an office."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint(
            "role in ('office', 'leader', 'supervisor', 'school_manager', 'teacher', 'judge')", name="role"
        ),
        Index("uq_membership_place", "account_id", "role", "office_id", "school_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"), index=True)
    teacher_id: Mapped[int | None] = mapped_column(ForeignKey("teacher.id"))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    account: Mapped[Account] = relationship()
    office: Mapped[Office] = relationship()
    school: Mapped[School | None] = relationship()


class Invitation(Base):
    """A one-time link: it makes a membership (and an account where needed), or sets a new password."""

    __tablename__ = "invitation"
    __table_args__ = (CheckConstraint("purpose in ('join', 'reset')", name="purpose"), UniqueConstraint("token_digest"))

    id: Mapped[int] = mapped_column(primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(10))
    role: Mapped[str | None] = mapped_column(String(20))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"), index=True)
    teacher_id: Mapped[int | None] = mapped_column(ForeignKey("teacher.id"))
    judge_id: Mapped[int | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(50))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class LoginSession(Base):
    """One signed-in browser.

    `awaits_factor`: the password was right, the second factor is still to come; nobody is signed in by such a row.
    `confirmed_at`: when the person last proved to be who they are. `challenge`: what a passkey has been asked to sign.
    `purpose`: what acts of the kind `purpose_for` (a code of `confirmed_acts`) are done for, as said last, at `purpose_at`.
    """

    __tablename__ = "login_session"
    __table_args__ = (UniqueConstraint("token_digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(64), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")
    awaits_factor: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None]
    challenge: Mapped[bytes | None] = mapped_column(LargeBinary)
    challenge_at: Mapped[datetime | None]
    purpose: Mapped[str] = mapped_column(String(100), default="")
    purpose_for: Mapped[str | None] = mapped_column(String(20))
    purpose_at: Mapped[datetime | None]


class CodeApp(Base):
    """The authenticator app of an account: the secret its codes are made of, and the last time step that was accepted."""

    __tablename__ = "code_app"
    __table_args__ = (UniqueConstraint("account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    secret: Mapped[str] = mapped_column(Sealed)
    last_step: Mapped[int] = mapped_column(BigInteger)
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Passkey(Base):
    """A key that a device or a stick keeps for an account (WebAuthn): here its public half."""

    __tablename__ = "passkey"
    __table_args__ = (UniqueConstraint("credential_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str] = mapped_column(String(50))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    transports: Mapped[list[Any]]
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code on paper that stands for the second factor once; the database keeps its digest."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("account_id", "code_digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    code_digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class TrustedDevice(Base):
    """A browser that is not asked for the account's second factor until `expires_at`."""

    __tablename__ = "trusted_device"
    __table_args__ = (UniqueConstraint("token_digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    browser: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(64), default="")
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class FactorReset(Base):
    """Somebody took a lost second factor off another's account: who, when, why. `reset_by` is None for the console."""

    __tablename__ = "factor_reset"
    __table_args__ = (Index("ix_factor_reset_account", "account_id", "reset_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    reset_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reset_at: Mapped[datetime]
    why: Mapped[str] = mapped_column(Text, default="")


class Teacher(Base):
    """A teacher on a school's roster. `person_key` is the same for one person in every school. `erased_at`: as a pupil's."""

    __tablename__ = "teacher"
    __table_args__ = (
        CheckConstraint("state in ('active', 'left')", name="state"),
        Index("ix_teacher_school_name", "school_id", "name"),
        Index("ix_teacher_person", "person_key"),
        Index("ix_teacher_initials", "school_id", "initials"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    person_key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(50))
    initials: Mapped[str] = mapped_column(String(20), default="")
    sex: Mapped[str | None] = mapped_column(String(1))
    birth_on: Mapped[date | None]
    ethnic_group: Mapped[str] = mapped_column(String(20), default="")
    id_number: Mapped[str | None] = mapped_column(Sealed)
    id_digest: Mapped[str | None] = mapped_column(String(64), index=True)
    phone: Mapped[str | None] = mapped_column(Sealed)
    phone_digest: Mapped[str | None] = mapped_column(String(64), index=True)
    position: Mapped[str] = mapped_column(String(50), default="")
    job_title: Mapped[str] = mapped_column(String(50), default="")
    subject: Mapped[str] = mapped_column(String(50), default="")
    state: Mapped[str] = mapped_column(String(10), default="active")
    updated_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]

    school: Mapped[School] = relationship()


class Student(Base):
    """A pupil. Has no account. `school`, `grade` and `class_name` are those of the current school year.

    `erased_at`: when all that says who it is was erased on request; nothing may be written into such a row again.
    """

    __tablename__ = "student"
    __table_args__ = (
        CheckConstraint("state in ('active', 'graduated', 'left')", name="state"),
        CheckConstraint("sex in ('男', '女')", name="sex"),
        UniqueConstraint("office_id", "id_digest"),
        Index("ix_student_school_grade", "school_id", "state", "grade", "class_name", "id"),
        Index("ix_student_school_name", "school_id", "name"),
        Index("ix_student_initials", "school_id", "initials"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    name: Mapped[str] = mapped_column(String(50))
    initials: Mapped[str] = mapped_column(String(20), default="")
    sex: Mapped[str] = mapped_column(String(1))
    birth_on: Mapped[date]
    ethnic_group: Mapped[str] = mapped_column(String(20), default="")
    id_number: Mapped[str | None] = mapped_column(Sealed)
    id_digest: Mapped[str | None] = mapped_column(String(64))
    guardian_phone: Mapped[str | None] = mapped_column(Sealed)
    grade: Mapped[int]
    class_name: Mapped[str] = mapped_column(String(20), default="")
    school_year: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="active")
    updated_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]

    school: Mapped[School] = relationship()


class Enrolment(Base):
    """Where a pupil was in a school year: the history behind `Student`'s current place."""

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("student_id", "school_year", "school_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    school_year: Mapped[int]
    grade: Mapped[int]
    class_name: Mapped[str] = mapped_column(String(20), default="")


class Consent(Base):
    """A guardian's consent to a pupil's taking part, on paper or as a scan of it.

    `covers_showing`: the guardian also agreed that the pupil's work is shown to the public.
    """

    __tablename__ = "consent"
    __table_args__ = (CheckConstraint("form in ('paper', 'scan')", name="form"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), index=True)
    guardian_name: Mapped[str] = mapped_column(String(50))
    relation: Mapped[str] = mapped_column(String(20))
    signed_on: Mapped[date]
    form: Mapped[str] = mapped_column(String(10))
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(200), default="")
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_why: Mapped[str] = mapped_column(Text, default="")
    covers_showing: Mapped[bool] = mapped_column(default=False)


class RosterImport(Base):
    """One uploaded roster: the file, what it would do, and whether it was done."""

    __tablename__ = "roster_import"
    __table_args__ = (
        CheckConstraint("kind in ('students', 'teachers')", name="kind"),
        CheckConstraint("state in ('previewed', 'applied', 'discarded')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    file_sha256: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="previewed")
    summary: Mapped[dict[str, Any]]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]


class Transfer(Base):
    """A pupil named on another school's roster: the old school or the office confirms the move."""

    __tablename__ = "transfer"
    __table_args__ = (CheckConstraint("state in ('pending', 'confirmed', 'refused')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), index=True)
    from_school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    to_school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    grade: Mapped[int]
    class_name: Mapped[str] = mapped_column(String(20), default="")
    state: Mapped[str] = mapped_column(String(10), default="pending")
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]

    student: Mapped[Student] = relationship()
    from_school: Mapped[School] = relationship(foreign_keys=[from_school_id])
    to_school: Mapped[School] = relationship(foreign_keys=[to_school_id])


class RollOver(Base):
    """A school's step into a new school year; `before` holds what is needed to undo it."""

    __tablename__ = "roll_over"
    __table_args__ = (CheckConstraint("state in ('applied', 'undone')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    to_year: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="applied")
    before: Mapped[dict[str, Any]]
    applied_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    applied_at: Mapped[datetime]
    undo_until: Mapped[datetime]
    undone_at: Mapped[datetime | None]

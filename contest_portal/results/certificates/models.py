"""Certificates: how a contest's look, those that were given, what was printed, and the keys that offices sign with."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Contest
from contest_portal.core.database import Base
from contest_portal.core.sealing import Sealed
from contest_portal.entries.models import Entry
from contest_portal.people.models import School


class CertificateSettings(Base):
    """A contest's choices for its certificates. No row: as they come, see `services.certificate_settings`."""

    __tablename__ = "certificate_settings"
    __table_args__ = (UniqueConstraint("contest_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"))
    number_pattern: Mapped[str] = mapped_column(String(100))
    issuer: Mapped[str] = mapped_column(String(200))
    dated_on: Mapped[date | None]  # printed; None: the day on which it is given
    is_one_each: Mapped[bool] = mapped_column(default=True)  # each author has one, not one with all their names
    font_file_sha256: Mapped[str | None] = mapped_column(String(64))
    font_family: Mapped[str] = mapped_column(String(100), default="")
    font_name: Mapped[str] = mapped_column(String(200), default="")
    opened_at: Mapped[datetime | None]  # since when schools may download theirs
    version: Mapped[int] = mapped_column(default=1)


class CertificateTemplate(Base):
    """How certificates of a kind look, for one award or (`award` empty) for all that have none of their own."""

    __tablename__ = "certificate_template"
    __table_args__ = (
        UniqueConstraint("contest_id", "kind", "award"),
        CheckConstraint("kind in ('author', 'tutor', 'school')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"))
    kind: Mapped[str] = mapped_column(String(10))
    award: Mapped[str] = mapped_column(String(60), default="")
    layout: Mapped[dict[str, Any]]
    background_file_sha256: Mapped[str | None] = mapped_column(String(64))
    seal_file_sha256: Mapped[str | None] = mapped_column(String(64))
    signature_file_sha256: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    saved_at: Mapped[datetime]

    contest: Mapped[Contest] = relationship()


class Certificate(Base):
    """One certificate. Its number is never given again; what it says is kept as it was printed.

    `live_key` names what it is for while it is valid, so that the database lets no second one be valid beside it.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("contest_id", "serial"),
        UniqueConstraint("contest_id", "number_key"),
        UniqueConstraint("code"),
        UniqueConstraint("live_key"),
        CheckConstraint("kind in ('author', 'tutor', 'school')", name="kind"),
        CheckConstraint("state in ('valid', 'revoked')", name="state"),
        CheckConstraint("(state = 'valid') = (live_key is not null)", name="live"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"))
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(String(120))
    number_key: Mapped[str] = mapped_column(String(120), index=True)
    code: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(10))
    award: Mapped[str] = mapped_column(String(60))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), index=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"), index=True)
    subject_key: Mapped[str] = mapped_column(String(120))
    live_key: Mapped[str | None] = mapped_column(String(120))
    recipient: Mapped[str] = mapped_column(String(400))
    school_name: Mapped[str] = mapped_column(String(100), default="")
    work_title: Mapped[str] = mapped_column(String(200), default="")
    fields: Mapped[dict[str, Any]]  # what stands on it, by the fields' Chinese names
    state: Mapped[str] = mapped_column(String(10), default="valid")
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    issued_at: Mapped[datetime]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    revoked_at: Mapped[datetime | None]
    revoked_why: Mapped[str] = mapped_column(Text, default="")
    revoke_asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    revoke_asked_at: Mapped[datetime | None]
    revoke_asked_why: Mapped[str] = mapped_column(Text, default="")
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"))
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    made_at: Mapped[datetime | None]

    contest: Mapped[Contest] = relationship()
    entry: Mapped[Entry | None] = relationship()
    school: Mapped[School | None] = relationship()
    replaced_by: Mapped[Certificate | None] = relationship(remote_side=[id])


class CertificatePrint(Base):
    """One making of PDFs by a job: which certificates, and what came of it."""

    __tablename__ = "certificate_print"

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"), index=True)
    certificate_ids: Mapped[list[Any]]
    address: Mapped[str] = mapped_column(String(200))  # of the site, for the codes
    has_background: Mapped[bool] = mapped_column(default=True)  # of the file for the printer
    left_out: Mapped[list[Any]]  # ids of those whose letters no font has
    zip_file_sha256: Mapped[str | None] = mapped_column(String(64))
    print_file_sha256: Mapped[str | None] = mapped_column(String(64))
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class OfficeSigningKey(Base):
    """A key with which an office signs its certificates; the newest signs, older ones are kept to check by.

    `certificate` is PEM, `private_key` PKCS#8 in PEM, sealed. `is_own`: brought by the office, not made here.
    """

    __tablename__ = "office_signing_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    certificate: Mapped[str] = mapped_column(Text)
    chain: Mapped[str] = mapped_column(Text, default="")  # PEM of what stands above it
    private_key: Mapped[str] = mapped_column(Sealed)
    is_own: Mapped[bool] = mapped_column(default=False)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]

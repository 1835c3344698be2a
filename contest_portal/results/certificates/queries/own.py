"""Certificates as their schools, their teachers and the public read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, literal, or_, select
from sqlalchemy.orm import joinedload, selectinload

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor, Role
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.entries.models import Author, Entry, Tutor
from contest_portal.results.certificates.models import Certificate, CertificateSettings
from contest_portal.results.certificates.numbers import name_key, number_key

MOST_MATCHES = 20


@dataclass(frozen=True)
class OwnCertificate:
    """A certificate as its school asks for it, and whether the office has opened the contest's certificates."""

    certificate: Certificate
    is_open: bool


def own_certificate(certificate_id: int) -> OwnCertificate:
    """The certificate with its entry's people. Raises NotFound."""
    row = db.session.scalar(
        select(Certificate)
        .where(Certificate.id == certificate_id)
        .options(
            joinedload(Certificate.entry).options(selectinload(Entry.tutors), selectinload(Entry.authors)),
            joinedload(Certificate.contest),
        )
    )
    if row is None:
        raise NotFound
    opened = select(CertificateSettings.opened_at).where(CertificateSettings.contest_id == row.contest_id)
    return OwnCertificate(row, db.session.scalar(opened) is not None)


def own_certificates(actor: Actor, contest_id: int | None = None) -> Sequence[Certificate]:
    """The valid certificates that the actor may download: of the whole school, or a teacher's of own entries; newest
    contest first."""
    statement = (
        select(Certificate)
        .join(Contest, Contest.id == Certificate.contest_id)
        .join(CertificateSettings, CertificateSettings.contest_id == Certificate.contest_id)
        .where(
            Certificate.school_id == actor.school_id,
            Certificate.state == "valid",
            CertificateSettings.opened_at.is_not(None),
        )
        .options(joinedload(Certificate.contest))
        .order_by(Contest.year.desc(), Contest.id.desc(), Certificate.serial)
    )
    if contest_id is not None:
        statement = statement.where(Certificate.contest_id == contest_id)
    if not actor.is_in(Role.SCHOOL_MANAGER):
        statement = statement.join(Entry, Entry.id == Certificate.entry_id).where(_is_own(actor))
    return db.session.scalars(statement).all()


def _is_own(actor: Actor) -> ColumnElement[bool]:
    """The same as entries.belonging says of one entry."""
    teacher = actor.teacher_id or 0
    return or_(
        Entry.created_by == actor.account_id,
        exists().where(Tutor.entry_id == Entry.id, Tutor.teacher_id == teacher),
        exists().where(Author.entry_id == Entry.id, Author.teacher_id == teacher),
    )


def certificate_by_code(code: str) -> Certificate | None:
    """The certificate whose code was scanned."""
    return db.session.scalar(_for_public().where(Certificate.code == code.strip().upper()[:20]))


def certificates_named(number: str, name: str) -> list[Certificate]:
    """The certificates of that number whose holder has that name; one number may exist at several offices."""
    key, wanted = number_key(number), name_key(name)
    if not key or not wanted:
        return []
    rows = db.session.scalars(_for_public().where(Certificate.number_key == key).limit(MOST_MATCHES))
    return [row for row in rows if wanted in _names_on(row)]


def certificates_made_as(sha256: str) -> list[Certificate]:
    """The certificates whose file has that hash."""
    return list(db.session.scalars(_for_public().where(Certificate.file_sha256 == sha256).limit(MOST_MATCHES)))


def certificates_told_of(text: str) -> list[Certificate]:
    """The certificates whose number and holder's name both stand in the text: the name is asked for as in the form."""
    key, names = number_key(text), name_key(text)
    rows = db.session.scalars(
        _for_public().where(literal(key).contains(Certificate.number_key), Certificate.number_key != "")
    )
    return [row for row in rows if any(one and one in names for one in _names_on(row))][:MOST_MATCHES]


def _names_on(row: Certificate) -> set[str]:
    """Each of the names on it, and all of them as they stand there."""
    return {name_key(one) for one in (row.recipient, *row.recipient.split("、"))}


def _for_public() -> Select[Certificate]:
    return select(Certificate).options(joinedload(Certificate.contest).joinedload(Contest.office))

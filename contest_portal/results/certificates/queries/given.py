"""Reads of certificates: a contest's choices and looks, what was given, what is still to be given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import String, cast, exists, func, literal, or_, select
from sqlalchemy.orm import joinedload

from contest_portal.contests.models import Contest
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.listing import Listing, Page, paginate
from contest_portal.core.models import Job
from contest_portal.results.awards.models import AwardLine, AwardList
from contest_portal.results.certificates.layout import KINDS, Layout, default_layout
from contest_portal.results.certificates.models import (
    Certificate,
    CertificatePrint,
    CertificateSettings,
    CertificateTemplate,
)
from contest_portal.results.certificates.numbers import default_pattern, number_key
from contest_portal.results.certificates.queries.awardees import CASE, FALLEN, Awardee, awardees_of

PRINT_KEY = "certificates-"


@dataclass(frozen=True)
class Choices:
    """What a contest chose for its certificates, or how they come."""

    number_pattern: str
    issuer: str
    dated_on: date | None = None
    is_one_each: bool = True
    font_file_sha256: str | None = None
    font_family: str = ""
    font_name: str = ""
    opened_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True)
class TemplateLook:
    """A template as it is used: a contest's own, or the one that comes with the program (`id` None)."""

    kind: str
    award: str
    layout: Layout
    background_sha256: str | None = None
    seal_sha256: str | None = None
    signature_sha256: str | None = None
    id: int | None = None
    version: int = 0


@dataclass(frozen=True)
class Standing:
    """What a contest's certificates are at: to be given, not fitting any more, given.

    `changed`: valid certificates whose award, name, school or title is another one now; `fallen`: those of awards that are
    no longer given; `counts`: how many valid by (kind, award). `held`: those that wait for the end of a case about their
    work; `fallen_works`: the titles of awarded works that are not accepted any more, which get none.
    `withheld`: revoked certificates that nothing took the place of; whoever had one gets another only singly, from it.
    """

    to_issue: Sequence[Awardee]
    changed: Sequence[tuple[Certificate, Awardee]]
    fallen: Sequence[Certificate]
    valid_count: int
    unprinted_count: int
    counts: Sequence[tuple[tuple[str, str], int]] = ()
    held: Sequence[Awardee] = ()
    fallen_works: Sequence[str] = ()
    withheld: Sequence[Certificate] = ()


def contest_of(contest_id: int) -> Contest:
    """The contest with its office. Raises NotFound."""
    row = db.session.scalar(select(Contest).where(Contest.id == contest_id).options(joinedload(Contest.office)))
    if row is None:
        raise NotFound
    return row


def choices_of(contest: Contest) -> Choices:
    """The contest's own choices, or how certificates come without any."""
    row = db.session.scalar(select(CertificateSettings).where(CertificateSettings.contest_id == contest.id))
    if row is None:
        return Choices(default_pattern(contest.office.region_name), contest.office.name)
    return Choices(
        number_pattern=row.number_pattern,
        issuer=row.issuer,
        dated_on=row.dated_on,
        is_one_each=row.is_one_each,
        font_file_sha256=row.font_file_sha256,
        font_family=row.font_family,
        font_name=row.font_name,
        opened_at=row.opened_at,
        version=row.version,
    )


def templates_of(contest_id: int) -> list[CertificateTemplate]:
    """The contest's own templates: by kind, the one for all awards first."""
    rows = db.session.scalars(select(CertificateTemplate).where(CertificateTemplate.contest_id == contest_id))
    return sorted(rows, key=lambda row: (KINDS.index(row.kind), row.award))


def looks_of(contest_id: int) -> dict[tuple[str, str], TemplateLook]:
    """By (kind, award) the templates of the contest; under award "" one for every kind."""
    looks = {(kind, ""): TemplateLook(kind, "", default_layout(kind)) for kind in KINDS}
    return looks | {(row.kind, row.award): look_of(row) for row in templates_of(contest_id)}


def look_of(row: CertificateTemplate) -> TemplateLook:
    """The template's row as a value."""
    return TemplateLook(
        kind=row.kind,
        award=row.award,
        layout=Layout.from_dict(row.layout),
        background_sha256=row.background_file_sha256,
        seal_sha256=row.seal_file_sha256,
        signature_sha256=row.signature_file_sha256,
        id=row.id,
        version=row.version,
    )


def chosen_look(looks: Mapping[tuple[str, str], TemplateLook], kind: str, award: str) -> TemplateLook:
    """The template for that award, or the kind's for all awards."""
    return looks.get((kind, award)) or looks[(kind, "")]


def standing_of(contest: Contest, choices: Choices) -> Standing:
    """What is to be done with the contest's certificates."""
    awardees = awardees_of(contest, is_one_each=choices.is_one_each)
    given = db.session.scalars(
        select(Certificate)
        .where(
            Certificate.contest_id == contest.id,
            or_(Certificate.state == "valid", Certificate.replaced_by_id.is_(None)),
        )
        .order_by(Certificate.serial)
    ).all()
    valid = {row.subject_key: row for row in given if row.state == "valid"}
    # Whoever revoked without giving a new one meant it: such a certificate is never given again along with the others.
    revoked = {row.subject_key: row for row in given if row.state == "revoked" and row.subject_key not in valid}
    wanted = {one.subject_key: one for one in awardees if one.hold != FALLEN}
    changed = [
        (row, wanted[key])
        for key, row in valid.items()
        if key in wanted and any(row.fields.get(name, "") != value for name, value in wanted[key].values.items())
    ]
    missing = [one for one in awardees if one.subject_key not in valid and one.subject_key not in revoked]
    return Standing(
        to_issue=[one for one in missing if not one.hold],
        held=[one for one in missing if one.hold == CASE],
        fallen_works=sorted({one.entry_id: one.values["作品"] for one in awardees if one.hold == FALLEN}.values()),
        changed=changed,
        fallen=[row for key, row in valid.items() if key not in wanted],
        withheld=[row for key, row in revoked.items() if key in wanted],
        valid_count=len(valid),
        unprinted_count=sum(row.file_sha256 is None for row in valid.values()),
        counts=sorted(Counter((row.kind, row.award) for row in valid.values()).items(), key=_in_order),
    )


def _in_order(counted: tuple[tuple[str, str], int]) -> tuple[int, str]:
    (kind, award), _count = counted
    return KINDS.index(kind), award


def certificate_by_id(certificate_id: int) -> Certificate:
    """The certificate with contest, office, entry and school. Raises NotFound."""
    row = db.session.scalar(
        select(Certificate)
        .where(Certificate.id == certificate_id)
        .options(
            joinedload(Certificate.contest).joinedload(Contest.office),
            joinedload(Certificate.entry),
            joinedload(Certificate.school),
            joinedload(Certificate.replaced_by),
        )
    )
    if row is None:
        raise NotFound
    return row


def replaced_by(certificate_id: int) -> Certificate | None:
    """The older certificate in whose place this one was given."""
    return db.session.scalar(select(Certificate).where(Certificate.replaced_by_id == certificate_id))


def listed_certificates(contest_id: int, listing: Listing) -> Page[Certificate]:
    """A page of the contest's certificates, found by number, name, school or title."""
    statement = (
        select(Certificate)
        .where(Certificate.contest_id == contest_id)
        .options(joinedload(Certificate.school))
        .order_by(Certificate.serial.desc())
    )
    if state := listing.filters.get("state"):
        statement = statement.where(Certificate.state == state)
    if kind := listing.filters.get("kind"):
        statement = statement.where(Certificate.kind == kind)
    if words := listing.filters.get("q"):
        texts = (Certificate.number, Certificate.recipient, Certificate.work_title, Certificate.school_name)
        statement = statement.where(
            or_(
                Certificate.number_key == number_key(words),
                *(text.contains(words, autoescape=True) for text in texts),
            )
        )
    return paginate(statement, listing)


def last_print(contest_id: int) -> tuple[CertificatePrint, Job | None] | None:
    """The newest making of PDFs with its job."""
    key = literal(PRINT_KEY).concat(cast(CertificatePrint.id, String))
    row = db.session.execute(
        select(CertificatePrint, Job)
        .join(Job, Job.key == key, isouter=True)
        .where(CertificatePrint.contest_id == contest_id)
        .order_by(CertificatePrint.id.desc())
        .limit(1)
    ).first()
    return None if row is None else (row[0], row[1])


def print_key(print_id: int) -> str:
    """The key of the job of a making."""
    return f"{PRINT_KEY}{print_id}"


def contest_and_kind(contest_id: int, kind: str) -> tuple[Contest, str]:
    """The contest and a kind of certificates. Raises NotFound for a kind that there is not."""
    if kind not in KINDS:
        raise NotFound
    return contest_of(contest_id), kind


def template_by_id(template_id: int) -> CertificateTemplate:
    """The template with its contest. Raises NotFound."""
    row = db.session.scalar(
        select(CertificateTemplate)
        .where(CertificateTemplate.id == template_id)
        .options(joinedload(CertificateTemplate.contest))
    )
    if row is None:
        raise NotFound
    return row


def contests_to_copy(contest: Contest) -> list[tuple[int, str]]:
    """(id, name) of the office's other contests that have certificates of their own look, the newest first."""
    has_any = or_(
        exists().where(CertificateTemplate.contest_id == Contest.id),
        exists().where(CertificateSettings.contest_id == Contest.id),
    )
    rows = db.session.execute(
        select(Contest.id, Contest.name)
        .where(Contest.office_id == contest.office_id, Contest.id != contest.id, has_any)
        .order_by(Contest.year.desc(), Contest.id.desc())
    )
    return [(row.id, row.name) for row in rows]


def awards_named(contest_id: int) -> list[str]:
    """The awards that the contest's approved lists give, for templates of their own."""
    rows = db.session.scalars(
        select(AwardLine.award)
        .join(AwardList, AwardList.id == AwardLine.award_list_id)
        .where(AwardList.contest_id == contest_id, AwardList.state == "approved", AwardLine.award != "")
        .group_by(AwardLine.award)
        .order_by(func.min(AwardLine.position), AwardLine.award)
    )
    return list(rows)

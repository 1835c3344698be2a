"""How the certificates of a contest are numbered and opened to schools."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, locked, unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.people.queries.recipients import managers_of
from contest_portal.results.certificates.models import Certificate, CertificateSettings
from contest_portal.results.certificates.numbers import default_pattern, format_number, number_key
from contest_portal.results.certificates.queries import given as queries

OWN_PAGE = "/school/certificates"


def open_to_schools(actor: Actor, contest_id: int, *, is_open: bool) -> None:
    """Let the contest's schools and teachers download their certificates, or no longer; schools are told."""
    with unit_of_work(actor, "results.open_certificates") as work:
        contest = locked(Contest, contest_id)
        row = own_settings(work, contest)
        if (row.opened_at is not None) == is_open:
            return
        row.opened_at = now() if is_open else None
        row.version += 1
        work.record(row, after={"is_open": is_open})
        if is_open:
            title = Message.of(N_("%(contest)s的证书可以下载了"), contest=contest.name)
            notify(work, managers_awarded(contest_id), title, url=OWN_PAGE)


def own_settings(work: Work, contest: Contest) -> CertificateSettings:
    """The contest's row of choices, made where there is none. The caller holds the contest's lock."""
    row = work.session.scalar(select(CertificateSettings).where(CertificateSettings.contest_id == contest.id))
    if row is None:
        row = CertificateSettings(
            contest_id=contest.id,
            number_pattern=default_pattern(contest.office.region_name),
            issuer=contest.office.name,
            version=0,
        )
        work.session.add(row)
    return row


def pattern_taken(work: Work, contest: Contest, pattern: str) -> Contest | None:
    """Another contest of the office whose numbers would be the same."""
    return work.session.scalar(
        select(Contest)
        .join(Certificate, Certificate.contest_id == Contest.id)
        .where(
            Contest.office_id == contest.office_id,
            Contest.id != contest.id,
            Certificate.serial == 1,
            Certificate.number_key == number_key(format_number(pattern, contest.year, 1)),
        )
        .limit(1)
    )


def numbering(contest_id: int) -> Contest:
    """The contest, locked: numbers are given one after the other."""
    locked(Contest, contest_id)
    return queries.contest_of(contest_id)


def require_own_pattern(work: Work, contest: Contest, pattern: str) -> None:
    """Raises Conflict where another contest of the office numbers its certificates alike."""
    if (other := pattern_taken(work, contest, pattern)) is not None:
        source = N_("「%(contest)s」的证书已经用了同样的编号。请先在「编号与落款」里改一改编号规则。")
        raise Conflict("results.pattern_taken", Message.of(source, contest=other.name))


def managers_awarded(contest_id: int) -> list[int]:
    """The accounts of the managers of the schools that have valid certificates of the contest."""
    schools = db.session.scalars(
        select(Certificate.school_id)
        .where(Certificate.contest_id == contest_id, Certificate.state == "valid")
        .distinct()
    )
    return [account for school_id in schools if school_id is not None for account in managers_of(school_id)]

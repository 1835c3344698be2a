"""Certificates as files: a job prints and signs each, puts them into one ZIP by school and one file for the printer."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select, update

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor, console_actor
from contest_portal.core.clock import now
from contest_portal.core.database import db, found, unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.core.jobs import SLOW, enqueue, job, report_progress
from contest_portal.core.storage import storage
from contest_portal.core.text import N_
from contest_portal.results.certificates.fonts import OwnFont, missing_letters
from contest_portal.results.certificates.layout import letters_of
from contest_portal.results.certificates.letters import own_font_of
from contest_portal.results.certificates.models import Certificate, CertificatePrint
from contest_portal.results.certificates.press import CertificatePress, Look, Sheet, certificate_press
from contest_portal.results.certificates.queries import given as queries
from contest_portal.results.certificates.queries.given import TemplateLook, chosen_look, print_key
from contest_portal.results.certificates.services.keys import signing_key
from contest_portal.results.certificates.signing import PdfSealer

AT_ONCE = 50
"""So many certificates are written down in one transaction."""
SHARE_OF_SIGNING = 0.8

Looks = Mapping[tuple[str, str], TemplateLook]


def ask_for_print(
    actor: Actor, contest_id: int, address: str, *, has_background: bool = True, anew: bool = False
) -> CertificatePrint:
    """Have all valid certificates of the contest made into files. `address` is the site's, for the codes on them.

    `anew`: also those that were made before, since the template is another one now. Raises Conflict where there are none.
    """
    with unit_of_work(actor, "results.print_certificates") as work:
        valid = (Certificate.contest_id == contest_id, Certificate.state == "valid")
        ids = list(work.session.scalars(select(Certificate.id).where(*valid).order_by(Certificate.serial)))
        if not ids:
            raise Conflict("results.nothing_to_print", N_("还没有颁发证书，没有可以打印的内容。"))
        if anew:
            work.session.execute(
                update(Certificate).where(*valid).values(file_sha256=None).execution_options(synchronize_session=False)
            )
        row = CertificatePrint(
            contest_id=contest_id,
            certificate_ids=ids,
            left_out=[],
            address=address.rstrip("/"),
            has_background=has_background,
            asked_by=actor.account_id,
            asked_at=now(),
        )
        work.session.add(row)
        work.session.flush()
        work.record(row, after={"contest_id": contest_id, "count": len(ids), "anew": anew})
        enqueue(work, "results.certificates", {"print_id": row.id}, key=print_key(row.id), lane=SLOW)
    return row


@job("results.certificates", N_("制作证书"))
def make_certificates(payload: dict[str, Any]) -> None:
    """Make the files of one printing. May be run again: what was made before is kept."""
    row = found(CertificatePrint, payload["print_id"])
    if row.finished_at is not None:
        return
    contest = queries.contest_of(row.contest_id)
    choices = queries.choices_of(contest)
    looks = queries.looks_of(contest.id)
    wanted = _certificates(row.certificate_ids)
    with own_font_of(choices) as own_font:
        certificates, left_out = _printable(wanted, looks, own_font)
        with _press(looks, own_font) as press:
            _sign_all(contest, row, certificates, looks, press)
            while not _collect(row, contest, certificates, left_out, looks, press):
                continue  # one was revoked meanwhile: once more, without it


def _certificates(ids: Collection[int]) -> list[Certificate]:
    """By school and number; what was revoked meanwhile is left out."""
    rows = db.session.scalars(select(Certificate).where(Certificate.id.in_(ids), Certificate.state == "valid"))
    return sorted(rows, key=lambda one: (one.school_name, one.serial))


def _printable(
    rows: Sequence[Certificate], looks: Looks, own_font: OwnFont | None
) -> tuple[list[Certificate], list[Certificate]]:
    """Those that the fonts have all letters of, and those they have not."""
    texts = {row.id: letters_of(chosen_look(looks, row.kind, row.award).layout, row.fields) for row in rows}
    missing = set(missing_letters("".join(texts.values()), own_font))
    bad = {row_id for row_id, text in texts.items() if missing.intersection(text)}
    return [row for row in rows if row.id not in bad], [row for row in rows if row.id in bad]


@contextmanager
def _press(looks: Looks, own_font: OwnFont | None) -> Iterator[CertificatePress]:
    with certificate_press({_name(key): read_look(look) for key, look in looks.items()}, own_font) as press:
        yield press


def read_look(look: TemplateLook) -> Look:
    """The template with the content of its pictures."""
    files = (look.background_sha256, look.seal_sha256, look.signature_sha256)
    background, seal, signature = (_content(sha256) if sha256 else None for sha256 in files)
    return Look(look.layout, background, seal, signature)


def _content(sha256: str) -> bytes:
    with storage().open(sha256) as stream:
        return stream.read()


def _name(key: tuple[str, str]) -> str:
    return ":".join(key)


def sheet_of(row: Certificate, looks: Looks, address: str) -> Sheet:
    """What is printed for the certificate."""
    look = chosen_look(looks, row.kind, row.award)
    return Sheet(_name((look.kind, look.award)), row.fields, f"{address}/c/{row.code}")


def _sign_all(
    contest: Contest, row: CertificatePrint, certificates: Sequence[Certificate], looks: Looks, press: CertificatePress
) -> None:
    """Print and sign those that have no file yet, and write them down from time to time."""
    key = signing_key(_job_actor(), contest.office_id)
    sealer = PdfSealer(key, reason=f"{contest.name}证书", place=contest.office.region_name)
    waiting = [one for one in certificates if one.file_sha256 is None]
    made: dict[int, str] = {}
    for number, one in enumerate(waiting, start=1):
        pdf = press.print([sheet_of(one, looks, row.address)], title=f"{one.number} {one.recipient}")
        made[one.id] = storage().put_bytes(sealer.sign(pdf)).sha256
        if len(made) == AT_ONCE or number == len(waiting):
            _write_down(row, made)
            made = {}
        report_progress(SHARE_OF_SIGNING * number / len(waiting))


def _write_down(row: CertificatePrint, made: Mapping[int, str]) -> None:
    with unit_of_work(_job_actor(), "results.make_certificates") as work:
        for certificate in work.session.scalars(select(Certificate).where(Certificate.id.in_(made)).with_for_update()):
            certificate.file_sha256, certificate.made_at = made[certificate.id], now()
        work.record(row, after={"made": len(made)})


def _collect(
    row: CertificatePrint,
    contest: Contest,
    certificates: Sequence[Certificate],
    left_out: Sequence[Certificate],
    looks: Looks,
    press: CertificatePress,
) -> bool:
    """The ZIP by school, and the one file for the printer. False where a certificate in them is void by now."""
    certificates = _certificates([one.id for one in certificates])
    with TemporaryDirectory(prefix="certificates-") as folder:
        archive = Path(folder) / "certificates.zip"
        write_zip(archive, certificates)
        zipped = storage().put_path(archive).sha256
    report_progress(0.9)
    sheets = [sheet_of(one, looks, row.address) for one in certificates]
    printed = press.print(sheets, title=f"{contest.name}证书", has_background=row.has_background) if sheets else None
    file_sha256 = storage().put_bytes(printed).sha256 if printed else None
    with unit_of_work(_job_actor(), "results.make_certificates") as work:
        inside = [one.id for one in certificates]
        # Locked: who revokes one now waits, and then takes the files away.
        valid = work.session.scalars(
            select(Certificate.id).where(Certificate.id.in_(inside), Certificate.state == "valid").with_for_update()
        ).all()
        if len(valid) != len(inside):
            return False
        older = (CertificatePrint.contest_id == contest.id, CertificatePrint.id < row.id)
        work.session.execute(
            update(CertificatePrint)
            .where(*older)
            .values(zip_file_sha256=None, print_file_sha256=None)
            .execution_options(synchronize_session=False)
        )
        kept = work.session.get_one(CertificatePrint, row.id)
        kept.zip_file_sha256, kept.print_file_sha256 = zipped, file_sha256
        kept.left_out, kept.finished_at = [one.id for one in left_out], now()
        work.session.flush()
        work.record(kept, after={"count": len(certificates), "left_out": len(left_out)})
    return True


def write_zip(path: Path, certificates: Sequence[Certificate]) -> None:
    """The files of the certificates, in a folder for each school; PDFs are packed already."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for one in certificates:
            if one.file_sha256 is not None:
                archive.writestr(f"{in_a_name(one.school_name)}/{file_name(one)}", _content(one.file_sha256))


def file_name(row: Certificate) -> str:
    """What the file of a certificate is called: its number and whose it is."""
    return f"{in_a_name(row.number)} {in_a_name(row.recipient)[:40]}.pdf"


def in_a_name(text: str) -> str:
    """The text without what no system allows in names of files."""
    return re.sub(r'[\x00-\x1f\\/:*?"<>|]', "_", text).strip(" .") or "_"


def _job_actor() -> Actor:
    return console_actor("jobs")

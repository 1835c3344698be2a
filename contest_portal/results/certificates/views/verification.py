"""核验: whoever holds a certificate asks whether it is valid, by its code or by its number and name.

Nothing can be listed: a code is not to be guessed, a number says nothing without its name, and misses are counted by
address. All that is unknown gets the same answer.
"""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from flask import Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.errors import DomainError, NotFound
from contest_portal.core.navigation import add_public_link
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import permission
from contest_portal.core.rate_limits import failed, limiter
from contest_portal.results.blueprint import bp
from contest_portal.results.certificates.files import MOST_BYTES, FileAnswer, check_file
from contest_portal.results.certificates.forms import CheckFileForm, CheckForm
from contest_portal.results.certificates.models import Certificate
from contest_portal.results.certificates.queries import own as queries
from contest_portal.results.certificates.services.keys import certificates_of
from contest_portal.results.certificates.signing import fingerprint

AnyResponse = Any
GUESSES = "20 per minute;120 per hour"
"""Misses from one address: a school's whole staff behind one address may mistype, nobody may try out."""

FILES = "10 per minute;60 per hour"
"""Files from one address, whatever the answer: each is read in the sandbox."""

add_public_link(_l("证书核验"), "results.check_certificate", order=60, also_active_in=["results.check_code"])


@bp.get("/certificates")
@permission("results.check_certificate")
def check_certificate() -> AnyResponse:
    """The form: number and name."""
    return _page(CheckForm(formdata=None))


@bp.post("/certificates")
@permission("results.check_certificate")
@limiter.limit(GUESSES, deduct_when=failed)
def find_certificate() -> AnyResponse:
    """What is known of the certificate with that number and name; posted, so that no name stands in an address."""
    form = CheckForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    rows = queries.certificates_named(form.number.data or "", form.name.data or "")
    return _page(form, rows, asked=True, status=200 if rows else 404)


@bp.post("/certificates/file")
@permission("results.check_certificate")
@limiter.limit(FILES)
def check_certificate_file() -> AnyResponse:
    """Whether an uploaded PDF is a certificate as it was made; nothing of it is kept."""
    form, upload = CheckFileForm(), request.files.get("file")
    if upload is None or not upload.filename:
        form.file.errors = [_("请选择证书的 PDF 文件。")]
        return _page(CheckForm(formdata=None), file_form=form, status=422)
    if not form.validate_on_submit():
        return _page(CheckForm(formdata=None), file_form=form, status=422)
    try:
        answer = check_file(upload.stream.read(MOST_BYTES + 1))
    except DomainError as error:
        form.show(error)
        return _page(CheckForm(formdata=None), file_form=form, status=error.status)
    status = 200 if answer.rows else 404
    return _page(CheckForm(formdata=None), list(answer.rows), asked=True, answer=answer, status=status)


@bp.get("/c/<code>")
@permission("results.check_certificate")
@limiter.limit(GUESSES, deduct_when=failed)
def check_code(code: str) -> AnyResponse:
    """What the code on a certificate leads to."""
    row = queries.certificate_by_code(code)
    return _page(CheckForm(formdata=None), [row] if row else [], asked=True, by_code=True, status=200 if row else 404)


@bp.get("/certificates/signing/<int:office_id>.cer")
@permission("results.read_signing_certificate")
def signing_certificate(office_id: int) -> AnyResponse:
    """The certificate that an office signs with, for readers that are to trust it."""
    certificates = certificates_of(office_id)
    if not certificates:
        raise NotFound
    headers = {"Content-Disposition": f"attachment; filename=office-{office_id}.cer"}
    content = certificates[0].public_bytes(Encoding.DER)
    return Response(content, mimetype="application/pkix-cert", headers=headers)


def _page(
    form: CheckForm,
    rows: list[Certificate] | None = None,
    *,
    asked: bool = False,
    by_code: bool = False,
    answer: FileAnswer | None = None,
    file_form: CheckFileForm | None = None,
    status: int = 200,
) -> AnyResponse:
    offices = {row.contest.office_id: row.contest.office for row in rows or ()}
    prints = {office_id: fingerprint(own[0]) for office_id in offices if (own := certificates_of(office_id))}
    response = render_page(
        "results/certificates/check.html",
        status=status,
        form=form,
        rows=rows or [],
        asked=asked,
        by_code=by_code,
        answer=answer,
        file_form=file_form or CheckFileForm(formdata=None),
        most_bytes=MOST_BYTES,
        fingerprints=prints,
    )
    response.headers["X-Robots-Tag"] = "noindex"
    if request.method == "POST" or by_code:
        response.headers["Cache-Control"] = "no-store"
    return response

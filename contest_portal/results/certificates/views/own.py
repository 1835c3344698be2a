"""Certificates for their schools: a manager takes all of the school's, a teacher those of own entries."""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import request, send_file
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.actor import Role
from contest_portal.core.errors import Conflict
from contest_portal.core.forms import typed_number
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.text import N_
from contest_portal.results.blueprint import bp
from contest_portal.results.certificates.queries import own as queries
from contest_portal.results.certificates.services.prints import in_a_name, write_zip
from contest_portal.results.certificates.views.issuing import send_certificate
from contest_portal.results.certificates.words import kind_name

AnyResponse = Any


@bp.get("/school/certificates")
@permission("results.own_certificates")
def own_certificates() -> AnyResponse:
    """What may be downloaded, by contest."""
    rows = queries.own_certificates(current_actor())
    contests: dict[int, list[Any]] = {}
    for row in rows:
        contests.setdefault(row.contest_id, []).append(row)
    return render_page("results/certificates/own.html", contests=list(contests.values()), kind_name=kind_name)


@bp.get("/school/certificates/certificates.zip")
@permission("results.own_certificates")
def own_certificates_zip() -> AnyResponse:
    """Those of one contest in one file."""
    contest_id = typed_number(request.args.get("contest"))
    rows = queries.own_certificates(current_actor(), contest_id) if contest_id else []
    if not any(row.file_sha256 for row in rows):
        raise Conflict("results.nothing_to_download", N_("还没有可以下载的证书。请稍后再来，或者联系主办单位。"))
    with TemporaryDirectory(prefix="certificates-") as folder:
        path = Path(folder) / "certificates.zip"
        write_zip(path, rows)
        content = path.read_bytes()
    name = in_a_name(_("%(contest)s证书", contest=rows[0].contest.name))
    return send_file(io.BytesIO(content), "application/zip", as_attachment=True, download_name=f"{name}.zip")


@bp.get("/school/certificates/<int:certificate_id>/certificate.pdf")
@permission("results.download_own_certificate", of=queries.own_certificate)
def own_certificate_file(own: queries.OwnCertificate) -> AnyResponse:
    """One of them."""
    return send_certificate(own.certificate)


add_item(
    _l("参赛"),
    _l("证书"),
    "results.own_certificates",
    icon="award",
    roles=[Role.SCHOOL_MANAGER, Role.TEACHER],
    order=345,
)

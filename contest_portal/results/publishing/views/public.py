"""What everybody may read: the public lists, their history and the archive."""

from __future__ import annotations

from flask import Response, make_response, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.contests.home import HomeItem, HomeSection, add_home_section
from contest_portal.core.clock import local, today
from contest_portal.core.downloads import pdf_response, workbook_response
from contest_portal.core.navigation import add_public_link
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import permission
from contest_portal.results.blueprint import bp
from contest_portal.results.public_list.content import canonical_bytes, encoded
from contest_portal.results.publishing import documents
from contest_portal.results.publishing.models import Publication
from contest_portal.results.publishing.queries import publications as queries
from contest_portal.results.publishing.queries.gallery import gallery

NEWEST_AT_HOME = 6

add_public_link(
    _l("公示与名单"),
    "results.public_lists",
    order=40,
    also_active_in=["results.public_list", "results.print_list", "results.public_archive"],
)


@add_home_section
def lists_at_home(office_id: int | None) -> HomeSection | None:
    """The newest public lists on the public home; those still open for objections say until when."""
    items = tuple(
        HomeItem(
            title=row.title,
            url=url_for("results.public_list", publication_id=row.id),
            on=local(row.published_at).date() if row.published_at else None,
            note=_("公示至 %(day)s", day=row.open_until) if row.open_until and row.open_until >= today() else "",
        )
        for row in queries.public_lists(office_id)[:NEWEST_AT_HOME]
    )
    return HomeSection(_("公示与名单"), items, more_url=url_for("results.public_lists"), order=20) if items else None


@bp.get("/lists")
@permission("results.public_lists")
def public_lists() -> Response:
    """Every list that is up now."""
    return render_page(
        "results/publishing/lists.html",
        publications=queries.public_lists(),
        today=today(),
        has_archive=queries.has_archive(),
    )


@bp.get("/lists/archive")
@permission("results.public_archive")
def public_archive() -> Response:
    """Every list that has come down."""
    return render_page("results/publishing/archive.html", publications=queries.archived_lists())


@bp.get("/lists/<int:publication_id>")
@permission("results.read_publication", of=queries.publication_by_id)
def public_list(publication: Publication) -> Response:
    """One public list, in its version; from the day it comes down, what the archive keeps of it."""
    return render_page(
        "results/publishing/list.html",
        shown=documents.shown(publication),
        contest=publication.contest,
        has_gallery=publication.kind == "award" and bool(gallery(publication.contest_id)),
    )


@bp.get("/lists/<int:publication_id>/print")
@permission("results.read_publication", of=queries.publication_by_id)
def print_list(publication: Publication) -> Response:
    """The list on paper, from the browser."""
    if publication.state == "pulled":
        return _instead(publication)
    return render_page("results/lists/print_list.html", shown=documents.shown(publication), contest=publication.contest)


@bp.get("/lists/<int:publication_id>/list.xlsx")
@permission("results.read_publication", of=queries.publication_by_id)
def download_list(publication: Publication) -> Response:
    """The public list as a workbook, a sheet a category."""
    if publication.state == "pulled":
        return _instead(publication)
    return workbook_response(documents.public_workbook(publication), f"{_name(publication)}.xlsx")


@bp.get("/lists/<int:publication_id>/list.pdf")
@permission("results.read_publication", of=queries.publication_by_id)
def list_as_pdf(publication: Publication) -> Response:
    """The public list to be printed, with its canonical form inside."""
    if publication.state == "pulled":
        return _instead(publication)
    return pdf_response(documents.public_pdf(publication), f"{_name(publication)}.pdf")


@bp.get("/lists/<int:publication_id>/list.json")
@permission("results.read_publication", of=queries.publication_by_id)
def list_as_json(publication: Publication) -> Response:
    """The canonical form: the bytes whose SHA-256 is the list's digest; of a list that was pulled, what stands in its place."""
    if publication.state == "pulled":
        words = documents.pulled_notes(publication)
        response = make_response(encoded({"title": publication.title, "taken_down": words}))
    else:
        response = make_response(canonical_bytes(queries.shown_content(publication)))
    response.mimetype = "application/json"
    response.headers.set("Content-Disposition", "attachment", filename=f"list-{publication.id}.json")
    return response


def _instead(publication: Publication) -> Response:
    """An old address of a list that was pulled leads to the page that says so: there is nothing to print or take home."""
    return redirect(url_for("results.public_list", publication_id=publication.id))  # type: ignore[return-value]


def _name(publication: Publication) -> str:
    return _("%(title)s（第 %(version)s 版）", title=publication.title, version=publication.version)

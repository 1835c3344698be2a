"""What everybody may read: the public lists and their history."""

from __future__ import annotations

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.contests.home import HomeItem, HomeSection, add_home_section
from contest_portal.core.clock import local, today
from contest_portal.core.downloads import workbook_response
from contest_portal.core.navigation import add_public_link
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import permission
from contest_portal.results.models import Publication
from contest_portal.results.public_list import changes, from_content
from contest_portal.results.queries import publications as queries
from contest_portal.results.views.blueprint import bp
from contest_portal.results.workbooks import public_workbook

NEWEST_AT_HOME = 6

add_public_link(
    _l("公示与名单"), "results.public_lists", order=40, also_active_in=["results.public_list", "results.print_list"]
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
    """Every list that is public."""
    return render_page("results/public_lists.html", publications=queries.public_lists(), today=today())


@bp.get("/lists/<int:publication_id>")
@permission("results.read_publication", of=queries.publication_by_id)
def public_list(publication: Publication) -> Response:
    """One public list, in its version."""
    return _page("results/public_list.html", publication)


@bp.get("/lists/<int:publication_id>/print")
@permission("results.read_publication", of=queries.publication_by_id)
def print_list(publication: Publication) -> Response:
    """The list on paper."""
    return _page("results/print_list.html", publication)


@bp.get("/lists/<int:publication_id>/list.xlsx")
@permission("results.read_publication", of=queries.publication_by_id)
def download_list(publication: Publication) -> Response:
    """The public list as a workbook, a sheet a category."""
    content = public_workbook(publication.title, from_content(publication.content), publication.content_sha256)
    return workbook_response(content, _("%(title)s.xlsx", title=publication.title))


def _page(template: str, publication: Publication) -> Response:
    versions = queries.public_versions(publication.contest_id)
    older = [row for row in versions if row.version < publication.version]
    newer = [row for row in versions if row.version > publication.version]
    sections = from_content(publication.content)
    return render_page(
        template,
        publication=publication,
        contest=publication.contest,
        sections=sections,
        line_count=sum(len(section.lines) for section in sections),
        older=older,
        newer=newer,
        changes=changes(from_content(older[0].content), sections) if older else [],
    )

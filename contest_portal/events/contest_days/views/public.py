"""What everybody reads of a contest day: the start list, the published results. Names of teams and schools only."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _

from contest_portal.core.downloads import pdf_response, workbook_response
from contest_portal.core.list_documents import list_pdf, list_workbook
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import permission
from contest_portal.events.contest_days import documents
from contest_portal.events.contest_days.queries import groups as queries
from contest_portal.events.contest_days.queries.results import public_results
from contest_portal.events.contest_days.queries.starts import starts_of_event
from contest_portal.events.planning.models import Event
from contest_portal.events.views.blueprint import bp


@bp.get("/events/<int:event_id>/starts")
@permission("events.read", of=queries.contest_day)
def starts(event: Event) -> Response:
    """Who starts when, at which table: for phones."""
    return render_page("events/contest_days/starts.html", event=event, groups=starts_of_event(event.id))


@bp.get("/events/<int:event_id>/starts.pdf")
@permission("events.read", of=queries.contest_day)
def print_event_starts(event: Event) -> Response:
    """The start list of all groups on paper."""
    document = documents.start_list(event, starts_of_event(event.id))
    return pdf_response(list_pdf(document), _("%(event)s出场顺序表.pdf", event=event.title))


@bp.get("/events/<int:event_id>/results")
@permission("events.read", of=queries.contest_day)
def results(event: Event) -> Response:
    """The published results."""
    return render_page(
        "events/contest_days/results.html",
        event=event,
        results=public_results(event.id),
        rule=documents.ranking_rule(),
        run_text=documents.run_text,
    )


@bp.get("/events/<int:event_id>/results/export")
@permission("events.read", of=queries.contest_day)
def export_results(event: Event) -> Response:
    """The published results as a workbook."""
    content = list_workbook(documents.result_list(event, public_results(event.id)))
    return workbook_response(content, _("%(event)s成绩公布.xlsx", event=event.title))


@bp.get("/events/<int:event_id>/results.pdf")
@permission("events.read", of=queries.contest_day)
def print_results(event: Event) -> Response:
    """The published results on paper."""
    document = documents.result_list(event, public_results(event.id))
    return pdf_response(list_pdf(document), _("%(event)s成绩公布.pdf", event=event.title))

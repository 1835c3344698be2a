"""The ranking: listed by one, published by another."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from contest_portal.core.downloads import pdf_response, workbook_response
from contest_portal.core.errors import DomainError
from contest_portal.core.forms import typed_number
from contest_portal.core.list_documents import ListDocument, list_pdf, list_workbook
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.events.contest_days import documents
from contest_portal.events.contest_days.forms import NoteForm, WhyForm
from contest_portal.events.contest_days.models import ContestGroup
from contest_portal.events.contest_days.queries import groups as queries
from contest_portal.events.contest_days.queries.results import lines_of, lists_of, open_runs
from contest_portal.events.contest_days.services import results as services
from contest_portal.events.planning.event_links import event_tabs
from contest_portal.events.views.blueprint import bp

AnyResponse = Any


@bp.get("/office/groups/<int:group_id>/ranking")
@permission("events.see_group", of=queries.group)
def ranking(row: ContestGroup) -> Response:
    """The ranking as it stands, and its lists."""
    return _page(row, NoteForm(formdata=None))


@bp.post("/office/groups/<int:group_id>/ranking")
@permission("events.run_group", of=queries.group)
def list_results(row: ContestGroup) -> AnyResponse:
    """Make the provisional list."""
    form, group_id = NoteForm(), row.id
    try:
        services.list_results(current_actor(), group_id, form.note.data or "")
    except DomainError as error:
        form.show(error)
        return _page(queries.group(group_id), form)
    flash(_("已生成名次表，请另一人核对并公布。"), "success")
    return redirect(url_for("events.ranking", group_id=group_id))


@bp.post("/office/groups/<int:group_id>/publish")
@permission("events.run_group", of=queries.group)
def publish_results(row: ContestGroup) -> AnyResponse:
    """Publish the provisional list."""
    form, group_id = WhyForm(), row.id
    services.publish_results(current_actor(), group_id, typed_number(form.version.data) or 0)
    flash(_("成绩已公布，并通知了各校。"), "success")
    return redirect(url_for("events.ranking", group_id=group_id))


@bp.get("/office/groups/<int:group_id>/ranking/export")
@permission("events.see_group", of=queries.group)
def export_ranking(row: ContestGroup) -> Response:
    """The ranking as it stands, as a workbook."""
    return workbook_response(list_workbook(_document(row)), _("%(group)s名次表.xlsx", group=row.name))


@bp.get("/office/groups/<int:group_id>/ranking.pdf")
@permission("events.see_group", of=queries.group)
def print_ranking(row: ContestGroup) -> Response:
    """The ranking as it stands, on paper to be compared and signed."""
    return pdf_response(list_pdf(_document(row)), _("%(group)s名次表.pdf", group=row.name))


def _document(row: ContestGroup) -> ListDocument:
    title = _("%(group)s名次表（核对用）", group=row.name)
    section = documents.result_section(row, lines_of(row))
    return ListDocument(title, row.event.title, [section], [documents.ranking_rule()])


def _page(row: ContestGroup, form: NoteForm) -> Response:
    lists = lists_of(row.id)
    newest = lists[0] if lists else None
    is_open = newest is not None and newest.result.published_at is None and newest.result.withdrawn_at is None
    return render_page(
        "events/contest_days/ranking.html",
        status=422 if form.errors or form.form_errors else 200,
        group=row,
        event=row.event,
        tabs=event_tabs(row.event),
        lines=lines_of(row),
        open_runs=open_runs(row),
        lists=lists,
        provisional=newest if is_open else None,
        was_published=any(one.result.published_at for one in lists),
        form=form,
        rule=documents.ranking_rule(),
        run_text=documents.run_text,
        section=documents.result_section(row, []),
    )

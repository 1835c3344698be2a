"""The office's pages: what came in, the plans, publishing."""

from __future__ import annotations

import io
from typing import Any

from flask import Response, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.clock import now
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError
from contest_portal.core.list_documents import list_workbook
from contest_portal.core.listing import Listing
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.events.allocating import wording
from contest_portal.events.allocating.bundle import bundle, plan_document
from contest_portal.events.allocating.forms import AskForm
from contest_portal.events.allocating.queries import standing as queries
from contest_portal.events.allocating.queries.standing import PlanOfEvent
from contest_portal.events.allocating.queries.wishes import wish_table
from contest_portal.events.allocating.services import plans as services
from contest_portal.events.allocating.services.publishing import publish_plan
from contest_portal.events.planning.event_links import add_event_link, event_tabs
from contest_portal.events.planning.models import Event
from contest_portal.events.planning.queries import event as event_of
from contest_portal.events.views.blueprint import bp

AnyResponse = Any
PLAN_STATES = {
    "asked": _l("计算中"),
    "ready": _l("待公布"),
    "failed": _l("没有算成"),
    "published": _l("已公布"),
    "superseded": _l("已被取代"),
}
RESULT_NAMES = [("unplaced", _l("没有排上")), ("placed", _l("已安排")), ("by_hand", _l("人工调整"))]

add_event_link(
    _l("分配方案"), "events.wishes", order=300, shown=lambda event: event.mode == "wishes",
    also_active_in=["events.show_plan", "events.adjust_party", "events.move_party"],
)  # fmt: skip


@bp.get("/office/events/<int:event_id>/wishes")
@permission("events.see", of=event_of)
def wishes(event: Event) -> Response:
    """What came in, and what is next."""
    return _wishes_page(event, AskForm(formdata=None))


@bp.post("/office/events/<int:event_id>/wishes")
@permission("events.change", of=event_of)
def ask_plan(event: Event) -> AnyResponse:
    """Freeze the wishes and compute a plan."""
    form, event_id = AskForm(), event.id
    if form.validate_on_submit():
        try:
            row = services.ask_plan(current_actor(), event_id, seed=form.seed.data)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("正在计算方案。算好之后这一页会显示结果，您可以离开，稍后再来。"), "success")
            return redirect(url_for("events.show_plan", plan_id=row.id))
    return _wishes_page(event_of(event_id), form)


@bp.get("/office/plans/<int:plan_id>")
@permission("events.see_plan", of=queries.plan)
def show_plan(plan: PlanOfEvent) -> Response:
    """A plan: per session who comes, per school what it gets and why not."""
    row = plan.row
    standing = queries.plan_of(row)
    wishers = queries.wishers_of(row, standing) if row.answer else {}
    listing = Listing.from_url(request.args, filters=["q", "result"])
    return render_page(
        "events/allocating/plan.html",
        plan=row,
        event=plan.event,
        tabs=event_tabs(plan.event),
        state_names=PLAN_STATES,
        job=queries.job_of(services.job_key(row.id)) if row.state == "asked" else None,
        counts=standing.counts(),
        sessions=queries.session_lines(row, standing, {one: who.school for one, who in wishers.items()})
        if row.answer
        else [],
        page=queries.party_page(row, standing, wishers, listing) if row.answer else None,
        results=RESULT_NAMES,
        moves=queries.moves_of(row),
        gone=sum(one.is_gone for one in wishers.values()),
        words=wording,
    )


@bp.get("/office/plans/<int:plan_id>/export")
@permission("events.see_plan", of=queries.plan)
def export_plan(plan: PlanOfEvent) -> Response:
    """The plan as a workbook, by session and by school."""
    standing = queries.plan_of(plan.row)
    parties = queries.party_lines(plan.row, standing)
    sessions = queries.session_lines(plan.row, standing, {one.booking.id: one.school.name for one in parties})
    content = list_workbook(plan_document(plan.event, plan.row, sessions, parties))
    name = _("%(event)s场次安排方案（第 %(version)s 版）.xlsx", event=plan.event.title, version=plan.row.version)
    return workbook_response(content, name)


@bp.get("/office/plans/<int:plan_id>/bundle.zip")
@permission("events.see_plan", of=queries.plan)
def plan_bundle(plan: PlanOfEvent) -> Response:
    """The frozen problem and the answer, to compute it again elsewhere."""
    content = bundle(plan.row, queries.moves_of(plan.row))
    response = send_file(
        io.BytesIO(content), "application/zip", as_attachment=True,
        download_name=_("方案依据-%(version)s.zip", version=plan.row.version),
    )  # fmt: skip
    del response.headers["Cache-Control"]
    return response


@bp.post("/office/plans/<int:plan_id>/publish")
@permission("events.change_plan", of=queries.plan)
def publish(plan: PlanOfEvent) -> AnyResponse:
    """All parties get their places at one moment."""
    plan_id = plan.row.id
    publish_plan(current_actor(), plan_id)
    flash(_("方案已公布。各校已收到通知，没有排上的可以加入候补。"), "success")
    return redirect(url_for("events.show_plan", plan_id=plan_id))


def _wishes_page(event: Event, form: AskForm) -> Response:
    closes_at = event.booking_closes_at
    return render_page(
        "events/allocating/wishes.html",
        status=422 if form.errors or form.form_errors else 200,
        event=event,
        tabs=event_tabs(event),
        wished=wish_table(event.id),
        plans=queries.plans_of(event.id),
        state_names=PLAN_STATES,
        is_open=closes_at is None or now() <= closes_at,
        form=form,
        words=wording,
    )

"""Put a party elsewhere in a plan, by hand."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.events.allocating import wording
from contest_portal.events.allocating.forms import MoveForm, move_form
from contest_portal.events.allocating.queries.standing import PartyInPlan, party_in_plan
from contest_portal.events.allocating.services.plans import move_party as move
from contest_portal.events.booking.presenting import class_name
from contest_portal.events.planning.event_links import event_tabs
from contest_portal.events.views.blueprint import bp

AnyResponse = Any


@bp.get("/office/plans/<int:plan_id>/parties/<int:booking_id>")
@permission("events.see_in_plan", of=party_in_plan)
def adjust_party(party: PartyInPlan) -> Response:
    """A party in the plan, and where it could go."""
    return _page(party, move_form(party, party.line.standing.places), [])


@bp.post("/office/plans/<int:plan_id>/parties/<int:booking_id>")
@permission("events.move_in_plan", of=party_in_plan)
def move_party(party: PartyInPlan) -> AnyResponse:
    """Move it."""
    form = MoveForm().offer(party)
    plan_id, booking_id = party.plan.row.id, party.line.booking.id
    try:
        places = form.places(party)
        move(current_actor(), plan_id, booking_id, places, form.why.data or "", despite=bool(form.despite.data))
    except DomainError as error:
        warnings = [translate(one.message) for one in error.problems if one.field == "despite"]
        if not warnings:
            form.show(error)
        party = party_in_plan(plan_id, booking_id)
        return _page(party, form.offer(party), warnings, status=422)
    flash(_("已调整。公布之前学校看不到。"), "success")
    return redirect(url_for("events.show_plan", plan_id=plan_id))


def _page(party: PartyInPlan, form: MoveForm, warnings: list[str], *, status: int = 200) -> Response:
    return render_page(
        "events/allocating/party.html",
        status=status,
        party=party,
        line=party.line,
        plan=party.plan.row,
        event=party.plan.event,
        tabs=event_tabs(party.plan.event),
        class_names=[class_name(one.grade, one.class_name) for one in party.groups],
        form=form,
        warnings=warnings,
        words=wording,
    )

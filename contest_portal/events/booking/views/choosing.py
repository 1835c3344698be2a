"""A school books: holds places, hands in wishes, or joins the waiting list."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.core.errors import DomainError
from contest_portal.core.forms import typed_number
from contest_portal.core.i18n import translate
from contest_portal.core.permissions import current_actor, permission
from contest_portal.events.booking import services
from contest_portal.events.booking.forms import PartyForm, Typed
from contest_portal.events.booking.services.parties import require_bookable
from contest_portal.events.booking.views.party_page import form_page, only_picks, own_school_id, suggest_leader
from contest_portal.events.planning.models import Event
from contest_portal.events.planning.queries import event as event_by_id
from contest_portal.events.views.blueprint import bp

FULL = {"events.full", "events.parties_full"}
AnyResponse = Any


@bp.get("/events/<int:event_id>/book")
@permission("events.book", of=event_by_id)
def book_form(event: Event) -> AnyResponse:
    """The form: who comes, and to which session. Where nobody may book now, the event's page says so."""
    try:
        require_bookable(event, mode=event.mode)
    except DomainError as error:
        flash(translate(error.message), "warning")
        return redirect(url_for("events.show_event", event_id=event.id))
    form = PartyForm(formdata=None)
    suggest_leader(form)
    session_id = typed_number(request.args.get("session"))
    typed = Typed(sessions=[session_id] if session_id else [])
    return form_page(event, own_school_id(), form, typed, act=_act_of(event))


@bp.post("/events/<int:event_id>/book")
@permission("events.book", of=event_by_id)
def book_event(event: Event) -> AnyResponse:
    """Keep places and go on to the second step; in wishes mode hand the wishes in."""
    form, typed, act, full = PartyForm(), Typed.from_form(request.form), _act_of(event), False
    event_id = event.id
    if not only_picks() and form.validate_on_submit():
        try:
            if act == "wish":
                services.wish(
                    current_actor(), event_id, own_school_id(), typed.sessions, typed.party(form.adults.data),
                    form.details(may_split=bool(form.may_split.data)),
                )  # fmt: skip
                flash(_("志愿已提交。截止以前可以随时修改；结果公布后会通知您。"), "success")
                return redirect(url_for("events.own_bookings"))
            booking = services.hold(
                current_actor(), event_id, own_school_id(), typed.sessions[0] if typed.sessions else 0,
                typed.party(form.adults.data), may_split=bool(form.may_split.data),
            )  # fmt: skip
            return redirect(url_for("events.booking_confirm_form", booking_id=booking.id))
        except DomainError as error:
            form.show(error)
            full = error.code in FULL
    return form_page(event_by_id(event_id), own_school_id(), form, typed, act=act, full=full)


@bp.get("/events/<int:event_id>/wait")
@permission("events.book", of=event_by_id)
def wait_form(event: Event) -> AnyResponse:
    """The form of the waiting list: who comes, and for which sessions it waits. The event's page, where nobody waits."""
    try:
        require_bookable(event, mode="first_come")
    except DomainError as error:
        flash(translate(error.message), "warning")
        return redirect(url_for("events.show_event", event_id=event.id))
    form = PartyForm(formdata=None)
    suggest_leader(form)
    return form_page(event, own_school_id(), form, Typed(), act="wait")


@bp.post("/events/<int:event_id>/wait")
@permission("events.book", of=event_by_id)
def wait_for_places(event: Event) -> AnyResponse:
    """Stand in the queues. From the form of booking (`from_booking`) it only takes over what was typed."""
    form, typed, event_id = PartyForm(), Typed.from_form(request.form), event.id
    if "from_booking" not in request.form and not only_picks() and form.validate_on_submit():
        try:
            booking = services.join_new(
                current_actor(), event_id, own_school_id(), typed.sessions, typed.party(form.adults.data),
                form.details(may_split=bool(form.may_split.data)),
            )  # fmt: skip
            flash(_("已加入候补。有名额时会马上通知您，请及时确认。"), "success")
            return redirect(url_for("events.booking_page", booking_id=booking.id))
        except DomainError as error:
            form.show(error)
    return form_page(event_by_id(event_id), own_school_id(), form, typed, act="wait")


def _act_of(event: Event) -> str:
    return "wish" if event.mode == "wishes" else "hold"

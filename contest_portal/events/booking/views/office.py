"""The office's list of an event's parties, as a page and as a workbook; priorities; booking by hand."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError
from contest_portal.core.forms import typed_number
from contest_portal.core.listing import Listing
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.events.booking import presenting, services
from contest_portal.events.booking.forms import PartyForm, PriorityForm, Typed
from contest_portal.events.booking.queries import office as queries
from contest_portal.events.booking.services.exports import record_export_with_phones
from contest_portal.events.booking.states import BOOKING_STATES
from contest_portal.events.booking.views.party_page import form_page, only_picks
from contest_portal.events.booking.workbooks import bookings_workbook
from contest_portal.events.planning.event_links import add_event_link
from contest_portal.events.planning.models import Event
from contest_portal.events.planning.queries import event as event_by_id
from contest_portal.events.planning.queries import sessions_of
from contest_portal.events.views.blueprint import bp

AnyResponse = Any


def _has_bookings(event: Event) -> bool:
    return event.mode != "open"


add_event_link(
    _l("预约"),
    "events.event_bookings",
    order=200,
    shown=_has_bookings,
    also_active_in=["events.hand_form", "events.book_by_hand", "events.set_priorities"],
)


@bp.get("/office/events/<int:event_id>/bookings")
@permission("events.see", of=event_by_id)
def event_bookings(event: Event) -> Response:
    """The event's parties."""
    return _list_page(event, PriorityForm(formdata=None))


@bp.get("/office/events/<int:event_id>/bookings/export")
@permission("events.see", of=event_by_id)
def export_bookings(event: Event) -> Response:
    """The same list as a workbook, without telephone numbers."""
    page = queries.bookings_page(event, _listing().whole())
    return workbook_response(bookings_workbook(page.rows), _("%(event)s预约.xlsx", event=event.title))


@bp.post("/office/events/<int:event_id>/bookings/export-with-phones")
@permission("events.change", of=event_by_id)
def export_bookings_with_phones(event: Event) -> Response:
    """With the leaders' numbers, for the office alone; it is recorded."""
    page = queries.bookings_page(event, _listing().whole())
    record_export_with_phones(current_actor(), event.id, page.total)
    content = bookings_workbook(page.rows, with_phones=True)
    return workbook_response(content, _("%(event)s预约（含电话）.xlsx", event=event.title))


@bp.post("/office/events/<int:event_id>/bookings/priorities")
@permission("events.change", of=event_by_id)
def set_priorities(event: Event) -> AnyResponse:
    """Say of the ticked parties, or of all that the filters show, how much they count in the plan."""
    form, event_id = PriorityForm(), event.id
    if form.validate_on_submit():
        ids = [one for one in map(typed_number, request.form.getlist("booking")) if one]
        if request.form.get("all"):
            ids = [line.booking.id for line in queries.bookings_page(event, _listing().whole()).rows]
        try:
            count = services.set_priorities(
                current_actor(), event_id, ids, form.priority.data or 1, form.why.data or ""
            )
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已为 %(count)s 份预约设定优先级。", count=count), "success")
            return redirect(url_for("events.event_bookings", event_id=event_id, **_listing().filters))  # type: ignore[arg-type]
    return _list_page(event_by_id(event_id), form)


@bp.get("/office/events/<int:event_id>/book")
@permission("events.change", of=event_by_id)
def hand_form(event: Event) -> Response:
    """Book for a school that called: first the school, then the party."""
    form = PartyForm(formdata=None)
    form.school.data = request.args.get("school", "")
    return _hand_page(event, form, Typed())


@bp.post("/office/events/<int:event_id>/book")
@permission("events.change", of=event_by_id)
def book_by_hand(event: Event) -> AnyResponse:
    """Book it."""
    form, typed, event_id = PartyForm(), Typed.from_form(request.form), event.id
    if not only_picks() and form.validate_on_submit():
        try:
            booking = services.book_by_hand(
                current_actor(), event_id, typed_number(form.school.data) or 0,
                typed.sessions[0] if typed.sessions else 0, typed.party(form.adults.data),
                form.details(may_split=bool(form.may_split.data)),
            )  # fmt: skip
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已预约，学校会收到通知。"), "success")
            return redirect(url_for("events.booking_page", booking_id=booking.id))
    return _hand_page(event_by_id(event_id), form, typed)


def _hand_page(event: Event, form: PartyForm, typed: Typed) -> Response:
    schools = queries.schools_to_book(event.office_id)
    chosen = typed_number(form.school.data)
    name = dict(schools).get(chosen or 0, "")
    return form_page(event, chosen if name else None, form, typed, act="hand", schools=schools, school_name=name)


def _list_page(event: Event, form: PriorityForm) -> Response:
    counts = queries.state_counts(event.id)
    return render_page(
        "events/booking/event_bookings.html",
        status=422 if form.errors or form.form_errors else 200,
        event=event,
        page=queries.bookings_page(event, _listing()),
        form=form,
        counts=counts,
        waiting=queries.waiting_count(event.id),
        sessions=sessions_of(event.id),
        states=[(code, presenting.state_name(code)) for code in BOOKING_STATES],
        who=[(queries.RURAL, _("农村学校")), (queries.NEW, _("从未参加过的学校"))],
    )


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=queries.FILTERS, sort="-at")

"""The office acts on parties: moves and cancels one, makes a session smaller and says who goes where."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.core.errors import DomainError
from contest_portal.core.forms import typed_number
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.events.booking import services
from contest_portal.events.booking.forms import CapacityForm
from contest_portal.events.booking.models import Booking
from contest_portal.events.booking.queries import parties
from contest_portal.events.booking.queries.affected import parties_to_settle
from contest_portal.events.booking.services.changing import require_reason
from contest_portal.events.planning.models import EventSession
from contest_portal.events.planning.queries import session as session_by_id
from contest_portal.events.views.blueprint import bp

AnyResponse = Any
STAY, CANCEL = "stay", "cancel"


@bp.post("/office/bookings/<int:booking_id>/move")
@permission("events.settle_booking", of=parties.booking)
def office_move(booking: Booking) -> AnyResponse:
    """Put a party into another session, with a reason that the school reads."""
    session_id = typed_number(request.form.get("session")) or 0

    def act() -> None:
        services.move(current_actor(), booking.id, session_id, by_office=True, why=_reason())

    return _do(booking.id, _("已改场，学校会收到通知。"), act)


@bp.post("/office/bookings/<int:booking_id>/cancel")
@permission("events.settle_booking", of=parties.booking)
def office_cancel(booking: Booking) -> AnyResponse:
    """Cancel a party, with a reason that the school reads."""

    def act() -> None:
        services.cancel(current_actor(), booking.id, by_office=True, why=_reason())

    return _do(booking.id, _("预约已取消，学校会收到通知。"), act)


@bp.get("/office/sessions/<int:session_id>/settle")
@permission("events.settle_session", of=session_by_id)
def settle_form(session: EventSession) -> Response:
    """A session's parties, the latest first: who would have to go at a smaller capacity, and where there is room."""
    form = CapacityForm(formdata=None)
    form.version.data = str(session.version)
    wished = typed_number(request.args.get("capacity"))
    form.capacity.data = session.capacity if wished is None else wished
    return _settle_page(session, form)


@bp.post("/office/sessions/<int:session_id>/settle")
@permission("events.settle_session", of=session_by_id)
def settle_session(session: EventSession) -> AnyResponse:
    """Set the capacity, and move and cancel what was chosen, in one act."""
    form, session_id, event_id = CapacityForm(), session.id, session.event_id
    if form.validate_on_submit():
        try:
            decisions = _decisions()
            services.resettle(
                current_actor(), session_id, form.seen_version, form.capacity.data or 0, decisions, form.why.data or ""
            )
        except DomainError as error:
            form.show(error)
        else:
            flash(_("容量已改，处理了 %(count)s 支队伍，学校会收到通知。", count=len(decisions)), "success")
            return redirect(url_for("events.event_bookings", event_id=event_id, session=session_id))
    return _settle_page(session_by_id(session_id), form)


def _settle_page(session: EventSession, form: CapacityForm) -> Response:
    capacity = session.capacity if form.capacity.data is None else form.capacity.data
    return render_page(
        "events/booking/settle.html",
        status=422 if form.errors or form.form_errors else 200,
        event=session.event,
        session=session,
        form=form,
        lines=parties_to_settle(session, capacity),
        capacity=capacity,
        chosen={name: value for name, value in request.form.items() if name.startswith("party-")},
    )


def _decisions() -> dict[int, int | None]:
    """Party → the session it goes to, or None to cancel it; those that stay are left out."""
    found: dict[int, int | None] = {}
    for name, value in request.form.items():
        booking_id = typed_number(name.removeprefix("party-")) if name.startswith("party-") else None
        if booking_id is None or value == STAY:
            continue
        target = typed_number(value)
        if value == CANCEL or target is not None:
            found[booking_id] = target
    return found


def _reason() -> str:
    return require_reason(request.form.get("why", ""))


def _do(booking_id: int, done: str, act: Any) -> AnyResponse:
    try:
        act()
    except DomainError as error:
        flash(translate(error.message), "danger")
    else:
        flash(done, "success")
    return redirect(url_for("events.booking_page", booking_id=booking_id))

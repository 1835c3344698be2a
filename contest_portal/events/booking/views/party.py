"""One party: its page, the second step under the clock, changes, the queue's answers, its slip."""

from __future__ import annotations

import base64
from typing import Any

from flask import Response, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from contest_portal.core.actor import SCHOOL_ROLES
from contest_portal.core.clock import now
from contest_portal.core.errors import DomainError
from contest_portal.core.forms import typed_number
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, may, permission
from contest_portal.core.qr import qr_svg
from contest_portal.events.booking import services
from contest_portal.events.booking.forms import DetailsForm, PartyForm, Typed
from contest_portal.events.booking.models import Booking, Waiting
from contest_portal.events.booking.queries import parties as queries
from contest_portal.events.booking.queries.school import class_choices
from contest_portal.events.booking.views.party_page import form_page, only_picks
from contest_portal.events.views.blueprint import bp
from contest_portal.people.phones import mask_phone

AnyResponse = Any


@bp.get("/bookings/<int:booking_id>")
@permission("events.see_booking", of=queries.booking)
def booking_page(booking: Booking) -> Response:
    """The party: what to do next, its sessions, its people, what was done."""
    return _page(booking)


@bp.get("/bookings/<int:booking_id>/confirm")
@permission("events.change_booking", of=queries.booking)
def booking_confirm_form(booking: Booking) -> AnyResponse:
    """The second step: the places are kept, the clock runs."""
    if booking.state != "held" or booking.held_until is None or booking.held_until <= now():
        return _back(booking.id)
    form = DetailsForm(formdata=None)
    if current_actor().teacher_id is not None:
        form.leader_name.data = current_actor().name
    return _confirm_page(booking, form)


@bp.post("/bookings/<int:booking_id>/confirm")
@permission("events.change_booking", of=queries.booking)
def booking_confirm(booking: Booking) -> AnyResponse:
    """Book what is kept."""
    form, booking_id = DetailsForm(), booking.id
    if form.validate_on_submit():
        try:
            services.book(current_actor(), booking_id, form.details())
        except DomainError as error:
            form.show(error)
        else:
            flash(_("预约成功。请把预约单打印或转给带队老师。"), "success")
            return _back(booking_id)
    fresh = queries.booking(booking_id)
    return _confirm_page(fresh, form) if fresh.state == "held" else _page(fresh, form)


@bp.post("/bookings/<int:booking_id>/let-go")
@permission("events.change_booking", of=queries.booking)
def booking_let_go(booking: Booking) -> AnyResponse:
    """Give the kept places back."""
    event_id = booking.event_id
    services.let_go(current_actor(), booking.id)
    flash(_("位置已放回，可以重新选择。"), "success")
    return redirect(url_for("events.book_form", event_id=event_id))


@bp.get("/bookings/<int:booking_id>/change")
@permission("events.change_booking", of=queries.booking)
def booking_change_form(booking: Booking) -> AnyResponse:
    """Other people, wishes or details. Where nothing can be changed any more, the party's page says why."""
    if problem := _change_problem(queries.party_page(booking)):
        flash(problem, "warning")
        return _back(booking.id)
    form = PartyForm(formdata=None)
    form.fill(booking)
    known = {one.key for one in class_choices(booking.school_id, booking.event, mine=booking.id)}
    persons = queries.persons_of(booking)
    typed = Typed.of_booking(queries.groups_of(booking), persons, known)
    typed.sessions = [one.id for one in queries.wishes_of(booking)]
    form.adults.data = booking.adults - len(typed.teachers)
    form.may_split.data = booking.may_split
    return _change_page(booking, form, typed)


@bp.post("/bookings/<int:booking_id>/change")
@permission("events.change_booking", of=queries.booking)
def booking_change(booking: Booking) -> AnyResponse:
    """Write the change."""
    form, typed, actor, booking_id = PartyForm(), Typed.from_form(request.form), current_actor(), booking.id
    if not only_picks() and form.validate_on_submit():
        details, seen = form.details(may_split=bool(form.may_split.data)), form.seen_version
        try:
            party = typed.party(form.adults.data)
            if booking.state == "wished":
                services.change_wishes(actor, booking_id, seen, typed.sessions, party, details)
            else:
                services.change_booking(actor, booking_id, seen, party, details)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("修改已保存。"), "success")
            return _back(booking_id)
    return _change_page(queries.booking(booking_id), form, typed)


@bp.post("/bookings/<int:booking_id>/move")
@permission("events.change_booking", of=queries.booking)
def booking_move(booking: Booking) -> AnyResponse:
    """Another session with room."""
    return _do(booking.id, _("已改场。"), lambda: services.move(current_actor(), booking.id, _session()))


@bp.get("/bookings/<int:booking_id>/cancel")
@bp.get("/bookings/<int:booking_id>/move")
@bp.get("/bookings/<int:booking_id>/queue")
@permission("events.see_booking", of=queries.booking)
def booking_after_act(booking: Booking) -> AnyResponse:
    """The party's page: a refused act is told under the act's address, which may be opened again."""
    return _back(booking.id)


@bp.post("/bookings/<int:booking_id>/cancel")
@permission("events.change_booking", of=queries.booking)
def booking_cancel(booking: Booking) -> AnyResponse:
    """The party does not come."""
    return _do(booking.id, _("预约已取消，位置已放回。"), lambda: services.cancel(current_actor(), booking.id))


@bp.post("/bookings/<int:booking_id>/queue")
@permission("events.change_booking", of=queries.booking)
def booking_queue(booking: Booking) -> AnyResponse:
    """Stand in a further queue; where there is room the places are offered at once."""
    return _do(
        booking.id,
        _("已排入候补。如果现在就有空位，会立即为您保留，请在本页确认。"),
        lambda: services.join(current_actor(), booking.id, [_session()]),
    )


@bp.post("/waiting/<int:waiting_id>/accept")
@permission("events.answer_offer", of=queries.queue_entry)
def accept_offer(row: Waiting) -> AnyResponse:
    """Take the offered places."""
    return _do(row.booking_id, _("已确认，预约成功。"), lambda: services.accept(current_actor(), row.id))


@bp.post("/waiting/<int:waiting_id>/decline")
@permission("events.answer_offer", of=queries.queue_entry)
def decline_offer(row: Waiting) -> AnyResponse:
    """Give the offer on."""
    return _do(row.booking_id, _("已放弃，名额转给下一所学校。"), lambda: services.decline(current_actor(), row.id))


@bp.post("/waiting/<int:waiting_id>/leave")
@permission("events.answer_offer", of=queries.queue_entry)
def leave_queue(row: Waiting) -> AnyResponse:
    """Stand in the queue no more."""
    return _do(row.booking_id, _("已退出这一场的候补。"), lambda: services.leave(current_actor(), row.id))


@bp.get("/bookings/<int:booking_id>/slip")
@permission("events.see_booking", of=queries.booking)
def booking_slip(booking: Booking) -> Response:
    """The slip for the leading teacher: code, QR, when and where; a page to print."""
    base = str(current_app.config["SETTINGS"].public_url or request.host_url).rstrip("/")
    picture = base64.b64encode(qr_svg(f"{base}/check-in/{booking.token}").encode()).decode()
    return render_page(
        "events/booking/slip.html",
        event=booking.event,
        found=queries.party_page(booking),
        qr=f"data:image/svg+xml;base64,{picture}",
    )


def _page(booking: Booking, form: DetailsForm | None = None, *, problem: str = "", status: int = 200) -> Response:
    is_own = current_actor().is_in(*SCHOOL_ROLES)
    failed = form is not None and bool(form.errors or form.form_errors)
    found = queries.party_page(booking)
    problem_of_change = _change_problem(found)
    return render_page(
        "events/booking/booking.html",
        status=status if not failed else 409,
        event=booking.event,
        found=found,
        phone=booking.leader_phone or "" if is_own else mask_phone(booking.leader_phone),
        is_own=is_own,
        may_settle=may("events.settle_booking", booking),
        problems=[problem] if problem else form.form_errors if form else [],
        can_change=not problem_of_change,
        can_cancel=not problem_of_change or booking.state != "booked",
        change_problem=problem_of_change,
        moment=now(),
    )


def _change_problem(found: queries.PartyPage) -> str:
    """Why the school can change its party no more, before it tries; empty where it can."""
    booking, event, moment = found.booking, found.booking.event, now()
    if booking.state not in {"wished", "waiting", "booked", "unplaced"}:
        return _("这份预约已经结束，不能再修改。")
    if booking.state == "wished":
        is_over = event.booking_closes_at is not None and moment > event.booking_closes_at
        return _("志愿填报已截止，不能再修改；不来的可以取消。") if is_over or event.state != "public" else ""
    if found.places and max(one.session.ends_at for one in found.places) <= moment:
        return _("这一场已经结束，不能再修改。")
    if any(one.session.starts_at <= moment for one in found.places):
        return _("这一场已经开始，不能再修改。确有变动，请告诉现场工作人员。")
    if event.change_until is not None and moment > event.change_until:
        if booking.state != "booked":  # it holds no places: nobody minds when it goes
            return _("可修改的时间已过；不来的可以取消。")
        return _("可修改和取消的时间已过。确有变动，请打电话给主办单位：%(phone)s", phone=event.contact_phone)
    return ""


def _confirm_page(booking: Booking, form: DetailsForm) -> Response:
    return render_page(
        "events/booking/confirm.html",
        status=422 if form.errors or form.form_errors else 200,
        event=booking.event,
        found=queries.party_page(booking),
        form=form,
    )


def _change_page(booking: Booking, form: PartyForm, typed: Typed) -> Response:
    return form_page(booking.event, booking.school_id, form, typed, act="change", booking=booking)


def _do(booking_id: int, done: str, act: Any) -> AnyResponse:
    """Do it and go back to the party's page; what the rules do not allow is told on that page."""
    try:
        act()
    except DomainError as error:
        return _page(queries.booking(booking_id), problem=translate(error.message), status=error.status)
    flash(done, "success")
    return _back(booking_id)


def _back(booking_id: int) -> AnyResponse:
    return redirect(url_for("events.booking_page", booking_id=booking_id))


def _session() -> int:
    values: MultiDict[str, str] = request.form
    return typed_number(values.get("session")) or 0

"""The page of a session at the door: who is expected, three letters or a QR, counts, who comes unexpected, who did not."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.core.clock import local, now
from contest_portal.core.downloads import pdf_response
from contest_portal.core.errors import DomainError, Invalid
from contest_portal.core.forms import typed_number
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page, wants_json
from contest_portal.core.permissions import current_actor, may, permission
from contest_portal.core.text import N_
from contest_portal.events.attendance import documents, wording
from contest_portal.events.attendance.counting import LARGEST_PARTY
from contest_portal.events.attendance.forms import CheckInForm
from contest_portal.events.attendance.models import CheckIn
from contest_portal.events.attendance.queries import sessions as queries
from contest_portal.events.attendance.queries.sessions import FoundParty, Scanned, SessionDay
from contest_portal.events.attendance.services import check_ins, no_shows, taking_away
from contest_portal.events.attendance.services.check_ins import AlreadyCheckedIn
from contest_portal.events.planning.models import EventSession
from contest_portal.events.planning.presenting import session_name
from contest_portal.events.views.blueprint import bp
from contest_portal.people.phones import mask_phone


@bp.get("/office/sessions/<int:session_id>/check-in")
@permission("events.see_session", of=queries.session)
def session_door(session: EventSession) -> Response:
    """The session at the door; `?code=KQM` opens that party."""
    return _door(session)


@bp.get("/check-in/<booking_token>")
@permission("events.scan", of=queries.scanned)
def scan_booking(found: Scanned) -> Response:
    """A booking's QR was opened: the page of its session with that party chosen."""
    code = found.booking.code
    address = url_for("events.session_door", session_id=found.session.id, code=code, _anchor=f"party-{code}")
    return redirect(address)  # type: ignore[return-value]


@bp.post("/office/sessions/<int:session_id>/check-in")
@permission("events.check_in", of=queries.session)
def check_in_party(session: EventSession) -> Response:
    """A party came. Scripts are answered in JSON: they send what they kept while there was no network."""
    form = CheckInForm()
    if not form.validate_on_submit():
        return _refused_json(form) if wants_json() else _door(session, form)
    try:
        row = check_ins.check_in(current_actor(), session.id, form.arrival())
    except DomainError as error:
        if wants_json():
            return _refusal(error)
        form.show(error)
        return _door(queries.session(session.id), form, status=error.status)
    words = _noted(queries.check_in(row.id))
    if wants_json():
        return jsonify(
            message=words, url=url_for("events.show_check_in", check_in_id=row.id), undone=bool(row.undone_at)
        )
    flash(words, "success")
    return redirect(url_for("events.session_door", session_id=session.id))  # type: ignore[return-value]


@bp.post("/office/sessions/<int:session_id>/no-shows")
@permission("events.check_in", of=queries.session)
def mark_no_shows(session: EventSession) -> Response:
    """These parties did not come."""
    chosen = [number for text in request.form.getlist("booking") if (number := typed_number(text)) is not None]
    try:
        count = no_shows.mark_no_shows(current_actor(), session, chosen)
    except DomainError as error:
        flash(translate(error.message), "danger")
    else:
        words = _("已将 %(count)s 支队伍标为「未到」。", count=count)
        flash(
            words if count else _("所选队伍都已经到场或已标为「未到」，没有改动。"), "success" if count else "warning"
        )
    return redirect(url_for("events.session_door", session_id=session.id))  # type: ignore[return-value]


@bp.post("/office/sessions/<int:session_id>/no-shows/back")
@permission("events.check_in", of=queries.session)
def take_no_show_back(session: EventSession) -> Response:
    """A party was marked by mistake."""
    booking_id = typed_number(request.form.get("booking"))
    if booking_id is None:
        raise Invalid("events.nobody", N_("请先选择一支队伍。"))
    no_shows.take_no_show_back(current_actor(), session.id, booking_id)
    flash(_("已取消「未到」标记。"), "success")
    return redirect(url_for("events.session_door", session_id=session.id))  # type: ignore[return-value]


@bp.post("/office/sessions/<int:session_id>/list")
@permission("events.check_in", of=queries.session)
def print_session_list(session: EventSession) -> Response:
    """The list for the table at the door, with the leaders' phones; that it was taken is recorded."""
    found = queries.session_day(session)
    content = documents.session_list_pdf(found)
    taking_away.record_session_list(current_actor(), session, len(found.parties))
    return pdf_response(content, _("到场登记表 %(session)s.pdf", session=session_name(session)))


def _door(session: EventSession, form: CheckInForm | None = None, *, status: int = 422) -> Response:
    found = queries.session_day(session)
    code = request.args.get("code", "").strip().upper()[:3]
    if form is not None:
        typed = typed_number(form.booking.data)
        code = next((one.booking.code for one in found.parties if one.booking.id == typed), code)
    stranger = _stranger(found, code)
    works = may("events.check_in", session)
    return render_page(
        "events/attendance/door.html",
        status=status if form is not None else 200,
        event=session.event,
        session=session,
        found=found,
        code=code,
        stranger=stranger,
        form=form,
        problems=_problems(form) if form is not None else [],
        typed_booking=typed_number(form.booking.data) if form is not None else None,
        schools=queries.school_names(session.event.office_id) if works else [],
        works=works,
        is_over=now() >= session.ends_at,
        has_come=session.day <= local(now()).date(),
        new_key=lambda: secrets.token_hex(16),
        phone=lambda text: text if works else mask_phone(text),
        most=LARGEST_PARTY,
        wording=wording,
        clock=lambda moment: f"{local(moment):%H:%M}",
    )


def _stranger(found: SessionDay, code: str) -> FoundParty | None:
    """The event's party of that code where it has no place in this session."""
    if not code or any(one.booking.code == code for one in found.parties):
        return None
    return queries.party_by_code(found.session, code)


def _noted(row: CheckIn) -> str:
    name = wording.party_name(row)
    if row.undone_at is not None:
        return _("%(party)s的这次签到已经撤销，不再计入。", party=name)
    return _("已签到：%(party)s，%(counts)s。", party=name, counts=wording.counts(row.pupils, row.adults))


def _refusal(error: DomainError) -> Response:
    body: dict[str, Any] = {"code": error.code, "message": " ".join(_lines(error))}
    if isinstance(error, AlreadyCheckedIn):
        body["url"] = url_for("events.show_check_in", check_in_id=error.check_in_id)
    response: Response = jsonify(body)
    response.status_code = error.status
    return response


def _problems(form: CheckInForm) -> list[str]:
    told = [str(line) for errors in form.errors.values() for line in errors]
    return list(dict.fromkeys(told))


def _lines(error: DomainError) -> list[str]:
    return [translate(one.message) for one in error.problems] or [translate(error.message)]


def _refused_json(form: CheckInForm) -> Response:
    response: Response = jsonify(code="events.bad_counts", message=" ".join(_problems(form)))
    response.status_code = 422
    return response

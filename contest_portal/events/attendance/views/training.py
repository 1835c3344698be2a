"""A training's people by name: ticked on a phone, listed on paper, proofs for who was there throughout."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.clock import local, now
from contest_portal.core.downloads import pdf_response, workbook_response
from contest_portal.core.errors import Conflict, DomainError
from contest_portal.core.forms import typed_number
from contest_portal.core.i18n import translate
from contest_portal.core.list_documents import list_pdf, list_workbook
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, may, permission
from contest_portal.core.text import N_
from contest_portal.events.attendance import documents
from contest_portal.events.attendance.queries import sessions, training
from contest_portal.events.attendance.queries.training import Attendance
from contest_portal.events.attendance.services import presences, taking_away
from contest_portal.events.planning.event_links import add_event_link
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.events.planning.presenting import session_name
from contest_portal.events.planning.queries import event as event_of
from contest_portal.events.views.blueprint import bp

add_event_link(
    _l("出勤"),
    "events.presence_overview",
    order=410,
    shown=lambda event: event.kind == "training",
    also_active_in=["events.session_presence"],
)


@bp.get("/office/sessions/<int:session_id>/presence")
@permission("events.see_session", of=sessions.session)
def session_presence(session: EventSession) -> Response:
    """Who of a training is at this session."""
    found = training.attendees_of_session(session)
    return render_page(
        "events/attendance/presence.html",
        event=session.event,
        session=session,
        found=found,
        there=sum(session.id in one.sessions for one in found.people),
        works=may("events.check_in", session) and session.day <= local(now()).date(),
    )


@bp.post("/office/sessions/<int:session_id>/presence")
@permission("events.check_in", of=sessions.session)
def tick_presences(session: EventSession) -> Response:
    """Keep what was changed on the page."""
    before, ticked = _numbers("before"), _numbers("person")
    try:
        come, gone = presences.tick_presences(
            current_actor(), session.id, present=ticked - before, absent=before - ticked
        )
    except DomainError as error:
        flash(translate(error.message), "danger")
    else:
        flash(_("已保存：新到 %(come)s 人，取消 %(gone)s 人。", come=come, gone=gone), "success")
    return redirect(url_for("events.session_presence", session_id=session.id))  # type: ignore[return-value]


@bp.get("/office/sessions/<int:session_id>/presence/list")
@permission("events.see_session", of=sessions.session)
def print_presence_list(session: EventSession) -> Response:
    """The list of names to sign, for one session."""
    found = training.attendees_of_session(session)
    content = list_pdf(documents.names_document(session.event, found, paper=True))
    return pdf_response(content, _("签到表 %(session)s.pdf", session=session_name(session)))


@bp.get("/office/events/<int:event_id>/presence")
@permission("events.see", of=event_of)
def presence_overview(event: Event) -> Response:
    """Everybody of the training and the sessions at which they were."""
    return render_page("events/attendance/overview.html", event=event, found=training.attendance_of(event))


@bp.get("/office/events/<int:event_id>/presence/export")
@permission("events.see", of=event_of)
def export_presence(event: Event) -> Response:
    """The same as a workbook."""
    content = list_workbook(documents.names_document(event, training.attendance_of(event), paper=False))
    return workbook_response(content, _("%(title)s出勤表.xlsx", title=event.title))


@bp.post("/office/events/<int:event_id>/attendance-proofs")
@permission("events.make_attendance_proofs", of=event_of)
def make_proofs(event: Event) -> Response:
    """Certificates of attendance of everybody who was at all sessions, in one file."""
    found = training.attendance_of(event)
    try:
        _require_over(found)
    except Conflict as error:
        flash(translate(error.message), "danger")
        return redirect(url_for("events.presence_overview", event_id=event.id))  # type: ignore[return-value]
    content = documents.certificates_pdf(event, found.sessions, found.complete)
    taking_away.record_proofs(current_actor(), event, len(found.complete))
    return pdf_response(content, _("培训证明（%(title)s）.pdf", title=event.title))


@bp.get("/school/events/<int:event_id>/attendance-proofs")
@permission("events.own_attendance_proofs", of=event_of)
def own_proofs(event: Event) -> Response:
    """A school's certificates of attendance, in one file. Refused with words while there are none."""
    found = training.attendance_of(event, school_id=current_actor().school_id)
    _require_over(found)
    return pdf_response(
        documents.certificates_pdf(event, found.sessions, found.complete),
        _("培训证明（%(title)s）.pdf", title=event.title),
    )


def _require_over(found: Attendance) -> None:
    if not found.sessions or now() < found.sessions[-1].ends_at:
        raise Conflict("events.not_over", N_("培训还没有全部结束。最后一场结束后才能出具培训证明。"))
    if not found.complete:
        raise Conflict("events.nobody_complete", N_("还没有人各场都到齐。请先在各场「点名」中登记到场的人。"))


def _numbers(name: str) -> set[int]:
    return {number for text in request.form.getlist(name) if (number := typed_number(text)) is not None}

"""The sessions of an event: the list, one of them, many by a pattern."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.clock import today
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.events.planning import presenting, queries, services
from contest_portal.events.planning.capacity_advice import capacity_advice
from contest_portal.events.planning.event_links import add_event_link
from contest_portal.events.planning.forms import WhyForm
from contest_portal.events.planning.generator import Outcome
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.events.planning.services.generating import generate_sessions, preview_sessions
from contest_portal.events.planning.session_forms import PatternForm, SessionForm
from contest_portal.events.planning.states import is_editable
from contest_portal.events.planning.workbooks import sessions_workbook
from contest_portal.events.views.blueprint import bp

add_event_link(
    _l("场次"),
    "events.event_sessions",
    order=20,
    also_active_in=[
        "events.new_session",
        "events.create_session",
        "events.edit_session",
        "events.save_session",
        "events.plan_sessions",
        "events.preview_pattern",
        "events.make_sessions",
    ],
)


@bp.get("/office/events/<int:event_id>/sessions")
@permission("events.see", of=queries.event)
def event_sessions(event: Event) -> Response:
    """All sessions in order of time."""
    return render_page(
        "events/planning/sessions.html",
        event=event,
        days=presenting.by_day(queries.sessions_of(event.id)),
        is_editable=is_editable(event.state),
    )


@bp.get("/office/events/<int:event_id>/sessions/export")
@permission("events.see", of=queries.event)
def export_sessions(event: Event) -> Response:
    """The same list as a workbook."""
    content = sessions_workbook(queries.sessions_of(event.id))
    return workbook_response(content, _("%(title)s 场次.xlsx", title=event.title))


@bp.get("/office/events/<int:event_id>/sessions/new")
@permission("events.change", of=queries.event)
def new_session(event: Event) -> Response:
    """One session more."""
    rows = queries.sessions_of(event.id)
    return _session_page(SessionForm.following(event, rows[-1] if rows else None), event)


@bp.post("/office/events/<int:event_id>/sessions/new")
@permission("events.change", of=queries.event)
def create_session(event: Event) -> Response:
    """Add it."""
    form = SessionForm()
    if form.validate_on_submit():
        try:
            services.add_sessions(current_actor(), event.id, [form.session_data])
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已增加一场。"), "success")
            return _to_sessions(event.id)
    return _session_page(form, event)


@bp.get("/office/sessions/<int:session_id>")
@permission("events.change_session", of=queries.session)
def edit_session(session: EventSession) -> Response:
    """One session as it stands."""
    return _session_page(SessionForm.of_session(session), session.event, session)


@bp.post("/office/sessions/<int:session_id>")
@permission("events.change_session", of=queries.session)
def save_session(session: EventSession) -> Response:
    """Save it; too little room is refused with who is affected."""
    form, advice = SessionForm(), []
    if form.validate_on_submit():
        data = form.session_data
        try:
            services.edit_session(current_actor(), session.id, data, form.seen_version)
        except DomainError as error:
            form.show(error)
            if error.code == "events.capacity_below_taken":
                lines = capacity_advice(queries.session(session.id), data.capacity, data.most_parties)
                advice = [translate(line) for line in lines]
        else:
            flash(_("已保存这一场。"), "success")
            return _to_sessions(session.event_id)
    return _session_page(form, session.event, session, advice)


@bp.post("/office/sessions/<int:session_id>/cancel")
@permission("events.change_session", of=queries.session)
def cancel_session(session: EventSession) -> Response:
    """It does not take place."""
    form, event_id = WhyForm(), session.event_id
    try:
        services.cancel_session(current_actor(), session.id, form.why.data or "")
    except DomainError as error:
        page = SessionForm.of_session(session)
        page.show(error)
        return _session_page(page, session.event, session)
    flash(_("这一场已取消，已预约的学校会收到通知。"), "success")
    return _to_sessions(event_id)


@bp.get("/office/events/<int:event_id>/sessions/plan")
@permission("events.change", of=queries.event)
def plan_sessions(event: Event) -> Response:
    """Many sessions by a pattern."""
    return _plan_page(PatternForm.of_event(event), event)


@bp.post("/office/events/<int:event_id>/sessions/preview")
@permission("events.change", of=queries.event)
def preview_pattern(event: Event) -> Response:
    """What the pattern would make."""
    form = PatternForm()
    if form.validate_on_submit() and form.pattern:
        return _plan_page(form, event, preview_sessions(event, form.pattern))
    return _plan_page(form, event)


@bp.post("/office/events/<int:event_id>/sessions/make")
@permission("events.change", of=queries.event)
def make_sessions(event: Event) -> Response:
    """Make what was looked at."""
    form = PatternForm()
    if form.validate_on_submit() and form.pattern:
        try:
            rows = generate_sessions(current_actor(), event.id, form.pattern, form.place.data or "")
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已生成 %(count)s 场。", count=len(rows)), "success")
            return _to_sessions(event.id)
    return _plan_page(form, event)


def _to_sessions(event_id: int) -> Response:
    return redirect(url_for("events.event_sessions", event_id=event_id))  # type: ignore[return-value]


def _session_page(
    form: SessionForm, event: Event, session: EventSession | None = None, advice: list[str] | None = None
) -> Response:
    return render_page(
        "events/planning/session.html",
        status=422 if form.errors or form.form_errors else 200,
        form=form,
        event=queries.event(event.id),  # a refused verb has let go of what was read before
        session=queries.session(session.id) if session else None,
        advice=advice or [],
        is_editable=is_editable(event.state) and (session is None or session.state == "open"),
    )


def _plan_page(form: PatternForm, event: Event, outcome: Outcome | None = None) -> Response:
    planned = presenting.planned_by_day(outcome.sessions) if outcome else []
    return render_page(
        "events/planning/plan_sessions.html",
        status=422 if form.errors or form.form_errors else 200,
        form=form,
        event=queries.event(event.id),
        outcome=outcome,
        planned=planned,
        past_days=[one.day for one in planned if one.day < today()],
    )

"""Making an event: its kind first, then its form; changing it, copying it."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.errors import DomainError, NotFound
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.events.planning import queries, services
from contest_portal.events.planning.event_links import add_event_link
from contest_portal.events.planning.forms import DuplicateForm, EventForm
from contest_portal.events.planning.kinds import KINDS, template_of
from contest_portal.events.planning.models import Event
from contest_portal.events.planning.states import is_editable
from contest_portal.events.views.blueprint import bp

add_event_link(
    _l("内容与规则"),
    "events.edit_event",
    order=50,
    action="events.change",
    shown=lambda event: is_editable(event.state),
    also_active_in=["events.save_event"],
)


@bp.get("/office/events/new")
@permission("events.make")
def choose_kind() -> Response:
    """Which kind of event."""
    return render_page("events/planning/choose_kind.html", kinds=KINDS)


@bp.get("/office/events/new/<kind>")
@permission("events.make")
def new_event(kind: str) -> Response:
    """The form, filled as the kind usually is."""
    template = template_of(kind)
    if template is None:
        raise NotFound
    return _form_page(EventForm.of_kind(template))


@bp.post("/office/events/new/<kind>")
@permission("events.make")
def create_event(kind: str) -> Response:
    """Make the draft."""
    if template_of(kind) is None:
        raise NotFound
    form, actor = EventForm(), current_actor()
    if form.validate_on_submit():
        try:
            event = services.make_event(actor, actor.office_id or 0, form.event_data)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("活动已建立，还是草稿。接着安排场次。"), "success")
            return redirect(url_for("events.event_sessions", event_id=event.id))  # type: ignore[return-value]
    return _form_page(form)


@bp.get("/office/events/<int:event_id>/edit")
@permission("events.change", of=queries.event)
def edit_event(event: Event) -> Response:
    """The form as the event stands."""
    return _form_page(EventForm.of_event(event), event)


@bp.post("/office/events/<int:event_id>/edit")
@permission("events.change", of=queries.event)
def save_event(event: Event) -> Response:
    """Save it."""
    form = EventForm()
    if form.validate_on_submit():
        try:
            services.edit_event(current_actor(), event.id, form.event_data, form.seen_version)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已保存。"), "success")
            return redirect(url_for("events.office_event", event_id=event.id))  # type: ignore[return-value]
    return _form_page(form, event)


@bp.post("/office/events/<int:event_id>/duplicate")
@permission("events.change", of=queries.event)
def duplicate_event(event: Event) -> Response:
    """A new draft like this one."""
    form = DuplicateForm()
    if not form.validate_on_submit():
        flash(_("没有复制：请填写新活动的名称，最多 100 个字。"), "danger")
        return redirect(url_for("events.office_event", event_id=event.id))  # type: ignore[return-value]
    copy = services.duplicate_event(current_actor(), event.id, form.title.data or "")
    flash(_("已复制为新的草稿。场次、文件和预约时间没有复制，请重新安排。"), "success")
    return redirect(url_for("events.edit_event", event_id=copy.id))  # type: ignore[return-value]


def _form_page(form: EventForm, event: Event | None = None) -> Response:
    return render_page(
        "events/planning/edit_event.html" if event else "events/planning/new_event.html",
        status=422 if form.errors or form.form_errors else 200,
        form=form,
        event=queries.event(event.id) if event else None,  # a refused verb has let go of what was read before
    )

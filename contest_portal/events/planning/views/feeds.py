"""Events for other programs and for passing on: iCalendar, the picture with its QR code."""

from __future__ import annotations

from flask import Response, request
from flask_babel import gettext as _

from contest_portal.core.clock import now, today
from contest_portal.core.forms import typed_number
from contest_portal.core.permissions import permission
from contest_portal.events.planning import presenting, queries
from contest_portal.events.planning.calendar_entries import entries_of_event, entries_of_office
from contest_portal.events.planning.calendar_file import MIMETYPE, Entry, calendar_file
from contest_portal.events.planning.models import Event
from contest_portal.events.planning.queries.public import sessions_of_many
from contest_portal.events.planning.share_picture import Poster, share_picture
from contest_portal.events.views.blueprint import bp
from contest_portal.people.queries.offices import offices

DAYS_BACK = 366
SECONDS = 300


@bp.get("/events.ics")
@permission("events.public_list")
def calendar_of_office() -> Response:
    """The office's public events of the last year and all to come (`?office=ID`; all offices without)."""
    office_id = typed_number(request.args.get("office"))
    office = next((one for one in offices() if one.id == office_id), None)
    start = today().toordinal() - DAYS_BACK
    lines = [
        one
        for one in queries.public_events(office.id if office else None)
        if one.last_on is not None and one.last_on.toordinal() >= start
    ]
    sessions = sessions_of_many([one.event.id for one in lines])
    entries = entries_of_office([(one.event, sessions[one.event.id]) for one in lines])
    name = _("%(office)s活动", office=office.short_name) if office else _("科普活动")
    return _calendar(name, entries, "events.ics")


@bp.get("/events/<int:event_id>.ics")
@permission("events.read", of=queries.event)
def calendar_of_event(event: Event) -> Response:
    """Every session of one event."""
    return _calendar(event.title, entries_of_event(event, queries.sessions_of(event.id)), f"event-{event.id}.ics")


@bp.get("/events/<int:event_id>/share.png")
@permission("events.read", of=queries.event)
def share(event: Event) -> Response:
    """The picture to pass on."""
    sessions = [one for one in queries.sessions_of(event.id) if one.state == "open"]
    first, last = min((one.day for one in sessions), default=None), max((one.day for one in sessions), default=None)
    facts = [
        (_("时间"), presenting.days(first, last)),
        (_("地点"), event.venue),
        (_("面向"), presenting.audience(event)),
    ]
    if event.mode != "open":
        facts.append((_("预约"), presenting.mode_name(event.mode)))
    if event.contact_phone:
        facts.append((_("电话"), event.contact_phone))
    poster = Poster(
        office=event.office.name,
        kind=presenting.kind_name(event.kind),
        title=event.title,
        theme=event.theme,
        facts=tuple((word, line) for word, line in facts if line),
        address=presenting.public_address(event),
        hint=_("扫码查看场次、余下名额和参观须知；学校登录后预约。")
        if event.mode != "open"
        else _("扫码查看场次和参观须知。"),
        stamp=presenting.event_state(event.state) if event.state == "cancelled" else "",
    )
    response = Response(share_picture(poster), mimetype="image/png")
    response.headers["Content-Disposition"] = f'inline; filename="event-{event.id}.png"'
    return response


def _calendar(name: str, entries: list[Entry], file_name: str) -> Response:
    response = Response(calendar_file(name, entries, stamp=now()), mimetype=MIMETYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    response.headers["Cache-Control"] = f"max-age={SECONDS}"
    return response

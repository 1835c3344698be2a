"""Events for everybody: the list, the month, one event with its sessions."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.contests.home import HomeItem, HomeSection, add_home_section
from contest_portal.core.clock import now, today
from contest_portal.core.forms import typed_number
from contest_portal.core.navigation import add_public_link
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import permission
from contest_portal.events.planning import presenting, queries
from contest_portal.events.planning.booking_times import booking_stage
from contest_portal.events.planning.forms import STAGES
from contest_portal.events.planning.free_places import free_in, lapsed_in
from contest_portal.events.planning.kinds import KINDS, template_of
from contest_portal.events.planning.models import Event
from contest_portal.events.planning.month import read_month
from contest_portal.events.planning.queries.free import free_by_day, free_by_event
from contest_portal.events.planning.queries.public import days_of, is_for
from contest_portal.events.views.blueprint import bp
from contest_portal.people.models import Office
from contest_portal.people.queries.offices import offices

ON_HOME = 5
MOST_PAST = 50
"""Past events in the list; older ones are found by month."""

add_public_link(
    _l("活动"), "events.public_events", order=20, also_active_in=["events.show_event", "events.public_month"]
)


@dataclass(frozen=True)
class Wanted:
    """What the visitor asked for. `office`: None for all; `everyone`: the offices to choose from."""

    office: Office | None
    everyone: list[Office]
    kind: str
    stage: str

    @property
    def arguments(self) -> dict[str, str]:
        """As addresses carry it on."""
        given = {"office": str(self.office.id) if self.office else "", "kind": self.kind, "stage": self.stage}
        return {name: value for name, value in given.items() if value}


@bp.get("/events")
@permission("events.public_list")
def public_events() -> Response:
    """What is coming and what was, or one month of it (`?month=2018-09`)."""
    wanted = _wanted()
    if "month" in request.args:
        return _month_page(wanted, request.args["month"])
    day, office_id = today(), wanted.office.id if wanted.office else None
    coming = [one for one in queries.coming_events(office_id, day, wanted.kind) if is_for(one.event, wanted.stage)]
    free, moment = free_by_event([one.event.id for one in coming], now()), now()
    past = queries.past_events(office_id, day, wanted.kind, most=MOST_PAST)
    return render_page(
        "events/planning/events.html",
        wanted=wanted,
        kinds=KINDS,
        stages=STAGES,
        coming=coming,
        places={one.event.id: presenting.bookable_words(one.event, free[one.event.id], moment) for one in coming},
        past=[one for one in past if is_for(one.event, wanted.stage)],
        has_older=len(past) == MOST_PAST,
        month=read_month("", day),
    )


@bp.get("/events/<int:event_id>")
@permission("events.read", of=queries.event)
def show_event(event: Event) -> Response:
    """An event: when, where, for whom, how many places are free."""
    sessions = queries.sessions_of(event.id)
    day, moment = today(), now()
    lapsed = lapsed_in([event.id])
    last = max((one.starts_at for one in sessions if one.state == "open"), default=None)
    return render_page(
        "events/planning/event.html",
        event=event,
        office=event.office,
        coming=presenting.by_day(one for one in sessions if one.day >= day),
        past=presenting.by_day(one for one in sessions if one.day < day),
        first_on=min((one.day for one in sessions if one.state == "open"), default=None),
        last_on=max((one.day for one in sessions if one.state == "open"), default=None),
        stage=booking_stage(event.state, event.mode, event.booking_opens_at, event.booking_closes_at, last, moment),
        free={one.id: free_in(one, lapsed) for one in sessions if one.state == "open" and one.starts_at > moment},
        moment=moment,
        files=[presenting.file_link(one) for one in queries.files_of(event.id)],
    )


def _month_page(wanted: Wanted, text: str) -> Response:
    month = read_month(text, today())
    weeks = month.weeks
    found = [
        one
        for one in days_of(wanted.office.id if wanted.office else None, weeks[0][0], weeks[-1][-1], wanted.kind)
        if is_for(one.event, wanted.stage)
    ]
    days = {on: [one for one in found if one.day == on] for week in weeks for on in week}
    free, moment = free_by_day(sorted({one.event.id for one in found}), now()), now()
    return render_page(
        "events/planning/month.html",
        wanted=wanted,
        kinds=KINDS,
        stages=STAGES,
        month=month,
        weeks=weeks,
        days=days,
        today=today(),
        places={
            (one.event.id, one.day): presenting.bookable_words(one.event, free[one.event.id, one.day], moment)
            for one in found
            if (one.event.id, one.day) in free
        },
    )


def _wanted() -> Wanted:
    everyone = offices()
    number, kind, stage = (request.args.get(name, "") for name in ("office", "kind", "stage"))
    office = next((one for one in everyone if one.id == typed_number(number)), None)
    return Wanted(office, everyone, kind if template_of(kind) else "", stage if stage in STAGES else "")


@add_home_section
def events_at_home(office_id: int | None) -> HomeSection | None:
    """The next events on the front door."""
    day = today()
    lines = [one for one in queries.public_events(office_id, ends_from=day) if one.event.state == "public"][:ON_HOME]
    items = [
        HomeItem(
            one.event.title,
            url_for("events.show_event", event_id=one.event.id),
            one.first_on,
            presenting.kind_name(one.event.kind),
        )
        for one in lines
    ]
    return HomeSection(_("近期活动"), tuple(items), url_for("events.public_events"), order=40) if items else None

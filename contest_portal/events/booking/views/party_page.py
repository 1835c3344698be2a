"""The form of a party, filled in and read: the same for holding places, wishes, the waiting list and by hand."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor
from contest_portal.events.booking.forms import EXTRA_ROWS, PartyForm, Typed, split_key
from contest_portal.events.booking.queries import school as queries
from contest_portal.events.planning.models import Event
from contest_portal.people.grades import grade_name


def form_page(event: Event, school_id: int | None, form: PartyForm, typed: Typed, *, act: str, **more: Any) -> Response:
    """The form's page. `act`: "hold", "wish", "wait", "hand" or "change"; `school_id`: None until the office chose one."""
    mine = more["booking"].id if more.get("booking") is not None else 0
    by_name = event.kind == "training"
    classes = queries.class_choices(school_id, event, mine=mine) if school_id and not by_name else []
    teachers = queries.teachers_of(school_id) if school_id and by_name else []
    picked = [
        (key, split_key(key), queries.pupils_of_class(school_id, *split_key(key)))
        for key in typed.picked[:8]
        if school_id
    ]
    failed = bool(form.errors or form.form_errors)
    return render_page(
        "events/booking/form.html",
        status=422 if failed else 200,
        event=event,
        form=form,
        typed=typed,
        act=act,
        by_name=by_name,
        classes=classes,
        teachers=teachers,
        picked=picked,
        sessions=queries.session_choices(event),
        grades=[(number, grade_name(number)) for number in range(1, 13)],
        extra_count=max(EXTRA_ROWS, len(typed.extras)),
        **{"booking": None, "school_name": "", "schools": [], "full": False, **more},
    )


def only_picks() -> bool:
    """Whether the form was sent to list a class's pupils, not to be acted on."""
    return "pick_class" in request.form


def own_school_id() -> int:
    """The school of who books."""
    return current_actor().school_id or 0


def suggest_leader(form: PartyForm) -> None:
    """A teacher who books for a class usually leads it."""
    actor = current_actor()
    if actor.teacher_id is not None:
        form.leader_name.data = actor.name

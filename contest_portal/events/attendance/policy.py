"""Who may do what on the day itself: an office's own people read, its staff and leaders write; a school has its proofs."""

from __future__ import annotations

from contest_portal.core.actor import OFFICE_ROLES, SCHOOL_ROLES, Actor, Role
from contest_portal.core.permissions import Decision, public_rule, rule, visible_if
from contest_portal.events.attendance.models import CheckIn
from contest_portal.events.attendance.queries.sessions import Scanned
from contest_portal.events.planning.models import Event, EventSession

public_rule("events.check_in_worker")


def _own(actor: Actor, office_id: int) -> Decision:
    return visible_if(office_id == actor.office_id and actor.role in OFFICE_ROLES)


@rule("events.see_session")
def may_see_session(actor: Actor, session: EventSession) -> Decision:
    """The office's own people."""
    return _own(actor, session.event.office_id)


@rule("events.scan")
def may_scan(actor: Actor, found: Scanned) -> Decision:
    """The office's own people; whoever else holds a booking's QR learns nothing by it."""
    return _own(actor, found.session.event.office_id)


@rule("events.check_in")
def may_check_in(actor: Actor, session: EventSession) -> Decision:
    """Staff and leaders of the office whose event it is."""
    return _own(actor, session.event.office_id).and_if(actor.is_in(Role.OFFICE, Role.LEADER))


@rule("events.see_check_in")
def may_see_check_in(actor: Actor, row: CheckIn) -> Decision:
    """The office's own people."""
    return _own(actor, row.session.event.office_id)


@rule("events.see_photo")
def may_see_photo(actor: Actor, row: CheckIn) -> Decision:
    """Staff and leaders of the office whose event it is: it shows children, and a supervisor needs it for nothing."""
    return _own(actor, row.session.event.office_id).and_if(actor.is_in(Role.OFFICE, Role.LEADER))


@rule("events.correct_check_in")
def may_correct(actor: Actor, row: CheckIn) -> Decision:
    """Staff and leaders of the office whose event it is."""
    return _own(actor, row.session.event.office_id).and_if(actor.is_in(Role.OFFICE, Role.LEADER))


@rule("events.make_attendance_proofs")
def may_make_proofs(actor: Actor, event: Event) -> Decision:
    """Staff and leaders of the office whose event it is."""
    return _own(actor, event.office_id).and_if(actor.is_in(Role.OFFICE, Role.LEADER))


@rule("events.own_attendance_proofs")
def may_take_own_proofs(actor: Actor, event: Event) -> Decision:
    """A school's people, of an event of their own office that is public; they get those of their own school."""
    known = event.office_id == actor.office_id and event.state in {"public", "closed"}
    return visible_if(known and actor.role in SCHOOL_ROLES)

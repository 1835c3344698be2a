"""Who may do what with events and their sessions."""

from __future__ import annotations

from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.permissions import Decision, public_object_rule, public_rule, role_rule, rule, visible_if
from contest_portal.events.planning.models import Event, EventFile, EventSession

role_rule("events.list", *OFFICE_ROLES)
role_rule("events.make", Role.OFFICE, Role.LEADER)
public_rule("events.public_list")


@rule("events.see")
def may_see(actor: Actor, event: Event) -> Decision:
    """People of the office whose event it is; supervisors read."""
    return visible_if(_is_own(actor, event))


@rule("events.change")
def may_change(actor: Actor, event: Event) -> Decision:
    """Staff and leaders of the office whose event it is."""
    return may_see(actor, event).and_if(actor.is_in(Role.OFFICE, Role.LEADER))


@rule("events.change_session")
def may_change_session(actor: Actor, session: EventSession) -> Decision:
    """Who may change the event."""
    return may_change(actor, session.event)


@rule("events.change_file")
def may_change_file(actor: Actor, file: EventFile) -> Decision:
    """Who may change the event."""
    return may_change(actor, file.event)


@public_object_rule("events.read")
def may_read(actor: Actor | None, event: Event) -> Decision:
    """Everybody once it was made public, a cancelled one too; the office's own people its drafts."""
    return visible_if(event.published_at is not None or (actor is not None and _is_own(actor, event)))


@public_object_rule("events.read_file")
def may_read_file(actor: Actor | None, file: EventFile) -> Decision:
    """Who may read the event."""
    return may_read(actor, file.event)


def _is_own(actor: Actor, event: Event) -> bool:
    return actor.role in OFFICE_ROLES and actor.office_id == event.office_id

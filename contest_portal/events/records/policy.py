"""Who may do what in events."""

from __future__ import annotations

from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.permissions import Decision, role_rule, rule, visible_if
from contest_portal.events.records.models import ActivityRecord

role_rule("events.activities", *OFFICE_ROLES)
role_rule("events.record_activity", Role.OFFICE, Role.LEADER)


@rule("events.remove_activity")
def may_remove(actor: Actor, activity: ActivityRecord) -> Decision:
    """Staff of the office whose record it is."""
    own = activity.office_id == actor.office_id and actor.role in OFFICE_ROLES
    return visible_if(own).and_if(actor.is_in(Role.OFFICE, Role.LEADER))

"""Who reads and decides what an office sends."""

from __future__ import annotations

from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.outbox.kinds import CONFIRMING
from contest_portal.core.outbox.models import OutboxMessage
from contest_portal.core.permissions import Decision, role_rule, rule, visible_if

role_rule("people.see_outbox", *OFFICE_ROLES)
role_rule("people.manage_outbox", Role.OFFICE)


@rule("people.see_message")
def may_see_message(actor: Actor, row: OutboxMessage) -> Decision:
    """One's own office's; a link that confirms an address is nobody's but its receiver's."""
    own = row.office_id is not None and row.office_id == actor.office_id
    return visible_if(actor.is_in(*OFFICE_ROLES) and own and row.kind != CONFIRMING)


@rule("people.decide_message")
def may_decide_message(actor: Actor, row: OutboxMessage) -> Decision:
    return may_see_message(actor, row).and_if(actor.is_in(Role.OFFICE))

"""Who sees which works are alike: the people of the office whose contests they are in, and nobody else. A pair may join
two schools, so schools do not even know that it exists."""

from __future__ import annotations

from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.permissions import Decision, role_rule, rule, visible_if
from contest_portal.entries.likeness_models import LikenessPair

role_rule("entries.likeness", *OFFICE_ROLES)


@rule("entries.see_pair")
def may_see_pair(actor: Actor, pair: LikenessPair) -> Decision:
    return visible_if(actor.role in OFFICE_ROLES and actor.office_id == pair.office_id)


@rule("entries.judge_pair")
def may_judge_pair(actor: Actor, pair: LikenessPair) -> Decision:
    return may_see_pair(actor, pair).and_if(actor.is_in(Role.OFFICE))

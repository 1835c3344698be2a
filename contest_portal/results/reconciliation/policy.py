"""Who reads a contest's account."""

from __future__ import annotations

from contest_portal.contests.models import Contest
from contest_portal.contests.policy import may_see as may_see_contest
from contest_portal.core.actor import Actor
from contest_portal.core.permissions import Decision, rule


@rule("results.reconcile")
def may_reconcile(actor: Actor, contest: Contest) -> Decision:
    """The office's people; a supervisor reads the account, too."""
    return may_see_contest(actor, contest)


@rule("results.reconcile_works")
def may_see_reconciled(actor: Actor, place: tuple[Contest, int, str]) -> Decision:
    return may_reconcile(actor, place[0])

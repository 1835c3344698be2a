"""Who may do what in contests: everybody reads what is published, an office's people see its drafts, its staff edits."""

from __future__ import annotations

from contest_portal.contests.models import Category, Contest, ContestAttachment
from contest_portal.contests.queries import ActedOn, RulePart
from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.permissions import Decision, public_object_rule, public_rule, role_rule, rule

public_rule("contests.home")
role_rule("contests.list", *OFFICE_ROLES)
role_rule("contests.create", Role.OFFICE)


def is_published(contest: Contest) -> bool:
    """Whether everybody may read the contest: it is open, or was once."""
    return contest.state in {"open", "closed"} or (contest.state == "archived" and contest.opened_at is not None)


def _is_own(actor: Actor | None, contest: Contest) -> bool:
    return actor is not None and actor.role in OFFICE_ROLES and actor.office_id == contest.office_id


@public_object_rule("contests.read")
def may_read(actor: Actor | None, contest: Contest) -> Decision:
    return Decision.ALLOW if is_published(contest) or _is_own(actor, contest) else Decision.HIDE


@public_object_rule("contests.read_file")
def may_read_file(actor: Actor | None, attachment: ContestAttachment) -> Decision:
    return may_read(actor, attachment.contest)


@rule("contests.see")
def may_see(actor: Actor, contest: Contest) -> Decision:
    if _is_own(actor, contest):
        return Decision.ALLOW
    # The office's schools and judges know the published contest, yet its office pages are not for them.
    return Decision.DENY if actor.office_id == contest.office_id and is_published(contest) else Decision.HIDE


@rule("contests.edit")
def may_edit(actor: Actor, contest: Contest) -> Decision:
    return may_see(actor, contest).and_if(actor.is_in(Role.OFFICE))


@rule("contests.change_state")
def may_change_state(actor: Actor, asked: ActedOn) -> Decision:
    return may_edit(actor, asked.contest)


@rule("contests.see_category")
def may_see_category(actor: Actor, category: Category | RulePart) -> Decision:
    return may_see(actor, category.contest)


@rule("contests.edit_category")
def may_edit_category(actor: Actor, category: Category | RulePart) -> Decision:
    return may_edit(actor, category.contest)


@rule("contests.edit_file")
def may_edit_file(actor: Actor, attachment: ContestAttachment) -> Decision:
    return may_edit(actor, attachment.contest)

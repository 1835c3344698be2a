"""What an office may do with the entries of its contests: its people read, its staff decide."""

from __future__ import annotations

from contest_portal.contests.models import Category, Contest
from contest_portal.contests.policy import may_see as may_see_contest
from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.permissions import Decision, role_rule, rule, visible_if
from contest_portal.entries.belonging import is_of_the_school
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.screening_sheet import SubmittedFile

role_rule("entries.office", *OFFICE_ROLES)


def _is_own(actor: Actor, contest: Contest) -> bool:
    return actor.role in OFFICE_ROLES and actor.office_id == contest.office_id


@rule("entries.office_list")
def may_list(actor: Actor, contest: Contest) -> Decision:
    """The contest's entries and its queues, to read."""
    return may_see_contest(actor, contest)


@rule("entries.office_queue")
def may_see_queue(actor: Actor, category: Category) -> Decision:
    return may_list(actor, category.contest)


@rule("entries.set_allowances")
def may_set_allowances(actor: Actor, category: Category) -> Decision:
    """What single schools may submit: the staff who set the category's rules."""
    return may_list(actor, category.contest).and_if(actor.is_in(Role.OFFICE))


@rule("entries.accept_many")
def may_accept_many(actor: Actor, category: Category) -> Decision:
    return may_list(actor, category.contest).and_if(actor.is_in(Role.OFFICE))


@rule("entries.office_read")
def may_read(actor: Actor, entry: Entry) -> Decision:
    """The office's page of an entry that has come in, with what its school does not see: full numbers, checks.

    The entry's own people know the entry, the page is not for them.
    """
    if is_of_the_school(actor, entry):
        return Decision.DENY
    return visible_if(_is_own(actor, entry.contest) and entry.submission_count > 0)


@rule("entries.screen")
def may_screen(actor: Actor, entry: Entry) -> Decision:
    return may_read(actor, entry).and_if(actor.is_in(Role.OFFICE))


@rule("entries.open_number")
def may_open_number(actor: Actor, asked: tuple[Entry, str, str]) -> Decision:
    return may_screen(actor, asked[0])


@rule("entries.office_read_file")
def may_read_file(actor: Actor, file: SubmittedFile) -> Decision:
    return may_read(actor, file.entry)


@rule("entries.office_read_preview")
def may_read_preview(actor: Actor, asked: tuple[SubmittedFile, object]) -> Decision:
    return may_read(actor, asked[0].entry)

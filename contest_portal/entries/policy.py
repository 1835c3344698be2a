"""Who may do what with entries.

A school's manager sees all of the school's entries; a teacher those the teacher made, tutors or is an author of. The
office of the contest sees what is no draft. For everybody else an entry does not exist.
"""

from __future__ import annotations

from contest_portal.contests.models import Category, Contest
from contest_portal.contests.policy import is_published
from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.permissions import Decision, role_rule, rule, visible_if
from contest_portal.entries import policy_likeness as _likeness  # noqa: F401  its rules
from contest_portal.entries import policy_masks as _masks  # noqa: F401  its rules
from contest_portal.entries import policy_office
from contest_portal.entries.belonging import is_of_the_school
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.files import FileOf
from contest_portal.entries.queries.submitted import VersionOf


def is_of_the_office(actor: Actor, entry: Entry) -> bool:
    """Whether the actor's office runs the entry's contest and the entry has come in."""
    return actor.role in OFFICE_ROLES and actor.office_id == entry.contest.office_id and entry.state != "draft"


def _seen_by(actor: Actor, entry: Entry) -> Decision:
    return visible_if(is_of_the_school(actor, entry) or is_of_the_office(actor, entry))


@rule("entries.see")
def may_see(actor: Actor, entry: Entry) -> Decision:
    return _seen_by(actor, entry)


@rule("entries.see_version")
def may_see_version(actor: Actor, found: VersionOf) -> Decision:
    return may_see(actor, found.entry)


@rule("entries.see_file")
def may_see_file(actor: Actor, found: FileOf) -> Decision:
    return may_see(actor, found.entry)


@rule("entries.see_part")
def may_see_part(actor: Actor, asked: tuple[FileOf, object]) -> Decision:
    return may_see_file(actor, asked[0])


@rule("entries.make_preview")
def may_make_preview(actor: Actor, entry: Entry) -> Decision:
    """To have a preview made again: the school's own people, and staff of the contest's office."""
    return _seen_by(actor, entry).and_if(is_of_the_school(actor, entry) or actor.is_in(Role.OFFICE))


@rule("entries.edit")
def may_edit(actor: Actor, entry: Entry) -> Decision:
    return _seen_by(actor, entry).and_if(is_of_the_school(actor, entry))


@rule("entries.submit")
def may_submit(actor: Actor, entry: Entry) -> Decision:
    return may_edit(actor, entry)


@rule("entries.approve")
def may_approve(actor: Actor, entry: Entry) -> Decision:
    return may_edit(actor, entry).and_if(actor.is_in(Role.SCHOOL_MANAGER))


@rule("entries.withdraw")
def may_withdraw(actor: Actor, entry: Entry) -> Decision:
    return _seen_by(actor, entry).and_if(is_of_the_school(actor, entry) or actor.is_in(Role.OFFICE))


@rule("entries.grant_exception")
def may_grant_exception(actor: Actor, entry: Entry) -> Decision:
    return _seen_by(actor, entry).and_if(is_of_the_office(actor, entry) and actor.is_in(Role.OFFICE))


role_rule("entries.create", Role.TEACHER, Role.SCHOOL_MANAGER)
role_rule("entries.list_own", Role.TEACHER, Role.SCHOOL_MANAGER)


@rule("entries.grant_school_exception")
def may_grant_school_exception(actor: Actor, contest: Contest) -> Decision:
    """On the contest itself, for a school that has submitted nothing."""
    return policy_office.may_list(actor, contest).and_if(actor.is_in(Role.OFFICE))


@rule("entries.enter_category")
def may_enter_category(actor: Actor, category: Category) -> Decision:
    """To start an entry in a category of a published contest of the own office."""
    known = category.contest.office_id == actor.office_id and is_published(category.contest)
    return visible_if(known).and_if(actor.is_in(Role.TEACHER, Role.SCHOOL_MANAGER))

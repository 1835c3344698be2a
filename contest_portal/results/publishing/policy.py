"""Who may do what with public lists, their terms and the gallery."""

from __future__ import annotations

from contest_portal.contests.models import Contest
from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.permissions import Decision, public_object_rule, public_rule, role_rule, rule, visible_if
from contest_portal.people.models import CalendarDay
from contest_portal.results.lists.policy import may_see_lists
from contest_portal.results.publishing.models import Publication, TakeDown
from contest_portal.results.publishing.queries.gallery import Gallery, GalleryLook


@rule("results.draft_publication")
def may_draft(actor: Actor, contest: Contest) -> Decision:
    return may_see_lists(actor, contest).and_if(actor.is_in(Role.OFFICE, Role.LEADER))


@rule("results.publish")
def may_publish(actor: Actor, publication: Publication) -> Decision:
    return may_preview(actor, publication).and_if(actor.is_in(Role.LEADER))


@rule("results.confirm_final")
def may_confirm(actor: Actor, publication: Publication) -> Decision:
    """Staff and leaders of the contest's office: that the term is over is a fact, and on record by whom it was said."""
    return may_preview(actor, publication).and_if(actor.is_in(Role.OFFICE, Role.LEADER))


@rule("results.set_down_on")
def may_set_down_on(actor: Actor, publication: Publication) -> Decision:
    return may_confirm(actor, publication)


@rule("results.propose_take_down")
def may_propose_take_down(actor: Actor, publication: Publication) -> Decision:
    """Staff and leaders: what must not be read any more cannot wait for one of them; that they are two, the service sees to."""
    return may_confirm(actor, publication)


@rule("results.settle_take_down")
def may_settle_take_down(actor: Actor, proposal: TakeDown) -> Decision:
    return may_confirm(actor, proposal.publication)


@rule("results.publication_terms")
def may_set_terms(actor: Actor, contest: Contest) -> Decision:
    return may_draft(actor, contest)


@rule("results.remove_calendar_day")
def may_remove_day(actor: Actor, day: CalendarDay) -> Decision:
    """Staff and leaders of the office whose day it is."""
    own = day.office_id == actor.office_id and actor.role in OFFICE_ROLES
    return visible_if(own).and_if(actor.is_in(Role.OFFICE, Role.LEADER))


@public_object_rule("results.read_publication")
def may_read(actor: Actor | None, publication: Publication) -> Decision:
    """Everybody reads what is or was public; a draft is for the office alone."""
    if publication.state != "draft":
        return Decision.ALLOW
    own = actor is not None and actor.role in OFFICE_ROLES and publication.contest.office_id == actor.office_id
    return visible_if(own)


public_rule("results.public_lists")

public_rule("results.public_archive")

role_rule("results.see_calendar", *OFFICE_ROLES)

role_rule("results.set_calendar", Role.OFFICE, Role.LEADER)


@rule("results.publish_preview")
def may_preview(actor: Actor, publication: Publication) -> Decision:
    """The office's people; a public list is known to the office's schools and judges, a draft is not."""
    seen = may_see_lists(actor, publication.contest)
    return visible_if(seen is Decision.ALLOW) if publication.state == "draft" else seen


@public_object_rule("results.see_gallery")
def may_see_gallery(_actor: Actor | None, _shown: Gallery) -> Decision:
    """Everybody: what is loaded is shown, and nothing else is."""
    return Decision.ALLOW


@public_object_rule("results.see_gallery_work")
def may_see_gallery_work(_actor: Actor | None, _look: GalleryLook) -> Decision:
    return Decision.ALLOW

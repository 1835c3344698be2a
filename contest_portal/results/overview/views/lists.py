"""The contest's page of lists: every category's way to the public list."""

from __future__ import annotations

from flask import Response, redirect, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.clock import today
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.results.blueprint import bp
from contest_portal.results.lists.queries import shortlists as queries
from contest_portal.results.loading import contest_by_id
from contest_portal.results.objections.queries.cases import counts_of as objection_counts
from contest_portal.results.overview.next_steps import can_be_made, steps_of
from contest_portal.results.publishing.queries.publications import awards_moved_on, drafts_and_versions
from contest_portal.results.publishing.queries.take_downs import take_downs_to_confirm
from contest_portal.results.publishing.states import PUBLICATION_KINDS


def _waiting_count(actor: Actor) -> Select[int]:
    """What the actor can settle: lists to be pulled that another proposed, and a leader's lists to be approved."""
    pulling = take_downs_to_confirm(actor)
    if actor.role != Role.LEADER:
        return pulling
    return select(queries.lists_to_approve(actor.office_id).scalar_subquery() + pulling.scalar_subquery())


add_item(
    _l("竞赛"),
    _l("推荐名单与公示"),
    "results.lists",
    icon="list-ol",
    roles=sorted(OFFICE_ROLES),
    order=500,
    badge=_waiting_count,
    badge_for=[Role.OFFICE, Role.LEADER],
    also_active_in=["results.contest_lists", "results.category_list", "results.publication", "results.shortlist"],
)


@bp.get("/office/lists")
@permission("results.lists")
def lists() -> Response:
    """The contests whose lists can be made, newest first; straight to the only one."""
    contests = queries.contests_of(current_actor().office_id or 0)
    if len(contests) == 1:
        return redirect(url_for("results.contest_lists", contest_id=contests[0].id))  # type: ignore[return-value]
    return render_page("results/overview/lists.html", contests=contests)


@bp.get("/office/contests/<int:contest_id>/lists")
@permission("results.see_lists", of=contest_by_id)
def contest_lists(contest: Contest) -> Response:
    """Every category's way to the approved list, and the publications."""
    states, (drafts, publications) = queries.category_states(contest), drafts_and_versions(contest.id)
    newest = {row.kind: row for row in reversed(publications)}
    approved = sorted(state.approved.id for state in states if state.approved)
    has_awards, awards_moved = awards_moved_on(contest.id, newest.get("award"))
    return render_page(
        "results/overview/contest_lists.html",
        contest=contest,
        next_steps=steps_of(contest, states, drafts, newest, today()),
        can_make=any(can_be_made(state) or state.draft for state in states),
        states=states,
        publications=publications,
        drafts=drafts,
        has_awards=has_awards or "award" in newest,
        kinds=PUBLICATION_KINDS,
        fallen=sum(state.fallen for state in states),
        needs_amendment="shortlist" in newest and sorted(newest["shortlist"].shortlist_ids) != approved,
        awards_need_amendment=awards_moved,
        today=today(),
        objection_counts=objection_counts(contest.id, today()),
    )

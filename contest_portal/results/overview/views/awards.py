"""The contest's page of awards: every category's way to approved awards, what to do next first."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _

from contest_portal.contests.models import Contest
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import permission
from contest_portal.results.awards.queries import lists as queries
from contest_portal.results.awards.queries import merits, release
from contest_portal.results.awards.queries.fallen_merits import fallen_merits
from contest_portal.results.awards.queries.special import special_count
from contest_portal.results.awards.queries.successors import award_successors
from contest_portal.results.blueprint import bp
from contest_portal.results.loading import contest_by_id
from contest_portal.results.publishing.queries.publications import awards_moved_on, newest_of_awards


@bp.get("/office/contests/<int:contest_id>/awards")
@permission("results.see_lists", of=contest_by_id)
def awards(contest: Contest) -> Response:
    """Every category's way to approved awards, what to do next first."""
    states = queries.award_states(contest)
    return render_page(
        "results/overview/awards.html",
        contest=contest,
        states=states,
        next_steps=_next_steps(contest.id, states),
        fallen=fallen_merits(contest.id),
        freed=[
            one.category
            for one in states
            if one.cancelled and one.approved and not one.draft and award_successors(one.category.id)
        ],
        special_count=special_count(contest.id),
        merit_counts=merits.merit_counts(contest.id),
        release=release.release_of(contest.id),
    )


def _next_steps(contest_id: int, states: list[queries.AwardState]) -> list[str]:
    """What the office has to do next, in order."""
    found = []
    to_make = [one.category.name for one in states if one.is_ranked and one.newest is None]
    tied = [one.category.name for one in states if one.draft and one.tied]
    fallen = [one.category.name for one in states if one.fallen]
    ready = [one.category.name for one in states if one.draft and not one.tied and not one.fallen]
    if to_make:
        found.append(_("核对奖项设置，生成获奖名单：%(names)s。", names="、".join(to_make)))
    if tied:
        found.append(_("请评委会决定并列的作品：%(names)s。", names="、".join(tied)))
    if fallen:
        words = _("获奖作品后来撤回：%(names)s。请打开类别重新生成获奖名单，审定后再公示。", names="、".join(fallen))
        found.append(words)
    if ready:
        found.append(_("请另一位负责人审定：%(names)s。", names="、".join(ready)))
    if states and all(one.approved and not one.draft for one in states if one.is_ranked) and not found:
        found += _publishing_steps(contest_id)
    return found


def _publishing_steps(contest_id: int) -> list[str]:
    """What is next once all lists are approved: nothing while the public list says the same."""
    draft, newest = newest_of_awards(contest_id)
    if draft is not None:
        return [_("获奖名单公示稿已起草，请另一位负责人核对后公示。")]
    if newest is None:
        return [_("各类别的获奖名单都已审定，可以准备获奖名单公示。")]
    return [_("获奖名单在公示之后有变化，请更正公示。")] if awards_moved_on(contest_id, newest)[1] else []

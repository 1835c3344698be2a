"""What the office has to do next on the way from the rankings to confirmed public lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext as _

from contest_portal.contests.models import Contest
from contest_portal.results.lists.queries.shortlists import CategoryState
from contest_portal.results.publishing.models import Publication


@dataclass(frozen=True)
class Step:
    """One thing to do, and where."""

    text: str
    url: str


def steps_of(
    contest: Contest,
    states: Sequence[CategoryState],
    drafts: Sequence[Publication],
    newest: Mapping[str, Publication],
    today: date,
) -> list[Step]:
    """In the order in which they are done. `newest` holds the newest public version by kind of list."""
    waiting = [state for state in states if state.draft]
    found = [
        *_of_categories(_("填写名额"), [one for one in states if one.is_ranked and not one.has_quota], "quota_table"),
        *_of_categories(_("生成名单"), [one for one in states if can_be_made(one)], "category_list"),
        *_of_categories(
            _("登记评委会对并列的决定"), [one for one in waiting if one.tally.get("tied")], "category_list"
        ),
        *_of_categories(
            _("由另一人核对并审定"), [one for one in waiting if not one.tally.get("tied")], "category_list"
        ),
    ]
    some_approved = any(state.approved for state in states)
    if some_approved and not found and "shortlist" not in newest and not drafts:
        found.append(Step(_("名单都已审定，可以准备公示"), url_for("results.publication_form", contest_id=contest.id)))
    for draft in drafts:
        url = url_for("results.publication_preview", publication_id=draft.id)
        found.append(Step(_("由另一人核对并公示：%(title)s", title=draft.title), url))
    for row in newest.values():
        if row.state == "public" and row.open_until and row.open_until < today:
            url = url_for("results.publication_preview", publication_id=row.id)
            found.append(Step(_("公示期满，请确认：%(title)s", title=row.title), url))
    return found


def can_be_made(state: CategoryState) -> bool:
    """Whether the category waits for its first list."""
    return state.is_ranked and state.has_quota and not state.draft and not state.approved


def _of_categories(what: str, states: Sequence[CategoryState], page: str) -> list[Step]:
    return [
        Step(
            _("%(what)s：%(category)s", what=what, category=state.category.name),
            url_for(f"results.{page}", category_id=state.category.id),
        )
        for state in states
    ]

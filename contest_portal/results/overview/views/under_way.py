"""What of lists and hand-offs waits for the office's people, on the start page."""

from __future__ import annotations

from collections.abc import Collection

from flask import url_for
from flask_babel import gettext as _

from contest_portal.core.actor import Actor, Role
from contest_portal.core.under_way import Figure, add_figures
from contest_portal.results.handoff.queries.recalls import recalls_by_contest
from contest_portal.results.publishing.queries.take_downs import lists_to_confirm


def _waiting(actor: Actor, contest_ids: Collection[int]) -> dict[int, list[Figure]]:
    found: dict[int, list[Figure]] = {}
    for contest_id, publication_ids in lists_to_confirm(actor, contest_ids).items():
        url = url_for("results.publication_preview", publication_id=publication_ids[0])
        found.setdefault(contest_id, []).append(Figure(_("紧急下线待确认"), len(publication_ids), url, "warning"))
    for contest_id, count in recalls_by_contest(contest_ids).items():
        url = url_for("results.handoffs", contest_id=contest_id)
        found.setdefault(contest_id, []).append(Figure(_("报送单位撤回待处理"), count, url, "warning"))
    return found


add_figures([Role.OFFICE, Role.LEADER], _waiting, order=30)

"""Works that a sender withdrew and that wait for the office's word, on the start page of its people."""

from __future__ import annotations

from collections.abc import Collection

from flask import url_for
from flask_babel import gettext as _

from contest_portal.core.actor import Actor, Role
from contest_portal.core.under_way import Figure, add_figures
from contest_portal.results.handoff.queries.recalls import recalls_by_contest


def _recalled(_actor: Actor, contest_ids: Collection[int]) -> dict[int, list[Figure]]:
    def figure(contest_id: int, count: int) -> Figure:
        url = url_for("results.handoffs", contest_id=contest_id)
        return Figure(_("报送单位撤回待处理"), count, url, "warning")

    return {one: [figure(one, count)] for one, count in recalls_by_contest(contest_ids).items()}


add_figures([Role.OFFICE, Role.LEADER], _recalled, order=40)

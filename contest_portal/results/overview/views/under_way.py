"""Lists that wait to be pulled, on the start page of the office's people."""

from __future__ import annotations

from collections.abc import Collection

from flask import url_for
from flask_babel import gettext as _

from contest_portal.core.actor import Actor, Role
from contest_portal.core.under_way import Figure, add_figures
from contest_portal.results.publishing.queries.take_downs import lists_to_confirm


def _waiting(actor: Actor, contest_ids: Collection[int]) -> dict[int, list[Figure]]:
    found: dict[int, list[Figure]] = {}
    for contest_id, publication_ids in lists_to_confirm(actor, contest_ids).items():
        url = url_for("results.publication_preview", publication_id=publication_ids[0])
        found.setdefault(contest_id, []).append(Figure(_("紧急下线待确认"), len(publication_ids), url, "warning"))
    return found


add_figures([Role.OFFICE, Role.LEADER], _waiting, order=30)

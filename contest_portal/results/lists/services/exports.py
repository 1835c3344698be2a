"""Taking away the telephone numbers of a recommendation list: allowed, and always recorded."""

from __future__ import annotations

from contest_portal.core.actor import Actor
from contest_portal.core.database import unit_of_work


def record_recommendation_export(actor: Actor, contest_id: int, category_id: int | None, count: int) -> None:
    """Note that somebody takes away the numbers of `count` entries of the contest, or of one of its categories."""
    with unit_of_work(actor, "results.export_recommendation") as work:
        work.record(("contest", contest_id), after={"category_id": category_id, "count": count})

"""How many entries of each category the offices below may hand up."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.database import locked, unit_of_work
from contest_portal.core.errors import Invalid
from contest_portal.core.text import N_
from contest_portal.results.handoff.models import HandoffPlaces

MOST_PLACES = 100_000


def set_places(actor: Actor, contest_id: int, places: Mapping[tuple[int, str], int | None]) -> None:
    """Set the places by (category, sender); the sender "" is everybody who has no number of its own. None: no limit.

    Raises Invalid for what is no number of places or no category of the contest.
    """
    with unit_of_work(actor, "results.set_handoff_places") as work:
        contest = locked(Contest, contest_id)
        own = {one.id for one in contest.categories}
        for (category_id, _sender), count in places.items():
            if category_id not in own or (count is not None and not 0 <= count <= MOST_PLACES):
                raise Invalid("handoff.places", N_("名额应为 0 或更大的整数，不限名额请留空。"))
        earlier = work.session.scalars(select(HandoffPlaces).where(HandoffPlaces.category_id.in_(own))).all()
        before = {f"{row.sender or '*'}|{row.category_id}": row.places for row in earlier}
        work.session.execute(delete(HandoffPlaces).where(HandoffPlaces.category_id.in_(own)))
        work.session.add_all(
            HandoffPlaces(category_id=category_id, sender=sender[:100], places=count)
            for (category_id, sender), count in sorted(places.items())
            if count is not None
        )
        after = {f"{sender or '*'}|{one}": count for (one, sender), count in places.items()}
        work.record(contest, before=before, after=after)

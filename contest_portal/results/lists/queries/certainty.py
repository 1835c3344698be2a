"""How sure a list is: what was frozen with the ranking that it was filled from. Nothing is computed anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.judging.models import Ranking
from contest_portal.results.lists.models import Shortlist
from contest_portal.results.quotas.allocation import QuotaTable, read_table


@dataclass(frozen=True)
class ListCertainty:
    """By entry: `errors` are standard errors of the points, `chances` (0–1) to be within the places of the ranking.

    `places` are those the chances were computed for, by stage group or under "" in all; `is_for_these` tells whether the
    list has the same.
    """

    errors: Mapping[int, float] = field(default_factory=dict)
    chances: Mapping[int, float] = field(default_factory=dict)
    places: Mapping[str, int] = field(default_factory=dict)
    is_for_these: bool = True


def certainty_of_list(shortlist: Shortlist) -> ListCertainty:
    """One statement."""
    row = db.session.execute(
        select(Ranking.lines, Ranking.facts).where(Ranking.id.in_(list(shortlist.ranking_ids)))
    ).first()
    if row is None:
        return ListCertainty()
    places = {stage: int(count) for stage, count in (row.facts.get("wanted") or {}).items()}
    return ListCertainty(
        errors={line["entry_id"]: line["se"] for line in row.lines if line.get("se") is not None},
        chances={line["entry_id"]: line["p_in_quota"] for line in row.lines if line.get("p_in_quota") is not None},
        places=places,
        is_for_these=_is_for(places, read_table(shortlist.quotas)),
    )


def _is_for(places: Mapping[str, int], table: QuotaTable) -> bool:
    """Whether this table fills the list as `places` do. A ranking has places in all or by stage group, a table may have
    both; a stage group whose works all fit in needs no places in the ranking."""
    quotas = table.places()
    stages = {stage: count for stage, count in quotas.items() if stage}
    total = quotas.get("")
    if not table.has_only_places:
        return False
    if "" in places:
        return not stages and total == places[""]
    return all(stages.get(stage) == count for stage, count in places.items()) and (
        total is None or total >= sum(stages.values())
    )

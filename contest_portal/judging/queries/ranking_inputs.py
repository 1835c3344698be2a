"""What the rankings of a round follow from: its own sheets, those of an earlier round where they count, decisions."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from contest_portal.contests.models import Category
from contest_portal.core.database import db
from contest_portal.judging.carrying import Carried
from contest_portal.judging.frozen import Inputs
from contest_portal.judging.models import Round, RoundCategory
from contest_portal.judging.queries.planning import categories_of_round
from contest_portal.judging.queries.rankings import scores_by_category, works_by_category
from contest_portal.judging.queries.requests import excluded_entries
from contest_portal.judging.queries.round_works import frozen_lines
from contest_portal.judging.standings import Score, Work


def inputs_by_category(row: Round) -> dict[int, Inputs]:
    """Category id → inputs, in the contest's order. Works that an upheld report took out are left out and named."""
    scores, works = _pooled(row)
    excluded = _excluded(row)
    wanted = {
        place.category_id: dict(place.wanted)
        for place in db.session.scalars(select(RoundCategory).where(RoundCategory.round_id == row.id))
    }
    carried = _carried(row) if row.carry == "weighted" else {}
    found = {}
    for category in categories_of_round(row.id):
        own = [work for work in works.get(category.id, []) if work.id not in excluded]
        ids = {work.id for work in works.get(category.id, [])}
        found[category.id] = Inputs(
            method=row.method,
            works=own,
            scores=[one for one in scores.get(category.id, []) if one.entry_id not in excluded],
            stages=_stages(category, own),
            scale=row.is_scaled,
            wanted=_places(wanted.get(category.id, {}), own),
            seed=row.seed or 0,
            tie_breaks=list(row.tie_breaks),
            carried={entry: one for entry, one in carried.items() if entry in ids},
            carry_weight=row.carry_weight if row.carry == "weighted" else 0.0,
            excluded=sorted(excluded & ids),
        )
    return found


def _excluded(row: Round) -> set[int]:
    """Works that a decision took out, of this round or of one whose sheets count here."""
    earlier = _excluded(row.source_round) if row.carry != "restart" and row.source_round is not None else set()
    return set(excluded_entries(row.id)) | earlier


def _stages(category: Category, works: Sequence[Work]) -> list[str]:
    groups = category.rules.stage_groups
    if len(groups) < 2:
        return []
    return [group.code for group in groups if any(work.stage_code == group.code for work in works)]


def _places(wanted: dict[str, int], works: Sequence[Work]) -> dict[str, int]:
    """Places that are fewer than the works: where all get one there is nothing to be sure of."""
    counts = {stage: sum(not stage or work.stage_code == stage for work in works) for stage in wanted}
    return {stage: count for stage, count in wanted.items() if 0 < count < counts[stage]}


def _pooled(row: Round) -> tuple[dict[int, list[Score]], dict[int, list[Work]]]:
    """Sheets and works by category; with those of the round before where both make one model."""
    scores, works = scores_by_category(row.id), works_by_category(row.id)
    if row.carry != "pooled" or row.source_round is None:
        return scores, works
    earlier_scores, earlier_works = _pooled(row.source_round)
    own = {place.category_id for place in row.categories}
    for category_id in own & earlier_scores.keys():
        known = {(one.entry_id, one.judge_id) for one in scores.get(category_id, [])}
        kept = [one for one in earlier_scores[category_id] if (one.entry_id, one.judge_id) not in known]
        scores[category_id] = [*kept, *scores.get(category_id, [])]
    for category_id in own & earlier_works.keys():
        every = {work.id: work for work in (*earlier_works[category_id], *works.get(category_id, []))}
        works[category_id] = list(every.values())
    return scores, works


def _carried(row: Round) -> dict[int, Carried]:
    """Entry → what the newest ranking of the round before found."""
    if row.source_round_id is None:
        return {}
    every = frozen_lines(row.source_round_id).values()
    return {line["entry_id"]: Carried.of_line(line) for lines in every for line in lines if line["score"] is not None}

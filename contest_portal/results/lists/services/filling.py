"""Filling a category's list from its newest ranking, by its quota table, around the committee's decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contest_portal.contests.models import Category
from contest_portal.core.actor import Actor
from contest_portal.core.database import Work
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.text import N_
from contest_portal.results.lists.models import Shortlist, ShortlistLine
from contest_portal.results.lists.services.drafts import draft_anew
from contest_portal.results.quotas.allocation import Contradiction, Line, list_of
from contest_portal.results.quotas.queries.tables import (
    candidates_of,
    newest_ranking,
    options_of,
    rulings_of,
    stored_table,
)


def fill(work: Work, category: Category, actor: Actor) -> Shortlist:
    """Fill the category's draft anew, or make the next version as a draft. The category is locked already.

    Raises Conflict when judging is not ranked yet or no quota table is set, Invalid that names the rows which
    contradict each other.
    """
    ranking = newest_ranking(category.id)
    if ranking is None:
        raise Conflict("results.not_ranked", N_("这个类别的评审还没有结束并生成排名，暂不能生成推荐名单。"))
    stored = stored_table(category.id)
    if not stored.is_there:
        raise Conflict("results.no_quota", N_("这个类别还没有设置推荐名额。请先填写名额；不限名额的，也请保存一次。"))
    candidates, rulings = candidates_of(category.id, ranking), rulings_of(category.id)
    outcome = list_of(stored.table, candidates, options_of(category), rulings)
    if isinstance(outcome, Contradiction):
        raise Invalid("results.over_quota", outcome.message)
    ranked = {line["entry_id"]: line for line in ranking.lines}
    stage_of: dict[Any, str] = {one.entry_id: one.stage for one in candidates}
    shortlist, _before = draft_anew(work, Shortlist, category, actor, quotas={}, ranking_ids=[])
    shortlist.quotas = {**stored.table.to_json(), "empty": rulings.empty}
    shortlist.ranking_ids = [ranking.id]
    shortlist.lines = [
        _line(number, line, ranked.get(line.entry_id, {}), stage_of[line.entry_id])
        for number, line in enumerate(outcome.lines, start=1)
    ]
    work.session.flush()
    return shortlist


def _line(number: int, line: Line, ranked: Mapping[str, Any], stage_code: str) -> ShortlistLine:
    return ShortlistLine(
        entry_id=line.entry_id,
        position=number,
        rank=ranked.get("rank"),
        stage_code=stage_code,
        score=ranked.get("score"),
        decision=line.decision.value,
        reason_code=line.code.value,
        reason=line.message.source,
        reason_params={key: str(value) for key, value in line.message.params.items()},
    )

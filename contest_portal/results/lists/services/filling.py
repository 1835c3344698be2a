"""Filling a category's list from its newest ranking, by its quota table, around the committee's decisions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select

from contest_portal.contests.models import Category
from contest_portal.core.actor import Actor
from contest_portal.core.database import Work
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.text import N_
from contest_portal.results.lists.models import Shortlist, ShortlistLine
from contest_portal.results.lists.services.drafts import draft_anew
from contest_portal.results.lists.services.solving import Inputs, outcome_of
from contest_portal.results.quotas.allocation import Candidate, Contradiction, Line
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
    contradict each other. The verb is `solved_aside`.
    """
    ranking = newest_ranking(category.id)
    if ranking is None:
        raise Conflict("results.not_ranked", N_("这个类别的评审还没有结束并生成排名，暂不能生成推荐名单。"))
    stored = stored_table(category.id)
    if not stored.is_there:
        raise Conflict("results.no_quota", N_("这个类别还没有设置推荐名额。请先填写名额；不限名额的，也请保存一次。"))
    inputs = Inputs(stored.table, candidates_of(category.id, ranking), options_of(category), rulings_of(category.id))
    outcome = outcome_of(inputs)
    if isinstance(outcome, Contradiction):
        raise Invalid("results.over_quota", outcome.message)
    drafts = select(Shortlist.id).where(Shortlist.category_id == category.id, Shortlist.state == "draft")
    work.session.execute(delete(ShortlistLine).where(ShortlistLine.shortlist_id.in_(drafts)))
    shortlist, _before = draft_anew(work, Shortlist, category, actor, quotas={}, ranking_ids=[])
    shortlist.quotas = {**stored.table.to_json(), "empty": inputs.rulings.empty}
    shortlist.ranking_ids = [ranking.id]
    work.session.flush()
    work_of: dict[Any, Candidate] = {one.entry_id: one for one in inputs.candidates}
    rows = [
        {"shortlist_id": shortlist.id, "position": number, **_line(line, work_of[line.entry_id])}
        for number, line in enumerate(outcome.lines, start=1)
    ]
    if rows:
        work.session.execute(insert(ShortlistLine), rows)
    work.session.expire(shortlist, ["lines"])
    return shortlist


def _line(line: Line, entry: Candidate) -> dict[str, Any]:
    return {
        "entry_id": line.entry_id,
        "rank": entry.rank,
        "stage_code": entry.stage,
        "score": entry.score,
        "decision": line.decision.value,
        "reason_code": line.code.value,
        "reason": line.message.source,
        "reason_params": {key: str(value) for key, value in line.message.params.items()},
    }

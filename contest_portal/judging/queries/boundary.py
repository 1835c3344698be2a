"""Whom a boundary round would read again, from a frozen ranking."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.judging.boundary import BoundaryPlan, plan_boundary
from contest_portal.judging.certainty import places_of
from contest_portal.judging.conflicts import conflicts_between
from contest_portal.judging.frozen import Inputs
from contest_portal.judging.models import Ranking, Round
from contest_portal.judging.queries.planning import seats_of_round
from contest_portal.judging.queries.ties import ties_of_entries, ties_of_judges
from contest_portal.judging.ranking import Method
from contest_portal.judging.standings import fit


@dataclass(frozen=True)
class ReadAgain:
    """A work of the band with its further reads."""

    entry_id: int
    number: str
    title: str
    rank: int | None
    chance: float | None
    reads: int


@dataclass(frozen=True)
class BoundaryPreview:
    """What `asked` more reads would be given to, or why none can be planned (`obstacle`)."""

    asked: int
    suggested: int
    plan: BoundaryPlan | None
    works: Sequence[ReadAgain]
    obstacle: Message | None = None


def preview_boundary(row: Ranking, asked: int | None) -> BoundaryPreview:
    """Plan the further reads by the mixed model over the frozen sheets: a constant number of statements. Judges who have
    read a work or must keep away from it are no readers for it."""
    places = places_of(row.facts, "")
    if row.stage_code or not row.inputs:
        return _none(N_("请在全部学段的排名中安排加评；旧版本程序计算的排名不能安排。"))
    if places is None or places >= len(row.lines):
        return _none(N_("加评围绕名额线进行。本轮没有填写该类别的总名额，请先在轮次设置中填写，再排名。"))
    inputs = Inputs.from_dict(row.inputs)
    ranking = fit(inputs.scores, Method.MIXED, quota=places, seed=inputs.seed).chosen
    if ranking.method is not Method.MIXED or ranking.entries_fixed:
        return _none(N_("现有评分不能估计误差（评委之间没有足够的共同作品），不能安排加评。"))
    suggested = max(1, len(inputs.scores) // 5)
    wanted = suggested if asked is None else asked
    plan = plan_boundary(ranking, places, wanted, readers=_readers(row.round, inputs))
    return BoundaryPreview(wanted, suggested, plan, _works(row, plan))


def _none(words: str) -> BoundaryPreview:
    return BoundaryPreview(0, 0, None, [], Message(words))


def _readers(row: Round, inputs: Inputs) -> Mapping[Hashable, int]:
    """Entry → judges of the round who may still read it."""
    judges = [judge for _seat, judge in seats_of_round(row.id)]
    ids = [work.id for work in inputs.works]
    away = set(conflicts_between(ties_of_judges(judges), ties_of_entries(ids)))
    away |= {(one.judge_id, one.entry_id) for one in inputs.scores}
    own = {judge.id for judge in judges}
    gone: dict[int, int] = {}
    for judge_id, entry_id in away:
        gone[entry_id] = gone.get(entry_id, 0) + (judge_id in own)
    return {entry_id: len(judges) - gone.get(entry_id, 0) for entry_id in ids}


def _works(row: Ranking, plan: BoundaryPlan) -> list[ReadAgain]:
    lines = {line["entry_id"]: line for line in row.lines}
    extra = {int(str(entry)): reads for entry, reads in plan.entries}
    titles = {one.id: one.title for one in db.session.execute(select(Entry.id, Entry.title).where(Entry.id.in_(extra)))}
    found = [
        ReadAgain(id_, lines[id_]["number"], titles.get(id_, ""), lines[id_]["rank"], lines[id_]["p_in_quota"], reads)
        for id_, reads in extra.items()
        if reads
    ]
    return sorted(found, key=lambda one: (one.rank is None, one.rank, one.number))

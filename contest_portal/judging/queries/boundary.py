"""Whom a boundary round would read again, from a frozen ranking."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.judging.boundary import BoundaryPlan, plan_boundaries
from contest_portal.judging.conflicts import conflicts_between
from contest_portal.judging.frozen import FORMAT, Inputs
from contest_portal.judging.models import Panel, Ranking, Round, RoundEntry
from contest_portal.judging.queries.planning import Seated, seats_of_round
from contest_portal.judging.queries.ties import ties_of_entries, ties_of_judges
from contest_portal.judging.ranking import Method
from contest_portal.judging.ranking import Ranking as FittedRanking
from contest_portal.judging.standings import fit


@dataclass(frozen=True)
class ReadAgain:
    """A work of the band with its further reads; `chance` by the mixed model, which the reads are planned by."""

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
    read a work, must keep away from it or are not seated for it are no readers for it."""
    if row.stage_code or row.inputs.get("format") != FORMAT:
        return _none(N_("请在全部学段的排名中安排加评；旧版本程序计算的排名不能安排。"))
    inputs = Inputs.from_dict(row.inputs)
    if inputs.carried:
        return _none(N_("本轮按比例计入了前一轮的成绩，加评只能合并同一轮的评分，不能安排。"))
    lines = _lines(inputs)
    if not lines:
        return _none(N_("加评围绕名额线进行。本轮排名时没有填写该类别的名额，或名额不少于作品，不能安排加评。"))
    ranking = fit(
        inputs.scores,
        Method.MIXED,
        scale=inputs.scale,
        quota=inputs.wanted.get(""),
        group_quotas=lines if "" not in inputs.wanted else (),
        seed=inputs.seed,
    ).chosen
    if ranking.method is not Method.MIXED or ranking.entries_fixed:
        return _none(N_("现有评分不能估计误差（评委之间没有足够的共同作品），不能安排加评。"))
    own = [_within(ranking, ids, places) for ids, places in lines]
    own = [one for one in own if len(one.entries) > (one.quota or 0)]
    if not own:
        return _none(N_("评过的作品不多于名额，不需要加评。"))
    suggested = max(1, len(inputs.scores) // 5)
    wanted = suggested if asked is None else asked
    plan = plan_boundaries(own, wanted, readers=_readers(row, inputs))
    return BoundaryPreview(wanted, suggested, plan, _works(row, plan, own))


def _lines(inputs: Inputs) -> list[tuple[list[Hashable], int]]:
    """(works, places) of each line: one for all, or one for each stage group that has places."""
    return [
        ([work.id for work in inputs.works if not stage or work.stage_code == stage], places)
        for stage, places in sorted(inputs.wanted.items())
    ]


def _within(ranking: FittedRanking, ids: Sequence[Hashable], places: int) -> FittedRanking:
    """The ranking of these works alone, with their places."""
    known = set(ids)
    return replace(ranking, entries=tuple(one for one in ranking.entries if one.id in known), quota=places)


def _none(words: str) -> BoundaryPreview:
    return BoundaryPreview(0, 0, None, [], Message(words))


def _readers(row: Ranking, inputs: Inputs) -> Mapping[Hashable, int]:
    """Entry → judges of the round who are seated for it and may still read it."""
    seats = seats_of_category(row.round_id, row.category_id)
    ids = [work.id for work in inputs.works]
    away = set(conflicts_between(ties_of_judges([judge for _seat, judge in seats]), ties_of_entries(ids)))
    away |= {(one.judge_id, one.entry_id) for one in inputs.scores}
    panels, names = panels_of_works(row.round), {panel.id: panel.name for panel in row.round.panels}
    places = [(judge.id, {names[one] for one in seat.panel_ids if one in names}) for seat, judge in seats]
    return {
        entry_id: sum(
            (judge_id, entry_id) not in away and (not own or panels.get(entry_id) is None or panels[entry_id] in own)
            for judge_id, own in places
        )
        for entry_id in ids
    }


def seats_of_category(round_id: int, category_id: int) -> list[Seated]:
    """The judges of a round who can be given works of the category."""
    return [
        (seat, judge)
        for seat, judge in seats_of_round(round_id)
        if not seat.category_ids or category_id in seat.category_ids
    ]


def panels_of_works(row: Round) -> dict[int, str]:
    """Entry → the name of its panel in the round, or in the one before where both make one ranking."""
    found: dict[int, str] = {}
    later: Round | None = row
    while later is not None:
        placed = (
            select(RoundEntry.entry_id, Panel.name)
            .join(Panel, Panel.id == RoundEntry.panel_id)
            .where(RoundEntry.round_id == later.id)
        )
        for entry_id, name in db.session.execute(placed):
            found.setdefault(entry_id, name)
        later = later.source_round if later.carry == "pooled" else None
    return found


def _works(row: Ranking, plan: BoundaryPlan, fitted: Sequence[FittedRanking]) -> list[ReadAgain]:
    """Ranks as they were frozen, chances as the plan knows them."""
    chances = {one.id: one.p_in_quota for ranking in fitted for one in ranking.entries}
    lines = {line["entry_id"]: line for line in row.lines}
    extra = {int(str(entry)): reads for entry, reads in plan.entries}
    titles = {one.id: one.title for one in db.session.execute(select(Entry.id, Entry.title).where(Entry.id.in_(extra)))}
    found = [
        ReadAgain(id_, lines[id_]["number"], titles.get(id_, ""), lines[id_]["rank"], chances[id_], reads)
        for id_, reads in extra.items()
        if reads
    ]
    return sorted(found, key=lambda one: (one.rank is None, one.rank, one.number))

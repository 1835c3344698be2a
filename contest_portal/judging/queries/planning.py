"""What a round's assignment follows from: its works, its judges, who must keep away."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from contest_portal.contests.models import Category
from contest_portal.core.clock import local, now
from contest_portal.core.database import db
from contest_portal.core.i18n import minute
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.judging import assignment
from contest_portal.judging.assignment import Problem
from contest_portal.judging.availability import time_within
from contest_portal.judging.availability_words import span_words
from contest_portal.judging.conflicts import Pair, conflicts_between
from contest_portal.judging.models import Judge, Round, RoundCategory, RoundJudge
from contest_portal.judging.panels import PlannedPanel
from contest_portal.judging.plan_documents import fingerprint
from contest_portal.judging.queries.round_works import (
    PlannedEntry,
    current_rubric,
    on_earlier_results,
    panels_of,
    readers_before,
    without_earlier_result,
    works_of_round,
)
from contest_portal.judging.queries.ties import ties_of_entries, ties_of_judges
from contest_portal.judging.rubrics import RoundCriterion

TAKING_PART = ("invited", "active")
"""States of judges who can be given tasks; an invited one finds them after joining."""

Seated = tuple[RoundJudge, Judge]


@dataclass(frozen=True)
class PlanInputs:
    """Everything that a plan follows from.

    `reasons` says why a pair must not be. `all_score`: all judges of a panel score all its works (on site, interviews).
    `lacks` is missing before a plan can be asked for; `notes` should be known; `unranked` are numbers of works that will get
    no rank, since an earlier round that counts has no result of them; `kinds` as `Problem.reasons`; `earlier` are reads whose
    sheets make one model with this round's, each with its category.
    """

    reads: int
    categories: Sequence[Category]
    entries: Sequence[PlannedEntry]
    judges: Sequence[Seated]
    reasons: Mapping[Pair, Message]
    panels: Sequence[PlannedPanel] = ()
    link_share: float = 0.0
    calibration_count: int = 0
    all_score: bool = False
    lacks: Sequence[Message] = ()
    notes: Sequence[Message] = field(default_factory=list)
    unranked: Sequence[str] = ()
    kinds: Mapping[Any, str] = field(default_factory=dict)
    earlier: Mapping[Pair, int] = field(default_factory=dict)

    def problem(self, seed: int) -> Problem:
        """As the assignment wants it; the seed draws the works that all judges score first.

        A panel is the round's, or where it has none the category. Expertise names categories and disciplines.
        """
        names = {panel.id: panel.name for panel in self.panels}
        codes = {category.id: category.code for category in self.categories}
        judges = [
            assignment.Judge(
                judge.id,
                limit=most_tasks(seat, judge),
                expertise=frozenset(judge.expertise),
                panels=frozenset(names[one] for one in seat.panel_ids if one in names),
                categories=frozenset(codes[one] for one in seat.category_ids if one in codes),
                name=judge.name,
            )
            for seat, judge in self.judges
        ]
        entries = [self._entry(one, judges) for one in self.entries]
        return Problem(
            entries=entries,
            judges=judges,
            reads=self.reads,
            conflicts=frozenset(self.reasons),
            link_share=0.0 if self.all_score or not self.panels else self.link_share,
            calibration=frozenset() if self.all_score else self._calibration(seed),
            reasons=self.kinds,
        )

    def _entry(self, one: PlannedEntry, judges: Sequence[assignment.Judge]) -> assignment.Entry:
        work = assignment.Entry(
            one.id,
            discipline=one.discipline or None,
            panel=one.panel.name if one.panel else None,
            category=one.category_code,
            reads=one.reads,
            name=one.number,
        )
        if not self.all_score:
            return work
        able = sum(is_seated(judge, work) and (judge.id, one.id) not in self.reasons for judge in judges)
        return replace(work, reads=max(1, able))

    def _calibration(self, seed: int) -> frozenset[int]:
        """Of each panel, or category where there are none: the works with the fewest conflicts, by lot among those."""
        if not self.calibration_count:
            return frozenset()
        conflicts: dict[int, int] = {}
        for _judge, entry_id in self.reasons:
            conflicts[entry_id] = conflicts.get(entry_id, 0) + 1
        groups: dict[object, list[int]] = {}
        for work in self.entries:
            groups.setdefault(work.panel.id if work.panel else work.category_code, []).append(work.id)
        chosen: set[int] = set()
        for ids in groups.values():
            ids.sort(key=lambda one: (conflicts.get(one, 0), _lot(seed, one)))
            chosen.update(ids[: self.calibration_count])
        return frozenset(chosen)

    def sha256(self, seed: int) -> str:
        """The fingerprint of the problem and its seed."""
        return fingerprint(self.problem(seed), seed)


def is_seated(judge: assignment.Judge, work: assignment.Entry) -> bool:
    """Whether a judge's places in the round take in the work's panel and category."""
    at_home = not judge.panels or work.panel is None or work.panel in judge.panels
    return at_home and (not judge.categories or work.category in judge.categories)


def most_tasks(seat: RoundJudge, judge: Judge) -> int | None:
    """The most tasks of a judge in a round: the round's word, else the judge's own."""
    return seat.most_tasks if seat.most_tasks is not None else judge.most_tasks


def categories_of_round(round_id: int) -> list[Category]:
    """The categories judged in a round, in their contest's order."""
    return list(
        db.session.scalars(
            select(Category)
            .join(RoundCategory, RoundCategory.category_id == Category.id)
            .where(RoundCategory.round_id == round_id)
            .order_by(Category.position)
        )
    )


def plan_inputs(row: Round) -> PlanInputs:
    """The works and judges of a planned round, the round read whole: eight statements, two more after another round."""
    categories = sorted((place.category for place in row.categories), key=lambda one: one.position)
    selection = works_of_round(row)
    judges, notes = _available(row, seats_of_round(row.id))
    ties = ties_of_judges([judge for _seat, judge in judges])
    accepted = select(Entry.id).where(
        Entry.state == "accepted", Entry.category_id.in_([category.id for category in categories])
    )
    own = {work.id for work in selection.works}
    found = conflicts_between(ties, ties_of_entries(accepted))
    reasons = {pair: why for pair, why in found.items() if pair[1] in own}
    kinds: dict[Pair, str] = {}
    earlier = readers_before(row)
    for pair in earlier:
        if pair[1] in own and pair not in reasons:
            reasons[pair], kinds[pair] = Message(N_("前一轮已经评阅过")), "before"
    unranked = without_earlier_result(row, selection.works)
    return PlanInputs(
        row.reads_per_entry,
        categories,
        selection.works,
        judges,
        reasons,
        panels_of(row),
        row.link_share,
        row.calibration_count,
        row.mode != "online",
        [*_window_over(row), *_not_to_be_pooled(row), *selection.lacks],
        [*selection.notes, *on_earlier_results(row, unranked), *notes],
        unranked,
        kinds,
        earlier,
    )


def _window_over(row: Round) -> list[Message]:
    """Judges who are given tasks must have time left to do them."""
    if row.closes_at > now():
        return []
    words = N_("本轮的截止时间（%(at)s）已经过去，请先在轮次设置中修改。")
    return [Message.of(words, at=minute(row.closes_at))]


def _not_to_be_pooled(row: Round) -> list[Message]:
    """Why sheets of the earlier round cannot make one model with this one's. Who read what is known once that is closed:
    nobody's two sheets of a work may meet; and points of two rubrics are not the same points."""
    source = row.source_round
    if row.carry != "pooled" or source is None:
        return []
    if source.state not in {"closed", "ranked"}:
        words = N_("前一轮「%(name)s」的评分与本轮合并计算，但还没有截止。请先截止前一轮。")
        return [Message.of(words, name=source.name)]
    earlier = {place.category_id: _points(current_rubric(place)) for place in source.categories}
    words = N_("「%(category)s」的评分标准与前一轮「%(name)s」不同，两轮的评分不能合并计算。")
    return [
        Message.of(words, category=place.category.name, name=source.name)
        for place in row.categories
        if earlier.get(place.category_id) != _points(current_rubric(place))
    ]


def _points(rubric: Sequence[RoundCriterion]) -> list[tuple[str, float]]:
    return [(one.code, one.max_points) for one in rubric]


def seats_of_round(round_id: int) -> list[Seated]:
    """The judges of a round who can be given tasks, by name."""
    rows = db.session.execute(
        select(RoundJudge, Judge)
        .join(Judge, Judge.id == RoundJudge.judge_id)
        .where(RoundJudge.round_id == round_id, RoundJudge.left_at.is_(None), Judge.state.in_(TAKING_PART))
        .order_by(Judge.name, Judge.id)
    )
    return [(seat, judge) for seat, judge in rows]


def _available(row: Round, judges: Sequence[Seated]) -> tuple[list[Seated], list[Message]]:
    """Those who have time within the round's window, and a sentence for each who has none or not all of it."""
    first, last = local(row.opens_at).date(), local(row.closes_at).date()
    kept: list[Seated] = []
    notes = []
    for seat, judge in judges:
        part = time_within(judge.available_from, judge.available_until, first, last)
        when = span_words(judge.available_from, judge.available_until)
        if part == "none":
            words = N_("%(name)s在评审期间没有时间（%(when)s），没有列入分配。")
            notes.append(Message.of(words, name=judge.name, when=when))
            continue
        kept.append((seat, judge))
        if part == "part":
            words = N_("%(name)s只在评审期间的一部分有时间（%(when)s），可以为其设任务上限。")
            notes.append(Message.of(words, name=judge.name, when=when))
    return kept, notes


def _lot(seed: int, entry_id: int) -> bytes:
    return hashlib.sha256(f"{seed}-calibration-{entry_id}".encode()).digest()

"""What a round would assign: its works, its judges, who must keep away, and the plan drawn from them by a seed."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from contest_portal.contests.models import Category
from contest_portal.core.database import db
from contest_portal.core.kept_messages import keep
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.judging import assignment
from contest_portal.judging.assignment import Infeasible, Plan, Problem, assign, connectivity
from contest_portal.judging.conflicts import Pair, conflicts_between
from contest_portal.judging.models import Judge, Round, RoundCategory, RoundJudge
from contest_portal.judging.queries.ties import ties_of_entries, ties_of_judges

TAKING_PART = ("invited", "active")
"""States of judges who can be given tasks; an invited one finds them after joining."""


@dataclass(frozen=True)
class PlannedEntry:
    """A work of the round as planning sees it."""

    id: int
    number: str
    category_id: int
    category_code: str
    stage_code: str
    discipline: str


@dataclass(frozen=True)
class PlanInputs:
    """Everything that a plan follows from. `reasons` says why a pair must not be."""

    reads: int
    categories: Sequence[Category]
    entries: Sequence[PlannedEntry]
    judges: Sequence[tuple[RoundJudge, Judge]]
    reasons: dict[Pair, Message]

    def problem(self) -> Problem:
        """As the assignment wants it: a panel is a category, expertise names categories and disciplines."""
        codes = {category.id: category.code for category in self.categories}
        return Problem(
            entries=[
                assignment.Entry(
                    entry.id,
                    discipline=entry.discipline or None,
                    panel=entry.category_code,
                    name=entry.number,
                )
                for entry in self.entries
            ],
            judges=[
                assignment.Judge(
                    judge.id,
                    limit=seat.most_tasks,
                    expertise=frozenset(judge.expertise),
                    panels=frozenset(codes[one] for one in seat.category_ids if one in codes),
                    name=judge.name,
                )
                for seat, judge in self.judges
            ],
            reads=self.reads,
            conflicts=frozenset(self.reasons),
        )

    def sha256(self, seed: int) -> str:
        """The fingerprint of the problem and its seed."""
        problem = self.problem()
        frozen = {
            "version": assignment.VERSION,
            "seed": seed,
            "reads": self.reads,
            "entries": sorted([one.id, one.discipline, one.panel] for one in problem.entries),
            "judges": sorted([one.id, one.limit, sorted(map(str, one.expertise)), sorted(map(str, one.panels))] for one in problem.judges),
            "conflicts": sorted(list(pair) for pair in self.reasons),
        }  # fmt: skip
        text = json.dumps(frozen, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


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
    """The accepted works of the round's categories and its judges, the round read whole: seven statements."""
    categories = sorted((place.category for place in row.categories), key=lambda one: one.position)
    of_round = (Entry.state == "accepted", Entry.category_id.in_([category.id for category in categories]))
    codes = {category.id: category.code for category in categories}
    entries = [
        PlannedEntry(entry_id, number or str(entry_id), category_id, codes[category_id], stage, discipline)
        for entry_id, number, category_id, stage, discipline in db.session.execute(
            select(Entry.id, Entry.number, Entry.category_id, Entry.stage_code, Entry.discipline)
            .where(*of_round)
            .order_by(Entry.id)
        )
    ]
    judges = seats_of_round(row.id)
    ties = ties_of_judges([judge for _seat, judge in judges])
    reasons = conflicts_between(ties, ties_of_entries(select(Entry.id).where(*of_round)))
    return PlanInputs(row.reads_per_entry, categories, entries, judges, reasons)


def seats_of_round(round_id: int) -> list[tuple[RoundJudge, Judge]]:
    """The judges of a round who can be given tasks, by name."""
    rows = db.session.execute(
        select(RoundJudge, Judge)
        .join(Judge, Judge.id == RoundJudge.judge_id)
        .where(RoundJudge.round_id == round_id, Judge.state.in_(TAKING_PART))
        .order_by(Judge.name, Judge.id)
    )
    return [(seat, judge) for seat, judge in rows]


@dataclass(frozen=True)
class LoadLine:
    """One judge in a plan: tasks in all and by category code, works to keep away from."""

    judge: Judge
    seat: RoundJudge
    tasks: int
    by_category: dict[str, int]
    conflicts: int


@dataclass(frozen=True)
class CategoryLine:
    """One category in a plan: its works, the reads, the judges who share them, into how many parts they fall."""

    category: Category
    entries: int
    reads: int
    judges: int
    parts: int


@dataclass(frozen=True)
class PlanPreview:
    """What opening the round would do. `plan` is None when something is short: `shortages` says what."""

    inputs: PlanInputs
    seed: int
    plan: Plan | None
    shortages: Sequence[Message]
    loads: Sequence[LoadLine]
    categories: Sequence[CategoryLine]
    warnings: Sequence[Message]

    def facts(self) -> dict[str, Any]:
        """What is kept with the opened round."""
        plan = self.plan
        assert plan is not None
        return {
            "version": assignment.VERSION,
            "inputs_sha256": self.inputs.sha256(self.seed),
            "entries": len(self.inputs.entries),
            "judges": len(self.inputs.judges),
            "reads": len(plan.pairs),
            "conflicts": len(self.inputs.reasons),
            "balanced": plan.balanced,
            "expertise_share": plan.expertise_share,
            "parts": plan.components,
            "lambda2": plan.lambda2,
            "loads": {str(judge_id): load for judge_id, load in plan.loads.items()},
            "notes": [keep(note) for note in self.warnings],
        }


def preview_plan(row: Round, seed: int) -> PlanPreview:
    """The plan of a planned round by this seed, or what is short; nothing changes."""
    inputs = plan_inputs(row)
    lacks = _lacks(inputs)
    outcome = Infeasible(()) if lacks else assign(inputs.problem(), seed)
    plan = outcome if isinstance(outcome, Plan) else None
    if isinstance(outcome, Infeasible):
        lacks += [shortage.message for shortage in outcome.shortages]
    return PlanPreview(
        inputs,
        seed,
        plan,
        lacks,
        _loads(inputs, plan),
        lines := _categories(inputs, plan),
        _warnings(inputs, plan, lines),
    )


def _lacks(inputs: PlanInputs) -> list[Message]:
    """What is missing before a plan can be asked for at all."""
    if not inputs.judges:
        return [Message.of(N_("本轮还没有评委，请先选择评委。"))]
    if not inputs.entries:
        return [Message.of(N_("所选类别还没有审核通过的作品，请先完成审核。"))]
    used = {entry.category_id for entry in inputs.entries}
    return [
        Message.of(N_("「%(category)s」没有审核通过的作品，请完成审核或从本轮中去掉该类别。"), category=category.name)
        for category in inputs.categories
        if category.id not in used
    ]


def _loads(inputs: PlanInputs, plan: Plan | None) -> list[LoadLine]:
    codes = {entry.id: entry.category_code for entry in inputs.entries}
    by_judge: dict[Any, Counter[str]] = defaultdict(Counter)
    for judge_id, entry_id in plan.pairs if plan else ():
        by_judge[judge_id][codes[entry_id]] += 1  # type: ignore[index]
    conflicts = Counter(judge_id for judge_id, _entry in inputs.reasons)
    return [
        LoadLine(judge, seat, by_judge[judge.id].total(), dict(by_judge[judge.id]), conflicts[judge.id])
        for seat, judge in inputs.judges
    ]


def _categories(inputs: PlanInputs, plan: Plan | None) -> list[CategoryLine]:
    lines = []
    for category in inputs.categories:
        ids = {entry.id for entry in inputs.entries if entry.category_id == category.id}
        pairs = [pair for pair in (plan.pairs if plan else ()) if pair[1] in ids]
        judges = len({judge for judge, _entry in pairs})
        lines.append(CategoryLine(category, len(ids), len(pairs), judges, connectivity(pairs)[0]))
    return lines


def _warnings(inputs: PlanInputs, plan: Plan | None, lines: Sequence[CategoryLine]) -> list[Message]:
    notes = list(plan.notes) if plan and plan.components == 1 else []
    for line in lines:
        if line.parts > 1:
            apart = N_(
                "「%(category)s」的评委与作品分成 %(parts)s 个互不相连的部分，部分之间的宽严无法比较。"
                "可让较少的评委固定评阅该类别，或增加每件作品的评阅次数。"
            )
            notes.append(Message.of(apart, category=line.category.name, parts=line.parts))
    waiting = [judge.name for _seat, judge in inputs.judges if judge.account_id is None]
    if waiting:
        words = N_("%(count)s 名评委还没有接受邀请（%(names)s），接受后才能看到任务。")
        notes.append(
            Message.of(words, count=len(waiting), names="、".join(waiting[:8]) + ("…" if len(waiting) > 8 else ""))
        )
    idle = [line.judge.name for line in _loads(inputs, plan) if not line.tasks] if plan else []
    if idle:
        notes.append(Message.of(N_("%(names)s没有分到任务。"), names="、".join(idle[:8])))
    return notes

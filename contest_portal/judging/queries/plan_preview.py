"""What opening a round would do: the plan drawn by a seed, loads, panels, or what is short."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contest_portal.contests.models import Category
from contest_portal.core.kept_messages import keep
from contest_portal.core.text import N_, Message
from contest_portal.judging import assignment
from contest_portal.judging.assignment import Infeasible, Plan, assign, connectivity
from contest_portal.judging.assignment.shortage_words import told
from contest_portal.judging.models import Judge, Round, RoundJudge
from contest_portal.judging.queries.planning import PlanInputs, most_tasks, plan_inputs
from contest_portal.judging.queries.round_works import PlannedEntry

_NAMES_SHOWN = 8


@dataclass(frozen=True)
class LoadLine:
    """One judge in a plan: tasks in all and by category code, those outside the own panels, works to keep away from."""

    judge: Judge
    seat: RoundJudge
    tasks: int
    by_category: dict[str, int]
    conflicts: int
    links: int
    at_limit: bool


@dataclass(frozen=True)
class CategoryLine:
    """One category in a plan: its works, the reads, the judges who share them, into how many parts they fall."""

    category: Category
    entries: int
    reads: int
    judges: int
    parts: int


@dataclass(frozen=True)
class PanelLine:
    """One panel in a plan (`name` "" for works without one): works, judges at home, reads, those by other panels."""

    name: str
    entries: int
    judges: int
    reads: int
    links: int


@dataclass(frozen=True)
class PlanPreview:
    """What opening the round would do. `plan` is None when something is short: `shortages` says what."""

    inputs: PlanInputs
    seed: int
    plan: Plan | None
    shortages: Sequence[Message]
    loads: Sequence[LoadLine]
    categories: Sequence[CategoryLine]
    panels: Sequence[PanelLine]
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
            "lambda2_random": plan.lambda2_random,
            "links": len(plan.links),
            "calibration": len(plan.calibration),
            "loads": {str(judge_id): load for judge_id, load in plan.loads.items()},
            "notes": [keep(note) for note in self.warnings],
        }


def preview_plan(row: Round, seed: int, ahead: PlanPreview | None = None) -> PlanPreview:
    """The plan of a planned round by this seed, or what is short; nothing changes.

    `ahead` was made shortly before: its plan is taken where everything that it followed from is still the same.
    """
    inputs = plan_inputs(row)
    lacks = _lacks(inputs)
    problem = inputs.problem(seed)
    outcome: Plan | Infeasible = Infeasible(())
    if not lacks:
        same = ahead is not None and ahead.seed == seed and ahead.inputs.problem(seed) == problem
        outcome = ahead.plan if same and ahead and ahead.plan else assign(problem, seed)
    plan = outcome if isinstance(outcome, Plan) else None
    if isinstance(outcome, Infeasible):
        lacks += told(outcome.shortages)
    lines = _categories(inputs, plan)
    loads = _loads(inputs, plan)
    return PlanPreview(
        inputs, seed, plan, lacks, loads, lines, _panels(inputs, plan), _warnings(inputs, plan, lines, loads)
    )


def _lacks(inputs: PlanInputs) -> list[Message]:
    """What is missing before a plan can be asked for at all."""
    if inputs.lacks:
        return list(inputs.lacks)
    if not inputs.judges:
        return [Message.of(N_("本轮还没有可以分配任务的评委，请先选择评委。"))]
    if not inputs.entries:
        return [Message.of(N_("本轮还没有作品：请完成审核，或选定参评作品。"))]
    used = {entry.category_id for entry in inputs.entries}
    lacks = [
        Message.of(N_("「%(category)s」没有可以评审的作品，请完成审核或从本轮中去掉该类别。"), category=category.name)
        for category in inputs.categories
        if category.id not in used
    ]
    return lacks + _without_panel(inputs)


def _without_panel(inputs: PlanInputs) -> list[Message]:
    lost = [entry.number for entry in inputs.entries if entry.panel is None] if inputs.panels else []
    if not lost:
        return []
    words = N_("%(count)s 件作品没有归入任何评审组（%(numbers)s），请调整评审组的范围或逐件放入。")
    return [Message.of(words, count=len(lost), numbers=_some(lost))]


def _panels(inputs: PlanInputs, plan: Plan | None) -> list[PanelLine]:
    """A line a panel of the round, in order; none where the round has no panels."""
    works: dict[int, list[PlannedEntry]] = defaultdict(list)
    for entry in inputs.entries:
        works[entry.panel.id if entry.panel else 0].append(entry)
    readers = Counter(entry_id for _judge, entry_id in plan.pairs) if plan else Counter[Any]()
    links = Counter(entry_id for _judge, entry_id in plan.links) if plan else Counter[Any]()
    return [
        PanelLine(
            panel.name,
            len(works[panel.id]),
            sum(not seat.panel_ids or panel.id in seat.panel_ids for seat, _judge in inputs.judges),
            sum(readers[entry.id] for entry in works[panel.id]),
            sum(links[entry.id] for entry in works[panel.id]),
        )
        for panel in inputs.panels
    ]


def _loads(inputs: PlanInputs, plan: Plan | None) -> list[LoadLine]:
    codes = {entry.id: entry.category_code for entry in inputs.entries}
    by_judge: dict[Any, Counter[str]] = defaultdict(Counter)
    for judge_id, entry_id in plan.pairs if plan else ():
        by_judge[judge_id][codes[entry_id]] += 1  # type: ignore[index]
    conflicts = Counter(judge_id for judge_id, _entry in inputs.reasons)
    links = Counter(judge_id for judge_id, _entry in plan.links) if plan else Counter[Any]()
    return [
        LoadLine(
            judge,
            seat,
            tasks := by_judge[judge.id].total(),
            dict(by_judge[judge.id]),
            conflicts[judge.id],
            links[judge.id],
            tasks > 0 and tasks == most_tasks(seat, judge),
        )
        for seat, judge in inputs.judges
    ]


def _categories(inputs: PlanInputs, plan: Plan | None) -> list[CategoryLine]:
    lines = []
    for category in inputs.categories:
        ids = {entry.id for entry in inputs.entries if entry.category_id == category.id}
        pairs = [pair for pair in (plan.pairs if plan else ()) if pair[1] in ids]
        judges = len({judge for judge, _entry in pairs})
        # What is compared is all that makes one model: with the sheets of the round before, where both count together.
        before = [pair for pair, category_id in inputs.earlier.items() if category_id == category.id] if plan else []
        lines.append(CategoryLine(category, len(ids), len(pairs), judges, connectivity([*pairs, *before])[0]))
    return lines


def _warnings(
    inputs: PlanInputs, plan: Plan | None, lines: Sequence[CategoryLine], loads: Sequence[LoadLine]
) -> list[Message]:
    notes = [*inputs.notes, *(plan.notes if plan and plan.components == 1 else ())]
    for line in lines:
        if line.parts > 1:
            apart = N_(
                "「%(category)s」的评委与作品分成 %(parts)s 个互不相连的部分，部分之间的宽严无法比较。"
                "可让较少的评委固定评阅该类别，或增加每件作品的评阅次数。"
            )
            notes.append(Message.of(apart, category=line.category.name, parts=line.parts))
    without = [judge for _seat, judge in inputs.judges if judge.account_id is None]
    if accepted := [judge.name for judge in without if judge.accepted_at is not None]:
        words = N_("%(count)s 名评委已接受邀请，还没有开通账号（%(names)s），开通后才能看到任务。")
        notes.append(Message.of(words, count=len(accepted), names=_some(accepted)))
    if waiting := [judge.name for judge in without if judge.accepted_at is None]:
        words = N_("%(count)s 名评委还没有接受邀请（%(names)s），接受后才能看到任务。")
        notes.append(Message.of(words, count=len(waiting), names=_some(waiting)))
    if plan and (full := [line.judge.name for line in loads if line.at_limit]):
        words = N_("%(names)s已达到本人的任务上限，其余任务由别的评委分担。")
        notes.append(Message.of(words, names=_some(full)))
    if plan and (idle := [line.judge.name for line in loads if not line.tasks]):
        notes.append(Message.of(N_("%(names)s没有分到任务。"), names=_some(idle)))
    return notes


def _some(names: Sequence[str]) -> str:
    return "、".join(names[:_NAMES_SHOWN]) + ("…" if len(names) > _NAMES_SHOWN else "")

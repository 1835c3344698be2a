"""`contest-portal judging assign`: who judges what, for any problem in a file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

import click

from contest_portal.core.console import solver_words_aside
from contest_portal.core.documents import document_text
from contest_portal.core.text import N_, Message
from contest_portal.judging.assignment import VERSION, Infeasible, Plan, Problem, Repair, assign, repair
from contest_portal.judging.assignment.lots import by_entry_and_judge, sort_key
from contest_portal.judging.assignment.problem_json import ProblemFile, pairs_to_data, read_problem
from contest_portal.judging.assignment.shortage_words import told

INFEASIBLE = 3
"""The exit code when no plan exists."""


@click.command("assign")
@click.argument(
    "problem_file", metavar="PROBLEM", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="抽签种子；同一问题同一种子得到同一方案。"
)
@click.option("--few", is_flag=True, help="文件写有 plan（现方案）时：改动最少优先，其次才是任务均衡。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.pass_context
def assign_tasks(context: click.Context, problem_file: Path, seed: int, few: bool, as_json: bool) -> None:
    """为 PROBLEM（JSON，“-”为标准输入）分配评审任务。

    PROBLEM 写有 reads（每件评阅次数）、entries（作品）、judges（评委），可写 conflicts（回避）、
    link_share（跨组评阅比例）、calibration（全体评委先评的作品）、read（已交的评分，不再变动）、
    plan（现方案：只作修补，并列出改动）和 begun（评委已动手的任务，尽量不动）。
    read 或 plan 中有、judges 中没有的评委视为已离开：已交的评分保留并计入作品的评阅次数，不再分配任务；
    输出中 loads 只列在任评委，离开的评委及其保留的评分数列在 left。
    无法分配时退出码为 3，并说明哪些条件相互冲突。
    """
    asked = read_problem(document_text(problem_file))
    with solver_words_aside():
        outcome = _outcome(asked, seed, even=not few)
    if isinstance(outcome, Infeasible):
        click.echo(_dumped(_shortages(outcome)) if as_json else _shortages_in_words(outcome))
        context.exit(INFEASIBLE)
    click.echo(_dumped(_answer(asked, outcome)) if as_json else _in_words(asked, outcome))


def _outcome(asked: ProblemFile, seed: int, *, even: bool) -> Plan | Repair | Infeasible:
    if asked.plan is None:
        return assign(asked.problem, seed)
    return repair(asked.problem, asked.plan, asked.problem.kept, seed, begun_pairs=asked.begun, even=even)


def _dumped(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=None)


def _answer(asked: ProblemFile, outcome: Plan | Repair) -> dict[str, Any]:
    plan = outcome.plan if isinstance(outcome, Repair) else outcome
    answer: dict[str, Any] = {
        "plan": pairs_to_data(plan.pairs),
        "loads": {str(judge): load for judge, load in plan.loads.items()},
        "left": {str(judge): count for judge, count in _kept_of_left(asked).items()},
        "expertise_share": round(plan.expertise_share or 0.0, 9),
        "lambda2": plan.lambda2,
        "lambda2_random": plan.lambda2_random,
        "components": plan.components,
        "balanced": plan.balanced,
        "links": pairs_to_data(plan.links),
        "calibration": pairs_to_data(plan.calibration),
        "notes": _notes(asked, plan),
        "seed": plan.seed,
        "algorithm": VERSION,
    }
    if isinstance(outcome, Repair):
        answer["moved"] = [{"entry": one.entry, "from": one.giver, "to": one.taker} for one in outcome.moved]
        answer["added"] = [{"entry": one.entry, "judge": one.taker} for one in outcome.added]
        answer["removed"] = [{"entry": one.entry, "judge": one.giver} for one in outcome.removed]
    return answer


def _kept_of_left(asked: ProblemFile) -> dict[Hashable, int]:
    """Judges who have left, with the number of their sheets."""
    kept = Counter(judge for judge, _ in asked.problem.kept)
    return {judge: kept[judge] for judge in sorted(asked.left, key=sort_key)}


def _notes(asked: ProblemFile, plan: Plan) -> list[str]:
    notes = [*plan.notes, *_notes_on_sheets(asked.problem)]
    for judge, count in _kept_of_left(asked).items():
        words = N_("评委 %(judge)s 不在 judges 中，视为已离开：已交的 %(count)s 份评分保留，不再分配任务。")
        notes.append(Message.of(words, judge=judge, count=count))
    if asked.unknown:
        notes.append(Message.of(N_("文件中的 %(fields)s 没有用到。"), fields="、".join(asked.unknown)))
    return [str(note) for note in notes]


def _notes_on_sheets(problem: Problem) -> Iterator[Message]:
    """Sheets that are in and stay although the problem would not give such a task."""
    works, people = {one.id: one for one in problem.entries}, {one.id: one for one in problem.judges}
    for judge, entry in by_entry_and_judge(problem.kept):
        own_school = judge in people and people[judge].employer is not None
        own_school = own_school and people[judge].employer == works[entry].school
        if own_school or (judge, entry) in problem.conflicts:
            words = N_("评委 %(judge)s 与作品 %(entry)s 有回避关系，但评分已交，方案予以保留，请主办单位处理。")
            yield Message.of(words, judge=judge, entry=entry)
    by_judge = Counter(judge for judge, _ in problem.kept)
    for one in problem.judges:
        if one.limit is not None and by_judge[one.id] > one.limit:
            words = N_("评委 %(judge)s 已交 %(count)s 份评分，超过任务上限 %(limit)s：评分保留，不再分配任务。")
            yield Message.of(words, judge=one.id, count=by_judge[one.id], limit=one.limit)
    by_entry = Counter(entry for _, entry in problem.kept)
    for work in problem.entries:
        wanted = problem.reads if work.reads is None else work.reads
        if by_entry[work.id] > wanted:
            words = N_("作品 %(entry)s 已有 %(count)s 份评分，多于应评的 %(wanted)s 次：评分全部保留。")
            yield Message.of(words, entry=work.id, count=by_entry[work.id], wanted=wanted)


def _shortages(outcome: Infeasible) -> dict[str, Any]:
    return {
        "infeasible": [
            {
                "what": one.what,
                "missing": one.missing,
                "message": str(one.message),
                "reads_missing": one.reads_missing,
                "entries": list(one.entries),
                "judges": list(one.judges),
                "kept_away": list(one.kept_away),
            }
            for one in outcome.shortages
        ]
    }


def _shortages_in_words(outcome: Infeasible) -> str:
    return "\n".join(["无法分配：", *(f"  {one}" for one in told(outcome.shortages))])


def _in_words(asked: ProblemFile, outcome: Plan | Repair) -> str:
    plan = outcome.plan if isinstance(outcome, Repair) else outcome
    lines = ["作品\t评委"]
    readers: dict[Hashable, list[str]] = {}
    for judge, entry in plan.pairs:
        readers.setdefault(entry, []).append(str(judge))
    lines += [f"{entry}\t{'、'.join(judges)}" for entry, judges in readers.items()]
    lines += ["", "评委\t任务数", *(f"{judge}\t{load}" for judge, load in plan.loads.items())]
    lines += [*(f"{judge}（已离开）\t{count}" for judge, count in _kept_of_left(asked).items()), ""]
    if isinstance(outcome, Repair):
        lines.append(f"改动 {len(outcome.moves)} 处：")
        lines += [f"  {one.entry}\t{one.giver or '（新增）'} → {one.taker or '（取消）'}" for one in outcome.moves]
    share = "—" if plan.expertise_share is None else f"{plan.expertise_share:.0%}"
    lines.append(
        f"专业对口 {share}，连通部分 {plan.components}，λ₂ {plan.lambda2:.3f}（随机方案 {plan.lambda2_random:.3f}）"
    )
    lines.append(f"种子 {plan.seed}")
    return "\n".join([*lines, *_notes(asked, plan)])

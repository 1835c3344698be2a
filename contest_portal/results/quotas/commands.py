"""`contest-portal results allocate`: who is on the list, for any ranking and quota table in a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from contest_portal.core.console import solver_words_aside
from contest_portal.core.documents import document_text
from contest_portal.results.quotas.allocation import Allocation, Decision, Infeasible, allocate
from contest_portal.results.quotas.allocation.problem_json import answer_of, collision_of, read_problem

INFEASIBLE = 3
"""The exit code when no list satisfies all rows."""

_HEADINGS = {
    Decision.IN: "入选",
    Decision.TIED: "并列待定",
    Decision.RESERVE: "候补",
    Decision.OUT: "不入选",
}


@click.command("allocate")
@click.argument(
    "problem_file", metavar="PROBLEM", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.pass_context
def allocate_places(context: click.Context, problem_file: Path, as_json: bool) -> None:
    """按名次和名额规定为 PROBLEM（JSON，“-”为标准输入）拟出名单。

    PROBLEM 写有 total（总名额，可不写）和 entries（作品：id、rank、groups），可写 floors（至少）、ceilings（至多）
    和 caps（每校等上限）。名次在前的作品，只要与已入选的一起还能满足全部规定，就入选。
    名额规定互相矛盾时退出码为 3，并列出是哪几条。
    """
    problem, unknown = read_problem(document_text(problem_file))
    with solver_words_aside():
        outcome = allocate(problem)
    if isinstance(outcome, Infeasible):
        told = collision_of(outcome, problem)
        click.echo(json.dumps(told, ensure_ascii=False) if as_json else str(outcome.message))
        context.exit(INFEASIBLE)
    click.echo(json.dumps(answer_of(outcome), ensure_ascii=False) if as_json else _in_words(outcome))
    if unknown:
        click.echo(f"文件中的 {'、'.join(unknown)} 没有用到。", err=True)


def _in_words(outcome: Allocation) -> str:
    lines: Sequence[str] = []
    for decision, heading in _HEADINGS.items():
        own = [line for line in outcome.lines if line.decision is decision]
        if own:
            lines = [*lines, f"{heading}（{len(own)} 件）", *(f"  {one.entry_id}\t{one.message}" for one in own)]
    if outcome.pending_places:
        lines = [*lines, f"待定名额 {outcome.pending_places} 个"]
    return "\n".join(lines)

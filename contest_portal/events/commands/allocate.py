"""`contest-portal events allocate`: which school comes to which session, for any wishes in a file."""

from __future__ import annotations

import json
from pathlib import Path

import click

from contest_portal.core.console import solver_words_aside
from contest_portal.core.documents import document_text
from contest_portal.events.allocation import Plan, allocate
from contest_portal.events.allocation.problem_json import answer_of, read_problem


@click.command("allocate")
@click.argument(
    "problem_file", metavar="PROBLEM", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="抽签种子；同一问题同一种子得到同一方案。"
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def allocate_sessions(problem_file: Path, seed: int, as_json: bool) -> None:
    """按各校志愿为 PROBLEM（JSON，“-”为标准输入）安排场次。

    PROBLEM 写有 sessions（场次：id、capacity、day、order，可写 most_parties：最多几个团队）和 parties（团队：id、size、
    wishes，可写 priority、classes、may_split）。一个团队要么全部安排，要么不安排；允许分开的（may_split）按整班分到同一天相邻的场次。
    依次求：安排的优先级之和最大，人数最多，志愿序号之和最小，其余抽签。
    输出中 proven 为 false 时，方案是在限定的计算量内找到的最好的，没有证明不能更好。
    """
    problem, unknown = read_problem(document_text(problem_file))
    with solver_words_aside():
        plan = allocate(problem, seed)
    click.echo(json.dumps(answer_of(plan), ensure_ascii=False) if as_json else _in_words(plan))
    if unknown:
        click.echo(f"文件中的 {'、'.join(unknown)} 没有用到。", err=True)


def _in_words(plan: Plan) -> str:
    lines = [f"已安排（{len(plan.placed)} 个团队，{sum(sum(one.people.values()) for one in plan.placed)} 人）"]
    for one in plan.placed:
        sessions = "、".join(f"{session}（{people} 人）" for session, people in one.people.items())
        lines.append(f"  {one.party_id}\t{sessions}\t第 {one.wish} 志愿")
    if plan.unplaced:
        lines.append(f"未安排（{len(plan.unplaced)} 个团队）")
        lines += [f"  {one.party_id}\t{one.message}" for one in plan.unplaced]
    if not plan.is_best:
        lines.append("这是在限定的计算量内找到的最好方案，没有证明不能更好。")
    return "\n".join(lines)

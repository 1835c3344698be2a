"""`contest-portal judging progress`: how far a round is."""

from __future__ import annotations

import json

import click
from flask import Flask

from contest_portal.core.clock import local
from contest_portal.core.commands import looked_up, with_app
from contest_portal.core.text import N_
from contest_portal.judging.queries.rounds import progress_of_round, round_by_id
from contest_portal.judging.states import ROUND_STATES


@click.command("progress")
@click.argument("round_id", metavar="ROUND", type=int)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@with_app
def progress(_app: Flask, round_id: int, as_json: bool) -> None:
    """一个评审轮次的进度（ROUND 是轮次页面地址中的编号）。"""
    row = looked_up(round_by_id, round_id, N_("评审轮次"))
    found = progress_of_round(row)
    if as_json:
        body = {
            "round": row.name,
            "contest": row.contest.name,
            "state": row.state,
            "done": found.done,
            "tasks": found.live,
            "categories": [
                {"category": one.category.name, "entries": one.entries, "done": one.done, "tasks": one.live}
                for one in found.categories
            ],
            "judges": [{"judge": one.judge.name, "done": one.done, "tasks": one.live} for one in found.judges],
        }
        click.echo(json.dumps(body, ensure_ascii=False, indent=2))
        return
    state = next(name for code, name in ROUND_STATES.items() if code == row.state)
    click.echo(f"{row.contest.name} {row.name}（{state}，截止 {local(row.closes_at):%Y-%m-%d %H:%M}）")
    click.echo(f"已评 {found.done} / {found.live}")
    for line in found.categories:
        click.echo(f"  {line.category.name}\t{line.done} / {line.live}")
    for one in found.judges:
        click.echo(f"  {one.judge.name}\t{one.done} / {one.live}")

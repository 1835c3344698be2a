"""The commands `contest-portal judging …`; each stands in a file of its own in `judging/commands/`."""

from __future__ import annotations

import click

from contest_portal.judging.commands.assign import assign_tasks
from contest_portal.judging.commands.bundle import export_round, replay_bundle
from contest_portal.judging.commands.progress import progress
from contest_portal.judging.commands.rank import rank_table
from contest_portal.judging.commands.simulate import simulate


@click.group("judging")
def judging() -> None:
    """评审：分配评审任务，对评分表排名，查看评审进度，导出轮次的数据包并重算核对。"""


judging.add_command(rank_table)
judging.add_command(assign_tasks)
judging.add_command(progress)
judging.add_command(simulate)
judging.add_command(export_round)
judging.add_command(replay_bundle)

commands = [judging]

"""Commands of this room: `contest-portal results allocate`."""

from __future__ import annotations

import click

from contest_portal.results.commands.allocate import allocate_places


@click.group("results")
def results() -> None:
    """名额、名单与公示。"""


results.add_command(allocate_places)

commands = [results]

"""Commands of this room: `contest-portal events allocate`."""

from __future__ import annotations

import click

from contest_portal.events.commands.allocate import allocate_sessions


@click.group("events")
def events() -> None:
    """活动与场次。"""


events.add_command(allocate_sessions)

commands = [events]

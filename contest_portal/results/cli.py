"""Commands of this room: `contest-portal results allocate`, `… verify`."""

from __future__ import annotations

import click

from contest_portal.results.commands.allocate import allocate_places
from contest_portal.results.commands.certificates import certificates_group
from contest_portal.results.commands.handoff import handoff_group
from contest_portal.results.commands.verify import verify_list


@click.group("results")
def results() -> None:
    """名额、名单与公示。"""


results.add_command(allocate_places)
results.add_command(verify_list)

commands = [results, certificates_group, handoff_group]

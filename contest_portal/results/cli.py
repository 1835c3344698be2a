"""Commands of this room: `contest-portal results allocate`, `… verify`."""

from __future__ import annotations

import click

from contest_portal.results.certificates.commands import certificates_group
from contest_portal.results.handoff.commands.group import handoff_group
from contest_portal.results.publishing.commands import verify_list
from contest_portal.results.quotas.commands import allocate_places


@click.group("results")
def results() -> None:
    """名额、名单与公示。"""


results.add_command(allocate_places)
results.add_command(verify_list)

commands = [results, certificates_group, handoff_group]

"""`contest-portal handoff …`: keys, packages for the upper office, what comes in, results on their way back."""

from contest_portal.results.handoff.commands import keys, packages, receiving
from contest_portal.results.handoff.commands.group import handoff_group

__all__ = ["handoff_group", "keys", "packages", "receiving"]

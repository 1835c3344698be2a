"""The verbs of contest days: groups, teams, the lot, runs, results."""

from contest_portal.events.contest_days import hooks

__all__ = ["hooks"]

"""Pages of contest days: the office's, the schools', the public's."""

from contest_portal.events.contest_days.views import groups, office_teams, public, results, runs, teams

__all__ = ["groups", "office_teams", "public", "results", "runs", "teams"]

"""The verbs of contest days: groups, teams, the lot, runs, results."""

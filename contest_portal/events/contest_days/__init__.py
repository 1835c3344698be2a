"""Contest days: teams, start order by lot, results of runs, ranking."""

"""Who is on the list: lexicographically best by rank among all lists that satisfy the quota table.

`problem` says what a table is, `table` turns it into numbers, `lists` answers whether some list contains given entries,
`allocating` goes down the ranks, `reasons` writes a line for each entry, `collisions` says why there is no list.

Pure: plain values in and out. The order of the input has no influence on the result.
"""

from contest_portal.results.quotas.allocating import Allocation, allocate
from contest_portal.results.quotas.problem import Cap, Collision, Entry, Infeasible, Kind, Move, Problem, Row
from contest_portal.results.quotas.reasons import Decision, Line, Reason

__all__ = [
    "Allocation",
    "Cap",
    "Collision",
    "Decision",
    "Entry",
    "Infeasible",
    "Kind",
    "Line",
    "Move",
    "Problem",
    "Reason",
    "Row",
    "allocate",
]

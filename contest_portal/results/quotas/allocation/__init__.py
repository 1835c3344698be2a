"""Who is on the list: lexicographically best by rank among all lists that satisfy the quota table.

`problem` says what a table is, `table` turns it into numbers, `lists` answers whether some list contains given entries,
`allocating` goes down the ranks, `reasons` writes a line for each entry, `collisions` says why there is no list.

Above these: `rules` is a category's quota table as the office writes it, `row_words` says its rows, `translating` makes a
problem of it, `listing` the list around the committee's decisions.

Pure: plain values in and out. The order of the input has no influence on the result.
"""

from contest_portal.results.quotas.allocation.allocating import Allocation, allocate
from contest_portal.results.quotas.allocation.listing import list_of
from contest_portal.results.quotas.allocation.problem import Cap, Collision, Entry, Infeasible, Kind, Move, Problem, Row
from contest_portal.results.quotas.allocation.reasons import Decision, Line, Reason
from contest_portal.results.quotas.allocation.row_words import Contradiction, row_words, table_words
from contest_portal.results.quotas.allocation.rules import (
    Options,
    QuotaTable,
    RowKind,
    TableRow,
    problems_of,
    read_table,
)
from contest_portal.results.quotas.allocation.translating import (
    Candidate,
    Rulings,
    contradiction_of,
    school_cap,
    to_problem,
)

__all__ = [
    "Allocation",
    "Candidate",
    "Cap",
    "Collision",
    "Contradiction",
    "Decision",
    "Entry",
    "Infeasible",
    "Kind",
    "Line",
    "Move",
    "Options",
    "Problem",
    "QuotaTable",
    "Reason",
    "Row",
    "RowKind",
    "Rulings",
    "TableRow",
    "allocate",
    "contradiction_of",
    "list_of",
    "problems_of",
    "read_table",
    "row_words",
    "school_cap",
    "table_words",
    "to_problem",
]

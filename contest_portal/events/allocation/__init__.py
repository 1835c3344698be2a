"""Which school comes to which session: wishes, allocated all or none within capacity.

The best plan has, in this order: the largest sum of priorities of the parties placed; the most people placed; the least
sum of wish positions (the first wish counts 1, a split party its worst); and then a fair draw by seed.

`problem` says what a plan has to satisfy, `choices` lists what each party may get and writes it as an integer program,
`exact` solves that stage by stage, `searching` improves a plan where the whole is too large, `reasons` says why a party
got nothing.

Pure: plain values in and out. The order of the input has no influence on the result.
"""

from contest_portal.events.allocation.allocating import Plan, allocate
from contest_portal.events.allocation.problem import Party, Placement, Problem, Session, Unplaced

__all__ = ["Party", "Placement", "Plan", "Problem", "Session", "Unplaced", "allocate"]

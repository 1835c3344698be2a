"""Who judges what: exact reads, hard conflicts, even loads, expertise where possible, the rest by lot.

Three steps, each exact in its own aim:

1. `filling`: reads are placed along augmenting paths; if some cannot be, `shortages` names what collides.
2. `filling`, `evenness`: tasks are moved until the loads are as even as any plan's, and all plans that are as even are
   told apart from the rest.
3. `cheapest`: among these the one of least cost is found by linear programming. Expertise outweighs every sum of lots
   that an exchange could gain, so the plan has the most expertise possible and is otherwise drawn at random, which
   mixes the judges well.

`linking` chooses beforehand which entries a judge of another panel reads, `joining` exchanges tasks where the plan
still falls into unconnected parts, `repairing` mends a plan in mid-round, `handing_over` a few tasks of it.

Pure: plain values in and out. The same seed gives the same plan, whatever the order of the input.
"""

from contest_portal.judging.assignment.handing_over import HandingOver, hand_over
from contest_portal.judging.assignment.outcome import Infeasible, Move, Plan, Repair, Shortage
from contest_portal.judging.assignment.parts import connectivity, connectivity_by_chance
from contest_portal.judging.assignment.planning import VERSION, assign
from contest_portal.judging.assignment.problem import Entry, Judge, Pair, Problem
from contest_portal.judging.assignment.repairing import repair

__all__ = [
    "VERSION",
    "Entry",
    "HandingOver",
    "Infeasible",
    "Judge",
    "Move",
    "Pair",
    "Plan",
    "Problem",
    "Repair",
    "Shortage",
    "assign",
    "connectivity",
    "connectivity_by_chance",
    "hand_over",
    "repair",
]

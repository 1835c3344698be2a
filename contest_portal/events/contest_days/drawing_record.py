"""What is kept of a lot, so that anybody can draw it again: the problem, the seed, the order. Pure."""

from __future__ import annotations

from typing import Any

from contest_portal.events.contest_days.drawing import VERSION, Busy, DrawProblem, Start, Starter, StartOrder


def record_of(problem: DrawProblem, seed: int, order: StartOrder) -> dict[str, Any]:
    """As plain JSON. `teams` are [id, coach's key], `busy` [coach's key, start, until], `starts` [team, lot, slot, table]."""
    return {
        "version": VERSION,
        "seed": seed,
        "problem": {
            "teams": sorted([one.id, one.coach] for one in problem.teams),
            "tables": problem.tables,
            "runs": problem.runs,
            "minutes": problem.minutes,
            "pause": problem.pause,
            "busy": sorted([one.coach, one.start, one.until] for one in problem.busy),
        },
        "slots": order.slots,
        "starts": [[one.team, one.lot, one.slot, one.table] for one in order.starts],
        "clashes": list(order.clashes),
    }


def problem_of(record: dict[str, Any]) -> DrawProblem:
    """The problem that a record was drawn from."""
    kept = record["problem"]
    return DrawProblem(
        [Starter(*one) for one in kept["teams"]],
        kept["tables"],
        kept["runs"],
        kept["minutes"],
        kept["pause"],
        [Busy(*one) for one in kept["busy"]],
    )


def order_of(record: dict[str, Any]) -> StartOrder:
    """The order that stands; an empty one before the lot."""
    if not record:
        return StartOrder((), 0)
    return StartOrder([Start(*one) for one in record["starts"]], record["slots"], tuple(record["clashes"]))

"""Schools to sessions at full size: seconds, and how near the search comes to the most that a relaxation allows."""

from __future__ import annotations

import random
from fractions import Fraction
from functools import partial

import numpy as np

from benchmarks.measurement import Measurement, timed
from contest_portal.core.console import solver_words_aside
from contest_portal.events.allocation import Party, Plan, Problem, Session, allocate
from contest_portal.events.allocation.choices import Table
from contest_portal.events.allocation.solving import relaxed, stages_of

PARTIES, SESSIONS = 2_000, 200
SECONDS = 20  # promised
SIZES = ((5, 30), (12, 32), (20, 60), (20, 140))
"""Smallest and largest school party: all come easily, all nearly come, half as many places as people, a third."""


def measure() -> list[Measurement]:
    """Seconds by how contested the places are, and the share of the priorities' upper bound that was placed."""
    results = []
    for sizes in SIZES:
        asked = problem(sizes)
        places, people = sum(one.capacity for one in asked.sessions), sum(one.size for one in asked.parties)
        name = f"sessions for {PARTIES} schools, {SESSIONS} sessions, {people} people for {places} places"
        plan = allocated(asked)
        results.append(timed(name, partial(allocated, asked), limit=SECONDS, repeats=2, warm=False))
        results.append(Measurement(f"{name}: priorities placed, of the bound", 100 * share_of_bound(asked, plan), "%"))
    return results


def allocated(asked: Problem) -> Plan:
    """The plan, with what the solver says kept off standard output."""
    with solver_words_aside():
        return allocate(asked, 1)


def share_of_bound(asked: Problem, plan: Plan) -> float:
    """The priorities that were placed, of the most that is possible when parties may be placed in fractions."""
    table = Table(asked)
    weights = np.concatenate([stages_of(table)[0].astype(float), np.zeros(len(table.shares))])
    bound = float(weights @ relaxed(weights, table.program, table.most))
    by_id = {party.id: party for party in asked.parties}
    return float(sum(by_id[one.party_id].priority for one in plan.placed)) / bound


def problem(sizes: tuple[int, int]) -> Problem:
    """Four sessions a day of 150–300 places; three wishes a school; three schools in ten may be split by classes of 40."""
    draw = random.Random(2018)  # noqa: S311 — an example, no secret
    places = [Session(f"s{i}", draw.randint(150, 300), i // 4, i % 4) for i in range(SESSIONS)]
    wanted = []
    for i in range(PARTIES):
        size = draw.randint(*sizes)
        count = max(1, size // 40)
        classes = [size // count] * (count - 1)
        classes.append(size - sum(classes))
        wishes = [one.id for one in draw.sample(places, 3)]
        priority = Fraction(draw.choice([1, 1, 1, 2]))
        wanted.append(Party(f"p{i}", size, wishes, priority, classes, draw.random() < 0.3))
    return Problem(places, wanted)

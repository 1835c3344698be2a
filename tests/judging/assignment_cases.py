"""Problems to assign, drawn at random, and every plan that they permit, by plain enumeration."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

from hypothesis import strategies as st

from contest_portal.judging.assignment import (
    Entry,
    Infeasible,
    Judge,
    Pair,
    Plan,
    Problem,
    assign,
)


def drawn_problem(entries: int, judges: int, reads: int = 3, *, expertise: bool = False, seed: int = 5) -> Problem:
    """A problem of ordinary shape: schools, disciplines, some declared conflicts."""
    draw = random.Random(seed)
    fields = ["物理学", "化学", "动物学", "植物学", "工程学"]
    return Problem(
        [Entry(f"E{i}", f"学校{draw.randrange(20)}", draw.choice(fields)) for i in range(entries)],
        [
            Judge(
                f"J{i}", f"学校{draw.randrange(20)}", expertise=frozenset(draw.sample(fields, 2) if expertise else [])
            )
            for i in range(judges)
        ],
        reads,
        {(f"J{draw.randrange(judges)}", f"E{draw.randrange(entries)}") for _ in range(entries // 4)},
    )


def planned(problem: Problem, seed: int = 1) -> Plan:
    """The plan of a problem that has one."""
    plan = assign(problem, seed)
    assert isinstance(plan, Plan), [str(shortage.message) for shortage in plan.shortages]
    return plan


def refused(problem: Problem, seed: int = 1) -> Infeasible:
    """Why a problem has no plan."""
    answer = assign(problem, seed)
    assert isinstance(answer, Infeasible)
    return answer


def is_home(judge: Judge, entry: Entry) -> bool:
    """Whether the panel is the judge's own."""
    return not judge.panels or entry.panel is None or entry.panel in judge.panels


def may_ever_read(problem: Problem, judge: Judge, entry: Entry) -> bool:
    """No conflict, no own school, a category of the judge's."""
    return (
        (judge.id, entry.id) not in problem.conflicts
        and (judge.employer is None or judge.employer != entry.school)
        and (not judge.categories or entry.category is None or entry.category in judge.categories)
    )


def may_read(problem: Problem, judge: Judge, entry: Entry) -> bool:
    """The same at home."""
    return may_ever_read(problem, judge, entry) and is_home(judge, entry)


def all_plans(problem: Problem) -> Iterator[set[Pair]]:
    """Every permitted plan of closed panels, by trying all."""
    choices = []
    for entry in problem.entries:
        kept = [judge for judge, work in problem.kept if work == entry.id]
        able = [one.id for one in problem.judges if may_read(problem, one, entry) and one.id not in kept]
        need = max((entry.reads or problem.reads) - len(kept), 0)
        choices.append([[(judge, entry.id) for judge in (*kept, *some)] for some in combinations(able, need)])
    kept_load = Counter(judge for judge, _ in problem.kept)
    for choice in product(*choices):
        plan = {pair for group in choice for pair in group}
        loads = Counter(judge for judge, _ in plan)
        if all(one.limit is None or loads[one.id] <= max(one.limit, kept_load[one.id]) for one in problem.judges):
            yield plan


def loads_of(problem: Problem, plan: set[Pair]) -> list[int]:
    """Tasks by judge, sorted."""
    count = Counter(judge for judge, _ in plan)
    return sorted(count[judge.id] for judge in problem.judges)


def squares_of(problem: Problem, plan: set[Pair]) -> int:
    """The smaller, the more even."""
    return sum(load * load for load in loads_of(problem, plan))


def expert_reads(problem: Problem, plan: set[Pair]) -> int:
    """Pairs whose judge named what the entry is about."""
    entries, judges = {one.id: one for one in problem.entries}, {one.id: one for one in problem.judges}
    return sum(
        bool({entries[entry].discipline, entries[entry].panel, entries[entry].stage} - {None} & judges[judge].expertise)
        for judge, entry in plan
        if judge in judges
    )


@st.composite
def problems(draw: Any, most_entries: int = 4, most_judges: int = 5) -> Problem:
    """Small problems of every kind: schools, panels, limits, expertise, conflicts, kept reads, own numbers of reads."""
    keys = st.sampled_from([None, "甲", "乙", "丙"])
    entries = [
        Entry(
            f"E{i}",
            school=draw(keys),
            panel=draw(st.sampled_from([None, None, "P", "Q"])),
            discipline=draw(keys),
            reads=draw(st.sampled_from([None, None, None, 1, 2])),
        )
        for i in range(draw(st.integers(0, most_entries)))
    ]
    judges = [
        Judge(
            f"J{i}",
            employer=draw(keys),
            limit=draw(st.sampled_from([None, None, 0, 1, 2, 3])),
            panels=draw(st.sampled_from([frozenset(), frozenset(), frozenset("P"), frozenset("PQ")])),
            expertise=draw(st.frozensets(st.sampled_from("甲乙"), max_size=1)),
        )
        for i in range(draw(st.integers(1, most_judges)))
    ]
    pair = st.tuples(st.sampled_from(judges), st.sampled_from(entries or [Entry("none")]))
    chosen = draw(st.frozensets(pair.map(lambda one: (one[0].id, one[1].id)), max_size=5))
    kept = frozenset(sorted(chosen)[: draw(st.integers(0, 2))]) if entries else frozenset()
    return Problem(entries, judges, draw(st.integers(1, 3)), chosen - kept, kept)

"""What is to be assigned: works, judges, and what must hold."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

Pair = tuple[Hashable, Hashable]
"""`(judge id, entry id)`"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A work to be read; `school` is any key that equals the `employer` of the judges to keep away.

    `discipline`, `stage`, `panel` and `category` are what a judge's expertise may name. `reads` where they differ from
    the problem's. `name` is what messages call it.
    """

    id: Hashable
    school: Hashable | None = None
    discipline: Hashable | None = None
    panel: Hashable | None = None
    stage: Hashable | None = None
    name: str = ""
    category: Hashable | None = None
    reads: int | None = None


@dataclass(frozen=True, slots=True)
class Judge:
    """A judge; `limit` is the most tasks in all.

    `panels` are the judge's home: outside of them the judge has the planned linked reads only (empty: at home
    everywhere). `categories` are never left (empty: any).
    """

    id: Hashable
    employer: Hashable | None = None
    limit: int | None = None
    expertise: frozenset[Hashable] = frozenset()
    panels: frozenset[Hashable] = frozenset()
    name: str = ""
    categories: frozenset[Hashable] = frozenset()


@dataclass(frozen=True, slots=True)
class Problem:
    """What to assign. `kept` are reads that stay whatever else holds; they count as their entry's and their judge's.

    `link_share`: of each panel's entries this share has one of its reads from a judge of another panel; 0 closes the
    panels. `calibration`: ids of entries that every judge at home there reads, whatever `reads` says.
    Conflicts of people or works that are not here are ignored. `reasons` name those that are no matter of persons, for the
    words alone: "time" (none is left), "before" (read in an earlier round that counts).
    """

    entries: Sequence[Entry]
    judges: Sequence[Judge]
    reads: int
    conflicts: Collection[Pair] = field(default_factory=frozenset)
    kept: Collection[Pair] = field(default_factory=frozenset)
    link_share: float = 0.0
    calibration: Collection[Hashable] = field(default_factory=frozenset)
    reasons: Mapping[Pair, str] = field(default_factory=dict, compare=False)


def is_at_home(judge: Judge, entry: Entry) -> bool:
    """Whether the entry's panel is one of the judge's own."""
    return not judge.panels or entry.panel is None or entry.panel in judge.panels


def checked(problem: Problem) -> Problem:
    """The same problem. Raises ValueError for ids given twice, reads below one, a limit below zero, no share."""
    for things in (problem.entries, problem.judges):
        if len({one.id for one in things}) != len(things):
            raise ValueError("an id stands twice")
    if problem.reads < 1 or any(entry.reads is not None and entry.reads < 1 for entry in problem.entries):
        raise ValueError("an entry needs at least one read")
    if any(judge.limit is not None and judge.limit < 0 for judge in problem.judges):
        raise ValueError("a limit cannot be below zero")
    if not 0 <= problem.link_share <= 1:
        raise ValueError("a share lies between 0 and 1")
    return problem

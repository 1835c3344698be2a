"""How much there is of everything: the published numbers of 2018, and what a real year has beside them. Pure.

The numbers by category are the office's own, kept in tests/published/contest_2018.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

MAIN, MAKER, PRACTICE = "main", "maker", "practice"
FULL_SEED = 2018

Group = tuple[str, str]
"""(category's code, stage group's code)."""


@dataclass(frozen=True)
class Numbers:
    """What came in and what goes up, in one stage group of a category."""

    collected: int
    recommended: int


@dataclass(frozen=True)
class EventSizes:
    """How many come to the year's events.

    `museum_visits` and `caravan_visits` are what is counted at the door in the end; `museum_classes` wish to come in the
    days from the first to the last of `museum_days`. `caravan_classes`: of each grade. `teams`: of primary and junior schools.
    """

    museum_days: tuple[date, date]
    museum_classes: int
    museum_visits: int
    caravan_classes: int
    caravan_visits: int
    trained: int
    teams: tuple[int, int]


@dataclass(frozen=True)
class Plan:
    """The size of a demo. `numbers` by category and stage group; `quotas` are the places that lead to them.

    `rejected` … `drafts` are entries beside the collected ones, `mended`, `in_grace` and `excused` some of them.
    `practice`: what has become of the entries of the contest that stays open to try things out.
    """

    seed: int
    schools: int
    pupils: int
    teachers: int
    judges: int
    participants: int
    numbers: Mapping[str, Mapping[str, Numbers]]
    quotas: Mapping[str, Mapping[str, int]]
    maker: Mapping[str, int]
    events: EventSizes
    rejected: tuple[Group, ...] = ()
    withdrawn: tuple[Group, ...] = ()
    returned: tuple[Group, ...] = ()
    late: tuple[Group, ...] = ()
    drafts: tuple[Group, ...] = ()
    mended: int = 0
    practice: Mapping[Group, tuple[str, ...]] = field(default_factory=dict)
    panels: Mapping[str, tuple[tuple[str, ...], int]] = field(default_factory=dict)
    film_seconds: tuple[int, int] = (185, 280)

    @property
    def collected(self) -> int:
        """Entries that take part."""
        return sum(one.collected for stages in self.numbers.values() for one in stages.values())

    @property
    def recommended(self) -> int:
        """Entries that go up."""
        return sum(one.recommended for stages in self.numbers.values() for one in stages.values())


def full_plan(seed: int = FULL_SEED) -> Plan:
    """The year 2018 as it was: 223 entries, 166 of them recommended, 18,600-odd people."""
    return Plan(
        seed=seed,
        schools=45,
        pupils=6_000,
        teachers=600,
        judges=24,
        participants=18_637,
        numbers={
            "CG": {"X": Numbers(20, 16), "C": Numbers(30, 28), "G": Numbers(20, 19)},
            "KH": {"X": Numbers(46, 18), "C": Numbers(16, 8)},
            "SJ": {"X": Numbers(16, 13), "C": Numbers(10, 9), "G": Numbers(6, 5)},
            "DV": {"X": Numbers(9, 8), "Z": Numbers(12, 11)},
            "FA": {"T": Numbers(20, 17)},
            "FX": {"T": Numbers(18, 14)},
        },
        quotas={
            "CG": {"X": 16, "C": 28, "G": 19, "": 63},
            "KH": {"X": 18, "C": 8, "": 26},
            "SJ": {"": 27},
            "DV": {"X": 8, "Z": 11, "": 19},
            "FA": {"": 17},
            "FX": {"": 14},
        },
        maker={"X": 34, "Z": 24},
        events=EventSizes(
            museum_days=(date(2018, 9, 17), date(2018, 11, 9)),
            museum_classes=358,
            museum_visits=16_047,
            caravan_classes=9,
            caravan_visits=3_052,
            trained=120,
            teams=(14, 12),
        ),
        rejected=(("KH", "X"), ("KH", "X"), ("CG", "C"), ("SJ", "X"), ("DV", "Z"), ("FA", "T")),
        withdrawn=(("CG", "G"), ("KH", "C"), ("SJ", "C")),
        returned=(("CG", "X"), ("KH", "X"), ("KH", "X"), ("DV", "X"), ("FX", "T")),
        late=(("CG", "C"), ("KH", "X"), ("SJ", "G")),
        drafts=(
            *(("KH", "X"),) * 4,
            *(("CG", "C"),) * 2,
            ("CG", "X"),
            *(("DV", "Z"),) * 2,
            ("SJ", "X"),
            ("FA", "T"),
            ("FX", "T"),
        ),
        mended=9,
        practice={
            ("KH", "X"): ("accepted",) * 8 + ("waiting",) * 4 + ("returned", "draft", "draft"),
            ("CG", "X"): ("accepted", "accepted", "waiting", "draft"),
        },
        panels={
            "科技创新成果与辅导员作品初评": (("CG", "FA", "FX"), 11),
            "科幻画初评": (("KH",), 6),
            "实践活动与科学DV初评": (("SJ", "DV"), 7),
        },
    )


def small_plan(seed: int = FULL_SEED) -> Plan:
    """The same year for a handful of schools: every path once, in seconds."""
    return Plan(
        seed=seed,
        schools=9,
        pupils=300,
        teachers=72,
        judges=9,
        participants=1_218,
        numbers={
            "CG": {"X": Numbers(2, 1), "C": Numbers(3, 2)},
            "KH": {"X": Numbers(4, 2), "C": Numbers(1, 1)},
            "SJ": {"X": Numbers(2, 1)},
            "DV": {"Z": Numbers(1, 1)},
            "FA": {"T": Numbers(2, 1)},
            "FX": {"T": Numbers(2, 1)},
        },
        quotas={
            "CG": {"X": 1, "C": 2, "": 3},
            "KH": {"X": 2, "C": 1, "": 3},
            "SJ": {"": 1},
            "DV": {"": 1},
            "FA": {"": 1},
            "FX": {"": 1},
        },
        maker={"X": 1, "Z": 1},
        events=EventSizes(
            museum_days=(date(2018, 9, 17), date(2018, 9, 18)),
            museum_classes=20,
            museum_visits=812,
            caravan_classes=1,
            caravan_visits=322,
            trained=12,
            teams=(4, 3),
        ),
        rejected=(("KH", "X"),),
        withdrawn=(("CG", "C"),),
        returned=(("FX", "T"),),
        late=(("KH", "X"),),
        drafts=(("KH", "X"), ("CG", "C")),
        mended=1,
        practice={("KH", "X"): ("accepted", "accepted", "waiting", "returned", "draft")},
        panels={"全部作品初评": (("CG", "KH", "SJ", "DV", "FA", "FX"), 9)},
        film_seconds=(181, 182),
    )

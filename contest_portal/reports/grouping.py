"""A year's works, counted by one of their sides: school, township, stage, sex … Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from contest_portal.core.text import N_

By = Literal["school", "township", "area", "stage", "category", "sex", "ethnic"]

WORDS: dict[By, str] = {
    "school": N_("学校"),
    "township": N_("乡镇（街道）"),
    "area": N_("城区与乡村"),
    "stage": N_("学段"),
    "category": N_("类别"),
    "sex": N_("性别"),
    "ethnic": N_("民族"),
}
OF_SCHOOLS: frozenset[By] = frozenset({"school", "township", "area"})
"""Sides of a school: there the rosters say how many pupils there are."""
OF_PEOPLE: frozenset[By] = frozenset({"sex", "ethnic"})
"""Sides of the pupils: a work of several authors counts in each group that one of them belongs to."""
URBAN, RURAL = N_("城区"), N_("乡村")
UNKNOWN = ""


@dataclass(frozen=True)
class SchoolFacts:
    """A school; `participants` as it reported for the year's contests, `pupils` on its roster."""

    id: int
    name: str
    township: str
    is_urban: bool
    pupils: int = 0
    participants: int = 0


@dataclass(frozen=True)
class Pupil:
    """An author: the same pupil has the same id in all works."""

    id: int
    sex: str
    ethnic: str


@dataclass(frozen=True)
class Work:
    """A work that was collected."""

    school_id: int
    category: str
    stage: str
    is_recommended: bool
    pupils: Sequence[Pupil]


@dataclass(frozen=True)
class Group:
    """One line: how many works, how many of them recommended, by how many pupils.

    `participants` and `enrolled` are there for sides of a school alone.
    """

    label: str
    works: int
    recommended: int
    pupils: int
    participants: int | None = None
    enrolled: int | None = None

    @property
    def share(self) -> float | None:
        """How much of what was collected went up, 0 to 1."""
        return self.recommended / self.works if self.works else None

    @property
    def per_thousand(self) -> float | None:
        """How often pupils took part for each 1,000 on the roster."""
        return 1000 * self.participants / self.enrolled if self.participants is not None and self.enrolled else None


def grouped(by: By, works: Iterable[Work], schools: Mapping[int, SchoolFacts]) -> list[Group]:
    """The lines, most works first. For sides of a school all schools count, also those without a work."""
    labels = _labels(by, schools)
    counted: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    people: defaultdict[str, set[int]] = defaultdict(set)
    for work in works:
        for label in labels(work):
            counted[label][0] += 1
            counted[label][1] += work.is_recommended
            people[label].update(pupil.id for pupil in work.pupils if by not in OF_PEOPLE or _side(by, pupil) == label)
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    if by in OF_SCHOOLS:
        for school in schools.values():
            line = sums[_school_side(by, school)]
            line[0] += school.participants
            line[1] += school.pupils
    found = [
        Group(
            label,
            works=counted[label][0],
            recommended=counted[label][1],
            pupils=len(people[label]),
            participants=sums[label][0] if by in OF_SCHOOLS else None,
            enrolled=sums[label][1] if by in OF_SCHOOLS else None,
        )
        for label in {*counted, *sums}
    ]
    return sorted(found, key=lambda group: (-group.works, -(group.participants or 0), group.label))


def _labels(by: By, schools: Mapping[int, SchoolFacts]) -> Callable[[Work], Iterable[str]]:
    if by in OF_SCHOOLS:
        return lambda work: [_school_side(by, schools[work.school_id])]
    if by in OF_PEOPLE:
        return lambda work: {_side(by, pupil) for pupil in work.pupils}
    return lambda work: [work.stage if by == "stage" else work.category]


def _school_side(by: By, school: SchoolFacts) -> str:
    if by == "area":
        return URBAN if school.is_urban else RURAL
    return school.name if by == "school" else school.township or UNKNOWN


def _side(by: By, pupil: Pupil) -> str:
    return (pupil.sex if by == "sex" else pupil.ethnic) or UNKNOWN

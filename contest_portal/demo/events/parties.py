"""Which classes of the city's schools wish to see the museum, in which parties, and how many come of whom in the end. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from contest_portal.demo.chance import chance, shares, weighted
from contest_portal.demo.schools import SchoolPlan
from contest_portal.events.booking.party import ClassOf, Party
from contest_portal.people.grades import grades_of

PUPILS_PER_ADULT = 20
CLASS_SIZES, SPECIAL_SIZES = (42, 47), (8, 12)
"""Pupils of a class; three classes with their teachers fit into one session of 150."""
AT_ONCE = (1, 2, 2, 3, 3)
CHOOSY, MOST_LIKED = 16, 2
"""One party in so many wishes nothing but so many sessions."""


@dataclass(frozen=True)
class PartyPlan:
    """A party of a school (its index), which may be divided over neighbouring sessions or not."""

    school: int
    party: Party
    may_split: bool
    needs_bus: bool


def museum_parties(seed: int, schools: Sequence[SchoolPlan], classes: int) -> list[PartyPlan]:
    """`classes` classes of the city's schools, those of one grade going together by ones, twos and threes."""
    city = [one for one in schools if one.is_urban]
    found = []
    for school, count in zip(city, shares(classes, [one.pupils for one in city]), strict=True):
        rng, grades = chance(seed, "museum", school.index), list(grades_of(school.kind))
        for grade, here in zip(grades, shares(count, [1.0] * len(grades)), strict=True):
            least, most = SPECIAL_SIZES if school.kind == "special" else CLASS_SIZES
            every = [ClassOf(grade, f"{number}班", rng.randint(least, most)) for number in range(1, here + 1)]
            while every:
                together, every = _first(every, rng.choice(AT_ONCE))
                found.append(_party(rng, school, together))
    return found


def wishes(
    seed: int, sizes: Sequence[int], sessions: Sequence[int], capacity: int, most: int, popular: Sequence[float]
) -> list[list[int]]:
    """The sessions that each party wishes, in order.

    Schools have agreed with the office by telephone when there is room, so that one of a party's wishes is such a
    session; the others are what everybody likes (`popular`: a weight for each session). A few wish nothing but the most
    liked ones: not all of these find room.
    """
    rng = chance(seed, "museum wishes")
    agreed = _packed(rng, sizes, sessions, capacity)
    most_liked = sorted(sessions, key=lambda one: -popular[sessions.index(one)])[:MOST_LIKED]
    found = []
    for place in range(len(sizes)):
        if place % CHOOSY == CHOOSY // 2:
            found.append(rng.sample(most_liked, min(most, len(most_liked))))
            continue
        liked = list(dict.fromkeys(weighted(rng, sessions, popular) for _try in range(most)))
        if (good := agreed.get(place)) is not None:
            liked = [one for one in liked if one != good][: most - 1]
            liked.insert(min(rng.choice((0, 0, 1, 2)), len(liked)), good)
        found.append(liked[:most])
    return found


def turn_out(expected: Sequence[tuple[int, int]], people: int) -> list[tuple[int, int]]:
    """(pupils, adults) that come of each party of which (pupils, adults) were expected: `people` in all, or all of them.

    Who stays away are pupils: some are ill on the day.
    """
    away = sum(pupils + adults for pupils, adults in expected) - people
    if away <= 0:
        return list(expected)
    missing = shares(away, [float(pupils) for pupils, _adults in expected])
    return [(pupils - gone, adults) for (pupils, adults), gone in zip(expected, missing, strict=True)]


def walk_ins(people: int, room: Mapping[int, int], most: int) -> list[tuple[int, int]]:
    """(session, people) of groups without a booking, at most `most` each: `people` of them as far as there is `room`."""
    found = []
    for session, free in sorted(room.items(), key=lambda one: (-one[1], one[0])):
        count = min(people, free, most)
        if count > 0:
            found.append((session, count))
            people -= count
    return found


def _party(rng: Random, school: SchoolPlan, classes: Sequence[ClassOf]) -> PartyPlan:
    pupils = sum(one.pupils for one in classes)
    return PartyPlan(
        school=school.index,
        party=Party(tuple(classes), adults=-(-pupils // PUPILS_PER_ADULT)),
        may_split=len(classes) > 1 and rng.random() < 0.4,
        needs_bus=rng.random() < 0.15,
    )


def _first(classes: list[ClassOf], count: int) -> tuple[list[ClassOf], list[ClassOf]]:
    return classes[:count], classes[count:]


def _packed(rng: Random, sizes: Sequence[int], sessions: Sequence[int], capacity: int) -> dict[int, int]:
    """A session for each party that finds room, the largest first."""
    order = list(sessions)
    rng.shuffle(order)
    free, found = dict.fromkeys(order, capacity), {}
    for place in sorted(range(len(sizes)), key=lambda one: (-sizes[one], one)):
        session = next((one for one in order if free[one] >= sizes[place]), None)
        if session is not None:
            free[session] -= sizes[place]
            found[place] = session
    return found

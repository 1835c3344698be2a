"""What each party may get, and the choice among it as an integer program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import lcm

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from contest_portal.events.allocation.problem import Party, Problem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to place a party: the sessions in a row (their places in `Table.sessions`), and the wish that it counts as."""

    party: int
    run: tuple[int, ...]
    wish: int


@dataclass(frozen=True, slots=True)
class Share:
    """A variable of the program: how many classes of `size` people of a split choice go to one of its sessions."""

    choice: int
    session: int
    size: int
    count: int


class Table:
    """The problem's choices in an order of their own, by the ids, so that the order of the input plays no part.

    Variables: first the choices (taken or not), then the shares of those that split.
    """

    def __init__(self, problem: Problem) -> None:
        self.sessions = sorted(problem.sessions, key=lambda one: (str(one.day), one.order, str(one.id)))
        self.parties = sorted(problem.parties, key=lambda one: str(one.id))
        self.choices = [choice for place, party in enumerate(self.parties) for choice in self._choices_of(place, party)]
        self.shares = [share for number, choice in enumerate(self.choices) for share in self._shares_of(number, choice)]
        self.capacity: Ints = np.array([session.capacity for session in self.sessions], dtype=np.int64)
        scale = lcm(1, *(party.priority.denominator for party in self.parties))
        parties = [self.parties[choice.party] for choice in self.choices]
        # Whole numbers, so that a stage's best value is one and the next stage can keep it exactly.
        self.priority: Ints = np.array([int(party.priority * scale) for party in parties], dtype=np.int64)
        self.size: Ints = np.array([party.size for party in parties], dtype=np.int64)
        self.wish: Ints = np.array([choice.wish for choice in self.choices], dtype=np.int64)
        self.party_of: Ints = np.array([choice.party for choice in self.choices], dtype=np.int64)

    def _choices_of(self, place: int, party: Party) -> list[Choice]:
        position: dict[int, int] = {}
        for number, wished in enumerate(party.wishes, start=1):
            position.setdefault(self.session_place(wished), number)
        found = []
        for start, wish in position.items():
            if party.size <= self.sessions[start].capacity and self.sessions[start].most_parties != 0:
                found.append(Choice(place, (start,), wish))
            if party.may_split:
                found += self._splits_from(place, party, start, position)
        return found

    def _splits_from(self, place: int, party: Party, start: int, position: dict[int, int]) -> list[Choice]:
        """The rows of sessions from `start` on, two and more, that hold at least the party's smallest class each."""
        found, run = [], [start]
        while len(run) < len(party.classes) and self._follows(run[-1]):
            run.append(run[-1] + 1)
            if any(not self._takes_a_class(one, party) for one in run):
                break
            found.append(Choice(place, tuple(run), max(position[one] for one in run if one in position)))
        return found

    def _takes_a_class(self, place: int, party: Party) -> bool:
        session = self.sessions[place]
        return session.capacity >= min(party.classes) and session.most_parties != 0

    def _follows(self, session: int) -> bool:
        """Whether the next session comes after this one on the same day. Two at once are not next to each other."""
        if session + 1 == len(self.sessions):
            return False
        this, other = self.sessions[session], self.sessions[session + 1]
        return other.day == this.day and other.order > this.order

    def _shares_of(self, number: int, choice: Choice) -> list[Share]:
        if len(choice.run) == 1:
            return []
        sizes = Counter(self.parties[choice.party].classes)
        return [
            Share(number, session, size, count)
            for session in choice.run
            for size, count in sorted(sizes.items())
            if size <= self.sessions[session].capacity
        ]

    def session_place(self, session_id: Hashable) -> int:
        """Where a session stands in `sessions`."""
        return self._place_of[session_id]

    @cached_property
    def _place_of(self) -> dict[Hashable, int]:
        return {session.id: place for place, session in enumerate(self.sessions)}

    @property
    def width(self) -> int:
        """How many variables the program has."""
        return len(self.choices) + len(self.shares)

    @cached_property
    def most(self) -> Floats:
        """The upper bound of each variable: (width,)."""
        return np.array([1.0] * len(self.choices) + [float(share.count) for share in self.shares])

    @cached_property
    def program(self) -> Program:
        """The rows of the whole program."""
        rows = _Rows()
        for party in range(len(self.parties)):
            rows.add([(number, 1) for number in self.numbers_of[party]], -np.inf, 1)
        people: list[list[tuple[int, float]]] = [[] for _ in self.sessions]
        for number, choice in enumerate(self.choices):
            if len(choice.run) == 1:
                people[choice.run[0]].append((number, float(self.size[number])))
        first = len(self.choices)
        shares: dict[int, list[tuple[int, Share]]] = {}
        for place, share in enumerate(self.shares):
            people[share.session].append((first + place, float(share.size)))
            shares.setdefault(share.choice, []).append((first + place, share))
        for session, terms in enumerate(people):
            rows.add(terms, -np.inf, float(self.capacity[session]))
        self._limit_parties(rows)
        for number, own in shares.items():
            for size, count in Counter(self.parties[self.choices[number].party].classes).items():
                rows.add([*((v, 1) for v, share in own if share.size == size), (number, -count)], 0, 0)
            for session in self.choices[number].run:
                rows.add([*((v, 1) for v, share in own if share.session == session), (number, -1)], 0, np.inf)
        return rows.program(self.width)

    def _limit_parties(self, rows: _Rows) -> None:
        """Each session of a choice gets a part of the party, so that a choice counts once in all of them."""
        for place, session in enumerate(self.sessions):
            if session.most_parties is not None:
                here = [(number, 1.0) for number, choice in enumerate(self.choices) if place in choice.run]
                rows.add(here, -np.inf, float(session.most_parties))

    @cached_property
    def numbers_of(self) -> list[list[int]]:
        """The numbers of each party's choices, by the party's place."""
        numbers: list[list[int]] = [[] for _ in self.parties]
        for number, choice in enumerate(self.choices):
            numbers[choice.party].append(number)
        return numbers

    def people_of(self, number: int, solution: Floats) -> dict[int, int]:
        """People by session (its place) of a choice that was taken."""
        choice = self.choices[number]
        if len(choice.run) == 1:
            return {choice.run[0]: int(self.size[number])}
        people: Counter[int] = Counter()
        for place, share in enumerate(self.shares, start=len(self.choices)):
            if share.choice == number:
                people[share.session] += share.size * round(solution[place])
        return dict(people)


@dataclass(frozen=True)
class Program:
    """Rows `least <= matrix @ variables <= most`."""

    matrix: csr_array
    least: Floats
    most: Floats


class _Rows:
    def __init__(self) -> None:
        self.entries: list[tuple[int, int, float]] = []
        self.least: list[float] = []
        self.most: list[float] = []

    def add(self, terms: Sequence[tuple[int, float]], least: float, most: float) -> None:
        if terms:
            self.entries += [(len(self.least), column, value) for column, value in terms]
            self.least.append(least)
            self.most.append(most)

    def program(self, width: int) -> Program:
        places, columns, values = zip(*self.entries, strict=True) if self.entries else ((), (), ())
        matrix = csr_array((values, (places, columns)), shape=(len(self.least), width), dtype=np.float64)
        return Program(matrix, np.array(self.least), np.array(self.most))

"""A plan as it stands: the frozen problem, the answer, and what was moved by hand since. Pure.

A document of a problem is what `contest-portal events allocate` reads; parties are bookings, sessions are sessions, by
their ids. Bytes are made in one way only, so that whoever computes the same again can compare them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contest_portal.core.text import N_, Message
from contest_portal.events.allocation import allocate
from contest_portal.events.allocation.problem_json import answer_of, read_problem
from contest_portal.events.allocation.reasons import words_of

Places = Mapping[int, int]
"""Session → people."""


def problem_bytes(problem: Mapping[str, Any]) -> bytes:
    """The problem's file."""
    return (json.dumps(problem, ensure_ascii=False, indent=1) + "\n").encode()


def problem_digest(problem: Mapping[str, Any]) -> str:
    """SHA-256 of the problem's file, in hex."""
    return hashlib.sha256(problem_bytes(problem)).hexdigest()


def answer_bytes(answer: Mapping[str, Any]) -> bytes:
    """The answer's file: what the command prints with --json."""
    return (json.dumps(answer, ensure_ascii=False) + "\n").encode()


def computed(problem: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """The answer, as the command prints it. Raises Invalid for a problem that contradicts itself."""
    read, _unknown = read_problem(problem_bytes(problem).decode())
    return answer_of(allocate(read, seed))


@dataclass(frozen=True)
class Move:
    """A party that was put elsewhere, or out (no places), by hand."""

    party: int
    places: Places


@dataclass(frozen=True)
class Standing:
    """What a party gets: its places (none: nothing), the position of its wish (0: it wished none of them), why nothing.

    `code` is of the reasons in allocation/reasons.py, or "by_hand"; `reason` as it is frozen, `words` in any language.
    """

    party: int
    size: int
    places: Places
    wish: int
    code: str
    reason: str
    by_hand: bool
    words: Message = field(default_factory=lambda: Message(""), compare=False)


class Plan:
    """The problem with the answer and the moves, the last one of a party counting."""

    def __init__(self, problem: Mapping[str, Any], answer: Mapping[str, Any], moves: Iterable[Move] = ()) -> None:
        self.sessions: dict[int, Mapping[str, Any]] = {one["id"]: one for one in problem["sessions"]}
        self.parties: dict[int, Mapping[str, Any]] = {one["id"]: one for one in problem["parties"]}
        moved = {one.party: one.places for one in moves}
        given = {
            one["party"]: ({int(key): count for key, count in one["sessions"].items()}, one["wish"])
            for one in answer.get("placed", ())
        }
        self._left = self._left_by(places for places, _wish in given.values())
        why = {one["party"]: (one["code"], one["reason"]) for one in answer.get("unplaced", ())}
        self.standings = {party: self._standing(party, given, why, moved) for party in self.parties}

    def _standing(
        self,
        party: int,
        given: Mapping[int, tuple[Places, int]],
        why: Mapping[int, tuple[str, str]],
        moved: Mapping[int, Places],
    ) -> Standing:
        size = self.parties[party]["size"]
        if party in moved:
            places = moved[party]
            return Standing(party, size, places, self.wish_of(party, places), "" if places else "by_hand", "", True)
        if party in given:
            places, wish = given[party]
            return Standing(party, size, places, wish, "", "", False)
        code, reason = why.get(party, ("", ""))
        return Standing(party, size, {}, 0, code, reason, False, self._words(party, code, reason))

    def _left_by(self, placed: Iterable[Places]) -> dict[int, tuple[int, int | None]]:
        """(places, parties) that the computed answer leaves in each session; None: any number of parties."""
        left = {one: (facts["capacity"], facts.get("most_parties")) for one, facts in self.sessions.items()}
        for places in placed:
            for session, people in places.items():
                room, parties = left[session]
                left[session] = (room - people, None if parties is None else parties - 1)
        return left

    def _words(self, party: int, code: str, reason: str) -> Message:
        """The frozen reason with its numbers found again, so that it can be translated; else as it is frozen."""
        facts = self.parties[party]
        number = 0
        if code == "too_large":
            number = max((self.sessions[one]["capacity"] for one in facts["wishes"]), default=0)
        elif code == "full":
            left = (self._left[one] for one in facts["wishes"])
            number = max((room for room, parties in left if parties is None or parties > 0), default=0)
        found = words_of(code, facts["size"], number)
        return found if str(found) == reason else Message(reason)

    def wish_of(self, party: int, places: Places) -> int:
        """The position of the wish: of a divided party the worst of those it wished, 0 where it wished none of them."""
        wishes = list(self.parties[party]["wishes"])
        return max((wishes.index(one) + 1 for one in places if one in wishes), default=0)

    def taken(self, *, without: int = 0) -> dict[int, int]:
        """People by session, for all sessions."""
        found = dict.fromkeys(self.sessions, 0)
        for one in self.standings.values():
            if one.party != without:
                for session, people in one.places.items():
                    found[session] += people
        return found

    def guests(self, session: int) -> list[Standing]:
        """Who comes to the session, the largest first."""
        found = [one for one in self.standings.values() if session in one.places]
        return sorted(found, key=lambda one: (-one.places[session], one.party))

    @property
    def placed(self) -> list[Standing]:
        return [one for one in self.standings.values() if one.places]

    @property
    def unplaced(self) -> list[Standing]:
        return [one for one in self.standings.values() if not one.places]

    def counts(self) -> dict[str, int]:
        """How many parties and people are placed, how many are not, and by the position of the wish."""
        placed, unplaced = self.placed, self.unplaced
        return {
            "parties": len(placed),
            "people": sum(one.size for one in placed),
            "left_parties": len(unplaced),
            "left_people": sum(one.size for one in unplaced),
            "first": sum(one.wish == 1 for one in placed),
            "second": sum(one.wish == 2 for one in placed),
            "by_hand": sum(one.by_hand for one in self.standings.values()),
        }

    def over(self, party: int, places: Places) -> list[tuple[int, int]]:
        """(session, how many people too many) where the party does not fit in beside the others."""
        taken = self.taken(without=party)
        over = [(one, taken[one] + people - self.sessions[one]["capacity"]) for one, people in places.items()]
        return [(session, people) for session, people in over if people > 0]

    def over_parties(self, party: int, places: Places) -> list[int]:
        """The sessions that take no further party beside those that come."""
        counts = dict.fromkeys(self.sessions, 0)
        for one in self.standings.values():
            for session in one.places if one.party != party else ():
                counts[session] += 1
        limits = {one: self.sessions[one].get("most_parties") for one in places}
        return [one for one, most in limits.items() if most is not None and counts[one] >= most]

    def warnings(self, party: int, places: Places) -> list[Message]:
        """What speaks against these places though there is room: not wished, divided without leave, not next to each other."""
        facts, found = self.parties[party], []
        if places and not set(places) & set(facts["wishes"]):
            found.append(Message(N_("学校没有填报这一场。")))
        if len(places) > 1:
            if not facts["may_split"]:
                found.append(Message(N_("学校没有同意分到几场。")))
            if not self.are_neighbours(list(places)):
                found.append(Message(N_("这几场不在同一天，或不相邻。")))
        return found

    def are_neighbours(self, sessions: Sequence[int]) -> bool:
        """Whether the sessions follow each other on one day."""
        days = {self.sessions[one]["day"] for one in sessions}
        if len(days) != 1:
            return False
        (day,) = days
        of_day = sorted(
            (one["order"], session) for session, one in self.sessions.items() if one["day"] == day
        )  # fmt: skip
        numbers = sorted([session for _order, session in of_day].index(one) for one in sessions)
        return numbers == list(range(numbers[0], numbers[0] + len(numbers)))

"""What the counts of a day come to: expected, arrived, in the hall, late. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

LATE_AFTER = timedelta(minutes=10)
"""Who comes more than this after the session's beginning is shown as late; nothing else follows from it."""

LARGEST_PARTY = 5000
"""A count above this is a slip of the finger."""


@dataclass(frozen=True)
class Stay:
    """People who came: when, and until when they are in the hall."""

    people: int
    arrived_at: datetime
    until: datetime
    is_booked: bool = True


@dataclass(frozen=True)
class Tally:
    """A session, or several: people and parties expected, people that came, how many of the expected parties came and
    how many without a booking, people there now."""

    expected: int = 0
    expected_parties: int = 0
    arrived: int = 0
    arrived_parties: int = 0
    in_hall: int = 0
    walk_ins: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.expected + other.expected,
            self.expected_parties + other.expected_parties,
            self.arrived + other.arrived,
            self.arrived_parties + other.arrived_parties,
            self.in_hall + other.in_hall,
            self.walk_ins + other.walk_ins,
        )


def tally(expected: Iterable[int], stays: Iterable[Stay], now: datetime) -> Tally:
    """`expected`: the people of each party that has places. A party is in the hall from its arrival until it leaves."""
    booked, came = list(expected), list(stays)
    return Tally(
        expected=sum(booked),
        expected_parties=len(booked),
        arrived=sum(one.people for one in came),
        arrived_parties=sum(one.is_booked for one in came),
        walk_ins=sum(not one.is_booked for one in came),
        in_hall=sum(one.people for one in came if one.arrived_at <= now < one.until),
    )


def is_late(arrived_at: datetime, starts_at: datetime) -> bool:
    """Whether the party is shown as late."""
    return arrived_at > starts_at + LATE_AFTER


def people_in_session(place: int, pupils: int, adults: int, here: int | None) -> tuple[int, int]:
    """(pupils, adults) expected in one session of a party with `place` places there.

    `here`: the pupils of its classes that were put into this session, None where the party was not divided.
    """
    if place >= pupils + adults or here is None:
        return min(pupils, place), max(0, place - pupils)
    return min(here, place), max(0, place - here)


def moment_of_arrival(
    now: datetime, seconds_ago: int | None, starts_at: datetime, first: datetime, last: datetime
) -> datetime:
    """When a party came that is recorded now, `seconds_ago` after it was typed (None: typed now).

    `first` and `last`: the day of the session. What is typed in later from paper counts from the session's beginning.
    """
    typed_at = now - timedelta(seconds=seconds_ago or 0)
    return typed_at if first <= typed_at <= last else starts_at

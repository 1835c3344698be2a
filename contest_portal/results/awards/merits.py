"""Awards for tutors and schools by points: 优秀科技辅导员, 优秀组织奖. Each sum is told line by line. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from contest_portal.core.text import N_, Message

MeritState = Literal["given", "none", "tied"]


@dataclass(frozen=True)
class MeritRule:
    """How points are counted. `points`: for one work by its award; a tutor gets a work's points whole, or its part where
    the work has several (`is_shared`). `per_entry`: for each work that stands; `per_student` for each pupil a school
    reported, at most `most_for_students`. `places`: how many get the award; `minimum`: the least points for it."""

    award: str
    points: Mapping[str, int] = field(default_factory=dict)
    per_entry: int = 0
    per_students: int = 0  # one point for so many pupils; 0: they do not count
    most_for_students: int = 0
    is_shared: bool = False
    places: int = 10
    minimum: int = 1

    def to_json(self) -> dict[str, Any]:
        """The rule as JSON-able data."""
        return {**self.__dict__, "points": dict(self.points)}


def read_merit_rule(data: Mapping[str, Any]) -> MeritRule:
    """The rule that `to_json` gave."""
    return MeritRule(**data)


DEFAULT_POINTS = {"一等奖": 5, "二等奖": 3, "三等奖": 1}
DEFAULT_TUTOR_RULE = MeritRule("优秀科技辅导员", DEFAULT_POINTS, is_shared=True)
DEFAULT_SCHOOL_RULE = MeritRule("优秀组织奖", DEFAULT_POINTS, per_entry=1, per_students=100, most_for_students=20)


@dataclass(frozen=True)
class WorkOf:
    """A work of somebody: its award (empty: none), and among how many its points are divided."""

    award: str
    among: int = 1


@dataclass(frozen=True)
class Term:
    """One line of a sum: what, how many of it, points in all."""

    label: str
    count: int
    points: Fraction


@dataclass(frozen=True)
class Merit:
    """A person or school with its sum. `rank` is equal for equal sums."""

    key: Hashable
    points: Fraction
    terms: tuple[Term, ...]
    rank: int
    state: MeritState
    message: Message


def terms_of(rule: MeritRule, works: Sequence[WorkOf], students: int = 0) -> tuple[Term, ...]:
    """The sum line by line; lines of no points are left out."""
    found = []
    for award, points in rule.points.items():
        own = [work for work in works if work.award == award]
        total = sum((Fraction(points, work.among if rule.is_shared else 1) for work in own), Fraction(0))
        found.append(Term(award, len(own), total))
    found.append(Term(N_("参赛作品"), len(works), Fraction(rule.per_entry * len(works))))
    if rule.per_students:
        reached = min(students // rule.per_students, rule.most_for_students)
        found.append(Term(N_("参与学生"), students, Fraction(reached)))
    return tuple(term for term in found if term.points)


def merits(rule: MeritRule, people: Iterable[tuple[Hashable, Sequence[WorkOf], int]]) -> list[Merit]:
    """Everybody by points, best first, with who gets the award. `people`: (key, works, pupils reported).

    Equal sums across the last place wait for the office: none of them is chosen by the order of a file.
    """
    summed = [(key, terms_of(rule, works, students)) for key, works, students in people]
    counted = [(key, sum((term.points for term in terms), Fraction(0)), terms) for key, terms in summed]
    able = sorted((row for row in counted if row[1] >= rule.minimum), key=lambda row: -row[1])
    below = sorted((row for row in counted if row[1] < rule.minimum), key=lambda row: -row[1])
    found = []
    for key, points, terms in able:
        rank = 1 + sum(other > points for _key, other, _terms in able)
        size = sum(other == points for _key, other, _terms in able)
        found.append(Merit(key, points, terms, rank, *_place(rule, rank, size)))
    for key, points, terms in below:
        rank = 1 + sum(other > points for _key, other, _terms in counted)
        message = Message.of(N_("不足 %(minimum)s 分。"), minimum=rule.minimum)
        found.append(Merit(key, points, terms, rank, "none", message))
    return found


def _place(rule: MeritRule, rank: int, size: int) -> tuple[MeritState, Message]:
    if rank + size - 1 <= rule.places:
        return "given", Message.of(N_("第 %(rank)s 名，在 %(places)s 个名额之内。"), rank=rank, places=rule.places)
    if rank > rule.places:
        return "none", Message.of(N_("第 %(rank)s 名，名额 %(places)s 个。"), rank=rank, places=rule.places)
    words = N_("并列第 %(rank)s 名共 %(count)s 个，还剩 %(room)s 个名额，请选定。")
    return "tied", Message.of(words, rank=rank, count=size, room=rule.places - rank + 1)

"""Confirmed tutors and schools whose points no longer carry their award, since a work of theirs lost its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from contest_portal.results.awards.models import MeritAward
from contest_portal.results.awards.queries.merits import MeritLine, merit_awards, merit_lines, stored_merit_rule


@dataclass(frozen=True)
class FallenMerit:
    """A confirmed award with the points it was given for and those that are left. `id` is the teacher's or the school's."""

    kind: str
    id: int
    name: str
    award: str
    before: Fraction
    now: Fraction


def fallen_merits(contest_id: int) -> list[FallenMerit]:
    """Who has fewer points than when the office confirmed it, and by them no place any more. At most nine statements."""
    confirmed = merit_awards(contest_id)
    found: list[FallenMerit] = []
    for kind in ("tutor", "school"):
        own = [row for row in confirmed if (row.teacher_id if kind == "tutor" else row.school_id)]
        if own:
            rule, _version = stored_merit_rule(contest_id, kind)
            found.extend(fallen_of(kind, own, merit_lines(contest_id, kind, rule)))
    return found


def fallen_of(kind: str, confirmed: Sequence[MeritAward], lines: Sequence[MeritLine]) -> list[FallenMerit]:
    """The same of one kind, from what was read already."""
    by_id = {line.id: line for line in lines}
    found = []
    for row in confirmed:
        person = row.teacher if kind == "tutor" else row.school
        whose = row.teacher_id if kind == "tutor" else row.school_id
        if person is None or whose is None:
            continue
        line, before = by_id.get(whose), Fraction(row.points)
        points = line.merit.points if line else Fraction(0)
        if points < before and (line is None or line.merit.state != "given"):
            found.append(FallenMerit(kind, whose, person.name, row.award, before, points))
    return found

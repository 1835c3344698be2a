"""The rubric of a round: a category's criteria as the round has them, with anchors that say what points mean. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contest_portal.contests.rules import Criterion


@dataclass(frozen=True)
class RoundCriterion(Criterion):
    """A criterion with its anchors: what no points, half the points and all points stand for ("" where not said)."""

    anchors: tuple[str, str, str] = ("", "", "")

    def anchor_lines(self) -> list[tuple[float, str]]:
        """(points, what they stand for) of the anchors that say something, from none to all points."""
        points = (0, self.max_points / 2, self.max_points)
        return [(value, text) for value, text in zip(points, self.anchors, strict=True) if text]


def rubric_of(document: Sequence[Mapping[str, Any]]) -> tuple[RoundCriterion, ...]:
    """The criteria of a round's frozen rubric; one kept before there were anchors has none."""
    return tuple(_criterion(item) for item in document)


def _criterion(item: Mapping[str, Any]) -> RoundCriterion:
    anchors = [str(text) for text in item.get("anchors") or ()][:3]
    none, half, full = [*anchors, "", "", ""][:3]
    return RoundCriterion(
        item["code"], item["name"], item["max_points"], item.get("description", ""), (none, half, full)
    )


def frozen(criteria: Iterable[Criterion]) -> list[dict[str, Any]]:
    """The criteria as a round keeps them."""
    return [
        {
            "code": one.code,
            "name": one.name,
            "max_points": one.max_points,
            "description": one.description,
            "anchors": list(one.anchors) if isinstance(one, RoundCriterion) else ["", "", ""],
        }
        for one in criteria
    ]


def points_of(rubric: Iterable[Criterion]) -> int:
    """All points of a rubric."""
    return sum(one.max_points for one in rubric)

"""A ranking as a function of what was frozen: the same inputs give the same lines and facts, here and on another machine.

Pure. Judges and works are numbers; no input holds a name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from contest_portal.judging.carrying import Carried, Together
from contest_portal.judging.ranking import Method, TieRule, break_ties
from contest_portal.judging.standings import Line, Score, Work, fit, standings
from contest_portal.judging.tie_breaks import RAW, VOTE, code_of

FORMAT = 2


@dataclass(frozen=True)
class Inputs:
    """Everything that the rankings of one category follow from.

    `stages` are the stage groups that get a ranking of their own. `wanted` counts places: `{"": 26}` in all, or by stage
    group. `carried` is what an earlier round found, by entry; it counts `carry_weight` of the whole. `excluded` are
    works that a decision took out; their sheets are not among `scores`.
    """

    method: str
    works: Sequence[Work]
    scores: Sequence[Score]
    stages: Sequence[str] = ()
    scale: bool = False
    wanted: Mapping[str, int] = field(default_factory=dict)
    seed: int = 0
    tie_breaks: Sequence[str] = ()
    carried: Mapping[int, Carried] = field(default_factory=dict)
    carry_weight: float = 0.0
    excluded: Sequence[int] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON-able data, in one order whatever the order of works and sheets was."""
        return {
            "format": FORMAT,
            "method": self.method,
            "scale": self.scale,
            "seed": self.seed,
            "stages": list(self.stages),
            "wanted": dict(sorted(self.wanted.items())),
            "tie_breaks": list(self.tie_breaks),
            "carried": [[entry, *one.to_list()] for entry, one in sorted(self.carried.items())],
            "carry_weight": self.carry_weight,
            "excluded": sorted(self.excluded),
            "works": sorted([work.id, work.number, work.stage_code] for work in self.works),
            "scores": sorted(
                ([one.entry_id, one.judge_id, one.total, dict(sorted(one.marks.items()))] for one in self.scores),
                key=lambda row: row[:3],
            ),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Inputs:
        """What `to_dict` gave. Raises KeyError, TypeError, ValueError for anything else."""
        if data["format"] != FORMAT:
            raise ValueError(f"inputs of format {data['format']!r}")
        return cls(
            method=str(Method(data["method"])),
            works=[Work(int(id_), str(number), str(stage)) for id_, number, stage in data["works"]],
            scores=[
                Score(int(entry), int(judge), float(total), dict(marks))
                for entry, judge, total, marks in data["scores"]
            ],
            stages=[str(one) for one in data["stages"]],
            scale=bool(data["scale"]),
            wanted={str(stage): int(count) for stage, count in data["wanted"].items()},
            seed=int(data["seed"]),
            tie_breaks=[str(one) for one in data["tie_breaks"]],
            carried={int(entry): Carried.from_list(values) for entry, *values in data["carried"]},
            carry_weight=float(data["carry_weight"]),
            excluded=[int(one) for one in data["excluded"]],
        )

    def sha256(self) -> str:
        """The fingerprint of these inputs."""
        text = json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Frozen:
    """The ranking of one stage group ("" all): the method that was really used, facts and lines as JSON-able data."""

    stage: str
    method: str
    facts: dict[str, Any]
    lines: list[dict[str, Any]]


def rankings_of(inputs: Inputs) -> list[Frozen]:
    """The whole category first, then each of its stage groups, from one fit."""
    works = {work.id: work for work in inputs.works}
    fitted = fit(
        inputs.scores,
        Method(inputs.method),
        scale=inputs.scale,
        quota=inputs.wanted.get(""),
        group_quotas=[
            ([work.id for work in inputs.works if work.stage_code == stage], count)
            for stage, count in sorted(inputs.wanted.items())
            if stage
        ],
        seed=inputs.seed,
    )
    facts = _json(fitted.facts()) | {
        "tie_breaks": list(inputs.tie_breaks),
        "wanted": dict(inputs.wanted),
        "carry_weight": inputs.carry_weight,
        "excluded": sorted(inputs.excluded),
    }
    found = []
    both = Together(inputs.carried, inputs.carry_weight, fitted.spread) if inputs.carried else None
    chances = both.chances(standings(fitted, inputs.works), inputs.wanted, inputs.seed) if both else {}
    for stage in ["", *inputs.stages]:
        own = [work for work in works.values() if not stage or work.stage_code == stage]
        lines = standings(fitted, own)
        lines = _with_ties_broken(both.lines(lines, chances) if both else lines, inputs.tie_breaks)
        found.append(Frozen(stage, str(fitted.chosen.method), facts, [_json(line.to_dict()) for line in lines]))
    return found


def _with_ties_broken(lines: Sequence[Line], tie_breaks: Sequence[str]) -> list[Line]:
    """Ranks after the ordered list of tie-breaks; what stays equal stays a tie, for the committee to vote on."""
    rules = [_rule(lines, key) for key in tie_breaks if key != VOTE]
    placed = {
        one.id: one for one in break_ties({line.entry_id: line.rank for line in lines if line.rank is not None}, rules)
    }
    found = [
        replace(line, rank=own.rank, tied=own.tied, broken_by=list(own.broken_by), passed_over=list(own.passed_over))
        if (own := placed.get(line.entry_id)) is not None
        else line
        for line in lines
    ]
    return sorted(found, key=lambda line: (line.rank is None, line.rank, line.number))


def _rule(lines: Sequence[Line], key: str) -> TieRule:
    """A sum of raw scores is compared among works of as many sheets, where it goes as their mean does."""
    if key == RAW:
        means: dict[Hashable, float] = {line.entry_id: line.raw for line in lines if line.raw is not None}
        return TieRule(key, means, among={line.entry_id: line.reads for line in lines})
    code = code_of(key) or ""
    return TieRule(key, {line.entry_id: line.criteria[code] for line in lines if code in line.criteria})


def _json(data: dict[str, Any]) -> dict[str, Any]:
    """As it is read back from JSON, so that what is frozen equals what is computed again."""
    found: dict[str, Any] = json.loads(json.dumps(data, ensure_ascii=False))
    return found


def canonical(data: object) -> bytes:
    """One way to write data down: the bytes that two machines compare."""
    return (json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()

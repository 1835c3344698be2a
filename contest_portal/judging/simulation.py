"""How many of the truly best a way of judging finds, by drawing contests whose truth is known.

A contest is drawn from `score = level of the work + severity of the judge + noise`, all normal; it is planned by the
program's own assignment, ranked by each method, and the share of the truly best works that reach the list is counted
(recall). The same seed gives the same contests whatever the number of reads, so designs are compared on equal ground.

With `boundary` a second way costs as much: fewer reads for all, the rest for the works near the line (`boundary`), both
rounds in one model. Assumptions and figures: docs/decisions/simulation.md. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import fmean, stdev
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contest_portal.core.text import N_, Message
from contest_portal.judging.assignment import Entry, Infeasible, Judge, Problem, assign
from contest_portal.judging.boundary import place_reads
from contest_portal.judging.ranking import Method, Ranking, rank
from contest_portal.judging.ranking.quota import normals

Pair = tuple[int, int]
"""(judge, entry)"""

BOUNDARY = "boundary"
SHIFTED, Z_SCORES = "shifted", "zscores"
"""What offices do by hand: panels moved to one mean; each judge's marks brought to one mean and spread."""

FEWEST_FIRST = 2
"""Reads of the first round below which judges cannot be told from works, so that nobody knows where the line is."""

MOST_STEPS = 5
LARGEST = {"entries": 5_000, "judges": 500, "reads": 15, "replicates": 2_000}


class Panels(StrEnum):
    """Who may read what: everyone everything; own panel but for linked reads; own panel alone."""

    RANDOM = "random"
    LINKED = "linked"
    CLOSED = "closed"


@dataclass(frozen=True)
class Design:
    """A contest to be drawn. `quota` are places; standard deviations in points.

    `sd_panel` is how far the panels' works differ in level, besides `sd_entry` within a panel. `first_reads` None: one
    less than `reads`, at least two. `steps` are the boundary rounds among which the rest of the reads is parted.
    """

    entries: int = 240
    judges: int = 24
    reads: int = 3
    quota: int = 24
    sd_entry: float = 6.0
    sd_judge: float = 5.0
    sd_noise: float = 7.0
    panels: Panels = Panels.RANDOM
    panel_count: int = 4
    sd_panel: float = 0.0
    link_share: float = 0.3
    boundary: bool = False
    first_reads: int | None = None
    steps: int = 1
    methods: tuple[Method, ...] = tuple(Method)

    @property
    def first(self) -> int:
        """Reads of each work in the first of two rounds."""
        return self.first_reads or max(FEWEST_FIRST, self.reads - 1)

    @property
    def has_boundary(self) -> bool:
        """Whether reads are left for a boundary round."""
        return self.boundary and FEWEST_FIRST <= self.first < self.reads


@dataclass(frozen=True)
class Replicate:
    """One drawn contest: recall (0–1) by way of ranking, the method that was really used, the boundary round's reads."""

    recall: Mapping[str, float]
    used: Mapping[str, str]
    boundary_reads: int = 0
    boundary_entries: int = 0


@dataclass(frozen=True)
class Finding:
    """A way's recall over the replicates: mean, spread between contests, standard error of the mean (None for one)."""

    recall: float
    sd: float | None
    se: float | None
    used: Mapping[str, float]


def quota_places(quota: float, entries: int) -> int:
    """A share below one in places, rounded to the nearest and at least one; from one on, places themselves."""
    return max(1, int(quota * entries + 0.5)) if quota < 1 else int(quota)


def faults(design: Design) -> list[Message]:
    """What is wrong with a design, with the value and the limit; empty for one that can be drawn."""
    found = []
    for name, words in (("entries", N_("作品数")), ("judges", N_("评委数")), ("reads", N_("每件评阅次数"))):
        value, least, most = getattr(design, name), 2 if name != "reads" else 1, LARGEST[name]
        if not least <= value <= most:
            text = N_("%(what)s应在 %(least)s 到 %(most)s 之间，现在是 %(value)s。")
            found.append(Message.of(text, what=Message.of(words), least=least, most=most, value=value))
    if not 1 <= design.quota < design.entries:
        text = N_("名额应至少 1 个、少于作品数 %(entries)s，现在是 %(value)s。")
        found.append(Message.of(text, entries=design.entries, value=design.quota))
    for name, words in (
        ("sd_entry", N_("作品水平的差别")), ("sd_judge", N_("评委宽严的差别")), ("sd_noise", N_("偶然误差")),
        ("sd_panel", N_("各组作品水平的差别")),
    ):  # fmt: skip
        value = getattr(design, name)
        if not (0 <= value <= 100) or (name == "sd_entry" and value == 0):
            text = N_("%(what)s应是 0 到 100 分之间的数（作品水平的差别须大于 0），现在是 %(value)s。")
            found.append(Message.of(text, what=Message.of(words), value=f"{value:g}"))
    if not 1 <= design.steps <= MOST_STEPS:
        text = N_("边界复评应分 1 到 %(most)s 次进行，现在是 %(value)s。")
        found.append(Message.of(text, most=MOST_STEPS, value=design.steps))
    if not 0 <= design.link_share <= 1:
        found.append(Message.of(N_("跨组评阅比例应在 0 到 1 之间，现在是 %(value)s。"), value=f"{design.link_share:g}"))
    return found or _impossible(design)


def _impossible(design: Design) -> list[Message]:
    if design.reads > design.judges:
        text = N_("每件评阅 %(reads)s 次，但只有 %(judges)s 名评委，同一评委不能重复评阅一件作品。")
        return [Message.of(text, reads=design.reads, judges=design.judges)]
    if design.panels is Panels.RANDOM:
        return []
    if not 2 <= design.panel_count <= min(design.judges, design.entries):
        text = N_("评审组数应至少 2 个、不多于评委数 %(judges)s 和作品数 %(entries)s，现在是 %(value)s。")
        return [Message.of(text, judges=design.judges, entries=design.entries, value=design.panel_count)]
    smallest = design.judges // design.panel_count
    if design.reads > smallest:
        text = N_(
            "分成 %(panels)s 组时人数最少的组只有 %(judges)s 名评委，不够每件评阅 %(reads)s 次。请减少组数或评阅次数。"
        )
        return [Message.of(text, panels=design.panel_count, judges=smallest, reads=design.reads)]
    return []


MOST_SHOWN = 7


def at_each_number_of_reads(design: Design) -> list[Design]:
    """The design with 1 to 7 reads a work, as far as its judges go; two rounds where reads are left for the second."""
    found = [replace(design, reads=reads, first_reads=None) for reads in range(1, MOST_SHOWN + 1)]
    return [one for one in found if not faults(one)]


def replicate(design: Design, seed: int, number: int) -> Replicate:
    """Draw contest `number` of this seed and judge it. Raises ValueError for a design with faults."""
    wrong = faults(design)
    if wrong:
        raise ValueError(str(wrong[0]))
    contest = _Contest(design, np.random.PCG64([seed, number]))
    pairs = contest.plan(design.reads)
    rows = contest.scores(pairs)
    found, used = {}, {}
    for method in design.methods:
        ranking = rank(rows, method=method)
        found[str(method)], used[str(method)] = contest.recall(_levels(ranking)), str(ranking.method)
    if design.panels is not Panels.RANDOM:
        found[SHIFTED] = contest.recall(_shifted(contest, rows))
        found[Z_SCORES] = contest.recall(_z_scores(rows))
    drawn = Replicate(found, used)
    return _with_boundary(drawn, contest) if design.has_boundary else drawn


class _Contest:
    """The truth of one drawn contest, and the lots still to be drawn from it."""

    def __init__(self, design: Design, bits: np.random.PCG64) -> None:
        self.design, self.bits = design, bits
        panels = 1 if design.panels is Panels.RANDOM else design.panel_count
        self.panel = np.arange(design.entries) % panels
        shift = normals(bits, 1, panels)[0] * (design.sd_panel if panels > 1 else 0)
        self.level = normals(bits, 1, design.entries)[0] * design.sd_entry + shift[self.panel]
        self.severity = normals(bits, 1, design.judges)[0] * design.sd_judge
        # One noise for each possible read: designs with other plans or more reads meet the same judges on the same day.
        self.noise = normals(bits, design.entries, design.judges) * design.sd_noise
        self.best = set(np.argsort(-self.level, kind="stable")[: design.quota].tolist())

    def plan(self, reads: int, extra: Mapping[int, int] | None = None, kept: Iterable[Pair] = ()) -> list[Pair]:
        """The program's own plan; `extra` reads of some entries go to any judge who has not read them (`kept`)."""
        design, more = self.design, extra or {}
        at_home = design.panels is not Panels.RANDOM and extra is None
        entries = [
            Entry(one, panel=int(self.panel[one]) if at_home else None, reads=reads + more.get(one, 0))
            for one in range(design.entries)
        ]
        homes = [frozenset({one % design.panel_count}) if at_home else frozenset() for one in range(design.judges)]
        judges = [Judge(one, panels=home) for one, home in enumerate(homes)]
        share = design.link_share if at_home and design.panels is Panels.LINKED else 0.0
        problem = Problem(entries, judges, reads, kept=frozenset(kept), link_share=share)
        found = assign(problem, seed=int(self.bits.random_raw() >> 33))
        if isinstance(found, Infeasible):
            raise ValueError(str(found.shortages[0].message))  # noqa: TRY004  no type is wrong, the numbers are
        return [(int(judge), int(entry)) for judge, entry in found.pairs]  # type: ignore[call-overload]

    def scores(self, pairs: Sequence[Pair]) -> list[tuple[int, int, float]]:
        """Rows as `rank` takes them; around 75 points, not bounded."""
        return [
            (entry, judge, float(75 + self.level[entry] + self.severity[judge] + self.noise[entry, judge]))
            for judge, entry in pairs
        ]

    def recall(self, levels: Mapping[int, float]) -> float:
        """Share of the truly best among those with the highest levels."""
        chosen = sorted(levels, key=lambda one: (-levels[one], one))[: self.design.quota]
        return len(self.best.intersection(chosen)) / self.design.quota


def _levels(ranking: Ranking) -> dict[int, float]:
    return {int(one.id): one.estimate for one in ranking.entries}  # type: ignore[call-overload]


def _with_boundary(drawn: Replicate, contest: _Contest) -> Replicate:
    design = contest.design
    pairs = contest.plan(design.first)
    ranking = rank(contest.scores(pairs), method=Method.MIXED)
    left, extra = design.entries * (design.reads - design.first), dict[int, int]()
    for step in range(design.steps, 0, -1):
        given = place_reads(ranking, design.quota, left // step)
        for one, count in given:
            extra[int(one)] = extra.get(int(one), 0) + count  # type: ignore[call-overload]
        left -= sum(count for _, count in given)
        pairs = contest.plan(design.first, extra, pairs)
        ranking = rank(contest.scores(pairs), method=Method.MIXED)
    return replace(
        drawn,
        recall={**drawn.recall, BOUNDARY: contest.recall(_levels(ranking))},
        used={**drawn.used, BOUNDARY: str(ranking.method)},
        boundary_reads=sum(extra.values()),
        boundary_entries=len(extra),
    )


def _means(of: NDArray[np.intp], values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.bincount(of, values) / np.maximum(np.bincount(of), 1))


def _columns(rows: Sequence[tuple[int, int, float]]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    entry, judge, score = zip(*rows, strict=True)
    return np.array(entry, dtype=np.intp), np.array(judge, dtype=np.intp), np.array(score)


def _shifted(contest: _Contest, rows: Sequence[tuple[int, int, float]]) -> dict[int, float]:
    entry, _, score = _columns(rows)
    raw = _means(entry, score)
    return dict(enumerate((raw - _means(contest.panel, raw)[contest.panel]).tolist()))


def _z_scores(rows: Sequence[tuple[int, int, float]]) -> dict[int, float]:
    entry, judge, score = _columns(rows)
    centred = score - _means(judge, score)[judge]
    spread = np.sqrt(np.maximum(_means(judge, centred**2), 1e-12))
    return dict(enumerate(_means(entry, centred / spread[judge]).tolist()))


def summed_up(drawn: Sequence[Replicate]) -> dict[str, Finding]:
    """Each way's recall over the replicates, in a fixed order."""
    found = {}
    for way in drawn[0].recall:
        values = [one.recall[way] for one in drawn]
        methods = [one.used[way] for one in drawn if way in one.used]
        used = {method: methods.count(method) / len(methods) for method in sorted(set(methods))}
        found[way] = Finding(*mean_with_error(values), used)
    return found


def mean_with_error(values: Sequence[float]) -> tuple[float, float | None, float | None]:
    """Mean, standard deviation, standard error of the mean; the last two None for a single value."""
    if len(values) < 2:
        return fmean(values), None, None
    spread = stdev(values)
    return fmean(values), spread, spread / len(values) ** 0.5


def to_json(design: Design, drawn: Sequence[Replicate], seed: int) -> dict[str, Any]:
    """The findings as JSON-able data; recall, sd and se are shares (0–1) by way."""
    findings = summed_up(drawn)
    data: dict[str, Any] = {
        "entries": design.entries, "judges": design.judges, "reads": design.reads, "quota": design.quota,
        "sd_entry": design.sd_entry, "sd_judge": design.sd_judge, "sd_noise": design.sd_noise,
        "panels": str(design.panels), "panel_count": 1 if design.panels is Panels.RANDOM else design.panel_count,
        "sd_panel": design.sd_panel, "replicates": len(drawn), "seed": seed,
        "recall": {way: _short(one.recall) for way, one in findings.items()},
        "sd": {way: _short(one.sd) for way, one in findings.items()},
        "se": {way: _short(one.se) for way, one in findings.items()},
        "used": {way: dict(one.used) for way, one in findings.items() if one.used},
    }  # fmt: skip
    if BOUNDARY in findings:
        data["boundary"] = _boundary_data(design, drawn)
    return data


def _boundary_data(design: Design, drawn: Sequence[Replicate]) -> dict[str, Any]:
    """Differences are paired: both ways judge the same contests."""
    gains = {}
    for way in design.methods:
        mean, sd, se = mean_with_error([one.recall[BOUNDARY] - one.recall[str(way)] for one in drawn])
        gains[str(way)] = {"gain": _short(mean), "sd": _short(sd), "se": _short(se)}
    return {
        "first_reads": design.first,
        "steps": design.steps,
        "boundary_reads": _short(fmean(one.boundary_reads for one in drawn)),
        "boundary_entries": _short(fmean(one.boundary_entries for one in drawn)),
        "reads_in_all": _short(design.entries * design.first + fmean(one.boundary_reads for one in drawn)),
        "over": gains,
    }


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 6)

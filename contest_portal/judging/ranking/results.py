"""What a ranking is made of: entries with their estimates, judges with their severity, and how sure all of it is."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum

from contest_portal.core.text import Message


class Method(StrEnum):
    """How the estimate of an entry is made."""

    RAW = "raw"
    TRIMMED = "trimmed"
    ADDITIVE = "additive"
    MIXED = "mixed"
    HUBER = "huber"


CORRECTING = frozenset({Method.ADDITIVE, Method.MIXED, Method.HUBER})
"""The methods that take the judges' severity out."""


@dataclass(frozen=True, slots=True)
class EntryEstimate:
    """One entry: `raw` is the weighted mean, `estimate` what `rank` goes by; all in points, `se` where it is defined.

    Ranks are competition ranks (1, 2, 2, 4). `component` is the index into `Ranking.components`. `p_in_quota` is the
    probability (0–1) to be among the best `Ranking.quota`, None without a quota or without a standard error. `se_apart` is
    the standard error without what all entries have in common, which moves none past another.
    """

    id: Hashable
    reads: int
    raw: float
    estimate: float
    se: float | None
    rank: int
    raw_rank: int
    component: int
    p_in_quota: float | None = None
    se_apart: float | None = None


@dataclass(frozen=True, slots=True)
class JudgeEstimate:
    """One judge's severity (评分尺度偏差) in points: above zero gives more than the others for the same work, below less.

    None where the method estimates none; `se` also where judges show no difference, which is no certainty that there is
    none. `scale` is how wide the judge spreads the marks, 1 being like the others;
    None where no scale was estimated for this judge.
    """

    id: Hashable
    reads: int
    severity: float | None
    se: float | None
    scale: float | None = None


@dataclass(frozen=True, slots=True)
class Variance:
    """Variance components in squared points; None for an effect that is fixed or was not estimated.

    Where the entries' was estimated as 0 the estimates take entries as fixed, and these stay those of the model in which
    they are random.
    """

    entry: float | None = None
    judge: float | None = None
    residual: float | None = None


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far the scores tell entries apart; shares are 0–1.

    `icc` is that of one read, severity counted as error; `consistency` that of one read once severity is removed.
    `reached` is the mean reliability of this ranking's estimates, `reached_raw` that of the raw means. `judge_share` is
    the judges' part of the variance of a score. `reads_needed` are the reads an entry that a reliability of 0.8 would
    take with severity removed, `reads_needed_raw` with raw means; None when no number of reads would do.
    """

    icc: float
    consistency: float
    reached: float
    reached_raw: float
    judge_share: float
    reads_needed: int | None
    reads_needed_raw: int | None


@dataclass(frozen=True, slots=True)
class Component:
    """A connected part of the judge–entry graph: its judges can be compared with each other, and with no one else."""

    entries: tuple[Hashable, ...]
    judges: tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Entries by rank, judges by id, and the method that was really used with the reason in words.

    `lambda2` is the second eigenvalue of the judge–entry graph's normalised Laplacian, 0 (apart) to 1. `reliability` is
    None where the variance between entries was not estimated. `scaled`: the judges' marks were brought to one spread.
    """

    entries: tuple[EntryEstimate, ...]
    judges: tuple[JudgeEstimate, ...]
    variance: Variance
    mean: float | None
    components: tuple[Component, ...]
    method: Method
    entries_fixed: bool
    requested: Method
    reason: Message
    lambda2: float = 0.0
    reliability: Reliability | None = None
    scaled: bool = False
    quota: int | None = None
    seed: int = 0

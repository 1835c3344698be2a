"""Ranking from scores: raw means, and estimates with the judges' severity removed.

The model is `score = entry + judge + noise`. A judge who is lenient with everyone lifts the raw mean of the entries
that happened to be drawn for that judge; the correcting methods take that out:

* additive least squares: entries and judges fixed (two-way analysis of variance, unequal numbers of reads allowed);
* mixed model: judges random, entries fixed or random, variances by REML; with Huber weights against odd single scores;
* either on marks that were first brought to one spread (`scale`).

Judges who share no entry, not even through others, cannot be compared: nothing is corrected between connected parts, and
where the parts' levels differ, raw means stand.

Pure: plain values in and out. The order of the input has no influence on any byte of the result.
"""

from contest_portal.judging.ranking.ordinal import from_places, from_words, normal_scores
from contest_portal.judging.ranking.quota import BAND, boundary_band
from contest_portal.judging.ranking.ranked import VERSION, rank
from contest_portal.judging.ranking.reliability import Agreement, agreement, reads_needed
from contest_portal.judging.ranking.residuals import Residual, Residuals, Shift
from contest_portal.judging.ranking.results import (
    CORRECTING,
    Component,
    EntryEstimate,
    JudgeEstimate,
    Method,
    Ranking,
    Reliability,
    Variance,
)
from contest_portal.judging.ranking.ties import Placed, TieRule, break_ties

__all__ = [
    "BAND",
    "CORRECTING",
    "VERSION",
    "Agreement",
    "Component",
    "EntryEstimate",
    "JudgeEstimate",
    "Method",
    "Placed",
    "Ranking",
    "Reliability",
    "Residual",
    "Residuals",
    "Shift",
    "TieRule",
    "Variance",
    "agreement",
    "boundary_band",
    "break_ties",
    "from_places",
    "from_words",
    "normal_scores",
    "rank",
    "reads_needed",
]

"""Ranking from scores: raw means, and estimates with the judges' severity removed. Pure: plain values in and out."""

from contest_portal.judging.ranking.ranked import VERSION, Agreement, agreement, rank
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

__all__ = [
    "CORRECTING",
    "VERSION",
    "Agreement",
    "Component",
    "EntryEstimate",
    "JudgeEstimate",
    "Method",
    "Ranking",
    "Reliability",
    "Variance",
    "agreement",
    "rank",
]

"""Two pictures of one sheet, or not: laid over each other by their features, then compared pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from contest_portal.media.likeness.fingerprint import PictureFingerprint

SAME_FROM, UNSURE_FROM = 0.6, 0.5


class Verdict(StrEnum):
    """What the score says. A person decides what it means."""

    SAME = "same"
    UNSURE = "unsure"
    DIFFERENT = "different"


@dataclass(frozen=True)
class Likeness:
    """`score` 0..1, the verdict that it gives, and `how` it came about: plain values for JSON."""

    score: float
    verdict: Verdict
    how: dict[str, Any] = field(default_factory=dict)


def compare(a: PictureFingerprint, b: PictureFingerprint) -> Likeness:
    """How far two pictures show the same sheet: cropped, turned, mirrored, photographed, framed, signed or reduced."""
    best = Likeness(0.0, Verdict.DIFFERENT)
    for mirrored in (False, True):
        found = _by_features(a, b, mirrored)
        if found.score > best.score:
            best = found
    return best


def _by_features(a: PictureFingerprint, b: PictureFingerprint, mirrored: bool) -> Likeness:
    nothing = Likeness(0.0, Verdict.DIFFERENT)
    if min(len(a.features), len(b.features)) < 8:
        return nothing
    likeness = a.features.vectors @ (b.features.mirrored_vectors if mirrored else b.features.vectors).T
    best_b = likeness.argmax(axis=1)
    mutual = likeness.argmax(axis=0)[best_b] == np.arange(len(best_b))
    keep = np.flatnonzero(mutual & (likeness.max(axis=1) > 0.8))
    if len(keep) < 8:
        return nothing
    here, there = a.features.places[keep, :2], b.features.places[best_b[keep], :2].copy()
    if mirrored:
        there[:, 0] = b.small.shape[1] - 1 - there[:, 0]
    warp, inliers = cv2.findHomography(there, here, cv2.USAC_MAGSAC, 3.0, None, 2000, 0.999)
    if warp is None or int(inliers.sum()) < 8:
        return nothing
    score = _agreement(a.small, b.small[:, ::-1] if mirrored else b.small, warp)
    verdict = Verdict.SAME if score >= SAME_FROM else Verdict.UNSURE if score >= UNSURE_FROM else Verdict.DIFFERENT
    return Likeness(round(score, 4), verdict, {"mirrored": mirrored, "inliers": int(inliers.sum())})


def _agreement(a: NDArray[np.uint8], b: NDArray[np.uint8], warp: NDArray[np.float64]) -> float:
    size = a.shape[1], a.shape[0]
    laid = cv2.warpPerspective(np.ascontiguousarray(b), warp, size)
    covered = cv2.warpPerspective(np.ones(b.shape[:2], np.uint8), warp, size) > 0
    if covered.mean() < 0.4:
        return 0.0
    x, y = (cv2.GaussianBlur(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), (0, 0), 2).astype(np.float32) for p in (a, laid))

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.GaussianBlur(values, (0, 0), 8), np.float32)

    mx, my = mean(x), mean(y)
    vx, vy, cov = mean(x * x) - mx * mx, mean(y * y) - my * my, mean(x * y) - mx * my
    structure = (2 * cov + 10) / (vx + vy + 10)
    weight = np.sqrt(np.maximum(np.maximum(vx, vy), 0)) * covered
    return float(np.clip((structure * weight).sum() / max(float(weight.sum()), 1e-6), 0, 1))

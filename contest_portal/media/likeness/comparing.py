"""Two pictures of one sheet, or not: laid over each other, then compared pixel by pixel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from contest_portal.media.likeness.agreement import NOTHING, Agreement, agreement
from contest_portal.media.likeness.aligning import Warp, by_features, plausible, refined, shares
from contest_portal.media.likeness.fingerprint import PictureFingerprint
from contest_portal.media.likeness.outlines import by_outlines
from contest_portal.media.likeness.sheets import sheet_in, whole

SAME_FROM, UNSURE_FROM = 0.75, 0.65
_BEYOND_DOUBT = 0.9
_PROMISING = 0.3  # below, no finer fit makes one sheet of two
_MOST_COVERED, _LEAST_COVERED = 0.8, 0.4  # of the picture that lies wholly in the other, and of the other
_LEAST_DRAWN = 0.004  # less on a sheet is as good as nothing

Pixels = NDArray[np.uint8]


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


@dataclass(frozen=True)
class _Fit:
    agreement: Agreement
    mirrored: bool
    way: str
    support: int
    common: tuple[float, float]

    @property
    def score(self) -> float:
        return self.agreement.score


_NO_FIT = _Fit(NOTHING, False, "none", 0, (0.0, 0.0))


def compare(a: PictureFingerprint, b: PictureFingerprint) -> Likeness:
    """How far two pictures show the same sheet: cropped, turned, mirrored, photographed, framed, signed or reduced.

    The order of the two does not matter.
    """
    if b.sketch < a.sketch:
        a, b = b, a
    best = _NO_FIT
    for fit in _fits(a, b):
        if fit.score > best.score:
            best = fit
        if best.score >= _BEYOND_DOUBT:
            break
    score = round(best.score, 4)
    verdict = Verdict.SAME if score >= SAME_FROM else Verdict.UNSURE if score >= UNSURE_FROM else Verdict.DIFFERENT
    found = best.agreement
    how: dict[str, Any] = {
        "way": best.way,
        "mirrored": best.mirrored,
        "features": best.support,
        "common": [round(share, 3) for share in best.common],
        "structure": round(found.structure, 3),
        "colour": round(found.colour, 3),
        "ink": round(found.ink, 3),
    }
    return Likeness(score, verdict, how)


def _fits(a: PictureFingerprint, b: PictureFingerprint) -> Iterator[_Fit]:
    """What each way of laying b over a gives, the quickest ways first."""
    mirror_image = np.ascontiguousarray(b.small[:, ::-1])
    laid = [(way, mirrored) for mirrored in (False, True) for way in by_features(a, b, mirrored=mirrored)]
    for way, mirrored in sorted(laid, key=lambda one: -one[0].support):
        other = mirror_image if mirrored else b.small
        fit = _fit(a.small, other, way.warp, mirrored, "features", way.support)
        yield fit
        if _PROMISING < fit.score < _BEYOND_DOUBT:
            finer, _ = refined(a.small, other, way.warp, side=192, rounds=20)
            yield _fit(a.small, other, finer, mirrored, "features", way.support)
    yield from _by_what_is_seen(a.small, b.small, mirror_image)


def _by_what_is_seen(a: Pixels, b: Pixels, mirror_image: Pixels) -> Iterator[_Fit]:
    """Ways for pictures with few features: sheet upon sheet, and outlines upon outlines."""
    starts: list[tuple[float, Warp, bool]] = []
    for mirrored, other in ((False, b), (True, mirror_image)):
        starts += [(closeness, warp, mirrored) for closeness, warp in _starts(a, other)]
    starts.sort(key=lambda one: -one[0])
    for _, start, mirrored in starts[:5]:
        other = mirror_image if mirrored else b
        fit = _fit(a, other, start, mirrored, "outlines")
        yield fit
        if fit.score >= _BEYOND_DOUBT:
            continue
        near, closeness = refined(a, other, start, side=80, rounds=15, motion=cv2.MOTION_AFFINE)
        if closeness < 0.4:
            continue
        fit = _fit(a, other, near, mirrored, "outlines")
        yield fit
        if _PROMISING < fit.score < _BEYOND_DOUBT:
            finer, _ = refined(a, other, near, side=160, rounds=20)
            yield _fit(a, other, finer, mirrored, "outlines")


def _starts(a: Pixels, b: Pixels) -> list[tuple[float, Warp]]:
    """Rough ways to lay b over a, with the correlation of their outlines: through the sheets that are seen in both."""
    corners_a, corners_b = sheet_in(a), sheet_in(b)
    flat_a, back_a = _flattened(a, corners_a)
    flat_b, back_b = _flattened(b, corners_b)
    found = [(one.closeness, back_a @ one.warp @ np.linalg.inv(back_b)) for one in by_outlines(flat_a, flat_b, 3)]
    return found


def _flattened(picture: Pixels, corners: NDArray[np.float32] | None) -> tuple[Pixels, Warp]:
    """The sheet alone, and the warp from its pixels to the picture's."""
    if corners is None:
        return picture, np.eye(3)
    sides = [float(np.linalg.norm(corners[i] - corners[(i + 1) % 4])) for i in range(4)]
    size = max(16, round(max(sides[0], sides[2]))), max(16, round(max(sides[1], sides[3])))
    flat = np.array(((0, 0), (size[0], 0), size, (0, size[1])), np.float32)
    warp = cv2.getPerspectiveTransform(corners, flat)
    return cv2.warpPerspective(picture, warp, size, flags=cv2.INTER_LINEAR), np.linalg.inv(warp)


def _fit(a: Pixels, b: Pixels, warp: Warp, mirrored: bool, way: str, support: int = 0) -> _Fit:
    if not plausible(warp, a.shape, b.shape):
        return _NO_FIT
    common = shares(warp, a.shape, b.shape)
    if max(common) < _MOST_COVERED or min(common) < _LEAST_COVERED:
        return _NO_FIT
    found = agreement(a, b, warp)
    return _NO_FIT if found.drawn < _LEAST_DRAWN else _Fit(found, mirrored, way, support, common)

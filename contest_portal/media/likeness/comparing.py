"""Two pictures of one sheet, or not: laid over each other, then compared pixel by pixel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from contest_portal.media.likeness.agreement import NOTHING, Agreement, agreement
from contest_portal.media.likeness.aligning import Box, Warp, by_features, plausible, refined, shares
from contest_portal.media.likeness.fingerprint import PictureFingerprint
from contest_portal.media.likeness.greyness import in_grey, is_colourless
from contest_portal.media.likeness.outlines import by_outlines
from contest_portal.media.likeness.sheets import flattened, painted_box

SAME_FROM, UNSURE_FROM = 0.85, 0.82
_MOST_IN_GREY = SAME_FROM - 0.0001  # what light and dark alone can say
_BEYOND_DOUBT = 0.9
_PROMISING = 0.3  # below, no finer fit makes one sheet of two
_MOST_COVERED, _LEAST_COVERED = 0.8, 0.4  # of the picture that lies wholly in the other, and of the other
_LEAST_WITHOUT_PROOF = 0.58  # of the other, where neither features nor a sheet's own edges say how they lie: a crop
_STARTS = 5
_LEAST_OUTLINES, _LIKE_OUTLINES = 0.3, 0.8  # correlation of outlines: worth a try, surely worth a look
_LEAST_CORRELATION = 0.7  # of the pictures themselves, below which pixels need not be compared
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
    """How far two pictures show the same sheet: cropped, turned, mirrored, photographed, framed, signed, reduced, or copied
    without its colours. The order of the two does not matter.
    """
    found = _compare(a, b)
    if found.verdict is Verdict.SAME or is_colourless(a.small) == is_colourless(b.small):
        return found
    grey = _compare(*(replace(one, small=in_grey(one.small)) for one in (a, b)))
    if grey.verdict is not Verdict.SAME or found.verdict is Verdict.UNSURE:
        return found
    # A drawing and the same one coloured otherwise have one grey copy: only a person can say which it is of.
    share = (grey.score - SAME_FROM) / (1 - SAME_FROM)
    score = round(UNSURE_FROM + share * (_MOST_IN_GREY - UNSURE_FROM), 4)
    return Likeness(score, Verdict.UNSURE, {**grey.how, "in_grey": grey.score})


def _compare(a: PictureFingerprint, b: PictureFingerprint) -> Likeness:
    if _identical(a, b):  # also two empty sheets, if they are one and the same picture
        return Likeness(1.0, Verdict.SAME, {"way": "identical", "mirrored": False})
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


def _identical(a: PictureFingerprint, b: PictureFingerprint) -> bool:
    return a.sketch == b.sketch and np.array_equal(a.small, b.small) and a.features.to_bytes() == b.features.to_bytes()


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


@dataclass(frozen=True)
class _Start:
    """A rough way to lay b over a: how well outlines fit, the part of a by which to fit it finer, and whether a sheet's
    own edges were seen in one of them.
    """

    closeness: float
    warp: Warp
    mirrored: bool
    box: Box | None = None
    on_a_table: bool = False


def _by_what_is_seen(a: Pixels, b: Pixels, mirror_image: Pixels) -> Iterator[_Fit]:
    """Ways for pictures with few features: sheet upon sheet, outlines upon outlines, drawing upon drawing."""
    stretch = np.diag((a.shape[1] / b.shape[1], a.shape[0] / b.shape[0], 1.0))
    yield _fit(a, b, stretch, False, "outlines")
    yield _fit(a, mirror_image, stretch, True, "outlines")
    sheet_a = flattened(a)
    box_a = painted_box(sheet_a[0] if sheet_a else a)
    starts = [
        start
        for other, mirrored in ((b, False), (mirror_image, True))
        for start in _starts(a, sheet_a, box_a, other, mirrored=mirrored)
    ]
    starts = sorted((one for one in starts if one.closeness >= _LEAST_OUTLINES), key=lambda one: -one.closeness)
    for start in starts[:_STARTS]:
        other = mirror_image if start.mirrored else b
        near, first = refined(a, other, start.warp, side=80, rounds=20, box=start.box, motion=cv2.MOTION_AFFINE)
        if first >= _LEAST_CORRELATION or start.closeness >= _LIKE_OUTLINES:
            yield _fit(a, other, near, start.mirrored, "outlines", on_a_table=start.on_a_table)
        finer, second = refined(a, other, near, side=144, rounds=50, box=start.box)
        if second >= _LEAST_CORRELATION:
            yield _fit(a, other, finer, start.mirrored, "outlines", on_a_table=start.on_a_table)


def _starts(
    a: Pixels, sheet_a: tuple[Pixels, Warp] | None, box_a: Box | None, b: Pixels, *, mirrored: bool
) -> list[_Start]:
    sheet_b = flattened(b)
    flat_a, back_a = sheet_a or (a, np.eye(3))
    flat_b, back_b = sheet_b or (b, np.eye(3))
    forth_b = np.linalg.inv(back_b)
    seen = sheet_a is not None or sheet_b is not None
    found = [
        _Start(one.closeness, back_a @ one.warp @ forth_b, mirrored, on_a_table=seen)
        for one in by_outlines(flat_a, flat_b, 2)
    ]
    if seen:  # it may have been no sheet but something painted
        found += [_Start(one.closeness, one.warp, mirrored) for one in by_outlines(a, b, 2)]
    box_b = painted_box(flat_b) if box_a else None
    if box_a and box_b:
        warp = back_a @ _box_upon_box(box_a, box_b) @ forth_b
        found.append(_Start(_LIKE_OUTLINES, warp, mirrored, _surroundings(box_a, back_a, a.shape), seen))
    return found


def _box_upon_box(a: Box, b: Box) -> Warp:
    """Growth and shift that lay the middle and the size of one drawing on another's."""
    growth = np.sqrt((a[2] - a[0]) * (a[3] - a[1]) / ((b[2] - b[0]) * (b[3] - b[1])))
    shift = [(a[i] + a[i + 2] - growth * (b[i] + b[i + 2])) / 2 for i in (0, 1)]
    return np.array(((growth, 0, shift[0]), (0, growth, shift[1]), (0, 0, 1)), np.float64)


def _surroundings(box: Box, back: Warp, shape: tuple[int, ...]) -> Box:
    """A box of the flat sheet with some room about it, in the picture's pixels."""
    corners = np.array([[(box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3])]], np.float64)
    there = cv2.perspectiveTransform(corners, back)[0]
    low, high = there.min(axis=0), there.max(axis=0)
    room = 0.25 * float((high - low).max()) + 4
    left, top, right, bottom = (int(value) for value in (*(low - room), *(high + room)))
    return max(0, left), max(0, top), min(shape[1], right), min(shape[0], bottom)


def _fit(
    a: Pixels, b: Pixels, warp: Warp, mirrored: bool, way: str, support: int = 0, *, on_a_table: bool = False
) -> _Fit:
    if not plausible(warp, a.shape, b.shape):
        return _NO_FIT
    common = shares(warp, a.shape, b.shape)
    least = _LEAST_COVERED if support or on_a_table else _LEAST_WITHOUT_PROOF
    if max(common) < _MOST_COVERED or min(common) < least:
        return _NO_FIT
    found = agreement(a, b, warp)
    return _NO_FIT if found.drawn < _LEAST_DRAWN else _Fit(found, mirrored, way, support, common)

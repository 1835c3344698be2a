"""Laying one picture over another: by features that both have, or, where there are few, by their large outlines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from contest_portal.media.likeness.fingerprint import PictureFingerprint

Warp = NDArray[np.float64]

_LEAST_MATCHES = 8
_ALIKE = 0.75  # cosine of Hellinger vectors
_STRETCH = 0.5, 2.0
_LEANING = 1.6
_ROOM = 12  # pixels about the place where a picture may be moved to


@dataclass(frozen=True)
class Laid:
    """`warp`: 3 × 3, from b's pixels to a's. `support`: how many features say so."""

    warp: Warp
    support: int


def by_features(a: PictureFingerprint, b: PictureFingerprint, *, mirrored: bool) -> list[Laid]:
    """Up to two ways in which b's features lie on a's; with `mirrored`, those of b's mirror image."""
    pairs = _matches(a, b, mirrored)
    if len(pairs) < _LEAST_MATCHES:
        return []
    here = a.features.places[pairs[:, 0]]
    there = b.features.places[pairs[:, 1]].copy()
    if mirrored:
        there[:, 0] = b.small.shape[1] - 1 - there[:, 0]
        there[:, 3] = 180.0 - there[:, 3]
    found: list[Laid] = []
    left = _of_one_turn_and_size(here, there)
    for _ in range(2):
        if len(left) < _LEAST_MATCHES:
            break
        warp, inliers = cv2.findHomography(there[left, :2], here[left, :2], cv2.USAC_MAGSAC, 2.5, None, 1500, 0.999)
        if warp is None:
            break
        kept = inliers.ravel() > 0
        if kept.sum() >= _LEAST_MATCHES and plausible(warp, a.small.shape, b.small.shape):
            found.append(Laid(warp, int(kept.sum())))
        left = left[~kept]
    return found


def _matches(a: PictureFingerprint, b: PictureFingerprint, mirrored: bool) -> NDArray[np.intp]:
    """Pairs of features that are each other's nearest, n × 2."""
    if min(len(a.features), len(b.features)) < _LEAST_MATCHES:
        return np.zeros((0, 2), np.intp)
    closeness = a.features.vectors @ (b.features.mirrored_vectors if mirrored else b.features.vectors).T
    nearest = closeness.argmax(axis=1)
    own = np.arange(len(nearest))
    keep = (closeness.argmax(axis=0)[nearest] == own) & (closeness[own, nearest] > _ALIKE)
    return np.stack((own[keep], nearest[keep]), axis=1)


def _of_one_turn_and_size(here: NDArray[np.float32], there: NDArray[np.float32]) -> NDArray[np.intp]:
    """Those matches whose turning and growing is that of most: a copy is turned and resized as a whole."""
    turn = np.radians(here[:, 3] - there[:, 3])
    grown = np.log2(here[:, 2] / there[:, 2])
    apart_turn = np.abs(np.angle(np.exp(1j * (turn[:, None] - turn[None, :]))))
    close = (apart_turn < 0.35) & (np.abs(grown[:, None] - grown[None, :]) < 0.6)
    return np.flatnonzero(close[close.sum(axis=1).argmax()])


def plausible(warp: Warp, shape_a: tuple[int, ...], shape_b: tuple[int, ...]) -> bool:
    """Whether a camera or an editor can have done it: no folding, no extreme size, little leaning, much in common."""
    height, width = shape_b[:2]
    corners = np.array(((0, 0), (width, 0), (width, height), (0, height)), np.float64)
    depth = corners @ warp[2, :2] + warp[2, 2]
    if not np.isfinite(warp).all() or (depth.min() <= 0) == (depth.max() > 0) or np.abs(depth).min() < 1e-6:
        return False
    laid = cv2.perspectiveTransform(corners[None].astype(np.float64), warp)[0]
    if not cv2.isContourConvex(laid.astype(np.float32)):
        return False
    growth = []
    for place in np.vstack((corners, corners.mean(axis=0))):
        steps = cv2.perspectiveTransform(
            np.stack((place, place + np.array((1, 0)), place + np.array((0, 1))))[None], warp
        )[0]
        jacobian = (steps[1:] - steps[0]).T
        if np.linalg.det(jacobian) <= 0:
            return False
        growth.append(np.linalg.svd(jacobian, compute_uv=False))
    sizes = np.sqrt(np.prod(growth, axis=1))
    scale = max(shape_a[:2]) / max(shape_b[:2])
    if not (_STRETCH[0] < sizes[-1] / scale < _STRETCH[1]) or sizes.max() / sizes.min() > _LEANING:
        return False
    return bool(growth[-1][0] / growth[-1][1] < 1.5)


def shares(warp: Warp, shape_a: tuple[int, ...], shape_b: tuple[int, ...]) -> tuple[float, float]:
    """The share of a's sheet that b covers, and of b's that a covers."""
    height, width = shape_b[:2]
    corners = np.array([[(0, 0), (width, 0), (width, height), (0, height)]], np.float64)
    laid = cv2.perspectiveTransform(corners, warp)[0].astype(np.float32)
    sheet = np.array(((0, 0), (shape_a[1], 0), (shape_a[1], shape_a[0]), (0, shape_a[0])), np.float32)
    common = cv2.intersectConvexConvex(laid, sheet)[0]
    return float(common / (shape_a[0] * shape_a[1])), float(common / max(1.0, abs(cv2.contourArea(laid))))


Box = tuple[int, int, int, int]


def refined(
    a: NDArray[np.uint8],
    b: NDArray[np.uint8],
    warp: Warp,
    *,
    side: int,
    rounds: int,
    box: Box | None = None,
    motion: int = cv2.MOTION_HOMOGRAPHY,
) -> tuple[Warp, float]:
    """The warp, moved so that the pictures themselves fit best, and their correlation then, -1 where none was found.

    ECC: Evangelidis and Psarakis, IEEE TPAMI 30, 2008. `side`: long side at which they are compared. `box`: left, top,
    right, bottom of that part of `a` which alone is looked at.
    """
    left, top, right, bottom = box or (0, 0, a.shape[1], a.shape[0])
    scale = side / max(right - left, bottom - top)
    size = max(8, round((right - left) * scale)), max(8, round((bottom - top) * scale))
    wider = (size[0] + 2 * _ROOM, size[1] + 2 * _ROOM)
    to_grid = np.array(((scale, 0, -left * scale), (0, scale, -top * scale), (0, 0, 1.0)))
    to_room = np.array(((1, 0, _ROOM), (0, 1, _ROOM), (0, 0, 1.0))) @ to_grid
    growth = scale * float(np.sqrt(abs(np.linalg.det((warp / warp[2, 2])[:2, :2]))))
    grey_a, grey_b = (cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in (a, b))
    here = cv2.resize(grey_a[top:bottom, left:right], size, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(grey_b, (0, 0), 0.4 / growth) if growth < 0.8 else grey_b
    there = cv2.warpPerspective(soft, to_room @ warp, wider, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    known = cv2.warpPerspective(np.full(b.shape[:2], 255, np.uint8), to_room @ warp, wider, flags=cv2.INTER_NEAREST)
    start = np.array(((1, 0, _ROOM), (0, 1, _ROOM), (0, 0, 1)), np.float32)  # ECC maps from the first to the second
    if motion != cv2.MOTION_HOMOGRAPHY:
        start = np.ascontiguousarray(start[:2])
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, rounds, 1e-4)
    try:
        closeness, better = cv2.findTransformECC(here, there, start, motion, criteria, known, 5)
    except cv2.error:  # does not converge
        return warp, -1.0
    full = np.vstack((better, (0, 0, 1))) if better.shape[0] == 2 else better
    if not np.isfinite(full).all() or abs(np.linalg.det(full)) < 1e-9:
        return warp, -1.0
    moved = np.linalg.inv(to_grid) @ np.linalg.inv(full.astype(np.float64)) @ to_room @ warp
    return cast("Warp", moved / moved[2, 2]), float(closeness)

"""The sheet within a picture: what a frame or a table surrounds."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from contest_portal.media.likeness.channels import largest, paper

Corners = NDArray[np.float32]

_SIDE = 160
_LEAST, _MOST = 0.3, 0.97  # shares of the picture that a sheet may take
_FULL = 0.93  # a sheet fills its own four corners at least so far
_DIFFERENT = 24
_EMPTY = 0.4


def sheet_in(picture: NDArray[np.uint8]) -> Corners | None:
    """The corners of the sheet that lies on a table or in a frame of another colour; None where none is seen."""
    scale = _SIDE / max(picture.shape[:2])
    tiny = cv2.GaussianBlur(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), (0, 0), 1.0)
    edge = np.concatenate(
        (tiny[:2].reshape(-1, 3), tiny[-2:].reshape(-1, 3), tiny[:, :2].reshape(-1, 3), tiny[:, -2:].reshape(-1, 3))
    )
    apart = largest(np.abs(tiny.astype(np.float32) - np.median(edge, axis=0)))
    spread = np.abs(edge.astype(np.float32) - np.median(edge, axis=0)).max(axis=1)
    if (spread > 3 * _DIFFERENT).mean() > 0.1:  # the edge has not one colour
        return None
    limit = max(_DIFFERENT, float(np.quantile(spread, 0.9)) * 1.3)
    mask = cv2.morphologyEx((apart > limit).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return None
    hull = cv2.convexHull(max(outlines, key=cv2.contourArea))
    corners = _four_corners(hull)
    if corners is None:
        return None
    share = cv2.contourArea(corners) / mask.size
    if not _LEAST < share < _MOST or cv2.contourArea(hull) < _FULL * cv2.contourArea(corners):
        return None
    return cast("Corners", (_clockwise(corners) + 0.5) / scale)


def flattened(picture: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.float64]] | None:
    """The sheet alone, seen from straight above, and the warp from its pixels to the picture's; None where none is seen.

    A sheet in a frame with an inner line is found in two steps.
    """
    flat, back = picture, np.eye(3)
    for _ in range(2):
        corners = sheet_in(flat)
        if corners is None:
            break
        flat, step = _from_above(flat, corners)
        back = back @ step
    return None if flat is picture else (flat, back)


def _from_above(picture: NDArray[np.uint8], corners: Corners) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    sides = [float(np.linalg.norm(corners[i] - corners[(i + 1) % 4])) for i in range(4)]
    size = max(16, round(max(sides[0], sides[2]))), max(16, round(max(sides[1], sides[3])))
    edges = np.array(((0, 0), (size[0], 0), size, (0, size[1])), np.float32)
    warp = cv2.getPerspectiveTransform(corners, edges)
    flat = cv2.warpPerspective(picture, warp, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return flat, np.linalg.inv(warp)


def painted_box(picture: NDArray[np.uint8]) -> tuple[int, int, int, int] | None:
    """Where on an almost empty sheet something is: left, top, right, bottom; None where much of the sheet is painted."""
    height, width = picture.shape[:2]
    soft = cv2.GaussianBlur(picture, (0, 0), 1.0).astype(np.float32)
    apart = largest(np.abs(soft - paper(soft))) > 2 * _DIFFERENT
    _, _, stats, _ = cv2.connectedComponentsWithStats(apart.astype(np.uint8))
    margin = max(2, round(0.02 * max(height, width)))
    right, bottom = stats[:, 0] + stats[:, 2], stats[:, 1] + stats[:, 3]
    inside = (stats[:, 0] > margin) & (stats[:, 1] > margin) & (right < width - margin) & (bottom < height - margin)
    inside &= stats[:, 4] > 8  # what touches the edge is left of a table or a frame, what is tiny is dirt
    inside[0] = False
    if not inside.any():
        return None
    box = int(stats[inside, 0].min()), int(stats[inside, 1].min()), int(right[inside].max()), int(bottom[inside].max())
    return None if (box[2] - box[0]) * (box[3] - box[1]) > _EMPTY * height * width else box


def _four_corners(hull: NDArray[np.int32]) -> Corners | None:
    """The hull as a quadrilateral, if it is one."""
    length = cv2.arcLength(hull, True)
    for share in (0.02, 0.03, 0.05, 0.08):
        corners = cv2.approxPolyDP(hull, share * length, True)
        if len(corners) == 4:
            return corners.reshape(4, 2).astype(np.float32)
    return None


def _clockwise(corners: Corners) -> Corners:
    """From the upper left, clockwise."""
    middle = corners.mean(axis=0)
    ordered = corners[np.argsort(np.arctan2(*(corners - middle).T[::-1]))]
    return np.roll(ordered, -int(np.argmin(ordered.sum(axis=1))), axis=0)

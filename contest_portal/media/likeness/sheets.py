"""The sheet within a picture: what a frame or a table surrounds."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

Corners = NDArray[np.float32]

_SIDE = 160
_LEAST, _MOST = 0.3, 0.97  # shares of the picture that a sheet may take
_FULL = 0.93  # a sheet fills its own four corners at least so far
_DIFFERENT = 24


def whole(picture: NDArray[np.uint8]) -> Corners:
    """The picture's own corners, from the upper left clockwise, in pixels."""
    height, width = picture.shape[:2]
    return np.array(((0, 0), (width, 0), (width, height), (0, height)), np.float32)


def sheet_in(picture: NDArray[np.uint8]) -> Corners | None:
    """The corners of the sheet that lies on a table or in a frame of another colour; None where none is seen."""
    scale = _SIDE / max(picture.shape[:2])
    tiny = cv2.GaussianBlur(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), (0, 0), 1.0)
    edge = np.concatenate((tiny[:2].reshape(-1, 3), tiny[-2:].reshape(-1, 3), tiny[:, :2].reshape(-1, 3), tiny[:, -2:].reshape(-1, 3)))
    apart = np.abs(tiny.astype(np.float32) - np.median(edge, axis=0)).max(axis=2)
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

"""Laying one picture over another by all that is dark or light in it: for sheets with few features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from contest_portal.media.likeness.channels import largest

_SIDE = 64  # pictures are shifted against each other at this long side
_CANVAS = 128  # zeros about them, so that a shift does not wrap round
_GROWTHS = (0.78, 0.83, 0.88, 0.92, 0.96, 1.0, 1.04, 1.09, 1.14, 1.2, 1.28)


@dataclass(frozen=True)
class Shift:
    """`warp`: 3 × 3, from b's pixels to a's: growth and shift alone. `closeness`: correlation of the outlines, 0..1."""

    warp: NDArray[np.float64]
    closeness: float


def by_outlines(a: NDArray[np.uint8], b: NDArray[np.uint8], most: int) -> list[Shift]:
    """The growths and shifts under which the outlines of b lie best on those of a, the best first."""
    scale_a = _SIDE / max(a.shape[:2])
    spectrum = np.conj(np.fft.rfft2(_outlines(a, scale_a), (_CANVAS, _CANVAS)))
    scales = [_SIDE / max(b.shape[:2]) * growth for growth in _GROWTHS]
    canvases = np.zeros((len(scales), _CANVAS, _CANVAS), np.float32)
    for canvas, scale in zip(canvases, scales, strict=True):
        outlines = _outlines(b, scale)
        canvas[: outlines.shape[0], : outlines.shape[1]] = outlines
    surfaces = np.fft.irfft2(np.conj(spectrum * np.fft.rfft2(canvases)))
    found = []
    for surface, scale_b in zip(surfaces, scales, strict=True):
        down, right = np.unravel_index(int(surface.argmax()), surface.shape)
        closeness = float(surface[down, right])
        moved = [value - _CANVAS if value > _CANVAS // 2 else value for value in (int(right), int(down))]
        to_grid = np.diag((scale_b, scale_b, 1.0))
        shift = np.array(((1, 0, moved[0]), (0, 1, moved[1]), (0, 0, 1)), np.float64)
        found.append(Shift(np.linalg.inv(np.diag((scale_a, scale_a, 1.0))) @ shift @ to_grid, closeness))
    return sorted(found, key=lambda one: -one.closeness)[:most]


def _outlines(picture: NDArray[np.uint8], scale: float) -> NDArray[np.float32]:
    """Where colours change, of unit length in all."""
    tiny = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.float32)
    across, along = cv2.Sobel(tiny, cv2.CV_32F, 1, 0), cv2.Sobel(tiny, cv2.CV_32F, 0, 1)
    edges = np.sqrt(largest(cv2.magnitude(across, along)))
    edges = cv2.GaussianBlur(edges, (0, 0), 1.0)
    edges -= edges.mean()
    return cast("NDArray[np.float32]", edges / max(1e-6, float(np.linalg.norm(edges))))

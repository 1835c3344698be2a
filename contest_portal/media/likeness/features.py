"""Places in a picture that are found again in its copies, and how their surroundings look (SIFT: Lowe, IJCV 60, 2004)."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

FEATURES_LIMIT = 350
DESCRIPTOR_BYTES = 128 + 4 * 4
_CELLS = 8  # the strongest places of each of 8 × 8 cells come first, so that one busy corner does not take all


@dataclass(frozen=True, eq=False)
class Features:
    """`places`: n × 4 (x, y, size in pixels of the small picture, angle in degrees), float32. `looks`: n × 128, uint8."""

    places: NDArray[np.float32]
    looks: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.places)

    def to_bytes(self) -> bytes:
        return self.places.astype("<f4").tobytes() + self.looks.tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Features:
        count = len(data) // DESCRIPTOR_BYTES
        places = np.frombuffer(data, "<f4", count * 4).reshape(count, 4).astype(np.float32)
        looks = np.frombuffer(data, np.uint8, count * 128, count * 16).reshape(count, 128)
        return cls(places, looks)

    @property
    def vectors(self) -> NDArray[np.float32]:
        """The looks as unit vectors by Hellinger's distance (Arandjelović and Zisserman, CVPR 2012)."""
        return _hellinger(self.looks)

    @property
    def mirrored_vectors(self) -> NDArray[np.float32]:
        """What the mirrored picture would give: rows of the 4 × 4 grid and the sense of turning are reversed."""
        grid = self.looks.reshape(-1, 4, 4, 8)[:, ::-1, :, (-np.arange(8)) % 8]
        return _hellinger(np.ascontiguousarray(grid).reshape(-1, 128))


def _hellinger(looks: NDArray[np.uint8]) -> NDArray[np.float32]:
    values = looks.astype(np.float32)
    total = values.sum(axis=1, keepdims=True)
    return np.asarray(np.sqrt(values / np.maximum(total, 1.0)), dtype=np.float32)


def find_features(grey: NDArray[np.uint8], scale: tuple[float, float]) -> Features:
    """The strongest features of a grey picture; `scale` turns its pixels into those of the small picture."""
    sift = cv2.SIFT_create(nfeatures=3 * FEATURES_LIMIT, contrastThreshold=0.015)
    points, looks = sift.detectAndCompute(grey, None)
    if not points or looks is None:
        return Features(np.zeros((0, 4), np.float32), np.zeros((0, 128), np.uint8))
    values = np.array([(*point.pt, point.size, point.angle, point.response) for point in points], np.float64)
    chosen = _spread_out(values, grey.shape[:2])[:FEATURES_LIMIT]
    places = values[chosen, :4] * (scale[0], scale[1], scale[0], 1.0)
    return Features(places.astype(np.float32), np.clip(np.rint(looks[chosen]), 0, 255).astype(np.uint8))


def _spread_out(values: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.intp]:
    """An order of the features: by rank within their cell, then by strength; ties by place."""
    column = np.minimum((values[:, 0] * _CELLS / shape[1]).astype(int), _CELLS - 1)
    row = np.minimum((values[:, 1] * _CELLS / shape[0]).astype(int), _CELLS - 1)
    cell = row * _CELLS + column
    order = np.lexsort((values[:, 3], values[:, 1], values[:, 0], -values[:, 4]))
    rank = np.zeros(len(values), int)
    seen: dict[int, int] = {}
    for index in order:
        rank[index] = seen.get(cell[index], 0)
        seen[cell[index]] = rank[index] + 1
    return np.lexsort((np.argsort(order), rank // 3))

"""Finding the few pictures that are worth a comparison among a hundred thousand."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from contest_portal.media.likeness.fingerprint import PictureFingerprint
from contest_portal.media.likeness.sketch import SKETCH_WORDS, perceptual_hash


class Index:
    """Sketches by number. Adding the same number again replaces its sketch. Not safe for threads that add."""

    def __init__(self) -> None:
        self._numbers: NDArray[np.int64] = np.zeros(0, np.int64)
        self._sketches: NDArray[np.uint64] = np.zeros((0, SKETCH_WORDS), np.uint64)
        self._places: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, number: int) -> bool:
        return number in self._places

    def add(self, number: int, sketch: bytes | PictureFingerprint) -> None:
        """Take in one picture by its sketch (`PictureFingerprint.sketch`)."""
        words = np.frombuffer(sketch.sketch if isinstance(sketch, PictureFingerprint) else sketch, "<u8")
        place = self._places.setdefault(number, len(self._places))
        if place == len(self._numbers):
            more = max(1024, len(self._numbers))
            self._numbers = np.concatenate((self._numbers, np.zeros(more, np.int64)))
            self._sketches = np.concatenate((self._sketches, np.zeros((more, SKETCH_WORDS), np.uint64)))
        self._numbers[place], self._sketches[place] = number, words

    def candidates(self, picture: PictureFingerprint, most: int = 20) -> list[tuple[int, float]]:
        """Up to `most` (number, distance 0..1), the nearest first; the picture itself is among them if it was added."""
        count = len(self._places)
        if not count:
            return []
        asked = [perceptual_hash(picture.small), perceptual_hash(np.ascontiguousarray(picture.small[:, ::-1]))]
        known = self._sketches[:count]
        distances = np.min([np.bitwise_count(known ^ one).sum(axis=1) for one in asked], axis=0)
        order = np.lexsort((self._numbers[:count], distances))[:most]
        return cast(
            "list[tuple[int, float]]", [(int(self._numbers[place]), float(distances[place]) / 256) for place in order]
        )

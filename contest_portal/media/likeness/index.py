"""Finding the few pictures that are worth a comparison among a hundred thousand."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from contest_portal.media.likeness.fingerprint import PictureFingerprint
from contest_portal.media.likeness.sketch import (
    GATHERED_WORDS,
    HASH_WORDS,
    HASHES,
    SKETCH_WORDS,
    asked_hashes,
    gathered,
)

Words = NDArray[np.uint64]

FARTHEST = 0.39  # two pictures that have nothing to do with each other mostly lie at 0.4 to 0.5
_LEAST_FEATURES = 8


class Index:
    """Sketches by number, 160 bytes a picture. Adding a number again replaces its sketch. One thread at a time adds."""

    def __init__(self, pictures: Iterable[tuple[int, bytes]] = ()) -> None:
        """`pictures`: number and sketch (`PictureFingerprint.sketch`) of each; quicker than adding one by one."""
        known = dict(pictures)
        joined = np.frombuffer(b"".join(known.values()), "<u8").reshape(len(known), SKETCH_WORDS)
        self._numbers: NDArray[np.int64] = np.fromiter(known, np.int64, len(known))
        self._words: Words = np.ascontiguousarray(joined.T).astype(np.uint64)  # a row for each word
        self._places: dict[int, int] = {number: place for place, number in enumerate(known)}

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, number: int) -> bool:
        return number in self._places

    def add(self, number: int, picture: bytes | PictureFingerprint) -> None:
        """Take in one picture by its sketch."""
        sketch = picture.sketch if isinstance(picture, PictureFingerprint) else picture
        place = self._places.setdefault(number, len(self._places))
        if place == len(self._numbers):
            more = max(1024, len(self._numbers) // 4)
            self._numbers = np.concatenate((self._numbers, np.zeros(more, np.int64)))
            self._words = np.concatenate((self._words, np.zeros((SKETCH_WORDS, more), np.uint64)), axis=1)
        self._numbers[place], self._words[:, place] = number, np.frombuffer(sketch, "<u8")

    def candidates(
        self, picture: PictureFingerprint, most: int = 20, farthest: float = FARTHEST
    ) -> list[tuple[int, float]]:
        """Up to `most` (number, distance 0..1); the picture itself is among them if it was added.

        The likeliest first: by turns the nearest by light and dark and the nearest by features, ties by number, for the
        two distances are not of one scale. A picture with hardly any features is looked for by light and dark alone:
        by features it is like all others that have none. None lies beyond `farthest`: edited copies hardly ever do,
        and each candidate costs a comparison.
        """
        count = len(self._places)
        if not count:
            return []
        ways = [self._by_light(asked_hashes(picture.small), count)]
        if len(picture.features) >= _LEAST_FEATURES:
            both = (gathered(picture.features.vectors), gathered(picture.features.mirrored_vectors))
            ways.append(self._by_features(list(both), count))
        numbers = self._numbers[:count]
        orders = [_nearest(distances, numbers, most) for distances in ways]
        chosen = list(dict.fromkeys(place for turn in zip(*orders, strict=True) for place in turn))[:most]
        near = ((int(numbers[place]), float(min(way[place] for way in ways))) for place in chosen)
        return [(number, distance) for number, distance in near if distance <= farthest]

    def _by_light(self, asked: list[Words], count: int) -> NDArray[np.float32]:
        best = np.full(count, 64 * HASH_WORDS, np.uint16)
        for start in range(0, HASHES * HASH_WORDS, HASH_WORDS):
            known = self._words[start : start + HASH_WORDS, :count]
            for one in {words.tobytes(): words for words in asked}.values():
                np.minimum(best, _distances(known, one), out=best)
        return (best / (64 * HASH_WORDS)).astype(np.float32)

    def _by_features(self, asked: list[Words], count: int) -> NDArray[np.float32]:
        known = self._words[HASHES * HASH_WORDS :, :count]
        found = np.min([_distances(known, one) for one in asked], axis=0)
        return np.asarray(found / (64 * GATHERED_WORDS), np.float32)


def _distances(known: Words, asked: Words) -> NDArray[np.uint16]:
    """How many bits differ, for each column of `known`."""
    differing = np.zeros(known.shape[1], np.uint16)
    for row, word in zip(known, asked, strict=True):
        differing += np.bitwise_count(row ^ word)
    return differing


def _nearest(distances: NDArray[np.float32], numbers: NDArray[np.int64], most: int) -> list[int]:
    """The places of the `most` nearest, in order."""
    limit = np.partition(distances, min(most, len(distances)) - 1)[min(most, len(distances)) - 1]
    places = np.flatnonzero(distances <= limit)
    order = np.lexsort((numbers[places], distances[places]))
    return [int(places[one]) for one in order[:most]]

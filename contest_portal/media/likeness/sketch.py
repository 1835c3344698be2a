"""A picture in a few numbers that hardly change with small edits: what the index searches.

Two kinds of them: where in the sheet it is light and dark (for sheets with a few large things), and which features
it has, wherever they are (for crops and turns of what is full of detail).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from contest_portal.media.likeness.sheets import flattened

Pixels = NDArray[np.uint8]
Words = NDArray[np.uint64]

HASH_WORDS, HASHES = 4, 3  # 256 bits each: of the whole picture, of the sheet, of the sheet's inner part
GATHERED_WORDS = 8  # 512 bits
SKETCH_WORDS = HASH_WORDS * HASHES + GATHERED_WORDS
SKETCH_BYTES = SKETCH_WORDS * 8
_INNER = (0.9, 0.8)  # of the width and height: what a crop may leave


def sketch_of(small: Pixels, vectors: NDArray[np.float32]) -> bytes:
    """The sketch of a small RGB picture and of its features' vectors: SKETCH_BYTES bytes."""
    sheet = _sheet(small)
    hashes = [perceptual_hash(one) for one in (small, sheet, _inner(sheet, _INNER[1]))]
    return np.concatenate([*hashes, gathered(vectors)]).astype("<u8").tobytes()


def asked_hashes(small: Pixels) -> list[Words]:
    """The hashes by which a picture is looked for: of it and its mirror image, whole and as if they were cropped."""
    return [perceptual_hash(one) for one in _variants(small)]


def _variants(small: Pixels) -> Iterator[Pixels]:
    for picture in (small, np.ascontiguousarray(small[:, ::-1])):
        sheet = _sheet(picture)
        yield picture
        yield sheet
        for share in _INNER:
            yield _inner(sheet, share)


def _sheet(picture: Pixels) -> Pixels:
    found = flattened(picture)
    return picture if found is None else found[0]


def _inner(picture: Pixels, share: float) -> Pixels:
    height, width = picture.shape[:2]
    top, left = round(height * (1 - share) / 2), round(width * (1 - share) / 2)
    return picture[top : height - top, left : width - left]


def perceptual_hash(picture: Pixels) -> Words:
    """256 bits: which of the 16 × 16 lowest frequencies of the lightness lie above their median (pHash)."""
    grey = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY)
    tiny = cv2.resize(grey, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = cast("NDArray[np.float32]", cv2.dct(tiny))[:16, :16]
    return np.packbits(low.ravel() > np.median(low)).view(np.uint64)


def gathered(vectors: NDArray[np.float32]) -> Words:
    """512 bits of all features together (VLAD: Jégou et al., CVPR 2010; then signs of random directions)."""
    centres, directions = _codebook()
    sums = np.zeros_like(centres)
    if len(vectors):
        nearest = (vectors @ centres.T - 0.5 * (centres**2).sum(axis=1)).argmax(axis=1)
        np.add.at(sums, nearest, vectors - centres[nearest])
    sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
    return np.packbits(sums.ravel() @ directions > 0).view(np.uint64)


@cache
def _codebook() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The centres that features are counted to (benchmarks/likeness_codebook.py made them), and the directions.

    RandomState's numbers are the same in every version of NumPy (NEP 19): sketches are kept for years.
    """
    centres = np.load(Path(__file__).with_name("codebook.npy")).astype(np.float32) / 255
    directions = np.random.RandomState(20181).randn(centres.size, GATHERED_WORDS * 64)
    return centres, directions.astype(np.float32)

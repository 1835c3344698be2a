"""A picture in a few numbers that hardly change with small edits: what the index searches."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

HASH_WORDS = 4  # 256 bits
SKETCH_WORDS = HASH_WORDS
SKETCH_BYTES = SKETCH_WORDS * 8


def sketch_of(small: NDArray[np.uint8]) -> bytes:
    """The sketch of a small RGB picture: SKETCH_BYTES bytes."""
    return perceptual_hash(small).astype("<u8").tobytes()


def perceptual_hash(picture: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """256 bits: which of the 16 × 16 lowest frequencies of the lightness lie above their median (pHash)."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    tiny = cv2.resize(grey, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = cast("NDArray[np.float32]", cv2.dct(tiny))[:16, :16]
    return np.packbits(low.ravel() > np.median(low)).view(np.uint64)

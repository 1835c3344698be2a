"""What is kept of a picture so that it can be found and compared again without its file."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from contest_portal.media.likeness.features import DESCRIPTOR_BYTES, Features, find_features
from contest_portal.media.likeness.sketch import SKETCH_BYTES, sketch_of

Pixels = NDArray[np.uint8]

WORKING_SIDE = 512  # features are looked for at this long side
SMALL_SIDE = 256  # what registered pixels are compared at
SHORTEST_SIDE = 24  # thinner pictures are widened, else nothing can be measured on them
_VERSION = b"PL2"
_HEAD = struct.Struct("<3s B H H I H")  # version, reserved, width, height, bytes of the small picture, features


@dataclass(frozen=True, eq=False)
class PictureFingerprint:
    """A picture's sketch (for the index), its features and a small copy (for the comparison).

    `small`: RGB, uint8, long side SMALL_SIDE. `features`: places in shares of `small`'s pixels.
    """

    sketch: bytes
    small: Pixels
    features: Features

    def to_bytes(self) -> bytes:
        """About 50 KB; the same fingerprint gives the same bytes."""
        coded = cast("tuple[bool, Any]", cv2.imencode(".png", self.small[..., ::-1]))[1].tobytes()
        height, width = self.small.shape[:2]
        head = _HEAD.pack(_VERSION, 0, width, height, len(coded), len(self.features))
        return b"".join((head, self.sketch, coded, self.features.to_bytes()))

    @classmethod
    def from_bytes(cls, data: bytes) -> PictureFingerprint:
        """The fingerprint again. Raises ValueError for bytes that are none, or of another version."""
        if len(data) < _HEAD.size + SKETCH_BYTES or data[:3] != _VERSION:
            raise ValueError("these bytes are no fingerprint of this version")
        _, _, width, height, coded_length, count = _HEAD.unpack_from(data)
        start = _HEAD.size + SKETCH_BYTES
        coded, rest = data[start : start + coded_length], data[start + coded_length :]
        if len(coded) != coded_length or len(rest) != count * DESCRIPTOR_BYTES:
            raise ValueError("the fingerprint's bytes are not complete")
        small = cv2.imdecode(np.frombuffer(coded, np.uint8), cv2.IMREAD_COLOR)
        if small is None or small.shape[:2] != (height, width):
            raise ValueError("the fingerprint's small picture cannot be read")
        pixels = np.ascontiguousarray(small[..., ::-1], dtype=np.uint8)
        return cls(data[_HEAD.size : start], pixels, Features.from_bytes(rest))


def fingerprint(picture: Pixels) -> PictureFingerprint:
    """The fingerprint of an upright picture: RGB, uint8, height × width × 3, of any size. The same pixels, the same bytes."""
    working = resized(picture, WORKING_SIDE)
    small = resized(working, SMALL_SIDE)
    scale = small.shape[1] / working.shape[1], small.shape[0] / working.shape[0]
    features = find_features(cv2.cvtColor(working, cv2.COLOR_RGB2GRAY), scale)
    return PictureFingerprint(sketch_of(small, features.vectors), small, features)


def resized(picture: Pixels, side: int) -> Pixels:
    """The picture with its long side at `side` pixels; a very thin one loses its proportion."""
    height, width = picture.shape[:2]
    factor = side / max(height, width)
    size = max(SHORTEST_SIDE, round(width * factor)), max(SHORTEST_SIDE, round(height * factor))
    if (width, height) == size:
        return picture
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return cast("Pixels", cv2.resize(picture, size, interpolation=how))

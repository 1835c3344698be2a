"""What is asked of the three channels of a picture together."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray


def largest(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The largest of each pixel's three values; several times quicker than `max` over so short an axis."""
    return cast("NDArray[np.float32]", np.maximum(np.maximum(values[..., 0], values[..., 1]), values[..., 2]))


def paper(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """The middle colour of a picture's pixels (height × width × 3, or n × 3), which is the paper's on most sheets."""
    return cast("NDArray[np.float32]", np.median(picture.reshape(-1, 3)[::5], axis=0))

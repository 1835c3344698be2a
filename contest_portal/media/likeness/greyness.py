"""Pictures without colours: a photocopy or a black-and-white scan of a coloured sheet has only its light and dark."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_BRIGHT = 95  # percentile of each channel that counts as the paper, whose tint is the light's
_COLOURED = 14.0  # difference between the channels from which a pixel has a colour
_MOST_COLOURED = 0.01  # share of the sheet: dust, a stamp, what JPEG makes of edges


def is_colourless(picture: Pixels) -> bool:
    """Whether a picture (RGB, uint8) is in shades of one tint: grey, or grey under a yellow lamp."""
    soft = cv2.GaussianBlur(picture, (0, 0), 1.2)[::2, ::2].astype(np.float32)  # a quarter of the pixels tells as much
    bright = np.maximum(np.percentile(soft.reshape(-1, 3), _BRIGHT, axis=0), 32.0)
    even = soft * (255.0 / bright)
    spread = (even.max(axis=2) - even.min(axis=2)) * (float(bright.mean()) / 255.0)
    return float((spread > _COLOURED).mean()) <= _MOST_COLOURED


def in_grey(picture: Pixels) -> Pixels:
    """Its light and dark alone, in three equal channels."""
    return cast("Pixels", cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB))

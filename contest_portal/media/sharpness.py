"""How sharp a picture is: how wide its clearest edges are. Runs in the sandbox (see probing.py).

Measures of texture (variance of the Laplacian and the like) call a clean drawing with flat areas blurred, and a blurred
photograph of a rough wall sharp. So only edges are looked at: an edge that a lens has spread over s pixels loses little
when it is spread once more by a known width, a crisp one loses much; from the two slopes follows s, whatever the
contrast (as in Zhuo and Sim, Defocus map estimation from a single image, 2011). The picture is cut into tiles, and the
clearest of them count: a date printed over a blurred photograph makes it no sharper, and a soft sky no softer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

LOOKED_AT_SIDE = 1600
"""Pixels of the long side at which a picture is looked at; a smaller one is taken as it is."""

CRISP = 0.7
"""Spread in pixels, at that size, of the edges of a picture that is as sharp as can be: it has 100 points."""

_FIRST, _SECOND = 1.5, 3.0  # widths of the two blurs in pixels
_MARGIN = 0.05  # share of each side that is not looked at: frames, the table's edge
_SMALLEST_SIDE = 64  # pixels: of a smaller picture nothing can be told
_TILES = 10  # along the long side
_FAINTEST = 3.0  # grey levels a pixel: fainter slopes are paper, washes and the blocks of a JPEG
_ABOVE_NOISE = 5.0  # and edges stand out of the noise by this factor
_EDGES_IN_TILE = 12
_CLEAREST_EDGES, _CLEAREST_TILES = 0.3, 0.2  # quantiles
_WIDEST = 50.0


def sharpness_of(image: Image) -> int | None:
    """Points from 0 to 100: a hundred for edges spread over 0.7 pixels of 1,600, fifty for twice that.

    The image is 8-bit, of any mode that turns into greys. None where too few edges are there to tell: a blank sheet, a
    soft gradient.
    """
    spread = edge_spread(image)
    return None if spread is None else max(1, min(100, round(100 * CRISP / max(spread, CRISP))))


def edge_spread(image: Image) -> float | None:
    """Standard deviation, in pixels of a picture with a long side of 1,600, over which the clearest edges are spread."""
    if min(image.size) < _SMALLEST_SIDE:
        return None
    import numpy as np

    grey = _reduced(image)
    levels = np.asarray(grey, dtype=np.float32)
    first, second = _slopes(levels, _FIRST), _slopes(levels, _SECOND)
    height, width = levels.shape
    cut = round(min(height, width) * _MARGIN) + 4  # the blurs are wrong along the border
    peaks = _peaks(first, max(_FAINTEST, _ABOVE_NOISE * _noise_slope(levels)))
    peaks[:cut], peaks[-cut:], peaks[:, :cut], peaks[:, -cut:] = False, False, False, False
    tile = max(24, round(max(width, height) / _TILES))
    found = []
    for top in range(0, height, tile):
        for left in range(0, width, tile):
            here = np.s_[top : top + tile, left : left + tile]
            places = peaks[here]
            if np.count_nonzero(places) >= _EDGES_IN_TILE:
                found.append(_spread(first[here][places], second[here][places]))
    return float(np.quantile(found, _CLEAREST_TILES)) if found else None


def _reduced(image: Image) -> Image:
    from PIL import Image as Pillow

    factor = max(image.size) // LOOKED_AT_SIDE
    if factor > 1:
        image = image.reduce(factor)
    grey = image.convert("L")
    scale = LOOKED_AT_SIDE / max(grey.size)
    if scale < 1:
        size = (max(1, round(grey.width * scale)), max(1, round(grey.height * scale)))
        grey = grey.resize(size, Pillow.Resampling.BOX if scale > 0.9 else Pillow.Resampling.BILINEAR)
    return grey


def _slopes(levels: NDArray[np.float32], width: float) -> NDArray[np.float32]:
    import numpy as np
    from scipy import ndimage

    down = ndimage.gaussian_filter(levels, width, order=(1, 0), truncate=3.0)
    across = ndimage.gaussian_filter(levels, width, order=(0, 1), truncate=3.0)
    steep: NDArray[np.float32] = np.hypot(down, across)
    return steep


def _noise_slope(levels: NDArray[np.float32]) -> float:
    """The slope, after the first blur, that the noise of a sensor alone gives: from what a small blur takes away."""
    import numpy as np
    from scipy import ndimage

    fine = np.abs(levels - ndimage.gaussian_filter(levels, 1.0, truncate=3.0))
    noise = float(np.median(fine)) / 0.6745
    return noise / (_FIRST**2 * float(np.sqrt(8 * np.pi)))


def _peaks(slopes: NDArray[np.float32], faintest: float) -> NDArray[np.bool_]:
    from scipy import ndimage

    ridge: NDArray[np.bool_] = slopes >= ndimage.maximum_filter(slopes, 5) * 0.95
    return ridge & (slopes > faintest)


def _spread(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    import numpy as np

    loss = np.square(first / np.maximum(second, 1e-6))  # of a step spread over s: (s² + second²) / (s² + first²)
    squares = (_SECOND**2 - loss * _FIRST**2) / np.maximum(loss - 1, 1e-4)
    spreads = np.sqrt(np.clip(squares, 0, _WIDEST**2))
    return float(np.quantile(spreads, _CLEAREST_EDGES))

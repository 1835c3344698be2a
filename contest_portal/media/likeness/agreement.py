"""How far two pictures agree once one is laid over the other: structure and colour, after evening out the light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from contest_portal.media.likeness.channels import largest, paper

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

_SOFT = 1.2  # blur before anything is compared, in pixels: what JPEG and half a pixel of shift do
_WINDOW = 5.0  # standard deviation of the window in which structure is compared, in pixels
_STILL = 60.0  # variance, summed over the channels, below which a window counts as plain
_LOUD = 40.0  # contrast beyond which a window weighs no more
_INK = 30.0  # difference from the paper's colour from which a pixel counts as painted
_COLOUR_GAP = 28.0  # difference in a channel from which a colour is another
_GAIN = 0.5, 2.0  # what light may do to a channel
_LARGEST_SHIFT = 50.0
_HOPELESS = 0.3  # colours that agree less are those of two sheets, whatever is drawn on them
_ADDED = 0.06  # so much of the sheet may carry lines in one of the two only: a name and a year


@dataclass(frozen=True)
class Agreement:
    """All are shares of 1.

    `structure`: likeness where something is drawn; 0 where the colours are too different to ask. `colour`: part of the
    common sheet whose colour agrees. `ink`: the same of what is painted. `drawn`: part where something is drawn.
    """

    structure: float
    colour: float
    ink: float
    drawn: float

    @property
    def score(self) -> float:
        return self.structure * self.colour * self.ink


NOTHING = Agreement(0.0, 0.0, 0.0, 0.0)


def agreement(a: NDArray[np.uint8], b: NDArray[np.uint8], warp: NDArray[np.float64]) -> Agreement:
    """Compare `a` with `b` laid over it: both RGB, uint8; `warp` 3 × 3, from b's pixels to a's."""
    size = a.shape[1], a.shape[0]
    laid = cv2.warpPerspective(b, warp, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    inside = _common(b.shape, warp, size)
    if inside.mean() < 0.2:
        return NOTHING
    x = cv2.GaussianBlur(a, (0, 0), _SOFT).astype(np.float32)
    y = _in_the_light_of(x, cv2.GaussianBlur(laid, (0, 0), _SOFT).astype(np.float32), inside)
    gap = largest(np.abs(cv2.GaussianBlur(x - y, (0, 0), 2.0)))
    agrees = gap < _COLOUR_GAP
    colour, ink = float(agrees[inside].mean()), _ink(x, y, inside, agrees)
    if colour * ink < _HOPELESS:
        return Agreement(0.0, colour, ink, 1.0)  # looking at the structure takes most of the time
    structure, drawn = _structure(x, y, inside)
    return Agreement(structure, colour, ink, drawn)


def _common(shape: tuple[int, ...], warp: NDArray[np.float64], size: tuple[int, int]) -> Mask:
    """Where the second picture lies on the first, less a narrow edge."""
    sheet = cv2.warpPerspective(np.full(shape[:2], 255, np.uint8), warp, size, flags=cv2.INTER_NEAREST)
    padded = cv2.copyMakeBorder(sheet, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return cast("Mask", cv2.erode(padded, np.ones((5, 5), np.uint8))[1:-1, 1:-1] > 0)


def _in_the_light_of(x: Floats, y: Floats, inside: Mask) -> Floats:
    """`y` with the brightness, its slope over the sheet, its fall to the corners and the tint of `x`, as far as light can
    make them differ.

    Least squares with little trust in what differs much, drawn towards changing nothing: else two plain sheets of
    different colours would always be one sheet in different light. Light makes colours darker by a factor; what is added
    to all (haze, contrast) is paid for dearly, for factor and sum together turn paper and one paint into any other two.
    """
    height, width = inside.shape
    down, right = np.mgrid[-0.5 : 0.5 : height * 1j, -0.5 : 0.5 : width * 1j].astype(np.float32)
    step = (slice(None, None, 3), slice(None, None, 3))
    use = inside[step]
    outwards: Floats = right * right + down * down
    places = right[step][use], down[step][use], outwards[step][use]
    start: Floats = np.array((1.0, 0.0, 0.0, 0.0, 0.0), np.float32)
    lit = np.empty_like(y)
    for channel in range(3):
        target, values = x[..., channel][step][use], y[..., channel][step][use]
        terms = np.stack((values, *(values * place for place in places), np.full_like(values, 64.0)), axis=1)
        prior = np.diag(np.array((100.0, 100.0, 100.0, 100.0, 150.0), np.float32)) * len(values)
        trust: Floats = np.ones(len(values), np.float32)
        found: Floats = start
        for _ in range(4):
            weighted = terms * trust[:, None]
            solved = np.linalg.solve(weighted.T @ terms + prior, weighted.T @ target + prior @ start)
            found = cast("Floats", solved)
            trust = cast("Floats", 1.0 / np.maximum(1.0, np.abs(target - terms @ found) / 12.0))
        gain = np.clip(found[0] + found[1] * right + found[2] * down + found[3] * outwards, *_GAIN)
        lit[..., channel] = y[..., channel] * gain + np.clip(found[4] * 64.0, -_LARGEST_SHIFT, _LARGEST_SHIFT)
    return lit


def _structure(x: Floats, y: Floats, inside: Mask) -> tuple[float, float]:
    """The structural part of SSIM (Wang et al., IEEE TIP 13, 2004) over the three channels where something is drawn,
    and the share of the sheet where that is. What one of the two has in addition is forgiven if it is little.
    """
    within = inside[..., None].astype(np.float32)
    share = np.maximum(_mean(inside.astype(np.float32)), 1e-3)[..., None]

    def mean(values: Floats) -> Floats:
        return cast("Floats", _mean(values * within) / share)

    mean_x, mean_y = mean(x), mean(y)
    variance_x = np.maximum((mean(x * x) - mean_x**2).sum(axis=2), 0)
    variance_y = np.maximum((mean(y * y) - mean_y**2).sum(axis=2), 0)
    together = (mean(x * y) - mean_x * mean_y).sum(axis=2)
    alike = (2 * together + _STILL / 2) / (variance_x + variance_y + _STILL / 2)
    drawn_x, drawn_y = inside & (variance_x > _STILL), inside & (variance_y > _STILL)
    both = _weighted(alike, np.maximum(variance_x, variance_y), drawn_x | drawn_y)
    only_x, only_y = (drawn_x & ~drawn_y).sum(), (drawn_y & ~drawn_x).sum()
    sheet = inside.sum()
    if only_x <= _ADDED * sheet:  # all of y is found in x
        both = max(both, _weighted(alike, variance_y, drawn_y))
    if only_y <= _ADDED * sheet:
        both = max(both, _weighted(alike, variance_x, drawn_x))
    return max(0.0, both), float((drawn_x | drawn_y).sum() / sheet)


def _weighted(alike: Floats, variance: Floats, where: Mask) -> float:
    weight = np.minimum(np.sqrt(variance[where]), _LOUD)
    return float((alike[where] * weight).sum() / weight.sum()) if len(weight) else 0.0


def _mean(values: Floats) -> Floats:
    return cast("Floats", cv2.GaussianBlur(values, (0, 0), _WINDOW))


def _ink(x: Floats, y: Floats, inside: Mask, agrees: Mask) -> float:
    """The share of what is painted whose colour agrees; what one of the two has in addition is forgiven if it is little."""
    painted = [inside & (largest(np.abs(one - paper(one[inside]))) > _INK) for one in (x, y)]
    either = painted[0] | painted[1]
    shares = [float(agrees[either].mean()) if either.any() else 1.0]
    for own, other in (painted, painted[::-1]):
        if own.any() and (other & ~own).sum() <= _ADDED * inside.sum():
            shares.append(float(agrees[own].mean()))
    return max(shares)

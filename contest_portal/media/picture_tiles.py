"""A large picture as tiles of several sizes, so that one may look at every stroke without loading all of it.

The layout is that of Deep Zoom (DZI): level n is half as large as level n + 1, the last one is the whole picture; each
tile goes one pixel into its neighbours. Runs in the sandbox (see probing.py).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contest_portal.media.derivatives import Made
from contest_portal.media.packed_pictures import PackedPictures
from contest_portal.media.pictures import in_srgb, picture_at, upright

if TYPE_CHECKING:
    from PIL.Image import Image

Report = Callable[[int], None]

TILE, OVERLAP = 512, 1
TILED_FROM = 2500
"""Pictures with a longer side have tiles, in pixels; for the others the screen picture and the original are enough."""


def level_count(width: int, height: int) -> int:
    """How many levels a picture of that size has, from one by one pixel to the whole."""
    return (max(width, height) - 1).bit_length() + 1


def make_tiles(source: Path, target: Path, report: Report) -> Made:
    """Write the tiles of an upright copy in sRGB. Raises NoPictureError.

    `detail` of what is made: `tile`, `overlap`, `first` (the smallest level there is: that of a single tile) and
    `levels` from there on, each with `columns`, `rows` and `places`, row by row, as [begin, length] in bytes.
    """
    with picture_at(source) as (image, _kind):
        picture = in_srgb(upright(image), image.info.get("icc_profile"))
    width, height = picture.size
    levels: list[dict[str, Any]] = []
    last = level_count(width, height) - 1
    with PackedPictures(target) as packed:
        level = last
        while True:
            levels.insert(0, _tiles_of(picture, level, packed))
            report(round(100 * (1 - 0.25 ** (last - level + 1))))
            if max(picture.size) <= TILE:
                break
            picture = picture.resize((-(-picture.width // 2), -(-picture.height // 2)), reducing_gap=2.0)
            level -= 1
    return Made(width, height, {"tile": TILE, "overlap": OVERLAP, "first": level, "levels": levels})


def _tiles_of(picture: Image, level: int, packed: PackedPictures) -> dict[str, Any]:
    columns, rows = -(-picture.width // TILE), -(-picture.height // TILE)
    places = [
        packed.add(f"{level}/{column}_{row}.jpg", picture.crop(_box(picture, column, row)))
        for row in range(rows)
        for column in range(columns)
    ]
    return {"columns": columns, "rows": rows, "places": places}


def _box(picture: Image, column: int, row: int) -> tuple[int, int, int, int]:
    return (
        max(0, column * TILE - OVERLAP),
        max(0, row * TILE - OVERLAP),
        min(picture.width, (column + 1) * TILE + OVERLAP),
        min(picture.height, (row + 1) * TILE + OVERLAP),
    )

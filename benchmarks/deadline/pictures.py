"""JPEG files of 2 to 20 MB, another at each call, for almost nothing.

A few pictures of each size are encoded once with a restart marker after every row of blocks. Such rows stand for
themselves: shuffled, and taken from one picture or the other, they make a new whole picture without encoding anything.
"""

from __future__ import annotations

import io
import random
import re

import numpy as np
from PIL import Image

from benchmarks.deadline.plan import MB

SIDES = {0: (3248, 2288), 2: (3248, 2288), 4: (3792, 2672), 8: (4864, 3424), 14: (5408, 3808), 19: (5936, 4176)}
"""Width and height by megabytes, whole blocks of 16, about 54 to 38 as a sheet is; 0: as small as it comes."""
ROWS = 8
"""So many rows of blocks stay together."""
QUALITY = 92
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")


class Pictures:
    """Makes pictures from `bases` encoded ones of each size."""

    def __init__(self, megabytes: set[int], bases: int = 2) -> None:
        self._bases: dict[int, list[tuple[bytes, list[bytes]]]] = {}
        for size in sorted(megabytes):
            strength = _strength(size)
            self._bases[size] = [_parts(_encoded(size, strength, seed)) for seed in range(bases)]

    def one(self, megabytes: int, number: int) -> bytes:
        """The picture of that number."""
        draw, bases = random.Random(number), self._bases[megabytes]  # noqa: S311 - an example, no secret
        head, first = bases[0]
        groups = list(range(0, len(first), ROWS))
        rows = []
        for start in draw.sample(groups, len(groups)):
            if start + ROWS <= len(first):
                rows += draw.choice(bases)[1][start : start + ROWS]
        rows += first[groups[-1] :] if len(first) % ROWS else []
        note = f"{number:>12}".encode()
        whole = [head[:2], b"\xff\xfe", (len(note) + 2).to_bytes(2, "big"), note, head[2:]]
        for position, row in enumerate(rows):
            whole += [row, bytes((0xFF, 0xD0 + position % 8))]
        whole[-1] = b"\xff\xd9"
        return b"".join(whole)


def _encoded(megabytes: int, strength: float, seed: int, *, share: int = 1) -> bytes:
    """Soft colours with grain over them: the grain decides the size."""
    draw = np.random.default_rng(seed)
    width, height = (side // share // 16 * 16 for side in SIDES[megabytes])
    soft = Image.fromarray(draw.integers(40, 216, (19, 27, 3), dtype=np.uint8)).resize((width, height), Image.BICUBIC)
    grain = draw.normal(0, strength, (height, width, 1)).astype(np.int16)
    pixels = np.clip(np.asarray(soft, np.int16) + grain, 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=QUALITY, restart_marker_rows=1)
    return out.getvalue()


def _strength(megabytes: int) -> float:
    """How strong the grain must be, tried out on a sixteenth of the picture."""
    weakest, strongest = 0.0, 90.0
    if not megabytes:
        return weakest
    for _ in range(5):
        middle = (weakest + strongest) / 2
        is_short = len(_encoded(megabytes, middle, 0, share=4)) * 16 < megabytes * MB
        weakest, strongest = (middle, strongest) if is_short else (weakest, middle)
    return strongest


def _parts(content: bytes) -> tuple[bytes, list[bytes]]:
    """The file's head, up to its pixels, and its rows of blocks."""
    scan = content.index(b"\xff\xda")
    begin = scan + 2 + int.from_bytes(content[scan + 2 : scan + 4], "big")
    return content[:begin], _RESTART.split(content[begin:-2])

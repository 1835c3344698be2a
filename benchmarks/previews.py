"""Previews: how many of each kind one worker makes in a minute, and how fast a film is made playable."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import VideoFrame

from benchmarks.measurement import Measurement, summed_up
from contest_portal.demo.documents import make_report
from contest_portal.demo.pictures import make_painting
from contest_portal.media import renditions
from contest_portal.media.probing import media_reader

REPEATS = 5
FILM_SECONDS = 12
MOST_PAGES = 60


def measure() -> list[Measurement]:
    """A painting of 7 million pixels, a report, and a film of 1,080 lines in a kind that must be encoded."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        painting, report, film = folder / "painting.jpg", folder / "report.pdf", folder / "film.mkv"
        painting.write_bytes(make_painting(1, "moon"))
        report.write_bytes(make_report(1, "research", "校园雨水回收装置的研究", "雨水回收装置"))
        _write_film(film)
        found = [
            _a_minute(f"previews a minute, {kind} of a {what.stem}", _maker(kind, what))
            for what, kinds in ((painting, ("thumb", "screen", "tiles", "blind")), (report, ("pages", "blind")))
            for kind in kinds
        ]
        seconds = _timed(_maker("film720", film))
        found.append(
            summed_up(
                "a film of 1,920 × 1,080, 30 pictures a second, made playable: seconds for a second of it",
                [one / FILM_SECONDS for one in seconds],
                "s",
            )
        )
    return found


def _maker(kind: str, source: Path) -> Callable[[], object]:
    facts, target = media_reader().probe(source), source.with_suffix(".made")
    return lambda: renditions.make(kind, source, target, facts, lambda _percent: None, MOST_PAGES)


def _timed(work: Callable[[], object]) -> list[float]:
    work()
    walls = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        walls.append(time.perf_counter() - start)
    return walls


def _a_minute(name: str, work: Callable[[], object]) -> Measurement:
    return summed_up(name, [60 / seconds for seconds in _timed(work)], "")


def _write_film(path: Path) -> None:
    """Noise that drifts: neither a still picture nor one that no film looks like."""
    grain = np.random.default_rng(1).integers(60, 200, (135, 280, 3), dtype=np.uint8)
    sheet = np.kron(grain, np.ones((8, 8, 1), np.uint8))
    with av.open(str(path), "w", format="matroska") as container:
        video: Any = container.add_stream("libx264", rate=30, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = 1920, 1080, "yuv420p"
        for number in range(30 * FILM_SECONDS):
            left = number % 320
            frame = VideoFrame.from_ndarray(np.ascontiguousarray(sheet[:, left : left + 1920]))
            frame.pts, frame.time_base = number, Fraction(1, 30)
            container.mux(video.encode(frame))
        container.mux(video.encode())

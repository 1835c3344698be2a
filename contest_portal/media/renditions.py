"""Each kind of derivative: who makes it, within which limits, and of which files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from contest_portal.media.derivatives import Made
from contest_portal.media.facts import FILMS, PICTURES, FileFacts, Kind
from contest_portal.media.masking import Boxes
from contest_portal.media.picture_tiles import TILED_FROM
from contest_portal.media.probing import Limits, MediaReader, patient_reader, reader_with

Report = Callable[[int], None]

QUICK = ("thumb", "screen", "poster")
SLOW = ("film720", "tiles", "pages", "blind")
"""Seconds to hours: made by jobs of their own kind, so that none of them holds up a thumbnail."""

_MAKERS = {"thumb": "thumbnail"}
_LIMITS = Limits(memory_mb=2560, cpu_seconds=180, wall_seconds=720, requests_per_process=20, niceness=10)
_FILM_LIMITS = replace(_LIMITS, requests_per_process=1)  # a film claims more memory than a warm process should keep
_FULL_HD = 1920 * 1080
_UNKNOWN_LENGTH = 1800.0
_LONGEST = 4 * 3600.0


def kinds_made_of(facts: FileFacts) -> tuple[str, ...]:
    """What is made of a file as soon as it has come in."""
    if not facts.usable:
        return ()
    if facts.kind in PICTURES:
        return ("thumb", "screen", "tiles") if (facts.long_side or 0) > TILED_FROM else ("thumb", "screen")
    if facts.kind in FILMS:
        return ("poster", "film720")
    return ("pages",) if facts.kind is Kind.PDF else ()


def cpu_seconds_for(kind: str, facts: FileFacts, most_pages: int) -> int | None:
    """The processor's time that making `kind` may take; None: as every other request.

    A film on two old cores takes about its own length, one of 4K some times that; twice that is allowed.
    """
    if kind == "film720":
        pixels = (facts.width or 0) * (facts.height or 0)
        length = min(facts.duration_seconds or _UNKNOWN_LENGTH, _LONGEST)
        return round(120 + 4 * length * min(6.0, max(1.0, pixels / _FULL_HD)))
    if kind == "pages":
        return 30 + 5 * min(facts.pages or most_pages, most_pages)
    return None


def make(kind: str, source: Path, target: Path, facts: FileFacts, report: Report, most_pages: int) -> Made:
    """Write the derivative `kind` of `source` to `target`. Raises DerivativeError."""
    op = _MAKERS.get(kind, kind)
    if kind in QUICK:
        return patient_reader().make(op, source, target)
    options = {"most_pages": most_pages} if kind == "pages" else {}
    seconds = cpu_seconds_for(kind, facts, most_pages)
    return _slow_reader(_FILM_LIMITS if kind == "film720" else _LIMITS).make(
        op, source, target, report=report, cpu_seconds=seconds, **options
    )


def make_masked(source: Path, target: Path, facts: FileFacts, boxes: Boxes, report: Report) -> Made:
    """Write the copy of a picture or PDF with black boxes in it; see masking.make_masked. Raises DerivativeError."""
    seconds = 30 + 5 * (facts.pages or 10)
    return _slow_reader(_LIMITS).make("masked", source, target, report=report, cpu_seconds=seconds, boxes=boxes)


def _slow_reader(limits: Limits) -> MediaReader:
    """One process at a time for films, one for the rest."""
    return reader_with(limits, processes=1)

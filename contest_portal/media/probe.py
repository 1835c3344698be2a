"""Reading a file to its end: what it measures, whether it is whole. Runs in the sandbox (see probing.py)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from contest_portal.media.documents import probe_office_file, probe_pdf
from contest_portal.media.facts import FILMS, PICTURES, PIXELS_LIMIT, FileFacts, Kind, Problem
from contest_portal.media.films import probe_film
from contest_portal.media.pictures import in_srgb, is_turned, open_picture
from contest_portal.media.sharpness import LOOKED_AT_SIDE, sharpness_of
from contest_portal.media.signature import kind_of_file

if TYPE_CHECKING:
    from PIL.Image import Image

_REDUCED_AS_THEY_ARE = {"RGB", "L", "CMYK", "YCbCr"}


def probe(path: Path, name: str = "", accepted: Collection[Kind] | None = None) -> FileFacts:
    """The facts of the file at `path`, which people call `name`.

    Kinds outside `accepted` are recognised and not decoded; None accepts every kind. Content that cannot be read gives
    facts that say so, never an exception.
    """
    kind = kind_of_file(path)
    facts = FileFacts(
        kind=kind, size_bytes=path.stat().st_size, extension=Path(name or path.name).suffix.lower().lstrip(".")
    )
    if kind is Kind.EMPTY:
        return replace(facts, damaged=True, problem=Problem.EMPTY)
    if accepted is not None and kind not in accepted:
        return facts
    facts = replace(facts, looked_into=True)
    if kind in PICTURES:
        return probe_picture(path, facts)
    if kind in FILMS:
        return probe_film(path, facts)
    if kind is Kind.PDF:
        return probe_pdf(path, facts)
    if kind in {Kind.DOCX, Kind.XLSX, Kind.PPTX, Kind.ZIP, Kind.DOC, Kind.XLS}:
        return probe_office_file(path, facts)
    return facts


def probe_picture(path: Path, facts: FileFacts) -> FileFacts:
    """Size, sharpness, and whether the picture can be decoded to its end. Beyond the pixel limit: its size alone."""
    try:
        with path.open("rb") as file, open_picture(file, facts.kind) as image:
            width, height = image.size
            facts = replace(facts, width=width, height=height)
            if width * height > PIXELS_LIMIT:
                return replace(facts, problem=Problem.TOO_MANY_PIXELS)
            if facts.kind is Kind.JPEG:  # every byte is read, fewer pixels are made
                image.draft(None, (min(width, LOOKED_AT_SIDE), min(height, LOOKED_AT_SIDE)))
            image.load()
            if is_turned(image):
                facts = replace(facts, width=height, height=width)
            return replace(facts, sharpness=_sharpness(image))
    except MemoryError:
        return replace(facts, problem=Problem.TOOK_TOO_MUCH)
    except Exception:  # noqa: BLE001  a decoder may raise anything at hostile bytes
        return replace(facts, damaged=True, problem=Problem.PICTURE_DAMAGED)


def _sharpness(image: Image) -> int | None:
    """None too where memory is not enough for it: the picture itself could be read."""
    try:
        factor = max(image.size) // LOOKED_AT_SIDE
        profile = image.info.get("icc_profile")
        small = image.reduce(factor) if factor > 1 and image.mode in _REDUCED_AS_THEY_ARE else image
        return sharpness_of(in_srgb(small, profile))
    except MemoryError:
        return None

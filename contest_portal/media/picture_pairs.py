"""Comparing files with each other on the command line: two of them, or all pictures of a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from contest_portal.core.text import Message
from contest_portal.media.facts import PICTURES, FileFacts, Kind, Problem, kind_of_extension
from contest_portal.media.probing import DerivativeError, media_reader
from contest_portal.media.reading_problems import reading_message
from contest_portal.media.signature import kind_of_file

if TYPE_CHECKING:
    from contest_portal.media.likeness import Likeness, PictureFingerprint

Report = Callable[[int, int], None]

CANDIDATES = 30  # more than the site looks at: a folder may hold many copies of one sheet


@dataclass(frozen=True)
class Pair:
    """Two pictures of a folder that look like the same sheet, by their names in it."""

    a: str
    b: str
    likeness: Likeness


@dataclass
class Scan:
    """What a folder holds: how many pictures, which are alike, which cannot be read (name, why), how many other files
    were passed over."""

    pictures: int = 0
    skipped: int = 0
    pairs: list[Pair] = field(default_factory=list)
    unreadable: list[tuple[str, Message]] = field(default_factory=list)


def scan_folder(folder: Path, report: Report = lambda _done, _all: None) -> Scan:
    """All the pairs of alike pictures of a folder and those below it. What is no picture, neither by name nor by content,
    is passed over. `report` hears how many of how many files were read."""
    from contest_portal.media.likeness import Index, alike_among

    scan, known, index = Scan(), [], Index()
    files = list(_files(folder))
    for done, path in enumerate(files, start=1):
        name = path.relative_to(folder).as_posix()
        kind = kind_of_file(path)
        if kind not in PICTURES and kind_of_extension(path.suffix) not in PICTURES:
            scan.skipped += 1
        else:
            try:
                known.append((name, media_reader().fingerprint(path)))
            except DerivativeError as failure:
                scan.unreadable.append((name, message_of(path, kind, failure.problem)))
        report(done, len(files))
    scan.pictures = len(known)
    for number, (name, picture) in enumerate(known):
        near = (other for other, _distance in index.candidates(picture, CANDIDATES))
        for other, likeness in alike_among(picture, near, lambda other: known[other][1]):
            scan.pairs.append(Pair(known[other][0], name, likeness))
        index.add(number, picture)
    scan.pairs.sort(key=lambda pair: (-pair.likeness.score, pair.a, pair.b))
    return scan


def fingerprint_of(path: Path) -> PictureFingerprint:
    """The picture's fingerprint, made in the sandbox. Raises DerivativeError."""
    return media_reader().fingerprint(path)


def message_of(path: Path, kind: Kind, problem: Problem) -> Message:
    """Why no fingerprint could be made, in words."""
    facts = FileFacts(kind=kind, size_bytes=path.stat().st_size, problem=problem)
    if problem is Problem.TOO_MANY_PIXELS:
        measured = media_reader().probe(path, path.name, {kind})
        facts = replace(facts, width=measured.width, height=measured.height)
    return reading_message(facts)


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))

"""What a PDF carries besides its pages: scripts, actions that start programs, files. Runs in the sandbox.

A reader runs what it can reach from the catalogue, so that is walked; what only draws (resources, contents, appearance)
and what only describes (structure, metadata) is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from contest_portal.media.facts import Problem

OBJECTS_LOOKED_AT = 200_000
_PASSED_OVER = {"/Resources", "/Contents", "/AP", "/StructTreeRoot", "/Metadata", "/Parent", "/PieceInfo", "/Thumb"}
_SCRIPTS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm"}
_CARRIERS = {"/FileAttachment", "/RichMedia", "/3D", "/Movie", "/Sound"}


class TooManyObjectsError(ValueError):
    """The document is too large to be looked through."""


def carried_by(path: Path) -> Problem | None:
    """Why the document is not only paper: a form that scripts draw, scripts, files inside; None for one that is.

    A destination to open at, links to pages and to the web are paper. Raises whatever the parser raises at a damaged
    document, TooManyObjectsError at one too large.
    """
    from pypdf import PdfReader

    found: set[Problem] = set()
    with path.open("rb") as file:
        reader = PdfReader(file)
        for one in _reached(reader.trailer["/Root"].get_object()):
            found |= set(_problems_of(one))
    worst = (Problem.PDF_SCRIPT, Problem.PDF_LIVE_FORM, Problem.PDF_EMBEDDED)
    return next((problem for problem in worst if problem in found), None)


def _reached(root: Any) -> Iterator[dict[str, Any]]:
    """Every dictionary that can be reached from the root, each once."""
    from pypdf.generic import IndirectObject

    seen: set[tuple[int, int]] = set()
    waiting, count = [root], 0
    while waiting:
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            name = (one.idnum, one.generation)
            if name in seen:
                continue
            seen.add(name)
            one = one.get_object()
        if isinstance(one, dict):
            yield one
            waiting += [dict.__getitem__(one, key) for key in one if key not in _PASSED_OVER]
        elif isinstance(one, list):
            waiting += list(list.__iter__(one))
        else:
            continue
        count += 1
        if count > OBJECTS_LOOKED_AT:
            raise TooManyObjectsError


def _problems_of(one: dict[str, Any]) -> Iterator[Problem]:
    if _named(one, "/S") in _SCRIPTS or "/JS" in one:
        yield Problem.PDF_SCRIPT
    if "/XFA" in one:
        yield Problem.PDF_LIVE_FORM
    if "/EF" in one or "/EmbeddedFiles" in one or "/Collection" in one or _named(one, "/Subtype") in _CARRIERS:
        yield Problem.PDF_EMBEDDED


def _named(one: dict[str, Any], key: str) -> str:
    return str(one[key]) if key in one else ""

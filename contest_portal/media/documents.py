"""Reading documents: a PDF's pages and what it carries, an office file's container. Runs in the sandbox."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from contest_portal.media.archives import archive_problem
from contest_portal.media.compound import ENCRYPTED_PACKAGE, is_all_there, stream_names
from contest_portal.media.facts import FileFacts, Problem
from contest_portal.media.pdf_contents import TooManyObjectsError, carried_by

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

PAGES_LOOKED_AT = 40
_DRAWN_SIDE = 100  # pixels: a page is drawn small, to see that it can be


def probe_pdf(path: Path, facts: FileFacts) -> FileFacts:
    """Pages, a password, whether it is whole, and whether it carries more than pages.

    Whole: its end is there, its first pages and its last can be loaded, its objects can be read.
    """
    import pypdfium2
    from pypdf.errors import LimitReachedError
    from pypdfium2.raw import FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY

    damaged = replace(facts, damaged=True, problem=Problem.PDF_DAMAGED)
    try:
        with pypdfium2.PdfDocument(path) as document:
            pages = len(document)
            _look_at_pages(document, pages)
    except pypdfium2.PdfiumError as error:
        if error.err_code in {FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY}:
            return replace(facts, encrypted=True, problem=Problem.ENCRYPTED)
        return damaged
    if pages == 0 or not _has_pdf_end(path):
        return replace(damaged, pages=pages or None)
    try:
        return replace(facts, pages=pages, problem=carried_by(path))
    except MemoryError:
        raise
    except (TooManyObjectsError, LimitReachedError):
        return replace(facts, pages=pages, problem=Problem.TOOK_TOO_LONG)
    except Exception:  # noqa: BLE001  what cannot be looked through may hide anything
        return damaged


def _look_at_pages(document: PdfDocument, pages: int) -> None:
    """Raises PdfiumError where a page is missing."""
    for index in (*range(min(pages, PAGES_LOOKED_AT)), *([pages - 1] if pages else [])):
        page = document[index]
        if index == 0:
            page.render(scale=min(1.0, _DRAWN_SIDE / max(*page.get_size(), 1.0))).close()
        page.close()


def _has_pdf_end(path: Path) -> bool:
    """Whether the end mark stands where ISO 32000-1 §7.5.5 wants it: readers mend what lacks it, and lose pages."""
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - 4096))
        return b"%%EOF" in file.read()


def probe_office_file(path: Path, facts: FileFacts) -> FileFacts:
    """Whether an office file or archive has a password, is damaged, or unpacks to more than anybody should open."""
    with path.open("rb") as file:
        is_archive = file.read(2) == b"PK"
    problem = archive_problem(path) if is_archive else _compound_problem(path)
    return replace(
        facts,
        problem=problem,
        encrypted=problem is Problem.ENCRYPTED,
        damaged=problem is Problem.ARCHIVE_DAMAGED,
    )


def _compound_problem(path: Path) -> Problem | None:
    try:
        if not is_all_there(path):
            return Problem.ARCHIVE_DAMAGED
        return Problem.ENCRYPTED if ENCRYPTED_PACKAGE in stream_names(path) else None
    except ValueError:
        return Problem.ARCHIVE_DAMAGED

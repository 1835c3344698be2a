"""A PDF as a judge of a blind round gets it: its pages and nothing else. Runs in the sandbox (see probing.py).

What a page draws is kept: contents, fonts, pictures (pdf_drawing.py). All else is dropped, known or not: the document's
own entries, links and notes with their authors, structure, page thumbnails, marks of programs, marks within photographs,
comments in contents. What notes and form fields show is drawn into the page first. A document with layers is made of
pictures, since a reader can switch on what no page shows; so is one whose notes cannot be drawn in, one whose contents
cannot be written anew, and one whose copy looks otherwise.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from contest_portal.media.derivatives import Made
from contest_portal.media.masking import write_picture_pdf
from contest_portal.media.pdf_drawing import Drawing

_NOT_DRAWN = {"/Link", "/Popup"}
COMPARED_PIXELS = 500
"""The long side of the pictures by which a page and its copy are compared."""
MOST_DIFFERENCE = 0.5
"""Of 255, over all pixels of a page."""


def copy_pdf(source: Path, target: Path) -> Made:
    """Write the copy; raises whatever the parser raises at a damaged document."""
    from pypdf import PdfReader

    reader = PdfReader(source)
    if _has_layers(reader):
        return write_picture_pdf(source, target)
    if not any(_draws_notes(page) for page in reader.pages):
        return _copy_pages(source, reader, target)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        drawn = Path(folder) / "drawn"
        if not _draw_notes_in(source, drawn):
            return write_picture_pdf(source, target)
        return _copy_pages(drawn, PdfReader(drawn), target)


def _has_layers(reader: Any) -> bool:
    return "/OCProperties" in reader.trailer["/Root"].get_object()


def _draws_notes(page: Any) -> bool:
    notes: Any = page.get("/Annots")
    if notes is None:
        return False
    return any(one.get_object().get("/Subtype") not in _NOT_DRAWN for one in notes.get_object())


def _draw_notes_in(source: Path, target: Path) -> bool:
    """Whether all could be drawn in."""
    import pypdfium2
    from pypdfium2.raw import FLATTEN_FAIL

    with pypdfium2.PdfDocument(source) as document:
        document.init_forms()
        for index in range(len(document)):
            page = document[index]
            if page.flatten() == FLATTEN_FAIL:
                return False
            page.close()
        document.save(target)
    return True


def _copy_pages(source: Path, reader: Any, target: Path) -> Made:
    """The pages drawn as before, or pictures of them where the copy could not be told to be that."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    drawing = Drawing(writer)
    try:
        for page in reader.pages:
            drawing.clean_page(writer.add_page(page))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  whatever cannot be read through may hide anything
        return write_picture_pdf(source, target)
    writer.metadata = None
    _forget_unreached(writer)
    writer.write(target)
    return Made(0, 0) if _look_alike(source, target) else write_picture_pdf(source, target)


def _forget_unreached(writer: Any) -> None:
    """Leave out what nothing that is kept refers to: the library writes everything it has ever read."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    reached, waiting = set[int](), [writer.root_object.indirect_reference]
    while waiting:
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            if one.idnum in reached:
                continue
            reached.add(one.idnum)
            one = one.get_object()
        if isinstance(one, DictionaryObject):
            waiting += [one.raw_get(key) for key in one]
        elif isinstance(one, ArrayObject):
            waiting += list.__iter__(one)
    for place in range(len(writer._objects)):
        if place + 1 not in reached:
            writer._objects[place] = None


def _look_alike(source: Path, target: Path) -> bool:
    """Whether small pictures of all pages are the same: a key that a reader needs may have gone."""
    import numpy as np
    import pypdfium2

    with pypdfium2.PdfDocument(source) as before, pypdfium2.PdfDocument(target) as after:
        for index in range(len(before)):
            one, other = (np.asarray(_small(document, index), dtype="int16") for document in (before, after))
            if one.shape != other.shape or np.abs(one - other).mean() > MOST_DIFFERENCE:
                return False
    return True


def _small(document: Any, index: int) -> Any:
    page = document[index]
    try:
        return page.render(scale=COMPARED_PIXELS / max(*page.get_size(), 1.0)).to_numpy().copy()
    finally:
        page.close()

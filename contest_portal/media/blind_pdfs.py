"""A PDF as a judge of a blind round gets it: its pages and nothing else. Runs in the sandbox (see probing.py).

What a page draws is kept: contents, fonts, pictures. All else is dropped, known or not: the document's own entries, links
and notes with their authors, structure, page thumbnails, marks of programs, marks within photographs. What notes and form
fields show is drawn into the page first. A document with layers is made of pictures, since a reader can switch on what no
page shows; so is one whose notes cannot be drawn in.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from contest_portal.media.derivatives import Made
from contest_portal.media.jpeg_marks import NotCleanableError, without_boxes, without_marks
from contest_portal.media.masking import write_picture_pdf

_PAGE_KEYS = {"/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/Contents", "/UserUnit", "/Group"}
_RESOURCE_KEYS = {"/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/XObject", "/Font", "/ProcSet"}
_MARKS = {
    *("/Metadata", "/PieceInfo", "/AF", "/LastModified", "/OPI", "/StructParent", "/StructParents", "/Alternates"),
    *("/Measure", "/PtData", "/Ref", "/Properties", "/ID", "/Thumb", "/AA", "/A"),
}
_NOT_DRAWN = {"/Link", "/Popup"}


def copy_pdf(source: Path, target: Path) -> Made:
    """Write the copy; raises whatever the parser raises at a damaged document."""
    from pypdf import PdfReader

    reader = PdfReader(source)
    if _has_layers(reader):
        return write_picture_pdf(source, target)
    if not any(_draws_notes(page) for page in reader.pages):
        return _copy_pages(reader, target)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        drawn = Path(folder) / "drawn"
        if not _draw_notes_in(source, drawn):
            return write_picture_pdf(source, target)
        return _copy_pages(PdfReader(drawn), target)


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


def _copy_pages(reader: Any, target: Path) -> Made:
    from pypdf import PdfWriter
    from pypdf.generic import DictionaryObject

    writer = PdfWriter()
    for page in reader.pages:
        for key in set(page) - _PAGE_KEYS:
            del page[key]
        writer.add_page(page)
    for found in writer._objects:
        if isinstance(found, DictionaryObject):
            _clean(found)
    writer.metadata = None
    writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
    writer.write(target)
    return Made(0, 0)


def _clean(found: Any) -> None:
    for mark in _MARKS & set(found):
        del found[mark]
    resources = found.get("/Resources")
    if resources is not None:
        resources = resources.get_object()
        for key in set(resources) - _RESOURCE_KEYS:
            del resources[key]
    filters = found.get("/Filter")
    if filters is not None:
        _clean_picture(found, filters.get_object())


def _clean_picture(stream: Any, filters: Any) -> None:
    """Take the marks out of a photograph. One that cannot be read through is left out: it may hide anything."""
    from pypdf.generic import NameObject

    names = list(filters) if isinstance(filters, list) else [filters]
    clean = {"/DCTDecode": without_marks, "/JPXDecode": without_boxes}.get(str(names[-1])) if names else None
    if clean is None:
        return
    if len(names) > 1:
        content = stream.get_data()
        stream[NameObject("/Filter")] = NameObject(names[-1])
        parameters = stream.get("/DecodeParms")
        if isinstance(parameters, list):
            del stream["/DecodeParms"]
    else:
        content = stream._data
    try:
        stream._data = clean(content)
    except NotCleanableError:
        stream._data = b""

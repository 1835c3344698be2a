"""The letters of a PDF's pages, and where on the page they stand. Runs in the sandbox (see probing.py).

Letters are counted as PDFium counts them, so that a place in the text is a place on the page. What notes, stamps and form
fields show is read as well: it is drawn into the page first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from ctypes import byref, c_int
from pathlib import Path
from typing import Any

from contest_portal.media.text_extraction import MOST_LETTERS, MOST_PAGES

_FINE = 100_000  # PDFium gives places in whole pixels: of a page drawn this large
_ROOM = 0.12  # of the letters' height, around them
_SMALLEST_PICTURE = 14  # points, half a centimetre
_DEEPEST = 4  # of forms within forms
Span = Sequence[int]
Box = tuple[float, float, float, float]


def read_letters(path: Path) -> tuple[list[str], bool, list[int]]:
    """The letters of each page, one for each that PDFium counts, blanks for what cannot be printed; whether there were
    more than are read (300 pages, 200,000 letters); the pages (from 1) that hold pictures, in which there may be letters
    that nobody can search."""
    pages: list[str] = []
    pictured: list[int] = []
    room = MOST_LETTERS
    with _document(path) as document:
        count = len(document)
        for index in range(min(count, MOST_PAGES)):
            with _text_of(document, index) as (page, text):
                letters = "".join(_letter(text, place) for place in range(min(text.count_chars(), room)))
                if _has_picture(page):
                    pictured.append(index + 1)
            pages.append(letters)
            room -= len(letters)
            if room <= 0:
                return pages, True, pictured
    return pages, count > MOST_PAGES, pictured


def _has_picture(page: Any) -> bool:
    """Whether a picture is drawn on the page that is large enough to hold legible letters."""
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    for picture in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE], max_depth=_DEEPEST):
        left, bottom, right, top = picture.get_bounds()
        if min(right - left, top - bottom) >= _SMALLEST_PICTURE:
            return True
    return False


def find_boxes(path: Path, spans: Mapping[str, Sequence[Span]]) -> dict[str, list[list[Box]]]:
    """For each span [begin, end) of letters of a page (counted from 1), the boxes around them, one a line: left, top,
    width, height as shares of the page as it is shown."""
    found: dict[str, list[list[Box]]] = {}
    with _document(path) as document:
        for page_number, wanted in spans.items():
            with _text_of(document, int(page_number) - 1) as (page, text):
                found[page_number] = [_boxes_of(page, text, begin, end) for begin, end in wanted]
    return found


@contextmanager
def _document(path: Path) -> Iterator[Any]:
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        document.init_forms()
        yield document


@contextmanager
def _text_of(document: Any, index: int) -> Iterator[tuple[Any, Any]]:
    from pypdfium2.raw import FPDFPage_GetAnnotCount

    page = document[index]
    if FPDFPage_GetAnnotCount(page) > 0:
        page.flatten()
        page.close()
        page = document[index]
    text = page.get_textpage()
    try:
        yield page, text
    finally:
        text.close()
        page.close()


def _letter(text: Any, place: int) -> str:
    from pypdfium2.raw import FPDFText_GetUnicode

    code = FPDFText_GetUnicode(text, place)
    letter = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " "
    return letter if letter.isprintable() or letter == "\n" else " "


def _boxes_of(page: Any, text: Any, begin: int, end: int) -> list[Box]:
    lines: list[list[float]] = []
    for place in range(begin, min(end, text.count_chars())):
        left, top, right, bottom = _on_page(page, text.get_charbox(place))
        if right <= left or bottom <= top:
            continue
        last = lines[-1] if lines else None
        if last is not None and min(last[3], bottom) - max(last[1], top) > 0.5 * min(last[3] - last[1], bottom - top):
            last[:] = min(last[0], left), min(last[1], top), max(last[2], right), max(last[3], bottom)
        else:
            lines.append([left, top, right, bottom])
    return [_with_room(*line) for line in lines]


def _on_page(page: Any, box: Sequence[float]) -> tuple[float, float, float, float]:
    """The letter's box as shares of the page, turned and cut as it is shown."""
    from pypdfium2.raw import FPDF_PageToDevice

    left, bottom, right, top = box
    corners = []
    for x, y in ((left, bottom), (right, top)):
        across, down = c_int(), c_int()
        FPDF_PageToDevice(page, 0, 0, _FINE, _FINE, 0, x, y, byref(across), byref(down))
        corners.append((across.value / _FINE, down.value / _FINE))
    (x0, y0), (x1, y1) = corners
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _with_room(left: float, top: float, right: float, bottom: float) -> Box:
    room = _ROOM * (bottom - top)
    left, top = max(0.0, left - room), max(0.0, top - room)
    right, bottom = min(1.0, right + room), min(1.0, bottom + room)
    return round(left, 5), round(top, 5), round(max(0.0, right - left), 5), round(max(0.0, bottom - top), 5)

"""Black boxes in the pixels: of a picture a JPEG, of a PDF a PDF of page pictures without any text. Runs in the sandbox.

Nothing of what lies under a box is in the file: the boxes are painted before the picture is written, and nothing else of
the source comes along. Coordinates are shares (0…1) of the upright picture or page, from the upper left corner.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contest_portal.media.derivatives import WHOLE_QUALITY, Made
from contest_portal.media.facts import Kind
from contest_portal.media.pictures import NoPictureError, in_srgb, picture_at, upright
from contest_portal.media.signature import kind_of_file

if TYPE_CHECKING:
    from PIL.Image import Image

Box = Sequence[float]
"""left, top, width, height"""
Boxes = Mapping[str, Sequence[Box]]
"""Page, counted from 1, as JSON's keys are; a picture is page 1."""
Report = Callable[[int], None]

PAGE_PIXELS = 1654, 4960
"""A4 at 200 dpi; a longer page is made narrower."""
MOST_PAGES = 400
_PAGE_QUALITY = 82


def make_masked(source: Path, target: Path, report: Report, boxes: Boxes) -> Made:
    """Write the masked copy of a picture or PDF. Raises NoPictureError for other kinds."""
    if kind_of_file(source) is Kind.PDF:
        return write_picture_pdf(source, target, boxes, report)
    with picture_at(source) as (opened, _kind):
        image = in_srgb(upright(opened), opened.info.get("icc_profile"))
        blacken(image, boxes.get("1", ()))
        image.info.clear()
        image.save(target, "JPEG", quality=WHOLE_QUALITY, optimize=True)
    return Made(image.width, image.height)


def write_picture_pdf(
    source: Path, target: Path, boxes: Boxes | None = None, report: Report = lambda _percent: None
) -> Made:
    """Write a PDF whose pages are pictures of the source's pages, with the boxes painted black."""
    import pypdfium2

    with pypdfium2.PdfDocument(source) as document:
        document.init_forms()
        count = len(document)
        if not 1 <= count <= MOST_PAGES:
            raise NoPictureError("pages")
        made = pypdfium2.PdfDocument.new()
        for index in range(count):
            image, size = _page_picture(document, index)
            blacken(image, (boxes or {}).get(str(index + 1), ()))
            _add_page(made, image, size)
            report(100 * (index + 1) // count)
        made.save(target)
        made.close()
    return Made(0, 0)


def _page_picture(document: Any, index: int) -> tuple[Image, tuple[float, float]]:
    page = document[index]
    try:
        width, height = (max(side, 1.0) for side in page.get_size())
        bitmap = page.render(scale=min(PAGE_PIXELS[0] / width, PAGE_PIXELS[1] / height))
        image: Image = bitmap.to_pil().convert("RGB")
        bitmap.close()
    finally:
        page.close()
    return image, (width, height)


def _add_page(made: Any, image: Image, size: tuple[float, float]) -> None:
    import pypdfium2

    content = io.BytesIO()
    image.save(content, "JPEG", quality=_PAGE_QUALITY, optimize=True)
    content.seek(0)
    picture = pypdfium2.PdfImage.new(made)
    picture.load_jpeg(content, inline=True)
    picture.set_matrix(pypdfium2.PdfMatrix().scale(*size))
    page = made.new_page(*size)
    page.insert_obj(picture)
    page.gen_content()
    page.close()


def blacken(image: Image, boxes: Sequence[Box]) -> None:
    """Paint the boxes into the picture: every pixel that a box touches."""
    from math import ceil, floor

    for left, top, width, height in boxes:
        right, bottom = ceil((left + width) * image.width), ceil((top + height) * image.height)
        place = (floor(left * image.width), floor(top * image.height), right, bottom)
        image.paste((0, 0, 0), (max(0, place[0]), max(0, place[1]), min(right, image.width), min(bottom, image.height)))

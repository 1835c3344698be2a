"""The pages of a PDF as pictures: telephones show no PDF in a page, and a picture carries no author and no text layer.

Runs in the sandbox (see probing.py).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contest_portal.media.derivatives import Made
from contest_portal.media.facts import Kind
from contest_portal.media.packed_pictures import PackedPictures
from contest_portal.media.pictures import NoPictureError
from contest_portal.media.signature import kind_of_file

if TYPE_CHECKING:
    from PIL.Image import Image

Report = Callable[[int], None]

PAGE_WIDTH, PAGE_HEIGHT = 1200, 3600
"""Pixels; a page that is longer than three times its width is made narrower, so that it stays within the height."""


def make_page_pictures(source: Path, target: Path, report: Report, most_pages: int) -> Made:
    """Write pictures of the first `most_pages` pages. Raises NoPictureError.

    `detail` of what is made: `of`, how many pages there are, and `pages`, each with `width`, `height` and `place` as
    [begin, length] in bytes. The size of what is made is that of the first page.
    """
    import pypdfium2

    kind = kind_of_file(source)
    if kind is not Kind.PDF:
        raise NoPictureError(kind.value)
    pages: list[dict[str, Any]] = []
    with pypdfium2.PdfDocument(source) as document, PackedPictures(target) as packed:
        document.init_forms()  # else what was typed into a form is not seen
        count = len(document)
        if not count:
            raise NoPictureError("no pages")
        shown = min(count, most_pages)
        for number in range(shown):
            picture = _picture_of(document, number)
            width, height = picture.size
            pages.append({"width": width, "height": height, "place": packed.add(f"{number + 1}.jpg", picture)})
            report(100 * (number + 1) // shown)
    return Made(pages[0]["width"], pages[0]["height"], {"of": count, "pages": pages})


def _picture_of(document: Any, number: int) -> Image:
    page = document[number]
    try:
        width, height = (max(side, 1.0) for side in page.get_size())
        bitmap = page.render(scale=min(PAGE_WIDTH / width, PAGE_HEIGHT / height))
        image: Image = bitmap.to_pil().convert("RGB")
        bitmap.close()
    finally:
        page.close()
    return image

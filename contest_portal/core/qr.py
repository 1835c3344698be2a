"""QR codes of addresses: made once, shown on a page or on a printed sheet."""

from __future__ import annotations

import io
from functools import lru_cache

import segno


@lru_cache(maxsize=1024)
def qr_svg(text: str) -> str:
    """The QR code of `text` as an SVG document: square, black on nothing, no size of its own.

    In a page it goes into `<img src="data:…">` or a view of its own; in a printed sheet into `qr(…)` of the base
    template. Error correction is at least M, so that a slip folded once still reads.
    """
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", border=2, omitsize=True, xmldecl=False, svgclass=None)
    return out.getvalue().decode()

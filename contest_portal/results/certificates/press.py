"""Certificates on paper: a folder with the pictures and fonts of a contest, from which sheet after sheet is printed."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from contest_portal.core.pdf import FolderPress
from contest_portal.core.qr import qr_svg
from contest_portal.results.certificates.fonts import OwnFont, families
from contest_portal.results.certificates.layout import Layout, runs_of

BACKGROUND_PIXELS, PICTURE_PIXELS = 2339, 900
"""An A4 sheet's long side at 200 dpi; a seal of 4 cm at 570 dpi."""


@dataclass(frozen=True)
class Look:
    """A layout with its pictures, each as the content of a file."""

    layout: Layout
    background: bytes | None = None
    seal: bytes | None = None
    signature: bytes | None = None


@dataclass(frozen=True)
class Sheet:
    """One certificate to print: its look by name, the values of its fields, the address that its code holds."""

    look: str
    values: Mapping[str, str]
    address: str


@dataclass
class CertificatePress:
    """Prints certificates of several looks."""

    press: FolderPress
    layouts: dict[str, dict[str, Any]]
    looks: Mapping[str, Look]
    title: str = ""
    plain: dict[str, dict[str, Any]] = field(default_factory=dict)

    def print(self, sheets: Sequence[Sheet], *, title: str, has_background: bool = True) -> bytes:
        """One PDF with a page a sheet. Equal sheets give equal bytes."""
        layouts = self.layouts if has_background else self.plain
        return self.press.print({"title": title, "layouts": layouts, "sheets": [self._written(one) for one in sheets]})

    def _written(self, sheet: Sheet) -> dict[str, Any]:
        texts = self.looks[sheet.look].layout.texts
        return {
            "layout": sheet.look,
            "texts": [runs_of(box.text, sheet.values) for box in texts],
            "qr": qr_svg(sheet.address),
        }


@contextmanager
def certificate_press(looks: Mapping[str, Look], own_font: OwnFont | None = None) -> Iterator[CertificatePress]:
    """A press for these looks, by their names, for the length of the block."""
    with TemporaryDirectory(prefix="certificates-") as name:
        folder = Path(name)
        layouts = {
            key: _layout_data(folder, number, look, own_font) for number, (key, look) in enumerate(looks.items())
        }
        if own_font is not None:
            (folder / f"own{own_font.path.suffix or '.ttf'}").write_bytes(own_font.path.read_bytes())
        press = FolderPress("results/certificates/certificate.typ", folder, has_fonts=own_font is not None)
        plain = {key: {**one, "background": None, "has_border": False} for key, one in layouts.items()}
        yield CertificatePress(press, layouts, looks, plain=plain)


def _layout_data(folder: Path, number: int, look: Look, own_font: OwnFont | None) -> dict[str, Any]:
    data = look.layout.to_dict()
    for text in data["texts"]:
        text["fonts"] = families(text["font"], own_font)
    data["background"] = _picture(folder, f"background-{number}", look.background, BACKGROUND_PIXELS)
    for part, content in (("seal", look.seal), ("signature", look.signature)):
        data[part]["picture"] = _picture(folder, f"{part}-{number}", content, PICTURE_PIXELS)
    return data


def _picture(folder: Path, stem: str, content: bytes | None, most_pixels: int) -> str | None:
    """The picture's name in the folder, made as small as print needs it: every certificate carries it."""
    if content is None:
        return None
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(content)) as opened:
        picture = ImageOps.exif_transpose(opened)
        picture.thumbnail((most_pixels, most_pixels))
        is_clear = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
        name = f"{stem}.png" if is_clear else f"{stem}.jpg"
        if is_clear:
            picture.convert("RGBA").save(folder / name, optimize=True)
        else:
            picture.convert("RGB").save(folder / name, quality=85)
    return name


def page_picture(pdf: bytes, *, width_pixels: int = 1000) -> bytes:
    """The first page of the PDF as PNG: what is shown is what is printed."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0]
        picture = page.render(scale=width_pixels / page.get_width()).to_pil()
        out = io.BytesIO()
        picture.save(out, "PNG", optimize=True)
    finally:
        document.close()
    return out.getvalue()

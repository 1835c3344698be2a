"""Good files of every kind that the program reads, made here and small."""

from __future__ import annotations

import io
import zipfile
from functools import cache

from openpyxl import Workbook
from PIL import Image


@cache
def samples() -> list[tuple[str, bytes]]:
    """(file name, content)."""
    return [
        ("名册.xlsx", workbook()), ("名册.csv", _CSV.encode()), ("名册.csv", _CSV.encode("gb18030")), ("画.jpg", picture("JPEG")),
        ("画.png", picture("PNG")), ("画.webp", picture("WEBP")), ("画.gif", picture("GIF")), ("画.tif", picture("TIFF")), ("说明.pdf", pdf()),
        ("画.zip", archive()), ("说明.txt", "一二三\n".encode()), ("模板.toml", b'title = "x"\n[a]\nb = 1\n'), ("题目.json", b'{"a": [1, 2]}'),
        ("空.pdf", b""), ("说明.docx", archive()),
    ]  # fmt: skip


_CSV = (
    "姓名,性别,身份证号,年级,班级,电话\n张小明,男,990000200801010011,五年级,2班,13900000001\n李小红,女,,四年级,1班,\n"
)


def workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    for line in _CSV.splitlines():
        sheet.append(line.split(","))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def picture(kind: str) -> bytes:
    image = Image.linear_gradient("L").resize((96, 72)).convert("RGB")
    kept = io.BytesIO()
    exif = Image.Exif()
    exif[274], exif[306], exif[315] = 6, "2018:03:01 09:00:00", "x"
    if kind in {"JPEG", "PNG", "WEBP", "TIFF"}:
        image.save(kept, kind, exif=exif)
    else:
        image.save(kept, kind)
    return kept.getvalue()


def pdf() -> bytes:
    from pypdf import PdfWriter

    writer = PdfWriter()
    for _ in range(2):
        writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": "x", "/Author": "y"})
    kept = io.BytesIO()
    writer.write(kept)
    return kept.getvalue()


def archive() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("画/月球.jpg", picture("JPEG"))
        packed.writestr("画/海.png", picture("PNG"))
        packed.writestr("目录.csv", _CSV)
    return kept.getvalue()

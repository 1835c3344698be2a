"""Real files that a person, or somebody who means harm, may upload: each function gives one file's content."""

from __future__ import annotations

import io
import struct
import zipfile

import openpyxl
from PIL import Image
from xlwt.CompoundDoc import XlsDoc

from tests.entries.entry_factories import jpeg
from tests.people.roster_files import PUPIL_TITLES, pupil, xlsx_file

LAST_ROW = 1_048_576
SHEET, MAIN = "xl/worksheets/sheet1.xml", "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def encrypted_workbook() -> bytes:
    """What Office makes of a workbook with a password: an OLE container with the stream EncryptedPackage."""
    container = io.BytesIO()
    XlsDoc().save(container, bytes(5000))
    old, new = (
        f"{name}\0".encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2)
        for name in ("Workbook", "EncryptedPackage")
    )
    assert container.getvalue().count(old) == 1
    return container.getvalue().replace(old, new)


def workbook_of_empty_rows() -> bytes:
    """Every one of the 1,048,576 rows is there, formatted and without a word."""
    plain, target = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(plain)
    rows = "".join(f'<row r="{number}"><c r="A{number}" s="0"/></row>' for number in range(1, LAST_ROW + 1))
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for part in source.namelist():
            content = source.read(part)
            if part == SHEET:
                content = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()
            book.writestr(part, content)
    return target.getvalue()


def workbook_with_a_word_far_below() -> bytes:
    """A roster of one pupil, empty down to its last row, where a word stands beyond twenty columns: 5 KB."""
    book = openpyxl.Workbook()
    for row in (PUPIL_TITLES, pupil()):
        book.active.append(list(row))
    book.active.cell(LAST_ROW, 20).value = "合计"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def zip_bomb() -> bytes:
    """A roster with a part that unpacks to 600 MB."""
    target = io.BytesIO(xlsx_file([pupil()]))
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/media/big", "w") as part:
        for _ in range(600):
            part.write(bytes(2**20))
    return target.getvalue()


def huge_painting() -> bytes:
    """12,000 × 12,000 pixels."""
    target = io.BytesIO()
    Image.new("L", (12_000, 12_000), 200).save(target, "JPEG", quality=30)
    return target.getvalue()


def truncated_painting() -> bytes:
    return jpeg()[:-9000]


def drawing_with_a_script() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def png_painting() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (3240, 2280), "teal").save(target, "PNG")
    return target.getvalue()


def web_page() -> bytes:
    return "<!doctype html><html><body><h1>研究报告</h1></body></html>".encode()

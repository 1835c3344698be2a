"""What a judge of a blind round gets: the same picture, pages and film, and nothing that tells of whom they come."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

from contest_portal.core.pdf import render_pdf_source
from contest_portal.media.blind_copies import derivative_of_copy, kind_of_copy
from contest_portal.media.facts import Kind
from contest_portal.media.probing import DerivativeError, MediaReader

SECRET = "Zhang Xiaoming Nanjie"
"""What must not come through; in letters that every format writes as they are."""


@pytest.fixture(scope="module")
def reader() -> Iterator[MediaReader]:
    own = MediaReader(processes=1)
    yield own
    own.close()


def copied(reader: MediaReader, folder: Path, content: bytes) -> bytes:
    source, target = folder / "source", folder / "copy"
    source.write_bytes(content)
    assert SECRET.encode() in content
    reader.make("blind", source, target)
    made = target.read_bytes()
    assert SECRET.encode() not in made
    assert SECRET.encode("utf-16-le") not in made
    return made


def picture(kind: str, orientation: int = 1) -> bytes:
    image = Image.new("RGB", (640, 400), (200, 40, 40))
    image.paste((20, 20, 200), (0, 0, 320, 400))  # blue at the left
    exif = Image.Exif()
    exif[0x013B], exif[0x010E], exif[0x0112] = SECRET, SECRET, orientation
    exif.get_ifd(0x8825)[29] = SECRET  # the day of the GPS fix, misused
    out = io.BytesIO()
    image.save(out, kind, exif=exif, **({"comment": SECRET.encode()} if kind == "JPEG" else {}))
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_picture_keeps_its_size_and_loses_its_marks(reader: MediaReader, tmp_path: Path, kind: str) -> None:
    made = Image.open(io.BytesIO(copied(reader, tmp_path, picture(kind))))
    assert (made.format, made.size) == ("JPEG", (640, 400))
    assert dict(made.getexif()) == {}
    red, _green, blue = made.getpixel((40, 200))  # type: ignore[misc]
    assert blue > 150 > red


def test_a_turned_picture_comes_upright(reader: MediaReader, tmp_path: Path) -> None:
    made = Image.open(io.BytesIO(copied(reader, tmp_path, picture("JPEG", orientation=6))))
    assert made.size == (400, 640)
    _red, _green, blue = made.getpixel((200, 40))  # type: ignore[misc]  # what was at the left is now at the top
    assert blue > 150


def test_a_document_keeps_its_text_and_loses_author_attachments_and_marks(reader: MediaReader, tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=io.BytesIO(render_pdf_source("#set page(width: 9cm, height: 9cm)\n= 雨水回收", {})))
    writer.add_metadata({"/Author": SECRET, "/Title": SECRET, "/Producer": SECRET})
    writer.add_attachment("author.txt", SECRET.encode())
    marks = DecodedStreamObject()
    marks.set_data(f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode())
    reference = writer._add_object(marks)
    writer.root_object[NameObject("/Metadata")] = reference
    writer.pages[0][NameObject("/Metadata")] = reference
    writer.add_outline_item(SECRET, 0)
    out = io.BytesIO()
    writer.write(out)
    made = PdfReader(io.BytesIO(copied(reader, tmp_path, out.getvalue())))
    assert "雨水回收" in made.pages[0].extract_text()
    assert (made.metadata or {}).get("/Author") is None
    assert made.attachments == {}
    assert made.outline == []
    assert made.xmp_metadata is None


def test_of_an_office_document_no_blind_copy_is_made(reader: MediaReader, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"PK\x03\x04" + SECRET.encode())
    assert kind_of_copy(Kind.DOCX) is None
    assert derivative_of_copy(Kind.DOCX) is None
    with pytest.raises(DerivativeError):
        reader.make("blind", source, tmp_path / "copy")

"""PDF and office files that somebody means harm with."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib

from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from contest_portal.media.facts import Kind
from tests.media.bad_files.pictures import HTML
from tests.media.bad_files.whole import docx_bytes, pdf_bytes, pdf_writer, whole, zip_bytes


def _dictionary(**values: object) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in values.items()})  # type: ignore[misc]


def action(kind: str) -> DictionaryObject:
    """An action of that kind that would do harm."""
    held = {
        "JavaScript": {"JS": TextStringObject("app.alert(1)")},
        "Launch": {"F": TextStringObject("calc.exe")},
        "SubmitForm": {"F": TextStringObject("https://example.invalid/")},
        "ImportData": {"F": TextStringObject("data.fdf")},
    }[kind]
    return _dictionary(S=NameObject(f"/{kind}"), **held)


def pdf_that_opens_with(kind: str) -> bytes:
    """The action is done when the document is opened."""
    writer = pdf_writer()
    writer.root_object[NameObject("/OpenAction")] = action(kind)
    return pdf_bytes(writer)


def pdf_with_a_script_by_name() -> bytes:
    writer = pdf_writer()
    named = ArrayObject([TextStringObject("one"), writer._add_object(action("JavaScript"))])
    writer.root_object[NameObject("/Names")] = _dictionary(JavaScript=_dictionary(Names=named))
    return pdf_bytes(writer)


def pdf_with_a_script_on_leaving_a_page() -> bytes:
    writer = pdf_writer()
    writer.pages[1][NameObject("/AA")] = _dictionary(C=writer._add_object(action("JavaScript")))
    return pdf_bytes(writer)


def pdf_with_a_script_behind_a_link() -> bytes:
    """The link goes to a page first; the script is what comes after it."""
    writer = pdf_writer()
    follows = writer._add_object(action("JavaScript"))
    go = _dictionary(S=NameObject("/GoTo"), D=TextStringObject("a"), Next=ArrayObject([follows]))
    link = _dictionary(Type=NameObject("/Annot"), Subtype=NameObject("/Link"), Rect=ArrayObject([NumberObject(1)] * 4))
    link[NameObject("/A")] = go
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(link)])
    return pdf_bytes(writer)


def pdf_with_an_attachment() -> bytes:
    writer = pdf_writer()
    writer.add_attachment("payload.exe", b"MZ" + bytes(100))
    return pdf_bytes(writer)


def pdf_with_an_annotation(subtype: str) -> bytes:
    """A pinned file, a film, a sound, a body in three dimensions."""
    writer = pdf_writer()
    note = _dictionary(
        Type=NameObject("/Annot"), Subtype=NameObject(f"/{subtype}"), Rect=ArrayObject([NumberObject(1)] * 4)
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])
    return pdf_bytes(writer)


def pdf_with_a_live_form() -> bytes:
    writer = pdf_writer()
    form = _dictionary(Fields=ArrayObject(), XFA=ArrayObject([TextStringObject("template"), ByteStringObject(b"<x/>")]))
    writer.root_object[NameObject("/AcroForm")] = form
    return pdf_bytes(writer)


def pdf_that_opens_at_a_page() -> bytes:
    """What Word, WPS and LaTeX write: the first page, as wide as the window; a link to the web; a plain form field."""
    writer = pdf_writer()
    page = writer.pages[0].indirect_reference
    writer.root_object[NameObject("/OpenAction")] = _dictionary(
        S=NameObject("/GoTo"), D=ArrayObject([page, NameObject("/Fit")])
    )
    link = _dictionary(Type=NameObject("/Annot"), Subtype=NameObject("/Link"), Rect=ArrayObject([NumberObject(1)] * 4))
    link[NameObject("/A")] = _dictionary(S=NameObject("/URI"), URI=TextStringObject("https://example.invalid/"))
    field = _dictionary(Subtype=NameObject("/Widget"), FT=NameObject("/Tx"), T=TextStringObject("姓名"))
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(link), writer._add_object(field)])
    writer.root_object[NameObject("/AcroForm")] = _dictionary(Fields=ArrayObject())
    writer.add_outline_item("第一章", 0)
    return pdf_bytes(writer)


def locked_pdf(owner_only: bool) -> bytes:
    """With a password to open it, or with one only to change it."""
    writer = pdf_writer()
    writer.encrypt("" if owner_only else "geheim", "owner", algorithm="AES-256")
    return pdf_bytes(writer)


def pdf_of(*objects: bytes) -> bytes:
    """A PDF with these objects, numbered from 1 on; the first is its catalogue."""
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + head + table + tail


_CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]>>"


def pdf_claiming_a_million_pages() -> bytes:
    return pdf_of(_CATALOGUE, b"<</Type/Pages/Count 1000000/Kids[3 0 R]>>", _PAGE)


def pdf_whose_pages_go_round() -> bytes:
    pages = b"<</Type/Pages/Count 5/Kids[2 0 R 3 0 R]/Parent 3 0 R>>"
    return pdf_of(_CATALOGUE, pages, b"<</Type/Pages/Count 5/Kids[2 0 R]/Parent 2 0 R>>")


def pdf_with_a_deep_tree() -> bytes:
    """20,000 levels of pages above the only page."""
    levels = [b"<</Type/Pages/Count 1/Kids[%d 0 R]/Parent %d 0 R>>" % (at + 1, at - 1) for at in range(2, 20_002)]
    return pdf_of(_CATALOGUE, *levels, _PAGE)


def pdf_with_deep_brackets() -> bytes:
    """An array in an array, 100,000 deep: parsers that call themselves fall over it."""
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R/Names " + b"[" * 100_000 + b"]" * 100_000 + b">>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        _PAGE,
    )


def pdf_with_very_many_objects() -> bytes:
    """250,000 bookmarks' worth of dictionaries behind the catalogue."""
    inner = b"<<>>" * 250_000
    return pdf_of(b"<</Type/Catalog/Pages 2 0 R/Names[" + inner + b"]>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>", _PAGE)


def pdf_bomb() -> bytes:
    """A page whose drawing unpacks to 640 MB, packed twice: 3 KB."""
    once = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = once.compress(b" " * (16 << 20)) + once.flush(zlib.Z_FULL_FLUSH)  # can be said again and again
    packed = b"\x78\xda" + piece * 40 + b"\x03\x00" + bytes(4)
    twice = zlib.compress(packed, 9)
    stream = b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n%s\nendstream" % (len(twice), twice)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]/Contents 4 0 R>>"
    return pdf_of(_CATALOGUE, b"<</Type/Pages/Count 1/Kids[3 0 R]>>", page, stream)


def pdf_with_a_page_of_a_mile() -> bytes:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 1000000 1000000]>>"
    return pdf_of(_CATALOGUE, b"<</Type/Pages/Count 1/Kids[3 0 R]>>", page)


def pdf_and_zip() -> bytes:
    """Opens as a document, and as an archive."""
    return whole(Kind.PDF) + zip_bytes()


def zip_and_pdf() -> bytes:
    """An archive whose first member, stored as it is, is a PDF: `%PDF-` stands near its start."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a", whole(Kind.PDF))
    return out.getvalue()


def program_and_pdf() -> bytes:
    """A program for Windows by its first bytes, a PDF for readers that look further."""
    return b"MZ" + bytes(200) + whole(Kind.PDF)


def page_and_pdf() -> bytes:
    return HTML + whole(Kind.PDF)


def zip_bomb() -> bytes:
    """A Word file with a picture that unpacks to 128 MB."""
    out = io.BytesIO(docx_bytes())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("word/media/a.bmp", "w") as part:
        for _ in range(8):
            part.write(bytes(16 << 20))
    return out.getvalue()


def zip_bomb_that_lies() -> bytes:
    """The same in small; its table of contents claims 100 bytes for what unpacks to 64 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", bytes(64 << 20))
    return out.getvalue().replace(struct.pack("<I", 64 << 20), struct.pack("<I", 100))


def zip_of_very_many_names() -> bytes:
    """25,000 empty members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(25_000):
            archive.writestr(zipfile.ZipInfo(str(number)), b"")
    return out.getvalue()


def gzip_bomb() -> bytes:
    return gzip.compress(bytes(100 << 20))


def compound_that_goes_round() -> bytes:
    """An OLE file whose table of contents leads to itself."""
    content = bytearray(whole(Kind.DOC))
    first = int.from_bytes(content[48:52], "little")
    table = int.from_bytes(content[76:80], "little")
    at = (table + 1) * 512 + 4 * first
    content[at : at + 4] = struct.pack("<I", first)
    return bytes(content)

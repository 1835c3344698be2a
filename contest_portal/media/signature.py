"""What kind of file it is, from its first bytes and an archive's table of contents. Nothing is decoded."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from contest_portal.media.archives import PARTS_LIMIT, parts_stated
from contest_portal.media.compound import ENCRYPTED_PACKAGE, stream_names
from contest_portal.media.compound import SIGNATURE as OLE
from contest_portal.media.facts import Kind

HEAD_BYTES = 4096
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}  # of the same container, with another codec: not read here
_BITMAP_HEADERS = {12, 40, 52, 56, 64, 108, 124}
_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|script|iframe|title|meta|table|div|p|h[1-6])[\s>]", re.IGNORECASE
)
_SVG = re.compile(rb"<(?:\w+:)?svg[\s>]", re.IGNORECASE)


def kind_of_file(path: Path) -> Kind:
    """The kind of the file at `path`. An archive's table of contents is read, its members are not."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    kind = kind_of(head)
    if kind is Kind.ZIP:
        return _kind_of_archive(path)
    if head.startswith(OLE):
        return _kind_of_compound(path)
    return kind


def kind_of(head: bytes) -> Kind:
    """The kind that the first 4,096 bytes tell."""
    if not head:
        return Kind.EMPTY
    return _picture(head) or _film(head) or _markup(head) or _document(head) or Kind.UNKNOWN


def _picture(head: bytes) -> Kind | None:
    if head.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return Kind.GIF
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return Kind.TIFF
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Kind.WEBP
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BITMAP_HEADERS:
        return Kind.BMP
    return None


def _film(head: bytes) -> Kind | None:
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        named = {head[at : at + 4] for at in range(8, min(int.from_bytes(head[:4], "big"), len(head), 256), 4)}
        if named & _AVIF_BRANDS and not named & (_HEIF_BRANDS - {b"mif1", b"msf1"}):
            return Kind.UNKNOWN
        if brand in _HEIF_BRANDS:
            return Kind.HEIC
        return Kind.MOV if brand == b"qt  " else Kind.MP4
    if head[4:8] in {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}:  # QuickTime before it had brands
        return Kind.MOV
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return Kind.AVI
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return Kind.MKV
    if head.startswith(_ASF):
        return Kind.WMV
    return None


def _markup(head: bytes) -> Kind | None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = head.replace(b"\0", b"")[2:].lstrip()
    if not start.startswith(b"<"):
        return None
    if _SVG.search(start):
        return Kind.SVG
    return Kind.HTML if _MARKUP.search(start) else None


def _document(head: bytes) -> Kind | None:
    if head[:1024].lstrip(b"\xef\xbb\xbf\0\t\r\n ").startswith(b"%PDF-"):  # other bytes before it hide another file
        return Kind.PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Kind.ZIP
    if head.startswith(OLE):
        return Kind.UNKNOWN
    return Kind.TEXT if _is_text(head) else None


def _is_text(head: bytes) -> bool:
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    for attempt in (encoding, "gb18030"):
        for cut in range(4):  # the head may end within a letter
            try:
                text = head[: len(head) - cut].decode(attempt)
            except UnicodeDecodeError:
                continue
            return all(letter.isprintable() or letter in "\r\n\t\f\u3000\ufeff" for letter in text)
    return False


def _kind_of_archive(path: Path) -> Kind:
    if parts_stated(path) > PARTS_LIMIT:
        return Kind.ZIP
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except Exception:  # noqa: BLE001  the table of contents may be anything
        return Kind.ZIP
    if "[Content_Types].xml" in names:
        for folder, kind in (("word/", Kind.DOCX), ("xl/", Kind.XLSX), ("ppt/", Kind.PPTX)):
            if any(name.startswith(folder) for name in names):
                return kind
    return Kind.ZIP


_WRITERS = {"WordDocument", "MatOST"}
"""Word's own stream, which WPS writes too, and that of the Works word processor, whose files are called .wps as well."""


def _kind_of_compound(path: Path) -> Kind:
    try:
        names = stream_names(path)
    except ValueError:
        return Kind.UNKNOWN
    if names & _WRITERS:
        return Kind.DOC
    if names & {"Workbook", "Book"}:
        return Kind.XLS
    return Kind.DOCX if ENCRYPTED_PACKAGE in names else Kind.UNKNOWN

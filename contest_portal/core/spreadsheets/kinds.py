"""What an uploaded file is, by its content: its name is only used to say what is wrong."""

from __future__ import annotations

from typing import Literal

from contest_portal.core.spreadsheets.errors import SpreadsheetError
from contest_portal.core.text import N_, Message

TableKind = Literal["xlsx", "xls", "csv"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", N_("PDF 文档")),
    (b"\x89PNG\r\n\x1a\n", N_("PNG 图片")),
    (b"\xff\xd8\xff", N_("JPG 图片")),
    (b"GIF8", N_("GIF 图片")),
    (b"BM", N_("BMP 图片")),
    (b"II*\x00", N_("TIFF 图片")),
    (b"MM\x00*", N_("TIFF 图片")),
    (b"Rar!", N_("RAR 压缩包")),
    (b"7z\xbc\xaf\x27\x1c", N_("7z 压缩包")),
    (b"\x1f\x8b", N_("GZIP 压缩包")),
    (b"{\\rtf", N_("RTF 文档")),
    (b"MZ", N_("Windows 程序")),
    (b"\x7fELF", N_("Linux 程序")),
    (b"SQLite format 3", N_("SQLite 数据库")),
)
_MARKUP: tuple[tuple[bytes, str], ...] = (
    (b"urn:schemas-microsoft-com:office:spreadsheet", N_("Excel 2003 XML 表格")),
    (b"<!doctype html", N_("网页")),
    (b"<html", N_("网页")),
    (b"<table", N_("网页")),
    (b"<svg", N_("SVG 图片")),
    (b"<?xml", N_("XML 文件")),
)
_OLE_STREAMS: tuple[tuple[str, str], ...] = (
    ("WordDocument", N_("Word 文档（doc）")),
    ("PowerPoint Document", N_("PowerPoint 演示文稿（ppt）")),
)
ZIP_PARTS: tuple[tuple[str, str], ...] = (
    ("xl/workbook.bin", N_("Excel 二进制工作簿（xlsb）")),
    ("word/document.xml", N_("Word 文档（docx）")),
    ("ppt/presentation.xml", N_("PowerPoint 演示文稿（pptx）")),
    ("content.xml", N_("OpenDocument 文件")),
)
"""Parts that show what a ZIP is when it is no workbook."""


def not_a_table(kind_name: str, filename: str) -> SpreadsheetError:
    """The refusal that names what the file really is and says what to do."""
    return SpreadsheetError(
        "kind",
        Message.of(
            N_(
                "文件「%(filename)s」其实是「%(kind)s」，无法按表格读取。请用 Excel 或 WPS 打开原表格，另存为「Excel 工作簿（*.xlsx）」后重新上传。"
            ),
            filename=filename,
            kind=Message.of(kind_name),
        ),
    )


def encrypted(filename: str) -> SpreadsheetError:
    return SpreadsheetError(
        "encrypted",
        Message.of(
            N_("工作簿「%(filename)s」设有打开密码，无法读取。请在 Excel 或 WPS 中取消打开密码，保存后重新上传。"),
            filename=filename,
        ),
    )


def corrupt(filename: str) -> SpreadsheetError:
    return SpreadsheetError(
        "corrupt",
        Message.of(
            N_(
                "文件「%(filename)s」已损坏或不完整，无法读取。请用 Excel 或 WPS 打开并另存为「Excel 工作簿（*.xlsx）」后重新上传。"
            ),
            filename=filename,
        ),
    )


def kind_of(data: bytes, filename: str) -> TableKind:
    """The kind of table that the bytes are. A ZIP is called xlsx here; `archive.check_archive` looks inside.

    Raises `SpreadsheetError` for anything else: it names what the file is.
    """
    if data[:2] == b"PK" and data[2:4] in {b"\x03\x04", b"\x05\x06", b"\x07\x08"}:
        return "xlsx"
    if data.startswith(_OLE):
        return _kind_of_ole(data, filename)
    for signature, name in _SIGNATURES:
        if data.startswith(signature) and (len(signature) > 2 or b"\x00" in data[:64]):  # BM may begin a text
            raise not_a_table(name, filename)
    if b"%PDF-" in data[:1024]:
        raise not_a_table(N_("PDF 文档"), filename)
    if data[4:8] == b"ftyp":
        raise not_a_table(N_("视频或图片"), filename)
    start = data[:4096].lower()
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        for mark, name in _MARKUP:
            if mark in start:
                raise not_a_table(name, filename)
    return "csv"


def _kind_of_ole(data: bytes, filename: str) -> TableKind:
    if "EncryptedPackage".encode("utf-16-le") in data or _is_locked(data):
        raise encrypted(filename)
    for stream, name in _OLE_STREAMS:
        if stream.encode("utf-16-le") in data:
            raise not_a_table(name, filename)
    if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data:
        return "xls"
    raise corrupt(filename)


def _is_locked(data: bytes) -> bool:
    """Whether a record FILEPASS (MS-XLS 2.4.117) follows the workbook's first record: what stands behind it is encrypted."""
    for start in (
        b"\x09\x08\x10\x00\x00\x06\x05\x00",
        b"\x09\x08\x08\x00\x00\x05\x05\x00",
    ):  # BOF of Excel 97, of Excel 5
        place = data.find(start)
        for _record in range(8 if place >= 0 else 0):
            if data[place : place + 2] == b"\x2f\x00":
                return True
            place += 4 + int.from_bytes(data[place + 2 : place + 4], "little")
    return False

"""The kinds of file a slot can ask for, by their content: how people call them and how their names usually end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from types import MappingProxyType
from typing import Literal

Family = Literal["image", "film", "document", "archive"]


@dataclass(frozen=True)
class FileKind:
    """One kind of content: its `code` (what probing a file reports), the name people use and its usual extensions."""

    code: str
    label: str
    extensions: tuple[str, ...]
    family: Family


_KINDS = (
    FileKind("jpeg", "JPG", ("jpg", "jpeg", "jpe", "jfif"), "image"),
    FileKind("png", "PNG", ("png",), "image"),
    FileKind("webp", "WebP", ("webp",), "image"),
    FileKind("gif", "GIF", ("gif",), "image"),
    FileKind("tiff", "TIFF", ("tif", "tiff"), "image"),
    FileKind("bmp", "BMP", ("bmp", "dib"), "image"),
    FileKind("heic", "HEIC", ("heic", "heif"), "image"),
    FileKind("svg", "SVG", ("svg",), "image"),
    FileKind("pdf", "PDF", ("pdf",), "document"),
    FileKind("docx", "Word（docx）", ("docx", "docm"), "document"),
    FileKind("doc", "Word（doc、wps）", ("doc", "wps"), "document"),
    FileKind("xlsx", "Excel（xlsx）", ("xlsx", "xlsm"), "document"),
    FileKind("xls", "Excel（xls）", ("xls", "et"), "document"),
    FileKind("pptx", "PowerPoint（pptx）", ("pptx",), "document"),
    FileKind("html", "HTML 网页", ("html", "htm", "mht", "xhtml"), "document"),
    FileKind("text", "TXT", ("txt", "csv", "md"), "document"),
    FileKind("mp4", "MP4", ("mp4", "m4v", "3gp"), "film"),
    FileKind("mov", "MOV", ("mov", "qt"), "film"),
    FileKind("avi", "AVI", ("avi",), "film"),
    FileKind("mkv", "MKV", ("mkv", "webm"), "film"),
    FileKind("wmv", "WMV", ("wmv", "asf"), "film"),
    FileKind("zip", "ZIP", ("zip",), "archive"),
)

FILE_KINDS: Mapping[str, FileKind] = MappingProxyType({kind.code: kind for kind in _KINDS})
"""Every known kind by its code. What probing cannot name is none of them ("unknown")."""

_BY_EXTENSION = {extension: kind for kind in _KINDS for extension in kind.extensions}


def kind_label(code: str) -> str:
    """The name people use for a kind; a code that is not known gives itself in capitals."""
    kind = FILE_KINDS.get(code)
    return kind.label if kind else code.upper()


def kind_by_name(filename: str) -> FileKind | None:
    """The kind that a file's name promises, or None when its ending promises none that is known."""
    return _BY_EXTENSION.get(PurePath(filename).suffix.lower().removeprefix("."))

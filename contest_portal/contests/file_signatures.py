"""Whether an attachment's first bytes fit its name: the few kinds of file a call carries."""

from __future__ import annotations

from pathlib import PurePath

_OFFICE_OLD = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")

EXTENSIONS: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",),
    "doc": _OFFICE_OLD,
    "xls": _OFFICE_OLD,
    "ppt": _OFFICE_OLD,
    "wps": _OFFICE_OLD,
    "docx": _ZIP,
    "xlsx": _ZIP,
    "pptx": _ZIP,
    "zip": _ZIP,
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "png": (b"\x89PNG\r\n\x1a\n",),
}
"""The extensions a call takes, each with how its content may begin."""


def extension_of(file_name: str) -> str:
    """The name's ending in lower case, without the dot."""
    return PurePath(file_name).suffix.lower().removeprefix(".")


def fits_its_name(file_name: str, head: bytes) -> bool:
    """Whether the ending is one that a call takes and the first bytes (16 are enough) are of that kind."""
    starts = EXTENSIONS.get(extension_of(file_name), ())
    return any(head.startswith(start) for start in starts)

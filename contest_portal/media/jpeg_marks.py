"""A JPEG or JPEG 2000 as it is, without what its makers wrote into it: pixels are copied bit for bit. Pure.

PDFs hold photographs as the telephone made them, EXIF, GPS and all. Dropped of a JPEG (ITU T.81 annex B): every APPn but
JFIF's own header and Adobe's colour note, comments, thumbnails, what follows its end. Of a JPEG 2000 (ISO 15444-1 annex I):
boxes of XML, UUIDs and links.
"""

from __future__ import annotations

import struct

_START, _END, _SCAN, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_JP2_SIGNATURE = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_KEPT_BOXES = {b"jP  ", b"ftyp", b"jp2h", b"jp2c"}


class NotCleanableError(ValueError):
    """The bytes are no such picture, or a damaged one."""


def without_marks(content: bytes) -> bytes:
    """The JPEG without marks. Raises NotCleanableError."""
    if content[:2] != b"\xff\xd8":
        raise NotCleanableError
    out = bytearray(content[:2])
    at = 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            raise NotCleanableError
        marker = content[at + 1]
        if marker == 0xFF:  # fill bytes may stand before a marker
            at += 1
            continue
        if marker == _END:
            break
        length = struct.unpack(">H", content[at + 2 : at + 4])[0]
        end = at + 2 + length
        if length < 2 or end > len(content):
            raise NotCleanableError
        out += _kept(marker, content[at:end])
        at = end
        if marker == _SCAN:
            end = _end_of_scan(content, at)
            out += content[at:end]
            at = end
    return bytes(out + b"\xff\xd9")


def _kept(marker: int, segment: bytes) -> bytes:
    if marker == 0xE0 and segment[4:9] == b"JFIF\0" and len(segment) >= 18:
        return b"\xff\xe0\x00\x10" + segment[4:16] + b"\0\0"  # without its thumbnail
    if marker == 0xEE and segment[4:9] == b"Adobe":
        return b"\xff\xee\x00\x0e" + segment[4:16]
    return b"" if 0xE0 <= marker <= 0xEF or marker == _COMMENT else segment


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the next marker stands that is neither a stuffed byte nor a restart."""
    while (at := content.find(b"\xff", at)) >= 0 and at + 1 < len(content):
        if content[at + 1] and not 0xD0 <= content[at + 1] <= 0xD7:
            return at
        at += 2
    return len(content)


def without_boxes(content: bytes) -> bytes:
    """The JPEG 2000 without boxes that only describe; a bare codestream as it is. Raises NotCleanableError."""
    if not content.startswith(_JP2_SIGNATURE):
        return content
    out, at = bytearray(), 0
    while at + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        if length == 1 and at + 16 <= len(content):
            length = struct.unpack(">Q", content[at + 8 : at + 16])[0]
        elif length == 0:
            length = len(content) - at
        if length < 8 or at + length > len(content):
            raise NotCleanableError
        if kind in _KEPT_BOXES:
            out += content[at : at + length]
        at += length
    return bytes(out)

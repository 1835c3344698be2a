"""ZIPs made byte by byte, as programs of other systems and strangers write them (APPNOTE.TXT 4.3)."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

UTF8 = 0x800
ENCRYPTED = 1


@dataclass
class Packed:
    """One member: its name in raw bytes, its content, and whatever is to be wrong about it."""

    name: bytes
    content: bytes = b""
    flags: int = 0
    stored: bool = False
    declared: int | None = None
    crc: int | None = None
    extra: bytes = b""
    mode: int = 0
    broken: bool = False
    body: bytes | None = field(default=None, repr=False)


def gbk(name: str, content: bytes, **values: object) -> Packed:
    """As Windows in China packs: the name in GBK, nothing that says so."""
    return Packed(name.encode("gbk"), content, **values)  # type: ignore[arg-type]


def utf8(name: str, content: bytes, *, marked: bool = True, **values: object) -> Packed:
    """The name in UTF-8; `marked` as the standard says, unmarked as macOS does it."""
    return Packed(name.encode(), content, flags=UTF8 if marked else 0, **values)  # type: ignore[arg-type]


def unicode_path(raw: bytes, name: str) -> bytes:
    """The Info-ZIP Unicode Path field (4.6.9) for a raw name."""
    body = b"\x01" + struct.pack("<I", zlib.crc32(raw)) + name.encode()
    return struct.pack("<HH", 0x7075, len(body)) + body


def zip_of(*members: Packed) -> bytes:
    """The archive with its directory."""
    out, directory = bytearray(), bytearray()
    for one in members:
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        body = one.content if one.stored else packer.compress(one.content) + packer.flush()
        if one.body is not None:
            body = one.body
        if one.broken:
            middle = len(body) // 2
            body = body[:middle] + bytes(byte ^ 0xFF for byte in body[middle : middle + 40]) + body[middle + 40 :]
        method, size = 0 if one.stored else 8, len(one.content) if one.declared is None else one.declared
        crc = zlib.crc32(one.content) if one.crc is None else one.crc
        offset = len(out)
        common = struct.pack(
            "<HHHHHIIIHH", 20, one.flags, method, 0, 0x4C21, crc, len(body), size, len(one.name), len(one.extra)
        )
        out += b"PK\x03\x04" + common + one.name + one.extra + body
        directory += b"PK\x01\x02" + struct.pack("<H", 3 << 8 | 20) + common
        directory += struct.pack("<HHHII", 0, 0, 0, one.mode << 16, offset) + one.name + one.extra
    end = struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(directory), len(out), 0)
    return bytes(out + directory + b"PK\x05\x06" + end)

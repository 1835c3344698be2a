"""Pictures that somebody means harm with, or that were cut on their way."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from PIL import Image

from contest_portal.media.facts import Kind
from tests.media.bad_files.whole import picture_bytes, plain_picture, whole

SVG = (
    b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
)
HTML = b"\xef\xbb\xbf <!DOCTYPE html><html><script>alert(1)</script></html>"


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, packed: bytes, *chunks: bytes, depth: int = 8, colours: int = 2) -> bytes:
    """A PNG that claims that size and has that packed content."""
    header = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + b"".join(chunks)
        + png_chunk(b"IDAT", packed)
        + png_chunk(b"IEND", b"")
    )


def deep_png(values: tuple[int, ...], width: int = 40, height: int = 28) -> bytes:
    """One colour in 16 bits: two values are grey and alpha, three are RGB, four are RGBA."""
    colours = {1: 0, 2: 4, 3: 2, 4: 6}[len(values)]
    row = b"\0" + struct.pack(f">{len(values)}H", *values) * width
    return png(width, height, zlib.compress(row * height), depth=16, colours=colours)


def png_bomb() -> bytes:
    """60,000 × 60,000 pixels in a few bytes."""
    return png(60_000, 60_000, zlib.compress(bytes(1 << 20)))


def png_within_the_limit_that_never_ends() -> bytes:
    """The header claims a small picture; the packed content unpacks to 256 MB."""
    return png(100, 100, zlib.compress(bytes(256 << 20), 9))


def png_with_a_swelling_text() -> bytes:
    """A comment that unpacks to 200 MB."""
    text = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"a" * (200 << 20), 9))
    row = b"\0" + bytes(30)
    return png(10, 10, zlib.compress(row * 10), text)


def tiff(width: int, height: int, *, packed: bytes = b"", compression: int = 1, next_at: int = 0) -> bytes:
    """An RGB TIFF of one strip that claims that size; `next_at`: where its next picture is said to stand."""
    tags = [
        *((256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, compression), (262, 3, 1, 1)),
        *((273, 4, 1, 0), (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, len(packed))),
    ]
    data_at = 8 + 2 + 12 * len(tags) + 4
    out = b"II*\0" + struct.pack("<IH", 8, len(tags))
    for tag, kind, count, value in tags:
        out += struct.pack("<HHII", tag, kind, count, data_at if tag == 273 else value)
    return out + struct.pack("<I", next_at) + packed


def webp_bomb() -> bytes:
    """The largest size that WebP can claim, on the header of a small picture."""
    small = bytearray(picture_bytes(plain_picture(16, 16), "WEBP", lossless=True))
    at = small.index(b"VP8L") + 9
    bits = int.from_bytes(small[at : at + 4], "little")
    small[at : at + 4] = (bits | 0x0FFFFFFF).to_bytes(4, "little")
    return bytes(small)


def jpeg_claiming(width: int, height: int) -> bytes:
    """A small JPEG whose frame header claims another size."""
    content = bytearray(whole(Kind.JPEG))
    at = content.index(b"\xff\xc0") + 5
    content[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(content)


def strip(width: int, height: int) -> bytes:
    """A whole PNG of one grey."""
    return picture_bytes(Image.new("L", (width, height), 120), "PNG")


def gif_of_many_pictures() -> bytes:
    """Ten thousand frames of 1,000 × 1,000 in 300 KB."""
    out = io.BytesIO()
    Image.new("P", (1000, 1000)).save(out, "GIF")
    content = out.getvalue()
    start = content.index(b"\x2c", 13)
    return content[:start] + content[start:-1] * 10_000 + b";"


def jpeg_and_zip() -> bytes:
    """What picture programs show, and what `unzip` opens."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("payload.html", HTML)
    return whole(Kind.JPEG) + out.getvalue()


def jpeg_with_a_page_in_its_comment() -> bytes:
    return picture_bytes(plain_picture(), comment=HTML)


def gif_and_script() -> bytes:
    """A GIF that is JavaScript too: its size reads as the start of a comment."""
    content = whole(Kind.GIF)
    return b"GIF89a" + content[6:10] + content[10:-1] + b"\x21\xfe\x10*/=1;alert(1)//   \0;"

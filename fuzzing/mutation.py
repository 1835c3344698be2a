"""Odd values for fields and addresses, changed bytes for files. The same seed gives the same. Pure."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Sequence

ODD_TEXTS = (
    "", " ", "\u3000", "0", "-1", "1", "00", "1.5", "1e9", "1e400", "-0", "NaN", "Infinity", "９９", "１２", "٣", "²", "½", "一",
    "2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "9" * 400, "true", "null", "[]", "{}",
    '{"a": [1, null]}', "[[[[[[]]]]]]", "\x00", "a\x00b", "\ud800", "\udfff甲", "\ufeff", "\u202e倒", "\u200b", "\r\n", "a\r\nSet-Cookie: x=1",
    "\x1b[31m", "甲" * 300, "甲" * 20_000, "x" * 70_000, "👩‍👩‍👧‍👦" * 40, "e\u0301" * 500, "../../etc/passwd", "..\\..\\x", "%00", "%s%n", "%(x)s",
    "{{7*7}}", "{0.__class__}", "' or 1=1--", '"><script>alert(1)</script>', "javascript:alert(1)", "=1+1", "//x.example", "/\\x.example",
    "http://[", "http://[::1", "\\", "&", "a=b;c", "2018-02-30", "0000-00-00", "9999-12-31", "10000-01-01", "0001-01-01", "2018-03-01T25:61",
    "2018-03-01T09:00", "9999-12-31T23:59", "0001-01-01T00:00", "2018-03-01 09:00", "２０１８-03-01", "24:00", "09:00", "-09:00",
    "990000200801010011", "99000020080101001X", "９９００００200801010011", "13900000001",
    "+8613900000001", "a@b", "甲@例.中国", "(", "[", "*", "%", "_",
    "?", "\\d{9999999}", "a" * 5000 + "!", "-", "--", "1,2,3", "1;2", "1\n2\n3", "\t\t\t", "1\t2\n", "0x10", "1_000", "1,000", "100%", "∞",
)  # fmt: skip
ODD_HEADERS = (
    ("Range", ("bytes=0-0", "bytes=-1", "bytes=99999999999-", "bytes=5-1", "bytes=0-1,3-4,2-9", "bytes=a-b", "items=0-1", "bytes=" + "0-1," * 500)),
    ("If-Range", ('"x"', "Wed, 21 Oct 2015 07:28:00 GMT", "never")),
    ("If-None-Match", ('"x"', "*", 'W/"', ",,,")),
    ("If-Match", ('"x"', "*", "W/")),
    ("If-Modified-Since", ("yesterday", "Wed, 99 Oct 9999 99:99:99 GMT", "Wed, 21 Oct 0001 07:28:00 GMT")),
    ("Accept", ("application/json", "*/*;q=x", "text/html;q=-1", "a" * 5000, "image/avif", "")),
    ("Accept-Language", ("en", "zh-Hant-TW;q=0.5", "xx-" * 300, "*;q=nan", "en-US-x-\xe4")),
    ("HX-Request", ("true", "\xff")),
    ("HX-Target", ("x", "\xff" * 300)),
    ("HX-Current-URL", ("http://[", "")),
    ("Referer", ("http://[", "javascript:x", "/\\x", "http://localhost/" + "a" * 9000)),
    ("Origin", ("null", "http://[", "https://x.example")),
    ("User-Agent", ("", "\xff" * 200, "Mozilla/5.0 (" * 300, "x" * 20_000)),
    ("X-Forwarded-For", ("1.2.3.4, x", "::1", "\xff", ",,,", "1" * 3000)),
    ("X-Forwarded-Host", ("x.example", "[")),
    ("X-Forwarded-Proto", ("gopher",)),
    ("X-Request-ID", ("x" * 999, "\xe4", "a b\tc")),
    ("X-HTTP-Method-Override", ("DELETE", "PATCH", "X")),
    ("Content-Length", ("-1", "x", "99999999999999999999", "0")),
    ("Content-Encoding", ("gzip", "x")),
    ("Transfer-Encoding", ("chunked",)),
    ("Expect", ("100-continue",)),
    ("Sec-Fetch-Site", ("cross-site", "x")),
    ("Host", ("x.example", "localhost:99999", "[::1", "\xff", "")),
    ("Authorization", ("Basic x", "Basic Og==", "Bearer ", "\xff")),
    ("Tus-Resumable", ("1.0.0", "0.2.2", "x")),
    ("Upload-Length", ("0", "1", "-1", "x", "１", "99999999999999999999999", "1.5")),
    ("Upload-Offset", ("0", "1", "-1", "x", "１", "99999999999999999999999")),
    ("Upload-Defer-Length", ("1", "x")),
    ("Upload-Concat", ("partial", "final;/a /b", "x")),
    ("Upload-Checksum", ("sha1 x", "sha256 =", "md5", "sha256 " + "A" * 44, "")),
    ("Upload-Metadata", (
        "filename", "filename x", "filename 5L2g5aW9,filename 5L2g5aW9", "a b c", ",,,", "filename /////w==", "slot MQ==,entry MQ==,field dGl0bGU=")),
    ("Cookie", ("session=x", "session=.eJw; session=y", "=;=;=", "\xff=\xff", "language=xx", "a=" + "b" * 8000)),
)  # fmt: skip
ODD_TYPES = (
    "", "text/plain", "application/json", "application/x-www-form-urlencoded; charset=utf-16", "multipart/form-data",
    "multipart/form-data; boundary=", "multipart/form-data; boundary=x", "application/offset+octet-stream", "application/xml", "\xff", "a" * 3000,
    "application/x-www-form-urlencoded; charset=xx",
)  # fmt: skip


_VALUES = re.compile(rb'(?:>|="|,|\n)([^<>",\n]{0,200})(?=[<",\n])')


def odd_text(chance: random.Random, like: str = "") -> str:
    """An odd value: one of the list, or one like `like` with something changed."""
    if not like or chance.random() < 0.7:
        return chance.choice(ODD_TEXTS)
    place = chance.randrange(len(like) + 1)
    kind = chance.randrange(5)
    if kind == 0:
        return like[:place]
    if kind == 1:
        return like[:place] + chance.choice(ODD_TEXTS) + like[place:]
    if kind == 2:
        return like * chance.choice((2, 50))
    if kind == 3:
        return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in like)
    return like[::-1]


def changed(content: bytes, chance: random.Random, others: Sequence[bytes] = ()) -> bytes:
    """A sample with bits flipped, bytes put in, taken out or repeated, its end cut off, or another's piece put in."""
    content = bytes(content)
    for _ in range(chance.choice((1, 1, 1, 2, 4, 16))):
        content = _changed_once(content, chance, others)
    return content


def _changed_once(content: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    size = len(content)
    at = chance.randrange(size + 1)
    length = min(chance.choice((1, 2, 4, 16, 256, 4096)), size - at)
    kind = chance.randrange(9)
    if kind <= 1 and at < size:
        return content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :]
    if kind == 2:
        return content[:at] + chance.randbytes(length) + content[at + length :]
    if kind == 3:
        return content[:at]
    if kind == 4:
        return content[:at] + content[at + length :]
    if kind == 5:
        return content[: at + length] + content[at : at + length] * chance.choice((1, 3, 200)) + content[at + length :]
    if kind == 6:
        ends = (
            b"\xff" * 4,
            b"\x00" * 4,
            b"\x7f\xff\xff\xff",
            b"\x80\x00\x00\x00",
            b"\xff\xff\xff\x7f",
            b"999999999",
            b"-1",
        )
        end = chance.choice(ends)
        return content[:at] + end + content[at + len(end) :]
    if kind == 7 and others:
        other = chance.choice(others)
        start = chance.randrange(len(other) + 1)
        return content[:at] + other[start : start + chance.choice((16, 512, 65_536))] + content[at:]
    return content[:at] + chance.randbytes(chance.choice((1, 8, 64))) + content[at:]


def changed_inside(content: bytes, chance: random.Random, others: Sequence[bytes] = ()) -> bytes | None:
    """An archive with one of its members changed and packed again, so that its reader unpacks what is wrong and goes on to
    read it; None for what is no archive."""
    if not content.startswith(b"PK"):
        return None
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as good, zipfile.ZipFile(target, "w") as packed:
        members = good.infolist()
        chosen = chance.choice(members)
        for member in members:
            inside = good.read(member)
            if member is chosen:
                inside = changed_text(inside, chance) if chance.random() < 0.6 else changed(inside, chance, others)
            packed.writestr(member, inside, compress_type=member.compress_type)
    return target.getvalue()


def changed_text(content: bytes, chance: random.Random) -> bytes:
    """One value of a document of marks (between `>` and `<`, or in quotation marks) or of a table is another."""
    places = [found.span(1) for found in _VALUES.finditer(content)]
    if not places:
        return changed(content, chance)
    for start, end in sorted(chance.sample(places, min(len(places), chance.choice((1, 1, 2, 5)))), reverse=True):
        value = odd_text(chance, content[start:end].decode("utf-8", "replace"))[:5000]
        if chance.random() < 0.5:  # as a writer would, so that the reader gets it whole
            value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
        content = content[:start] + value.encode("utf-8", "surrogatepass") + content[end:]
    return content

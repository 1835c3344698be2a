"""Colour profiles written by hand (ICC.1:2001-04), so that what a picture means is known without the program."""

from __future__ import annotations

import struct

P3_PRIMARIES = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
"""Red, green and blue of Display P3 as XYZ under D50, as its published profile states them."""

_D50 = (0.9642, 1.0, 0.8249)


def _numbers(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _profile(space: bytes, connection: bytes, device: bytes, tags: dict[bytes, bytes]) -> bytes:
    described = b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\0" + bytes(78)
    tags = {b"desc": described, b"cprt": b"text" + bytes(4) + b"none\0", b"wtpt": _xyz(*_D50), **tags}
    table, body, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        padded = content + bytes(-len(content) % 4)
        table += name + struct.pack(">II", at + len(body), len(content))
        body += padded
    size = at + len(body)
    head = struct.pack(">I4sI4s4s4s", size, bytes(4), 0x02400000, device, space, connection)
    head += struct.pack(">6H", 2018, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + _numbers(*_D50) + bytes(48)
    assert len(head) == 128
    return head + struct.pack(">I", len(tags)) + table + body


def _xyz(*values: float) -> bytes:
    return b"XYZ " + bytes(4) + _numbers(*values)


def display_p3(gamma: float = 2.2) -> bytes:
    """A wide gamut as telephones write it, with a plain power for its curve."""
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))
    colours = {name: _xyz(*values) for name, values in zip((b"rXYZ", b"gXYZ", b"bXYZ"), P3_PRIMARIES, strict=True)}
    return _profile(b"RGB ", b"XYZ ", b"mntr", colours | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve))


def strange_inks() -> bytes:
    """A press whose inks are nothing like cyan, magenta and yellow: full cyan alone prints Lab 50, 60, 40, a red."""
    corners = b""
    for number in range(16):  # the last ink, black, changes from corner to corner
        black, paper = number % 2, number == 0
        corners += bytes((255, 128, 128)) if paper else bytes((0, 128, 128)) if black else bytes((128, 188, 168))
    straight = bytes(range(256))
    table = b"mft1" + bytes(4) + bytes((4, 3, 2, 0)) + _numbers(1, 0, 0, 0, 1, 0, 0, 0, 1)
    table += straight * 4 + corners + straight * 3
    return _profile(b"CMYK", b"Lab ", b"prtr", {b"A2B0": table})

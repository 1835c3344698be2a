"""MP4 and MKV films written byte by byte, so that they can say what no honest program writes."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from tests.media.bad_files.whole import picture_bytes, plain_picture

FOREVER = 0xFFFFFFFF


def box(name: bytes, *content: bytes) -> bytes:
    """A box of ISO 14496-12."""
    inside = b"".join(content)
    return struct.pack(">I", 8 + len(inside)) + name + inside


def full_box(name: bytes, *content: bytes, version: int = 0) -> bytes:
    return box(name, struct.pack(">I", version << 24), *content)


@dataclass(frozen=True)
class Track:
    """A track of an MP4: `count` samples of `size` bytes each, `step` ticks of a thousandth of a second long."""

    handler: bytes
    description: bytes
    count: int
    size: int
    step: int
    duration: int
    at: int


def _video_description(width: int, height: int) -> bytes:
    fields = struct.pack(">HHIIIHHIIIH", 0, 0, 0, 0, 0, width, height, 0x480000, 0x480000, 0, 1)
    return box(b"mjpg", bytes(6), struct.pack(">H", 1), fields, bytes(32), struct.pack(">Hh", 24, -1))


def _sound_description() -> bytes:
    return box(b".mp3", bytes(6), struct.pack(">H", 1), struct.pack(">IIHHHHI", 0, 0, 1, 16, 0, 0, 16000 << 16))


def _trak(number: int, track: Track, size: tuple[int, int]) -> bytes:
    is_film = track.handler == b"vide"
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    width, height = size if is_film else (0, 0)
    head = full_box(
        b"tkhd",
        struct.pack(">IIIII", 0, 0, number, 0, track.duration),
        bytes(16),
        matrix,
        struct.pack(">II", width << 16, height << 16),
    )
    table = box(
        b"stbl",
        full_box(b"stsd", struct.pack(">I", 1), track.description),
        full_box(b"stts", struct.pack(">III", 1, track.count, track.step)),
        full_box(b"stsc", struct.pack(">IIII", 1, 1, track.count, 1)),
        full_box(b"stsz", struct.pack(">II", track.size, track.count)),
        full_box(b"stco", struct.pack(">II", 1, track.at)),
    )
    reference = box(b"dinf", full_box(b"dref", struct.pack(">I", 1), full_box(b"url ", b"")))
    own = full_box(b"vmhd", bytes(8)) if is_film else full_box(b"smhd", bytes(4))
    media = box(
        b"mdia",
        full_box(b"mdhd", struct.pack(">IIIIHH", 0, 0, 1000, track.duration, 0x55C4, 0)),
        full_box(b"hdlr", bytes(4), track.handler, bytes(13)),
        box(b"minf", own, reference, table),
    )
    return box(b"trak", head, media)


def mp4(
    *,
    samples_of_sound: int = 0,
    stated: int | None = None,
    step: int = 5000,
    size: tuple[int, int] = (160, 120),
    extra: bytes = b"",
    frames: int = 1,
) -> bytes:
    """A film whose pictures are `frames` JPEGs, `step` ms each, with so many sound samples of one byte each.

    `stated`: the length in milliseconds that its heads claim. `extra`: boxes before the film.
    """
    picture = picture_bytes(plain_picture(160, 120))
    start = box(b"ftyp", b"isom", struct.pack(">I", 512), b"isommp41") + extra
    data_at = len(start) + 8
    length = frames * step
    claimed = length if stated is None else stated
    tracks = [Track(b"vide", _video_description(*size), frames, len(picture), step, claimed, data_at)]
    if samples_of_sound:
        tracks.append(
            Track(b"soun", _sound_description(), samples_of_sound, 1, 1, claimed, data_at + frames * len(picture))
        )
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    head = full_box(
        b"mvhd", struct.pack(">IIIIIH", 0, 0, 1000, claimed, 0x10000, 0x100), bytes(10), matrix, bytes(24), b"\0\0\0\5"
    )
    movie = box(b"moov", head, *(_trak(number, track, size) for number, track in enumerate(tracks, 1)))
    return start + box(b"mdat", picture * frames, bytes(samples_of_sound)) + movie


def element(name: int, content: bytes | float | str) -> bytes:
    """An element of Matroska (RFC 8794) with its size in eight bytes."""
    if isinstance(content, int):
        content = content.to_bytes(8, "big")
    elif isinstance(content, float):
        content = struct.pack(">d", content)
    elif isinstance(content, str):
        content = content.encode()
    return _id(name) + struct.pack(">Q", len(content) | 1 << 56) + content


def _id(name: int) -> bytes:
    return name.to_bytes((name.bit_length() + 7) // 8, "big")


def simple_block(track: int, at: int, content: bytes) -> bytes:
    """A packet, `at` ms after its cluster's time."""
    inside = bytes([0x80 | track]) + struct.pack(">h", at) + b"\x80" + content
    return b"\xa3" + struct.pack(">Q", len(inside) | 1 << 56) + inside


def mkv(*, tiny_packets: int = 0, stated_ms: float = 5000.0, loops: bool = False, title: str = "") -> bytes:
    """A film of two pictures, with so many sound packets of one byte; `loops`: its indexes point at themselves."""
    picture = picture_bytes(plain_picture(160, 120))
    head = element(
        0x1A45DFA3,
        element(0x4286, 1) + element(0x42F7, 1) + element(0x42F2, 4) + element(0x42F3, 8)
        + element(0x4282, "matroska") + element(0x4287, 4) + element(0x4285, 2),
    )  # fmt: skip
    info = element(0x1549A966, element(0x2AD7B1, 1_000_000) + element(0x4489, stated_ms) + element(0x7BA9, title))
    film = element(
        0xAE,
        element(0xD7, 1) + element(0x73C5, 1) + element(0x83, 1) + element(0x86, "V_MJPEG")
        + element(0xE0, element(0xB0, 160) + element(0xBA, 120)),
    )  # fmt: skip
    sound = element(
        0xAE,
        element(0xD7, 2) + element(0x73C5, 2) + element(0x83, 2) + element(0x86, "A_MPEG/L3")
        + element(0xE1, element(0xB5, 16000.0) + element(0x9F, 1)),
    )  # fmt: skip
    tracks = element(0x1654AE6B, film + (sound if tiny_packets else b""))
    first = element(0x1F43B675, element(0xE7, 0) + simple_block(1, 0, picture))
    noise = b""
    if tiny_packets:
        many = element(0x1F43B675, element(0xE7, 1) + simple_block(2, 0, b"x") * 10_000)
        noise = many * (tiny_packets // 10_000)
    last = element(0x1F43B675, element(0xE7, 4900) + simple_block(1, 0, picture))
    seek = b""
    if loops:
        own = element(0x4DBB, element(0x53AB, _id(0x114D9B74)) + element(0x53AC, 0))
        cues = element(0x4DBB, element(0x53AB, _id(0x1C53BB6B)) + element(0x53AC, 0))
        seek = element(0x114D9B74, (own + cues) * 200)
    points = b"".join(
        element(0xBB, element(0xB3, at) + element(0xB7, element(0xF7, 1) + element(0xF1, 0)))
        for at in range(0, 5000, 5)
    )
    index = element(0x1C53BB6B, points) if loops else b""
    return head + element(0x18538067, seek + info + tracks + index + first + noise + last + index)

"""A small whole file of each kind that the program reads."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np
import pillow_heif
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject
from xlwt.CompoundDoc import XlsDoc

from contest_portal.media.facts import Kind

pillow_heif.register_heif_opener()


def plain_picture(width: int = 320, height: int = 224, mode: str = "RGB") -> Image.Image:
    """Squares of chance colours with hard edges: it packs small and is sharp."""
    tones = np.random.default_rng(7).integers(0, 255, (7, 10, 3), dtype=np.uint8)
    return Image.fromarray(tones).resize((width, height), Image.Resampling.NEAREST).convert(mode)


def picture_bytes(image: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def film_bytes(suffix: str, seconds: float = 2.0, *, loudness: float = 0.3, sound: bool = True) -> bytes:
    """A moving bar and a tone, 160 × 120."""
    form = {"wmv": "asf", "mkv": "matroska"}.get(suffix, suffix)
    coded = {"mp4": "libx264", "wmv": "msmpeg4v3"}.get(suffix, "mpeg4")
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"film.{suffix}"
        with av.open(str(path), "w", format=form) as container:
            video: Any = container.add_stream(coded, rate=10)
            video.width, video.height, video.pix_fmt, video.gop_size = 160, 120, "yuv420p", 5
            tone: Any = (
                container.add_stream("aac" if suffix != "wmv" else "wmav2", rate=16_000, layout="mono")
                if sound
                else None
            )
            if tone is not None:
                tone.bit_rate = 32_000
            for number in range(round(seconds * 10)):
                pixels = np.full((120, 160, 3), 40, np.uint8)
                pixels[:, number * 4 : number * 4 + 60] = (200, 120, 40)
                frame = av.VideoFrame.from_ndarray(pixels)
                frame.pts, frame.time_base = number, Fraction(1, 10)
                container.mux(video.encode(frame))
            container.mux(video.encode())
            for start in range(0, round(16_000 * seconds) if sound else 0, 1024):
                wave = np.sin(np.arange(start, start + 1024) / 8) * loudness
                samples = av.AudioFrame.from_ndarray(wave.astype(np.float32)[None], "fltp", "mono")
                samples.sample_rate, samples.pts = 16_000, start
                container.mux(tone.encode(samples))
            if tone is not None:
                container.mux(tone.encode())
        return path.read_bytes()


def pdf_writer(pages: int = 2) -> PdfWriter:
    """Pages with a line drawn on them."""
    writer = PdfWriter()
    for _ in range(pages):
        page = writer.add_blank_page(300, 400)
        drawn = DecodedStreamObject()
        drawn.set_data(b"10 10 m 290 390 l S")
        page[NameObject("/Contents")] = writer._add_object(drawn.flate_encode())
    return writer


def pdf_bytes(writer: PdfWriter | None = None) -> bytes:
    out = io.BytesIO()
    (writer or pdf_writer()).write(out)
    return out.getvalue()


def docx_bytes(*parts: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>" + "科学方案" * 400)
        for name, content in parts:
            archive.writestr(name, content)
    return out.getvalue()


def compound_bytes(stream: str = "WordDocument", size: int = 5000) -> bytes:
    """An OLE compound file with one stream, as old Word (`WordDocument`) and WPS write them."""
    container = io.BytesIO()
    XlsDoc().save(container, bytes(size))
    old, new = (
        f"{name}\0".encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2)
        for name in ("Workbook", stream)
    )
    assert container.getvalue().count(old) == 1
    return container.getvalue().replace(old, new)


def zip_bytes() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("数据/第一次.csv", "1,2,3\n" * 300)
    return out.getvalue()


MAKERS: dict[Kind, Callable[[], bytes]] = {
    Kind.JPEG: lambda: picture_bytes(plain_picture(), "JPEG", quality=90),
    Kind.PNG: lambda: picture_bytes(plain_picture(), "PNG"),
    Kind.WEBP: lambda: picture_bytes(plain_picture(), "WEBP"),
    Kind.HEIC: lambda: picture_bytes(plain_picture(), "HEIF", quality=80),
    Kind.TIFF: lambda: picture_bytes(plain_picture(), "TIFF", compression="tiff_lzw"),
    Kind.BMP: lambda: picture_bytes(plain_picture(), "BMP"),
    Kind.GIF: lambda: picture_bytes(plain_picture(), "GIF"),
    Kind.PDF: pdf_bytes,
    Kind.DOCX: docx_bytes,
    Kind.DOC: compound_bytes,
    Kind.ZIP: zip_bytes,
    Kind.MP4: lambda: film_bytes("mp4"),
    Kind.MOV: lambda: film_bytes("mov"),
    Kind.AVI: lambda: film_bytes("avi"),
    Kind.MKV: lambda: film_bytes("mkv"),
    Kind.WMV: lambda: film_bytes("wmv"),
}


@cache
def whole(kind: Kind) -> bytes:
    """A whole file of that kind."""
    return MAKERS[kind]()

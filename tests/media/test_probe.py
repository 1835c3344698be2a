"""What a file is, decided by its content in the sandbox; every file here is made on the spot."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import threading
import time
import wave
import zipfile
import zlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageCms
from pypdf import PdfReader, PdfWriter

from contest_portal.core.pdf import render_pdf_source
from contest_portal.media.facts import (
    FileFacts,
    Kind,
    Problem,
    extension_of,
    kind_of_extension,
    media_type,
    problem_message,
)
from contest_portal.media.probing import DerivativeError, Limits, MediaReader

SVG = b'<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"\xef\xbb\xbf <!DOCTYPE html><html><script>alert(1)</script>"


@pytest.fixture(scope="module")
def reader() -> Iterator[MediaReader]:
    reader = MediaReader()
    yield reader
    reader.close()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_film(tmp_path_factory.mktemp("film") / "film.mp4")


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    shape = (height, width, len(mode)) if len(mode) > 1 else (height, width)
    return Image.fromarray(np.random.default_rng(1).integers(0, 255, shape, dtype=np.uint8), mode)


def picture_bytes(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def write_film(path: Path, seconds: int = 6, rate: int = 5, *, audio: bool = True) -> Path:
    """A black second first, then a moving bar; 320 × 180."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        video = container.add_stream("libx264" if path.suffix == ".mp4" else "mpeg4", rate=rate)
        video.width, video.height, video.pix_fmt = 320, 180, "yuv420p"
        sound = container.add_stream("aac", rate=16000, layout="mono") if audio else None
        for index in range(seconds * rate):
            pixels = np.zeros((180, 320, 3), np.uint8)
            if index >= rate:
                pixels[:, index * 5 : index * 5 + 160] = (200, 120, 40)
            frame = av.VideoFrame.from_ndarray(pixels)
            frame.pts, frame.time_base = index, Fraction(1, rate)
            container.mux(video.encode(frame))
        container.mux(video.encode())
        if sound is not None:
            for start in range(0, 16000 * seconds, 1024):
                samples = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
                samples.sample_rate, samples.pts = 16000, start
                container.mux(sound.encode(samples))
            container.mux(sound.encode())
    return path


def pdf_bytes(pages: int = 3) -> bytes:
    source = """
        #import "/core/templates/core/base.typ": data
        #for number in range(data.pages) { page[第 #number 页 #lorem(200)] }
    """
    return render_pdf_source(source, {"pages": pages})


# --- Kinds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (Kind.EMPTY, b""),
        (Kind.JPEG, picture_bytes(noise(8, 8))),
        (Kind.PNG, picture_bytes(noise(8, 8), "PNG")),
        (Kind.WEBP, picture_bytes(noise(8, 8), "WEBP")),
        (Kind.TIFF, picture_bytes(noise(8, 8), "TIFF")),
        (Kind.BMP, picture_bytes(noise(8, 8), "BMP")),
        (Kind.GIF, picture_bytes(noise(8, 8), "GIF")),
        (Kind.HEIC, b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64)),
        (Kind.SVG, SVG),
        (Kind.SVG, SVG.decode().encode("utf-16")),
        (Kind.HTML, HTML),
        (Kind.HTML, b"<!-- %PDF-1.7 --><html>"),
        (Kind.TEXT, "科学日志：第一天，晴。".encode()),
        (Kind.TEXT, "科学日志：第一天，晴。".encode("gb18030")),
        (Kind.MKV, b"\x1a\x45\xdf\xa3" + bytes(64)),
        (Kind.WMV, bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(64)),
        (Kind.MOV, b"\0\0\0\x14ftypqt  " + bytes(64)),
        (Kind.UNKNOWN, bytes(range(256))),
        (Kind.UNKNOWN, b"MZ\x90\0" + bytes(200)),
    ],
)
def test_content_tells_the_kind_whatever_the_name(
    reader: MediaReader, tmp_path: Path, kind: Kind, content: bytes
) -> None:
    assert reader.probe(write(tmp_path, "upload", content), "作品.jpg").kind is kind


@pytest.mark.parametrize(
    ("kind", "member"), [(Kind.DOCX, "word/document.xml"), (Kind.XLSX, "xl/workbook.xml"), (Kind.PPTX, "ppt/a.xml")]
)
def test_an_office_file_is_told_from_other_archives(
    reader: MediaReader, tmp_path: Path, kind: Kind, member: str
) -> None:
    path = tmp_path / "upload"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "<x/>")
    assert reader.probe(path).kind is Kind.ZIP
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
    facts = reader.probe(path)
    assert facts.kind is kind
    assert facts.usable
    path.write_bytes(path.read_bytes()[:-30])
    assert reader.probe(path).problem is Problem.ARCHIVE_DAMAGED


def test_a_png_named_jpg_is_a_png(reader: MediaReader, tmp_path: Path) -> None:
    facts = reader.probe(write(tmp_path, "upload", picture_bytes(noise(40, 30), "PNG")), "画.JPG")
    assert (facts.kind, facts.extension) == (Kind.PNG, "jpg")
    assert (facts.width, facts.height) == (40, 30)


def test_what_could_run_in_a_browser_has_no_type_that_would_let_it(reader: MediaReader) -> None:
    assert {media_type(kind) for kind in (Kind.SVG, Kind.HTML, Kind.UNKNOWN, Kind.TEXT)} == {"application/octet-stream"}


def test_the_extension_of_every_kind_leads_back_to_it() -> None:
    for kind in Kind:
        assert not extension_of(kind) or kind_of_extension(extension_of(kind)) is kind


def test_facts_go_through_json_unchanged() -> None:
    facts = FileFacts(Kind.JPEG, 10, "jpg", width=3, height=4, damaged=True, problem=Problem.PICTURE_DAMAGED)
    assert FileFacts.from_json(facts.to_json() | {"unknown": 1}) == facts


# --- Pictures ---------------------------------------------------------------------------------------------------------


def test_a_picture_is_measured_as_people_see_it(reader: MediaReader, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    facts = reader.probe(write(tmp_path, "a.jpg", picture_bytes(noise(400, 300), exif=exif)))
    assert (facts.width, facts.height, facts.problem) == (300, 400, None)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP"])
def test_a_picture_cut_short_is_damaged(reader: MediaReader, tmp_path: Path, kind: str) -> None:
    content = picture_bytes(noise(600, 400), kind)
    assert reader.probe(write(tmp_path, "whole", content)).usable
    facts = reader.probe(write(tmp_path, "cut", content[: len(content) * 2 // 3]))
    assert (facts.damaged, facts.problem) == (True, Problem.PICTURE_DAMAGED)


def test_a_progressive_jpeg_cut_short_is_damaged(reader: MediaReader, tmp_path: Path) -> None:
    content = picture_bytes(noise(600, 400), progressive=True)
    assert reader.probe(write(tmp_path, "whole", content)).usable
    assert reader.probe(write(tmp_path, "cut", content[: len(content) // 2])).problem is Problem.PICTURE_DAMAGED


def test_a_painting_of_12000_by_12000_is_measured_and_refused_undecoded(reader: MediaReader, tmp_path: Path) -> None:
    content = picture_bytes(Image.new("L", (12_000, 12_000)))
    started = time.perf_counter()
    facts = reader.probe(write(tmp_path, "huge.jpg", content))
    assert (facts.width, facts.height, facts.problem) == (12_000, 12_000, Problem.TOO_MANY_PIXELS)
    assert not facts.damaged
    assert time.perf_counter() - started < 5
    assert str(problem_message(facts)) == (
        "图片有 12000×12000 像素，超出系统能处理的 8000 万像素。请以 300 dpi 扫描，或缩小后重新上传。"
    )


def test_a_decompression_bomb_is_refused_by_its_header(reader: MediaReader, tmp_path: Path) -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1 << 20)))
    assert reader.probe(write(tmp_path, "bomb.png", bomb)).problem is Problem.TOO_MANY_PIXELS


def test_a_refused_kind_is_recognised_and_not_decoded(reader: MediaReader, tmp_path: Path) -> None:
    content = picture_bytes(noise(60, 40), "TIFF")
    facts = reader.probe(write(tmp_path, "a.tif", content), accepted={Kind.JPEG, Kind.PDF})
    assert (facts.kind, facts.width, facts.looked_into, facts.problem) == (Kind.TIFF, None, False, None)
    assert reader.probe(tmp_path / "a.tif").looked_into


# --- Documents --------------------------------------------------------------------------------------------------------


def test_pages_are_counted(reader: MediaReader, tmp_path: Path) -> None:
    facts = reader.probe(write(tmp_path, "报告.pdf", pdf_bytes(3)))
    assert (facts.kind, facts.pages, facts.encrypted, facts.problem) == (Kind.PDF, 3, False, None)


def test_a_document_with_a_password_says_so(reader: MediaReader, tmp_path: Path) -> None:
    writer = PdfWriter(PdfReader(io.BytesIO(pdf_bytes())))
    writer.encrypt("geheim", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    facts = reader.probe(write(tmp_path, "a.pdf", out.getvalue()))
    assert (facts.encrypted, facts.problem) == (True, Problem.ENCRYPTED)


@pytest.mark.parametrize("content", [pdf_bytes()[:9000], b"%PDF-1.7\nnothing", b"%PDF-1.7\n" + bytes(5000)])
def test_a_document_cut_short_is_damaged(reader: MediaReader, tmp_path: Path, content: bytes) -> None:
    facts = reader.probe(write(tmp_path, "a.pdf", content))
    assert (facts.kind, facts.damaged, facts.problem) == (Kind.PDF, True, Problem.PDF_DAMAGED)


def test_a_web_page_named_pdf_is_a_web_page(reader: MediaReader, tmp_path: Path) -> None:
    facts = reader.probe(write(tmp_path, "upload", HTML), "报告.pdf")
    assert facts.kind == Kind.HTML


# --- Films ------------------------------------------------------------------------------------------------------------


def test_a_film_is_measured(reader: MediaReader, film: Path) -> None:
    facts = reader.probe(film)
    assert (facts.kind, facts.video_codec, facts.audio_codec) == (Kind.MP4, "h264", "aac")
    assert (facts.width, facts.height, facts.frame_rate) == (320, 180, 5.0)
    assert facts.duration_seconds == pytest.approx(6, abs=0.2)
    assert facts.problem is None


@pytest.mark.parametrize(
    ("suffix", "kind"), [(".mov", Kind.MOV), (".avi", Kind.AVI), (".mkv", Kind.MKV), (".wmv", Kind.WMV)]
)
def test_other_containers_are_measured_too(reader: MediaReader, tmp_path: Path, suffix: str, kind: Kind) -> None:
    facts = reader.probe(write_film(tmp_path / f"film{suffix}", audio=False))
    assert (facts.kind, facts.video_codec, facts.audio_codec, facts.problem) == (kind, "mpeg4", None, None)
    assert facts.duration_seconds == pytest.approx(6, abs=0.2)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9, 0.999])
def test_a_film_cut_short_is_damaged(reader: MediaReader, film: Path, tmp_path: Path, share: float) -> None:
    content = film.read_bytes()
    facts = reader.probe(write(tmp_path, "cut.mp4", content[: int(len(content) * share)]))
    assert (facts.kind, facts.damaged, facts.problem) == (Kind.MP4, True, Problem.FILM_DAMAGED)


def test_a_film_of_the_right_length_full_of_rubbish_is_damaged(reader: MediaReader, film: Path, tmp_path: Path) -> None:
    content = film.read_bytes()
    start = content.index(b"mdat") + 4
    spoilt = content[:start] + bytes(len(content) - start)
    assert reader.probe(write(tmp_path, "a.mp4", spoilt)).problem is Problem.FILM_DAMAGED


def test_sound_alone_is_no_film(reader: MediaReader, tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as container:
        sound = container.add_stream("aac", rate=16000, layout="mono")
        samples = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        samples.sample_rate = 16000
        container.mux(sound.encode(samples))
        container.mux(sound.encode())
    assert reader.probe(path).problem is Problem.FILM_WITHOUT_PICTURE


# --- The sandbox ------------------------------------------------------------------------------------------------------


@pytest.fixture
def fifo(tmp_path: Path) -> Iterator[Path]:
    """A file that never ends and never comes: whoever reads it waits."""
    path = tmp_path / "fifo.jpg"
    os.mkfifo(path)
    handle = os.open(path, os.O_RDWR)
    yield path
    os.close(handle)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no named pipes in folders")
def test_a_file_that_holds_the_reader_up_is_given_up_and_the_next_is_read(fifo: Path, tmp_path: Path) -> None:
    reader = MediaReader(processes=1, limits=Limits(wall_seconds=0.5))
    try:
        os.write(os.open(fifo, os.O_RDWR), b"\xff\xd8\xff" * 3)
        with pytest.raises(DerivativeError) as caught:
            reader.make("thumbnail", fifo, tmp_path / "out.jpg")
        assert caught.value.problem is Problem.TOOK_TOO_LONG
        assert reader.probe(write(tmp_path, "a.jpg", picture_bytes(noise(8, 8)))).usable
    finally:
        reader.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limits of this kind")
def test_a_picture_that_needs_more_memory_than_allowed_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    reader = MediaReader(processes=1, limits=Limits(memory_mb=300))
    try:
        big = write(tmp_path, "big.png", picture_bytes(Image.new("RGB", (8900, 8900)), "PNG"))
        assert reader.probe(big).problem is Problem.TOOK_TOO_MUCH
        assert reader.probe(write(tmp_path, "a.jpg", picture_bytes(noise(8, 8)))).usable
    finally:
        reader.close()


def test_a_process_that_died_is_replaced(reader: MediaReader, tmp_path: Path) -> None:
    path = write(tmp_path, "a.jpg", picture_bytes(noise(8, 8)))
    for _ in range(3):
        assert reader.probe(path).usable
        process = reader._idle.get()
        assert process is not None
        process._process.kill()
        reader._idle.put(process)


def test_threads_share_the_processes(reader: MediaReader, tmp_path: Path) -> None:
    paths = [write(tmp_path, f"{n}.png", picture_bytes(noise(10 + n, 8), "PNG")) for n in range(12)]
    widths: dict[int, int | None] = {}
    threads = [
        threading.Thread(target=lambda n=n, path=path: widths.update({n: reader.probe(path).width}))
        for n, path in enumerate(paths)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert widths == {n: 10 + n for n in range(12)}


def test_the_sandbox_knows_no_secrets_and_no_application(monkeypatch: pytest.MonkeyPatch) -> None:
    from contest_portal.media.probing import _environment

    monkeypatch.setenv("CONTEST_PORTAL_SECRET", "x")
    monkeypatch.setenv("DATABASE_URL", "x")
    assert not {name for name in _environment() if name.startswith(("CONTEST", "DATABASE"))}


# --- Derivatives ------------------------------------------------------------------------------------------------------


def test_a_thumbnail_is_small_upright_and_bare(reader: MediaReader, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "made-up name of a pupil"
    painted = Image.new("RGB", (3000, 2000), "blue")
    painted.paste("red", (0, 0, 1500, 2000))  # left half red: after a quarter turn clockwise it is on top
    source = write(tmp_path, "a.jpg", picture_bytes(painted, exif=exif, comment=b"secret"))
    made = reader.make("thumbnail", source, tmp_path / "thumbnail.jpg")
    content = (tmp_path / "thumbnail.jpg").read_bytes()
    with Image.open(io.BytesIO(content)) as image:
        assert image.format == "JPEG"
        assert image.size == (made.width, made.height) == (320, 480)
        assert not dict(image.getexif())
        assert image.getpixel((160, 60))[0] > 200
        assert image.getpixel((160, 420))[2] > 200
    assert b"made-up" not in content
    assert b"secret" not in content


def test_a_screen_picture_is_at_most_1600_and_never_enlarged(reader: MediaReader, tmp_path: Path) -> None:
    source = write(tmp_path, "a.png", picture_bytes(noise(2700, 1900), "PNG"))
    assert reader.make("screen", source, tmp_path / "s.jpg").width == 1600
    source = write(tmp_path, "b.png", picture_bytes(noise(700, 500), "PNG"))
    assert reader.make("screen", source, tmp_path / "s.jpg").width == 700


@pytest.mark.parametrize(
    "image",
    [
        noise(90, 60, "RGBA"),
        noise(90, 60, "CMYK"),
        noise(90, 60, "L"),
        noise(90, 60).convert("P"),
        noise(90, 60).convert("1"),
        Image.fromarray(np.full((60, 90), 40_000, np.uint16)),
    ],
)
def test_every_colour_mode_becomes_srgb(reader: MediaReader, tmp_path: Path, image: Image.Image) -> None:
    kind = "TIFF" if image.mode in {"CMYK", "I;16"} else "PNG"
    source = write(tmp_path, "a", picture_bytes(image, kind))
    reader.make("thumbnail", source, tmp_path / "t.jpg")
    with Image.open(tmp_path / "t.jpg") as made:
        assert (made.mode, made.size) == ("RGB", (90, 60))
        if image.mode == "I;16":
            assert made.getpixel((5, 5)) == pytest.approx((156, 156, 156), abs=2)  # 40,000 / 256


def test_transparent_becomes_white(reader: MediaReader, tmp_path: Path) -> None:
    source = write(tmp_path, "a.png", picture_bytes(Image.new("RGBA", (50, 40), (0, 0, 0, 0)), "PNG"))
    reader.make("thumbnail", source, tmp_path / "t.jpg")
    with Image.open(tmp_path / "t.jpg") as made:
        assert made.getpixel((10, 10)) == (255, 255, 255)


def test_an_embedded_profile_is_applied_and_dropped(reader: MediaReader, tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    source = write(tmp_path, "a.jpg", picture_bytes(Image.new("RGB", (50, 40), (200, 100, 50)), icc_profile=profile))
    reader.make("thumbnail", source, tmp_path / "t.jpg")
    with Image.open(tmp_path / "t.jpg") as made:
        assert "icc_profile" not in made.info
        assert made.getpixel((10, 10)) == pytest.approx((200, 100, 50), abs=4)


def test_a_poster_shows_something(reader: MediaReader, film: Path, tmp_path: Path) -> None:
    made = reader.make("poster", film, tmp_path / "poster.jpg")
    assert (made.width, made.height) == (320, 180)
    with Image.open(tmp_path / "poster.jpg") as image:
        assert image.convert("L").getextrema()[1] > 100


@pytest.mark.parametrize("content", [HTML, SVG, b"", picture_bytes(noise(50, 50))[:300]])
def test_what_shows_nothing_has_no_derivative(reader: MediaReader, tmp_path: Path, content: bytes) -> None:
    source = write(tmp_path, "a.jpg", content)
    for kind in ("thumbnail", "screen", "poster"):
        with pytest.raises(DerivativeError):
            reader.make(kind, source, tmp_path / "out.jpg")


def test_a_sound_file_is_nothing_we_know(reader: MediaReader, tmp_path: Path) -> None:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(800))
    assert reader.probe(write(tmp_path, "a.wav", out.getvalue())).kind is Kind.UNKNOWN


@pytest.mark.skipif(sys.platform != "linux", reason="namespaces are Linux's")
def test_the_process_gains_no_rights_and_has_no_network_where_the_system_allows(tmp_path: Path) -> None:
    allowed = subprocess.run(
        [sys.executable, "-c", "import ctypes; c = ctypes.CDLL(None); exit(c.unshare(1 << 30) and c.unshare(5 << 28))"],
        check=False,
    )
    reader = MediaReader(processes=1)
    source = tmp_path / "picture.png"
    Image.new("RGB", (8, 8)).save(source)
    try:
        assert reader.make("thumbnail", source, tmp_path / "made.jpg").width > 0
        process = reader._idle.get()
        assert process is not None
        reader._idle.put(process)
        folder = Path("/proc") / str(process._process.pid)
        assert "NoNewPrivs:\t1" in (folder / "status").read_text()
        if allowed.returncode == 0:
            assert (folder / "ns/net").readlink() != Path("/proc/self/ns/net").readlink()
    finally:
        reader.close()

"""Reading a file to its end: what it measures, whether it is whole. Runs in the sandbox (see probing.py)."""

from __future__ import annotations

import zipfile
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from contest_portal.media.facts import FILMS, PICTURES, PIXELS_LIMIT, FileFacts, Kind, Problem
from contest_portal.media.pictures import is_turned, open_picture
from contest_portal.media.signature import compound_names, kind_of_file

if TYPE_CHECKING:
    from av.container import InputContainer

FILM_PIXELS_LIMIT = 8192 * 4320
PAGES_LOOKED_AT = 40
_DEMUXERS = {Kind.MP4: "mov", Kind.MOV: "mov", Kind.AVI: "avi", Kind.MKV: "matroska", Kind.WMV: "asf"}


def probe(path: Path, name: str = "", accepted: Collection[Kind] | None = None) -> FileFacts:
    """The facts of the file at `path`, which people call `name`.

    Kinds outside `accepted` are recognised and not decoded; None accepts every kind. Content that cannot be read gives
    facts that say so, never an exception.
    """
    kind = kind_of_file(path)
    facts = FileFacts(
        kind=kind, size_bytes=path.stat().st_size, extension=Path(name or path.name).suffix.lower().lstrip(".")
    )
    if kind is Kind.EMPTY:
        return replace(facts, damaged=True, problem=Problem.EMPTY)
    if accepted is not None and kind not in accepted:
        return facts
    facts = replace(facts, looked_into=True)
    if kind in PICTURES:
        return probe_picture(path, facts)
    if kind in FILMS:
        return probe_film(path, facts)
    if kind is Kind.PDF:
        return probe_pdf(path, facts)
    if kind in {Kind.DOCX, Kind.XLSX, Kind.PPTX, Kind.ZIP, Kind.DOC, Kind.XLS}:
        return probe_office_file(path, facts)
    return facts


def probe_picture(path: Path, facts: FileFacts) -> FileFacts:
    """Size, and whether the picture can be decoded to its end. Beyond the pixel limit: its size alone."""
    try:
        with path.open("rb") as file, open_picture(file, facts.kind) as image:
            width, height = image.size
            facts = replace(facts, width=width, height=height)
            if width * height > PIXELS_LIMIT:
                return replace(facts, problem=Problem.TOO_MANY_PIXELS)
            if facts.kind is Kind.JPEG:
                image.draft(None, (width // 8, height // 8))  # every byte is read, an eighth of the pixels is made
            image.load()
            if is_turned(image):
                facts = replace(facts, width=height, height=width)
    except MemoryError:
        return replace(facts, problem=Problem.TOOK_TOO_MUCH)
    except Exception:  # noqa: BLE001  a decoder may raise anything at hostile bytes
        return replace(facts, damaged=True, problem=Problem.PICTURE_DAMAGED)
    return facts


def probe_pdf(path: Path, facts: FileFacts) -> FileFacts:
    """Pages, a password to open it, and whether it is whole: its end is there and its pages can be loaded."""
    import pypdfium2
    from pypdfium2.raw import FPDF_ERR_PASSWORD

    damaged = replace(facts, damaged=True, problem=Problem.PDF_DAMAGED)
    try:
        with pypdfium2.PdfDocument(path) as document:
            pages = len(document)
            for index in range(min(pages, PAGES_LOOKED_AT)):
                document[index].close()
            if pages and document[0].render(scale=0.1) is None:
                return damaged
    except pypdfium2.PdfiumError as error:
        if error.err_code == FPDF_ERR_PASSWORD:
            return replace(facts, encrypted=True, problem=Problem.ENCRYPTED)
        return damaged
    if pages == 0 or not _has_pdf_end(path):
        return replace(damaged, pages=pages or None)
    return replace(facts, pages=pages)


def _has_pdf_end(path: Path) -> bool:
    """Whether the end mark stands where ISO 32000-1 §7.5.5 wants it: readers mend what lacks it, and lose pages."""
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - 4096))
        return b"%%EOF" in file.read()


def probe_office_file(path: Path, facts: FileFacts) -> FileFacts:
    """Whether an office file or archive has a password or lacks its table of contents. Members are not unpacked."""
    with path.open("rb") as file:
        is_archive = file.read(2) == b"PK"
    if not is_archive:
        locked = "EncryptedPackage" in compound_names(path)
        return replace(facts, encrypted=True, problem=Problem.ENCRYPTED) if locked else facts
    try:
        with zipfile.ZipFile(path) as archive:
            locked = any(member.flag_bits & 1 for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return replace(facts, damaged=True, problem=Problem.ARCHIVE_DAMAGED)
    return replace(facts, encrypted=True, problem=Problem.ENCRYPTED) if locked else facts


def open_film(file: BinaryIO, kind: Kind) -> InputContainer:
    """The film's container, through our own file: it can open nothing else, on the disk or the network."""
    import av

    container = av.open(file, "r", format=_DEMUXERS[kind], metadata_errors="replace")
    for stream in container.streams.video:
        stream.codec_context.thread_count = 1  # threads would multiply the memory
    return container


def probe_film(path: Path, facts: FileFacts) -> FileFacts:
    """Length, codecs, size, frame rate; damaged when its start or its end cannot be decoded, or bytes are missing."""
    damaged = replace(facts, damaged=True, problem=Problem.FILM_DAMAGED)
    whole = facts.kind not in {Kind.MP4, Kind.MOV} or _boxes_fill_the_file(path)
    try:
        with path.open("rb") as file, open_film(file, facts.kind) as container:
            facts = _film_facts(container, facts)
            damaged = replace(facts, damaged=True, problem=Problem.FILM_DAMAGED)
            if not whole:
                return damaged
            if facts.video_codec is None:
                return replace(facts, problem=Problem.FILM_WITHOUT_PICTURE)
            if not facts.width or not facts.height:
                return damaged
            if facts.width * facts.height > FILM_PIXELS_LIMIT:
                return replace(facts, problem=Problem.TOOK_TOO_MUCH)
            frame = next(container.decode(video=0), None)
            if frame is None or not _end_decodes(container):
                return damaged
            if rotation_of(frame) in {90, 270}:
                facts = replace(facts, width=facts.height, height=facts.width)
    except MemoryError:
        return replace(facts, problem=Problem.TOOK_TOO_MUCH)
    except Exception:  # noqa: BLE001  a decoder may raise anything at hostile bytes
        return damaged
    return facts


def _film_facts(container: InputContainer, facts: FileFacts) -> FileFacts:
    audio = container.streams.audio[0] if container.streams.audio else None
    facts = replace(
        facts,
        audio_codec=audio.codec_context.name if audio else None,
        duration_seconds=round(container.duration / 1_000_000, 3) if container.duration else None,
    )
    if not container.streams.video:
        return facts
    video = container.streams.video[0]
    width, height = video.codec_context.width, video.codec_context.height
    ratio = video.sample_aspect_ratio
    if ratio:
        width = round(width * ratio)
    rate = video.average_rate
    return replace(
        facts,
        video_codec=video.codec_context.name,
        width=width,
        height=height,
        frame_rate=round(float(rate), 3) if rate else None,
    )


def _end_decodes(container: InputContainer) -> bool:
    """Whether a frame near the end can be decoded; true where the end is not known."""
    if not container.duration:
        return True
    container.seek(int(container.duration * 0.95))
    return next(container.decode(video=0), None) is not None


def rotation_of(frame: Any) -> int:
    """Degrees, counter-clockwise, by which a frame is to be turned before it is shown: 0, 90, 180 or 270."""
    return round(frame.rotation / 90) * 90 % 360


def _boxes_fill_the_file(path: Path) -> bool:
    """Whether the top boxes of an MP4 (ISO 14496-12 §4.2) end where the file ends: an upload cut short shows here."""
    size = path.stat().st_size
    with path.open("rb") as file:
        at = 0
        while at + 8 <= size:
            file.seek(at)
            head = file.read(16)
            length = int.from_bytes(head[:4], "big")
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            if length == 0:  # the last box may say: to the end
                return True
            if length < 8:
                return False
            at += length
    return at <= size

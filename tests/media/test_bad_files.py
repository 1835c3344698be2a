"""Files that somebody means harm with: each gives facts that say so, within limits, and the reader goes on.

Polyglots, files that are two kinds at once, are decided by their first bytes and are harmless as what they are: they
go out with that kind's type and `nosniff`, and judges get copies that were drawn anew (docs/decisions/files.md).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contest_portal.media.facts import FILMS, PICTURES, FileFacts, Kind, Problem, media_type, problem_message
from contest_portal.media.probing import DerivativeError, Limits, MediaReader
from tests.media.bad_files import boxes, documents, pictures
from tests.media.bad_files.whole import MAKERS, film_bytes, pdf_bytes, whole

# Smaller than the program's own, so that a bomb needs less to go off.
LIMITS = Limits(memory_mb=700, cpu_seconds=10, wall_seconds=40)


@dataclass(frozen=True)
class Bad:
    """How it is made, what it is seen to be, and what is said of it; None: it is taken, and harmless."""

    make: Callable[[], bytes]
    kind: Kind
    problem: Problem | None


DAMAGED = {
    **dict.fromkeys(PICTURES, Problem.PICTURE_DAMAGED),
    **dict.fromkeys(FILMS, Problem.FILM_DAMAGED),
    Kind.PDF: Problem.PDF_DAMAGED,
}
BAD: dict[str, Bad] = {
    "0 bytes": Bad(lambda: b"", Kind.EMPTY, Problem.EMPTY),
    "an SVG with a script": Bad(lambda: pictures.SVG, Kind.SVG, None),
    "a web page": Bad(lambda: pictures.HTML, Kind.HTML, None),
    # pictures
    "a PNG of 60,000 × 60,000": Bad(pictures.png_bomb, Kind.PNG, Problem.TOO_MANY_PIXELS),
    "a PNG that goes on beyond its size": Bad(pictures.png_within_the_limit_that_never_ends, Kind.PNG, None),
    "a PNG with a swelling comment": Bad(pictures.png_with_a_swelling_text, Kind.PNG, Problem.PICTURE_DAMAGED),
    "a WebP of 16,384 × 16,384": Bad(pictures.webp_bomb, Kind.WEBP, Problem.PICTURE_DAMAGED),
    "a TIFF of 60,000 × 60,000": Bad(lambda: pictures.tiff(60_000, 60_000), Kind.TIFF, Problem.TOO_MANY_PIXELS),
    "a TIFF that is its own next page": Bad(
        lambda: pictures.tiff(10, 10, packed=bytes(100), next_at=8), Kind.TIFF, None
    ),
    "a TIFF without its content": Bad(
        lambda: pictures.tiff(8000, 8000, compression=8), Kind.TIFF, Problem.PICTURE_DAMAGED
    ),
    "a JPEG of 65,500 × 65,500": Bad(
        lambda: pictures.jpeg_claiming(65_500, 65_500), Kind.JPEG, Problem.TOO_MANY_PIXELS
    ),
    "1 × 60,000 pixels": Bad(lambda: pictures.strip(1, 60_000), Kind.PNG, None),
    "60,000 × 1 pixels": Bad(lambda: pictures.strip(60_000, 1), Kind.PNG, None),
    "a GIF of 10,000 pictures": Bad(pictures.gif_of_many_pictures, Kind.GIF, None),
    "a JPEG that is a ZIP": Bad(pictures.jpeg_and_zip, Kind.JPEG, None),
    "a JPEG with a page in its comment": Bad(pictures.jpeg_with_a_page_in_its_comment, Kind.JPEG, None),
    "a GIF that is a script": Bad(pictures.gif_and_script, Kind.GIF, None),
    # documents
    **{
        f"a PDF that opens with {kind}": Bad(
            lambda kind=kind: documents.pdf_that_opens_with(kind),  # type: ignore[misc]
            Kind.PDF,
            Problem.PDF_SCRIPT,
        )
        for kind in ("JavaScript", "Launch", "SubmitForm", "ImportData")
    },
    "a PDF with a script by name": Bad(documents.pdf_with_a_script_by_name, Kind.PDF, Problem.PDF_SCRIPT),
    "a PDF with a script on leaving a page": Bad(
        documents.pdf_with_a_script_on_leaving_a_page, Kind.PDF, Problem.PDF_SCRIPT
    ),
    "a PDF with a script behind a link": Bad(documents.pdf_with_a_script_behind_a_link, Kind.PDF, Problem.PDF_SCRIPT),
    "a PDF with an attachment": Bad(documents.pdf_with_an_attachment, Kind.PDF, Problem.PDF_EMBEDDED),
    **{
        f"a PDF with {subtype}": Bad(
            lambda subtype=subtype: documents.pdf_with_an_annotation(subtype),  # type: ignore[misc]
            Kind.PDF,
            Problem.PDF_EMBEDDED,
        )
        for subtype in ("FileAttachment", "RichMedia", "3D", "Movie", "Sound")
    },
    "a PDF that is a live form": Bad(documents.pdf_with_a_live_form, Kind.PDF, Problem.PDF_LIVE_FORM),
    "a PDF with a password": Bad(lambda: documents.locked_pdf(owner_only=False), Kind.PDF, Problem.ENCRYPTED),
    "a PDF with a password for changes only": Bad(lambda: documents.locked_pdf(owner_only=True), Kind.PDF, None),
    "a PDF as offices write them": Bad(documents.pdf_that_opens_at_a_page, Kind.PDF, None),
    "a PDF of a million pages": Bad(documents.pdf_claiming_a_million_pages, Kind.PDF, Problem.PDF_DAMAGED),
    "a PDF whose pages go round": Bad(documents.pdf_whose_pages_go_round, Kind.PDF, Problem.PDF_DAMAGED),
    "a PDF with a deep tree": Bad(documents.pdf_with_a_deep_tree, Kind.PDF, Problem.PDF_DAMAGED),
    "a PDF with deep brackets": Bad(documents.pdf_with_deep_brackets, Kind.PDF, Problem.PDF_DAMAGED),
    "a PDF of 250,000 objects": Bad(documents.pdf_with_very_many_objects, Kind.PDF, Problem.TOOK_TOO_LONG),
    "a PDF bomb": Bad(documents.pdf_bomb, Kind.PDF, Problem.BROKE_THE_READER),
    "a PDF page of a mile": Bad(documents.pdf_with_a_page_of_a_mile, Kind.PDF, None),
    "a PDF that is a ZIP": Bad(documents.pdf_and_zip, Kind.PDF, None),
    "a ZIP that is a PDF": Bad(documents.zip_and_pdf, Kind.ZIP, None),
    "a program that is a PDF": Bad(documents.program_and_pdf, Kind.UNKNOWN, None),
    "a web page that is a PDF": Bad(documents.page_and_pdf, Kind.HTML, None),
    "a Word file that is a bomb": Bad(documents.zip_bomb, Kind.DOCX, Problem.TOOK_TOO_MUCH),
    "a Word file that lies about its size": Bad(documents.zip_bomb_that_lies, Kind.DOCX, Problem.ARCHIVE_DAMAGED),
    "a ZIP of 25,000 names": Bad(documents.zip_of_very_many_names, Kind.ZIP, Problem.TOOK_TOO_MUCH),
    "a gzip bomb": Bad(documents.gzip_bomb, Kind.UNKNOWN, None),
    "an old Word file that goes round": Bad(documents.compound_that_goes_round, Kind.UNKNOWN, None),
    # films
    "a film with 10⁶ tiny packets": Bad(lambda: boxes.mp4(samples_of_sound=1_000_000), Kind.MP4, None),
    "an MKV with 10⁶ tiny packets": Bad(lambda: boxes.mkv(tiny_packets=1_000_000), Kind.MKV, None),
    "a film that claims 49 days": Bad(lambda: boxes.mp4(stated=boxes.FOREVER), Kind.MP4, None),
    "a film whose pictures stand for 12 days": Bad(
        lambda: boxes.mp4(frames=2, step=boxes.FOREVER // 4), Kind.MP4, Problem.FILM_DAMAGED
    ),
    "an MKV that claims 10 minutes": Bad(lambda: boxes.mkv(stated_ms=600_000.0), Kind.MKV, Problem.FILM_SHORTER),
    "an MKV that never ends": Bad(lambda: boxes.mkv(stated_ms=float("inf")), Kind.MKV, None),
    "an MKV whose length is no number": Bad(lambda: boxes.mkv(stated_ms=float("nan")), Kind.MKV, None),
    "an MKV whose indexes go round": Bad(lambda: boxes.mkv(loops=True), Kind.MKV, None),
    "a film titled with a script": Bad(
        lambda: boxes.mkv(title="<script>alert(1)</script>\0\ud83c\u202e".encode("utf-8", "ignore").decode()),
        Kind.MKV,
        None,
    ),
    "an MP4 that is a web page": Bad(lambda: boxes.mp4(extra=boxes.box(b"free", pictures.HTML)), Kind.MP4, None),
    "a film of 65,500 × 65,500": Bad(lambda: boxes.mp4(size=(65_500, 65_500)), Kind.MP4, None),
}


@cache
def content_of(name: str) -> bytes:
    return BAD[name].make()


@pytest.fixture(scope="module")
def reader() -> Iterator[MediaReader]:
    """One process for all: what a file breaks would be missed by the next."""
    own = MediaReader(processes=1, limits=LIMITS)
    yield own
    own.close()


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("good") / "painting.jpg"
    path.write_bytes(whole(Kind.JPEG))
    return path


def probed(reader: MediaReader, folder: Path, content: bytes) -> FileFacts:
    """The facts of the content; they must be fit for the database and for people."""
    path = folder / "upload"
    path.write_bytes(content)
    facts = reader.probe(path, "作品.jpg")
    assert FileFacts.from_json(json.loads(json.dumps(facts.to_json(), allow_nan=False))) == facts
    assert (problem_message(facts) is None) == facts.usable
    return facts


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_named_and_the_next_is_read(reader: MediaReader, tmp_path: Path, good: Path, name: str) -> None:
    bad = BAD[name]
    facts = probed(reader, tmp_path, content_of(name))
    assert (facts.kind, facts.problem) == (bad.kind, bad.problem)
    assert reader.probe(good).usable


@pytest.mark.parametrize(
    "name",
    [name for name, bad in BAD.items() if bad.kind in PICTURES | FILMS and bad.problem is not Problem.TOOK_TOO_LONG],
)
def test_previews_of_a_bad_file_are_made_or_refused(reader: MediaReader, tmp_path: Path, good: Path, name: str) -> None:
    bad = BAD[name]
    source, target = tmp_path / "upload", tmp_path / "made.jpg"
    source.write_bytes(content_of(name))
    kind = "poster" if bad.kind in FILMS else "thumbnail"
    try:
        made = reader.make(kind, source, target)
    except DerivativeError:
        assert bad.problem is not None
    else:
        assert 0 < made.width <= 1280
        assert 0 < made.height <= 1280
        assert b"alert" not in target.read_bytes()
    assert reader.make("thumbnail", good, target).width == 320


def test_what_is_two_kinds_at_once_goes_out_as_what_it_was_taken_for() -> None:
    taken = {BAD[name].kind for name in BAD if " that is a" in name and BAD[name].problem is None}
    assert {media_type(kind) for kind in taken} <= {
        "image/jpeg",
        "image/gif",
        "application/pdf",
        "application/zip",
        "video/mp4",
        "application/octet-stream",
    }


# --- Whole, and cut short ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", MAKERS)
def test_a_whole_file_of_each_kind_is_taken(reader: MediaReader, tmp_path: Path, kind: Kind) -> None:
    facts = probed(reader, tmp_path, whole(kind))
    assert (facts.kind, facts.problem, facts.damaged, facts.encrypted) == (kind, None, False, False)
    if kind in PICTURES:
        assert (facts.width, facts.height, facts.sharpness) == (320, 224, 100)
    if kind in FILMS:
        assert (facts.width, facts.height, facts.frame_rate, facts.silent) == (160, 120, 10.0, False)
        assert facts.duration_seconds == pytest.approx(2, abs=0.15)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.98])
@pytest.mark.parametrize("kind", [*sorted(PICTURES), *sorted(FILMS), Kind.PDF])
def test_a_file_cut_short_is_damaged(reader: MediaReader, tmp_path: Path, good: Path, kind: Kind, share: float) -> None:
    content = whole(kind)
    facts = probed(reader, tmp_path, content[: int(len(content) * share)])
    assert (facts.kind, facts.damaged, facts.problem) == (kind, True, DAMAGED[kind])
    assert reader.probe(good).usable


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("kind", [Kind.DOCX, Kind.DOC, Kind.ZIP])
def test_an_office_file_cut_short_is_not_taken_for_whole(
    reader: MediaReader, tmp_path: Path, kind: Kind, share: float
) -> None:
    content = whole(kind)[: int(len(whole(kind)) * share)]
    facts = probed(reader, tmp_path, content)
    if kind is Kind.DOC:  # its last sector may be cut, as some programs write it
        assert facts.kind is Kind.UNKNOWN or share > 0.95
    else:
        assert facts.problem is Problem.ARCHIVE_DAMAGED


def test_an_old_word_file_without_its_last_half_is_damaged(reader: MediaReader, tmp_path: Path) -> None:
    content = bytearray(whole(Kind.DOC))
    table = (int.from_bytes(content[76:80], "little") + 1) * 512
    content[table + 4 * 100 : table + 4 * 101] = bytes(4)  # the hundredth sector is in use, the file has no such
    facts = probed(reader, tmp_path, bytes(content))
    assert (facts.kind, facts.problem) == (Kind.DOC, Problem.ARCHIVE_DAMAGED)


# --- Words ------------------------------------------------------------------------------------------------------------


def test_a_film_that_is_shorter_than_it_says_is_told_with_both_lengths(reader: MediaReader, tmp_path: Path) -> None:
    facts = probed(reader, tmp_path, boxes.mkv(stated_ms=200_000.0))
    assert str(problem_message(facts)).startswith("影片标明长 3 分 20 秒，实际只有 0 分 5 秒")


def test_a_film_of_too_many_pixels_is_told_with_them(reader: MediaReader, tmp_path: Path) -> None:
    path = tmp_path / "large.avi"
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("mjpeg", rate=1)
        stream.width, stream.height, stream.pix_fmt = 9000, 4000, "yuvj420p"
        frame = av.VideoFrame(9000, 4000, "yuvj420p")
        frame.pts = 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    facts = reader.probe(path)
    assert facts.problem is Problem.FILM_TOO_LARGE
    assert str(problem_message(facts)).startswith("影片的画面有 9000×4000 像素，超出系统能处理的 3538 万像素")


@pytest.mark.parametrize(
    ("sound", "loudness", "silent"), [(True, 0.3, False), (True, 0.0, True), (True, 0.0001, True), (False, 0.0, True)]
)
def test_whether_a_film_can_be_heard(
    reader: MediaReader, tmp_path: Path, sound: bool, loudness: float, silent: bool
) -> None:
    facts = probed(reader, tmp_path, film_bytes("mp4", sound=sound, loudness=loudness))
    assert (facts.silent, facts.audio_codec) == (silent, "aac" if sound else None)


# --- Chance -----------------------------------------------------------------------------------------------------------

edits = st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=8)), min_size=1, max_size=12)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(kind=st.sampled_from(list(MAKERS)), edits=edits, cut=st.none() | st.floats(0.05, 1))
def test_whatever_bytes_are_changed_there_are_facts(
    reader: MediaReader, tmp_path: Path, kind: Kind, edits: list[tuple[float, bytes]], cut: float | None
) -> None:
    content = bytearray(whole(kind))
    for place, new in edits:
        at = int(place * (len(content) - 1))
        content[at : at + len(new)] = new
    facts = probed(reader, tmp_path, bytes(content[: int(len(content) * cut)] if cut else content))
    assert facts.size_bytes >= 0


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=2000))
def test_chance_bytes_behind_a_pdfs_head_are_no_document(reader: MediaReader, tmp_path: Path, content: bytes) -> None:
    head = pdf_bytes()[:15]
    assert probed(reader, tmp_path, head + content).problem is not None

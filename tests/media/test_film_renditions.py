"""The rendition of a film that plays everywhere: what goes in in any kind comes out as H.264 and AAC, seen as meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from contest_portal.media import renditions
from contest_portal.media.facts import Problem
from contest_portal.media.probing import DerivativeError, Limits, MediaReader, media_reader
from tests.media.film_factory import BLUE, GREEN, GREY, RED, write_film

SECRET = "Zhang Xiaoming Nanjie"
TAGS = {"artist": SECRET, "title": SECRET, "comment": SECRET, "location": "+38.9316+100.4499/"}
PLAIN_TAGS = {"major_brand", "minor_version", "compatible_brands"}


@pytest.fixture(scope="module")
def reader() -> Iterator[MediaReader]:
    own = MediaReader(processes=1, limits=Limits(memory_mb=2560, cpu_seconds=60))
    yield own
    own.close()


@dataclass
class Seen:
    """A rendition as a player sees it: times in seconds."""

    width: int
    height: int
    codec: str
    seconds: float
    times: list[float]
    keys: list[float]
    first: np.ndarray
    last: np.ndarray
    sound: Any
    loudness: float
    tags: set[str]


def made_of(reader: MediaReader, source: Path) -> Seen:
    target = source.with_name("made.mp4")
    made = reader.make("film720", source, target)
    content = target.read_bytes()
    assert SECRET.encode() not in content
    assert content.index(b"moov") < content.index(b"mdat")  # plays before all of it is there
    with av.open(str(target)) as film:
        video, sound = film.streams.video[0], next(iter(film.streams.audio), None)
        keys = [float(one.pts * one.time_base) for one in film.demux(video) if one.is_keyframe and one.pts is not None]
        film.seek(0)
        frames = list(film.decode(video=0))
        film.seek(0)
        heard = [np.abs(one.to_ndarray()).max() for one in film.decode(audio=0)] if sound else []
        assert (made.width, made.height) == (video.width, video.height)
        return Seen(
            video.width,
            video.height,
            video.codec_context.name,
            film.duration / 1_000_000 if film.duration else 0.0,
            [float(one.time) for one in frames],
            keys,
            frames[0].to_ndarray(format="rgb24"),
            frames[-1].to_ndarray(format="rgb24"),
            (sound.codec_context.name, sound.codec_context.layout.nb_channels) if sound else None,
            float(max(heard, default=0)),
            {*film.metadata} - PLAIN_TAGS | {*video.metadata} - {"language", "handler_name", "vendor_id"},
        )


def quarters(picture: np.ndarray) -> list[tuple[int, ...]]:
    """The colours of the four quarters, well above the moving square."""
    height, width = picture.shape[:2]
    return [
        tuple(int(value) for value in picture[round(height * y), round(width * x)])
        for y in (0.25, 0.62)
        for x in (0.25, 0.75)
    ]


def assert_colours(picture: np.ndarray, expected: list[tuple[int, int, int]], within: int = 12) -> None:
    for seen, meant in zip(quarters(picture), expected, strict=True):
        assert max(abs(a - b) for a, b in zip(seen, meant, strict=True)) <= within, (seen, meant)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("film.mov", {"size": (1920, 1080), "rate": 30, "seconds": 2.5, "options": {"preset": "ultrafast"}}),
        ("film.avi", {"codec": "mpeg4", "sound_codec": "mp3"}),
        ("film.mkv", {"sound": "5.1", "sound_codec": "ac3"}),
        ("film.wmv", {"codec": "wmv2", "sound_codec": "wmav2"}),
        ("film.mkv", {"codec": "ffv1", "size": (161, 91)}),
        ("film.mp4", {"codec": "mpeg4", "size": (64, 48)}),
        ("film.mp4", {"size": (640, 480), "rate": 25, "gop": 400, "seconds": 6, "sound": "mono"}),
        ("film.mkv", {"rate": 60, "seconds": 4.5}),
    ],
    ids=["1080p", "avi", "5.1", "wmv", "odd size", "small", "one key frame", "60 fps"],
)
def test_any_film_comes_out_as_browsers_play_it(
    reader: MediaReader, tmp_path: Path, name: str, options: dict[str, Any]
) -> None:
    seconds = options.get("seconds", 3)
    source = write_film(tmp_path / name, metadata=TAGS, **options)
    seen = made_of(reader, source)
    assert seen.codec == "h264"
    assert seen.sound == ("aac", 1 if options.get("sound") == "mono" else 2)
    assert seen.loudness > 0.1
    assert seen.seconds == pytest.approx(seconds, abs=0.2)
    assert seen.width <= 1280
    assert seen.height <= 720
    assert (
        abs(seen.width / seen.height - options.get("size", (320, 180))[0] / options.get("size", (320, 180))[1]) < 0.04
    )
    assert seen.tags == set()
    assert_colours(seen.first, [RED, GREEN, BLUE, GREY])
    gaps = [after - before for before, after in pairwise([*seen.keys, seen.seconds])]
    assert max(gaps) <= 2.1
    assert min(after - before for before, after in pairwise(seen.times)) >= 1 / 31
    # The square stands where it was at that time.
    side = seen.height / 8
    for picture, at in ((seen.first, 0), (seen.last, seen.times[-1])):
        place = at / seconds * (seen.width - side) + side / 2
        assert picture[-round(side / 2), round(place)].min() > 180


def test_a_film_that_browsers_play_already_is_packed_anew_not_encoded(reader: MediaReader, tmp_path: Path) -> None:
    source = write_film(tmp_path / "film.mp4", size=(1280, 720), seconds=2, metadata=TAGS)
    seen = made_of(reader, source)
    with av.open(str(source)) as film:
        film_pictures = [one.to_ndarray() for one in film.decode(video=0)]
    with av.open(str(tmp_path / "made.mp4")) as film:
        made_pictures = [one.to_ndarray() for one in film.decode(video=0)]
    assert all(np.array_equal(a, b) for a, b in zip(film_pictures, made_pictures, strict=True))  # not one bit is lost
    assert (seen.codec, seen.sound, seen.tags) == ("h264", ("aac", 2), set())


def test_what_a_camera_writes_beside_the_picture_is_left_out(reader: MediaReader, tmp_path: Path) -> None:
    # x264 writes its settings where cameras write the moment and the place: a message of user data (SEI).
    source = write_film(tmp_path / "film.mp4", size=(320, 180), seconds=2)
    assert b"x264 - core" in source.read_bytes()
    made_of(reader, source)
    assert b"x264 - core" not in (tmp_path / "made.mp4").read_bytes()


def test_an_uneven_rate_keeps_its_times(reader: MediaReader, tmp_path: Path) -> None:
    times = [0, 0.1, 0.15, 0.9, 1.0, 2.5, 2.6, 2.7]
    source = write_film(tmp_path / "film.mkv", times=times, seconds=3)
    assert made_of(reader, source).times == pytest.approx(times, abs=0.04)


def test_a_silent_film_stays_silent(reader: MediaReader, tmp_path: Path) -> None:
    seen = made_of(reader, write_film(tmp_path / "film.avi", codec="mpeg4", sound=None))
    assert seen.sound is None
    assert seen.seconds == pytest.approx(3, abs=0.2)


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [(90, [GREEN, GREY, RED, BLUE]), (180, [GREY, BLUE, GREEN, RED]), (270, [BLUE, RED, GREY, GREEN])],
)
def test_a_telephone_held_upright_gives_an_upright_film(
    reader: MediaReader, tmp_path: Path, degrees: int, expected: list[tuple[int, int, int]]
) -> None:
    source = turned(write_film(tmp_path / "film.mp4", size=(640, 360), seconds=1), degrees)
    seen = made_of(reader, source)
    assert (seen.width, seen.height) == ((640, 360) if degrees == 180 else (360, 640))
    picture = np.rot90(seen.first, -degrees // 90)  # back to how it was filmed, where the quarters are where they were
    assert_colours(picture, [RED, GREEN, BLUE, GREY])


def turned(path: Path, degrees: int) -> Path:
    """The film with a mark that it is to be turned counter-clockwise: the matrix of its track (ISO 14496-12 §8.3.2)."""
    matrices = {90: (0, -1, 1, 0), 180: (-1, 0, 0, -1), 270: (0, 1, -1, 0)}
    a, b, c, d = (value * 0x10000 for value in matrices[degrees])
    content = bytearray(path.read_bytes())
    unity = b"".join(value.to_bytes(4, "big") for value in (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000))
    place = content.index(unity, content.index(b"tkhd"))  # the first track is the picture
    turn = b"".join((value & 0xFFFFFFFF).to_bytes(4, "big") for value in (a, b, 0, c, d, 0, 0, 0, 0x40000000))
    content[place : place + len(turn)] = turn
    path.write_bytes(content)
    return path


def test_progress_grows_to_the_end(reader: MediaReader, tmp_path: Path) -> None:
    told: list[int] = []
    source = write_film(tmp_path / "film.mkv", seconds=4)
    reader.make("film720", source, tmp_path / "made.mp4", report=told.append)
    assert told == sorted(set(told))
    assert told[0] < 20
    assert told[-1] > 80


def test_a_film_that_takes_too_long_is_given_up_and_the_next_one_is_made(tmp_path: Path) -> None:
    own = MediaReader(processes=1, limits=Limits(memory_mb=2560))
    long = write_film(tmp_path / "long.mkv", size=(1280, 720), rate=30, seconds=6, options={"preset": "ultrafast"})
    with pytest.raises(DerivativeError) as failure:
        own.make("film720", long, tmp_path / "made.mp4", cpu_seconds=0)
    assert failure.value.problem is Problem.TOOK_TOO_LONG
    short = write_film(tmp_path / "short.mkv", seconds=1)
    assert own.make("film720", short, tmp_path / "made.mp4", cpu_seconds=60).width == 320
    own.close()


def test_a_hole_in_the_middle_is_stepped_over(reader: MediaReader, tmp_path: Path) -> None:
    source = write_film(tmp_path / "film.mkv", seconds=5)
    content = bytearray(source.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 2000] = bytes(2000)
    source.write_bytes(content)
    seen = made_of(reader, source)
    assert seen.times[-1] > 4
    assert_colours(seen.last, [RED, GREEN, BLUE, GREY])


@pytest.mark.parametrize("content", [b"", b"<html>", b"\x1a\x45\xdf\xa3" + bytes(200)])
def test_of_what_is_no_film_no_rendition_is_made(reader: MediaReader, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "film").write_bytes(content)
    with pytest.raises(DerivativeError):
        reader.make("film720", tmp_path / "film", tmp_path / "made.mp4")


def test_the_time_allowed_grows_with_the_film(tmp_path: Path) -> None:
    short = media_reader().probe(write_film(tmp_path / "short.mp4", seconds=1, sound=None))
    longer = media_reader().probe(write_film(tmp_path / "longer.mp4", seconds=9, rate=2, sound=None))
    allowed = [renditions.cpu_seconds_for("film720", facts, 60) for facts in (short, longer)]
    assert allowed[1] - allowed[0] == 4 * 8  # type: ignore[operator]

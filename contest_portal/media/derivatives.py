"""Smaller pictures made of a file: thumbnail, screen picture, a film's poster. Runs in the sandbox (see probing.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contest_portal.media.facts import FILM_PIXELS_LIMIT, FILMS, Kind
from contest_portal.media.films import open_film, rotation_of
from contest_portal.media.pictures import NoPictureError, in_srgb, picture_at, upright
from contest_portal.media.signature import kind_of_file

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from PIL.Image import Image

THUMBNAIL_SIDE = 480
SCREEN_SIDE = 1600
POSTER_SIDE = 1280
WHOLE_SIDE = 100_000
JPEG_QUALITY, WHOLE_QUALITY = 80, 92
_POSTER_PLACES = (0.1, 0.35, 0.6, 0.0)  # shares of the film's length, the first that shows something wins
_FRAMES_TO_REACH = 250
_DULL_SPREAD = 12  # a frame whose lightness spreads less (of 255) is a fade or a blank


@dataclass(frozen=True)
class Made:
    """A derivative that was written: its size in pixels, and what else is to be known for showing it."""

    width: int
    height: int
    detail: Mapping[str, Any] = field(default_factory=dict)


def make_thumbnail(source: Path, target: Path) -> Made:
    """A JPEG of at most 480 pixels, upright, in sRGB, without any of the source's marks. Raises NoPictureError."""
    return _reduce_picture(source, target, THUMBNAIL_SIDE)


def make_screen_picture(source: Path, target: Path) -> Made:
    """As make_thumbnail, at most 1,600 pixels: what a judge looks at."""
    return _reduce_picture(source, target, SCREEN_SIDE)


def make_plain_picture(source: Path, target: Path) -> Made:
    """As make_thumbnail in the picture's own size: a copy that keeps what is seen and nothing else."""
    return _reduce_picture(source, target, WHOLE_SIDE)


def make_poster(source: Path, target: Path) -> Made:
    """A JPEG of at most 1,280 pixels of a frame of the film that is neither black nor blank. Raises NoPictureError."""
    kind = kind_of_file(source)
    if kind not in FILMS:
        raise NoPictureError(kind.value)
    image: Image | None = None
    with source.open("rb") as file, open_film(file, kind) as container:
        if not container.streams.video:
            raise NoPictureError("no picture")
        codec = container.streams.video[0].codec_context
        if codec.width * codec.height > FILM_PIXELS_LIMIT:
            raise NoPictureError("too large")
        for place in _POSTER_PLACES:
            frame = _frame_at(container, place)
            if frame is None:
                continue
            image = frame.to_image().rotate(rotation_of(frame), expand=True)
            if _shows_something(image):
                break
    if image is None:
        raise NoPictureError("no frame")
    return _write(image, target, POSTER_SIDE)


def _frame_at(container: InputContainer, share: float) -> VideoFrame | None:
    """The frame shown at that share of the film's length, or the last before it that is quickly reached."""
    seconds = (container.duration or 0) / 1_000_000 * share
    container.seek(int(seconds * 1_000_000))  # goes to the key frame before
    frame = None
    for frame in islice(container.decode(video=0), _FRAMES_TO_REACH):
        if frame.pts is None or frame.time >= seconds:
            break
    return frame


def _reduce_picture(source: Path, target: Path, side: int) -> Made:
    with picture_at(source) as (image, kind):
        if kind is Kind.JPEG and side < WHOLE_SIDE:
            image.draft(None, (side, side))  # decodes at a half, quarter or eighth, never below what is asked
        turned = upright(image)
        # Reduced before colours are changed: there are fewer pixels to change.
        if turned.mode in {"RGB", "L", "CMYK"}:
            turned.thumbnail((side, side), reducing_gap=3.0)
        return _write(in_srgb(turned, image.info.get("icc_profile")), target, side)


def _shows_something(image: Image) -> bool:
    from PIL import ImageStat

    return ImageStat.Stat(image.resize((64, 36)).convert("L")).stddev[0] > _DULL_SPREAD


def _write(image: Image, target: Path, side: int) -> Made:
    image.thumbnail((side, side), reducing_gap=3.0)
    image.info.clear()  # else Pillow hands comments and resolutions on
    quality = WHOLE_QUALITY if side == WHOLE_SIDE else JPEG_QUALITY
    image.save(target, "JPEG", quality=quality, optimize=True, progressive=side > THUMBNAIL_SIDE)
    return Made(image.width, image.height)

"""Opening a picture and showing it as it is meant: upright, in sRGB, 8 bit. Runs in the sandbox (see probing.py)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from contest_portal.media.facts import PICTURES, PIXELS_LIMIT, Kind
from contest_portal.media.signature import kind_of_file

if TYPE_CHECKING:
    from PIL.Image import Image

_ORIENTATION = 0x0112
_TURNED = {5, 6, 7, 8}  # EXIF orientations that swap width and height
_PILLOW_FORMATS = {
    Kind.JPEG: "JPEG",
    Kind.PNG: "PNG",
    Kind.WEBP: "WEBP",
    Kind.HEIC: "HEIF",
    Kind.TIFF: "TIFF",
    Kind.BMP: "BMP",
    Kind.GIF: "GIF",
}


class NoPictureError(ValueError):
    """Nothing can be shown of this file: not a picture or film, too large, or damaged."""


@contextmanager
def picture_at(source: Path) -> Iterator[tuple[Image, Kind]]:
    """The picture in the file, its header read, and its kind. Raises NoPictureError for other kinds and a too large one."""
    kind = kind_of_file(source)
    if kind not in PICTURES:
        raise NoPictureError(kind.value)
    with source.open("rb") as file, open_picture(file, kind) as image:
        if image.width * image.height > PIXELS_LIMIT:
            raise NoPictureError("too large")
        yield image, kind


def open_picture(file: BinaryIO, kind: Kind) -> Image:
    """The picture's header, read by the one decoder of its kind. The caller minds the pixel limit."""
    from PIL import Image as Pillow

    Pillow.MAX_IMAGE_PIXELS = None  # ours is checked before anything is decoded
    if kind is Kind.HEIC:
        _register_heif()
    return Pillow.open(file, formats=[_PILLOW_FORMATS[kind]])


@cache
def _register_heif() -> None:
    import pillow_heif

    pillow_heif.options.DECODE_THREADS = 1  # each thread would claim memory of its own
    pillow_heif.options.THUMBNAILS = False
    pillow_heif.register_heif_opener()


def is_turned(image: Image) -> bool:
    """Whether the orientation mark swaps width and height. HEIC comes upright from its decoder."""
    return image.format != "HEIF" and image.getexif().get(_ORIENTATION) in _TURNED


def upright(image: Image) -> Image:
    """The decoded picture as a person sees it, its orientation mark applied. Keeps `info`."""
    from PIL import ImageOps

    return image if image.format == "HEIF" else ImageOps.exif_transpose(image)


def in_srgb(image: Image, profile: bytes | None = None) -> Image:
    """The picture in 8-bit sRGB on white, whatever its mode. `profile`: its own ICC profile, applied where it fits."""
    from PIL import Image as Pillow

    own = profile or image.info.get("icc_profile")
    alpha = None
    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
    elif image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info:
        layered = image.convert("RGBA")
        alpha = layered.getchannel("A")
        image = layered.convert("L" if image.mode.startswith("L") else "RGB")
    elif image.mode == "P":
        image = image.convert("RGB")
    plain = _by_profile(image, own) or _by_mode(image)
    if alpha is None:
        return plain
    sheet = Pillow.new("RGB", plain.size, "white")
    sheet.paste(plain, mask=alpha)
    return sheet


def _by_profile(image: Image, profile: bytes | None) -> Image | None:
    """Through the picture's own profile; None where it has none or one that does not fit: the colours as they stand."""
    from PIL import ImageCms

    if not profile or image.mode not in {"RGB", "CMYK", "L"}:
        return None
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def _by_mode(image: Image) -> Image:
    from PIL import ImageCms

    if image.mode == "LAB":
        lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        return cast("Image", ImageCms.profileToProfile(image, lab, srgb, outputMode="RGB"))
    return image.convert("RGB")


def _eight_bits(image: Image) -> Image:
    """Greys of 16 and 32 bits and of floating numbers as 8 bits; a plain conversion would clip them to white."""
    levels = image.convert("F")
    low, high = cast("tuple[float, float]", levels.getextrema())
    if image.mode.startswith("I;16"):
        scale, offset = 255 / 65535, 0.0
    elif image.mode == "I":
        scale, offset = 255 / (65535 if high <= 65535 else 2**32 - 1), 0.0
    elif low >= 0 and high <= 1:
        scale, offset = 255.0, 0.0
    else:
        scale = 255 / (high - low) if high > low else 1.0
        offset = -low * scale
    return levels.point(lambda value: value * scale + offset).convert("L")

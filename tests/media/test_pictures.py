"""A picture is shown as it is meant, upright and in sRGB, whatever wrote it; and it is told whether it is sharp."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageDraw, ImageFilter

from contest_portal.demo.pictures import make_painting
from contest_portal.demo.scenes import THEMES
from contest_portal.media.facts import Kind
from contest_portal.media.probing import MediaReader
from contest_portal.media.sharpness import sharpness_of
from tests.media.bad_files.pictures import deep_png
from tests.media.colour_profiles import P3_PRIMARIES, display_p3, strange_inks

pillow_heif.register_heif_opener()
Colour = tuple[int, int, int]
RED, BLUE = (220, 30, 30), (30, 30, 220)


@pytest.fixture(scope="module")
def reader() -> Iterator[MediaReader]:
    own = MediaReader(processes=1)
    yield own
    own.close()


def shown(reader: MediaReader, folder: Path, content: bytes) -> Image.Image:
    """The screen picture made of the content."""
    source, target = folder / "source", folder / "shown.jpg"
    source.write_bytes(content)
    reader.make("screen", source, target)
    with Image.open(target) as image:
        image.load()
        assert (image.format, image.mode) == ("JPEG", "RGB")
        assert "icc_profile" not in image.info
        return image


def content_of(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def red_at_the_left(width: int = 400, height: int = 300) -> Image.Image:
    image = Image.new("RGB", (width, height), BLUE)
    image.paste(RED, (0, 0, width // 2, height))
    return image


def is_red(colour: object) -> bool:
    assert isinstance(colour, tuple)
    return bool(colour[0] > 150 > colour[2])


# --- Upright ----------------------------------------------------------------------------------------------------------

# Where the left of the stored picture is seen, by EXIF's orientation.
SIDES = {1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom"}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF"])
@pytest.mark.parametrize("orientation", SIDES)
def test_a_picture_comes_upright(reader: MediaReader, tmp_path: Path, form: str, orientation: int) -> None:
    image, exif = red_at_the_left(), Image.Exif()
    exif[0x0112] = orientation
    if form == "HEIF":
        image.info["exif"] = exif.tobytes()  # becomes the container's own turn, as telephones write it
        content = content_of(image, form)
    else:
        content = content_of(image, form, exif=exif)
    size = (400, 300) if orientation < 5 else (300, 400)
    made = shown(reader, tmp_path, content)
    assert made.size == size
    places = {
        "left": (8, size[1] // 2),
        "right": (size[0] - 8, size[1] // 2),
        "top": (size[0] // 2, 8),
        "bottom": (size[0] // 2, size[1] - 8),
    }
    opposite = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}[SIDES[orientation]]
    assert is_red(made.getpixel(places[SIDES[orientation]]))
    assert not is_red(made.getpixel(places[opposite]))
    facts = reader.probe(tmp_path / "source")
    assert ((facts.width, facts.height), facts.problem) == (size, None)


def test_a_telephones_picture_is_heic_by_its_content(reader: MediaReader, tmp_path: Path) -> None:
    path = tmp_path / "IMG_0001.jpg"
    path.write_bytes(content_of(red_at_the_left(), "HEIF"))
    facts = reader.probe(path)
    assert (facts.kind, facts.extension, facts.width, facts.problem) == (Kind.HEIC, "jpg", 400, None)


def test_an_avif_is_not_taken_for_heic_or_a_film(reader: MediaReader, tmp_path: Path) -> None:
    path = tmp_path / "a.avif"
    path.write_bytes(content_of(red_at_the_left(), "AVIF"))
    assert reader.probe(path).kind is Kind.UNKNOWN


# --- Colours ----------------------------------------------------------------------------------------------------------


def p3_in_srgb(colour: Colour, gamma: float = 2.2) -> Colour:
    """Display P3 as sRGB, by the definitions: IEC 61966-2-1 under D50."""
    srgb = np.array([[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]])
    xyz = np.array(P3_PRIMARIES).T @ (np.array(colour) / 255) ** gamma
    linear = np.clip(np.linalg.solve(srgb, xyz), 0, 1)
    coded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    red, green, blue = (round(value * 255) for value in coded)
    return red, green, blue


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF"])
def test_a_wide_gamut_becomes_srgb(reader: MediaReader, tmp_path: Path, form: str) -> None:
    colour = (200, 100, 50)
    wanted = p3_in_srgb(colour)
    assert max(abs(one - other) for one, other in zip(wanted, colour, strict=True)) > 10  # it does make a difference
    content = content_of(Image.new("RGB", (64, 48), colour), form, icc_profile=display_p3(), quality=95)
    assert shown(reader, tmp_path, content).getpixel((30, 20)) == pytest.approx(wanted, abs=4)


def test_a_wide_gamut_behind_glass_becomes_srgb_on_white(reader: MediaReader, tmp_path: Path) -> None:
    image = Image.new("RGBA", (64, 48), (200, 100, 50, 255))
    image.paste((0, 0, 0, 0), (32, 0, 64, 48))
    made = shown(reader, tmp_path, content_of(image, "PNG", icc_profile=display_p3()))
    assert made.getpixel((12, 20)) == pytest.approx(p3_in_srgb((200, 100, 50)), abs=4)
    assert made.getpixel((56, 20)) == pytest.approx((255, 255, 255), abs=2)


@pytest.mark.parametrize("form", ["JPEG", "TIFF"])
def test_inks_are_printed_by_their_own_profile(reader: MediaReader, tmp_path: Path, form: str) -> None:
    cyan = Image.new("CMYK", (64, 48), (255, 0, 0, 0))
    plain = shown(reader, tmp_path, content_of(cyan, form)).getpixel((30, 20))
    assert isinstance(plain, tuple)
    assert plain[0] < 60  # cyan
    assert plain[2] > 180
    by_profile = shown(reader, tmp_path, content_of(cyan, form, icc_profile=strange_inks())).getpixel((30, 20))
    assert isinstance(by_profile, tuple)
    assert by_profile[0] > 170  # Lab 50, 60, 40
    assert max(by_profile[1:]) < 110


def test_a_profile_of_rubbish_leaves_the_colours_as_they_stand(reader: MediaReader, tmp_path: Path) -> None:
    content = content_of(Image.new("RGB", (64, 48), (200, 100, 50)), "JPEG", icc_profile=bytes(500), quality=95)
    assert shown(reader, tmp_path, content).getpixel((30, 20)) == pytest.approx((200, 100, 50), abs=4)


@pytest.mark.parametrize(
    ("values", "colour"),
    [
        ((40_000,), (156, 156, 156)),
        ((200,), (1, 1, 1)),  # nearly black, and not nearly white
        ((40_000, 65_535), (156, 156, 156)),
        ((50_000, 30_000, 1_000), (195, 117, 4)),
        ((50_000, 30_000, 1_000, 65_535), (195, 117, 4)),
        ((50_000, 30_000, 1_000, 0), (255, 255, 255)),
    ],
)
def test_sixteen_bits_become_eight(
    reader: MediaReader, tmp_path: Path, values: tuple[int, ...], colour: Colour
) -> None:
    assert shown(reader, tmp_path, deep_png(values)).getpixel((10, 10)) == pytest.approx(colour, abs=3)


def test_a_tiff_in_lab_is_shown(reader: MediaReader, tmp_path: Path) -> None:
    image = Image.merge("LAB", [Image.new("L", (64, 48), tone) for tone in (128, 128, 128)])
    red, green, blue = shown(reader, tmp_path, content_of(image, "TIFF")).getpixel((10, 10))  # type: ignore[misc]
    assert red == pytest.approx(119, abs=8)  # Lab 50, 0, 0 is a middle grey
    assert abs(red - green) < 6 > abs(green - blue)


def test_a_progressive_picture_is_shown_whole(reader: MediaReader, tmp_path: Path) -> None:
    content = content_of(red_at_the_left(1200, 800), "JPEG", progressive=True, quality=95)
    assert is_red(shown(reader, tmp_path, content).getpixel((10, 790)))


# --- Sharpness --------------------------------------------------------------------------------------------------------

SLOT_ASKS = 40
"""What the shipped rules ask of a painting."""


@cache
def drawing(what: str) -> Image.Image:
    """Pictures as children make them; none of them is out of focus."""
    rng = Random(what)
    if what in THEMES:
        return Image.open(io.BytesIO(make_painting(5, what))).convert("RGB")
    image = Image.new("RGB", (3000, 2111), (250, 244, 230))
    pen = ImageDraw.Draw(image)
    if what == "thin lines":
        for _ in range(40):
            points = [(rng.randrange(3000), rng.randrange(2111)) for _ in range(4)]
            pen.line(points, fill=(60, 60, 60), width=rng.choice([2, 4, 7]))
    else:  # flat areas of crayon, few edges; or one lonely thing on a white sheet
        for _ in range(12 if what == "flat areas" else 1):
            left, top, side = rng.randrange(400, 2000), rng.randrange(200, 1200), rng.randrange(300, 700)
            colour = (rng.randrange(200), rng.randrange(200), rng.randrange(200))
            pen.ellipse((left, top, left + side, top + side), fill=colour)
    return image


def photographed(image: Image.Image, blur: float, quality: int = 85) -> Image.Image:
    """The sheet by a camera that is out of focus by so many pixels of 1,600, as a JPEG."""
    spread = image.filter(ImageFilter.GaussianBlur(blur * max(image.size) / 1600)) if blur else image
    out = io.BytesIO()
    spread.save(out, "JPEG", quality=quality)
    return Image.open(out)


PAINTINGS = [*list(THEMES)[:2], "thin lines", "flat areas", "one thing"]


@pytest.mark.parametrize("what", PAINTINGS)
def test_a_clean_drawing_is_not_called_blurred(what: str) -> None:
    assert sharpness_of(drawing(what)) == 100
    assert (sharpness_of(photographed(drawing(what), 0.8, quality=70)) or 0) > SLOT_ASKS


@pytest.mark.parametrize("what", PAINTINGS)
def test_a_blurred_photograph_is(what: str) -> None:
    """Five pixels of 1,600: on a sheet of 54 cm an edge is spread over a centimetre."""
    measured = sharpness_of(photographed(drawing(what), 5))
    assert measured is not None
    assert measured < SLOT_ASKS


def test_more_blur_is_less_sharpness() -> None:
    points = [sharpness_of(photographed(drawing("flat areas"), blur)) or 0 for blur in (0.5, 2, 6)]
    assert points == sorted(points, reverse=True)
    assert len(set(points)) == len(points)


def test_the_noise_of_a_sensor_makes_nothing_sharp() -> None:
    blurred = np.asarray(photographed(drawing("flat areas").resize((1600, 1126)), 6), dtype=np.float32)
    noise = np.random.default_rng(4).normal(0, 10, blurred.shape[:2])[..., None]
    assert (sharpness_of(Image.fromarray(np.clip(blurred + noise, 0, 255).astype(np.uint8))) or 0) < SLOT_ASKS


def test_a_date_printed_over_a_blurred_photograph_makes_it_no_sharper() -> None:
    blurred = photographed(drawing("flat areas"), 6).convert("RGB")
    pen = ImageDraw.Draw(blurred)
    pen.rectangle((10, 10, blurred.width - 10, blurred.height - 10), outline="black", width=24)
    pen.text((160, 160), "2018-03-01", fill="red", font_size=110)
    assert (sharpness_of(blurred) or 0) < SLOT_ASKS


@pytest.mark.parametrize(
    "image", [Image.new("RGB", (3000, 2000), "white"), Image.linear_gradient("L").resize((900, 900))]
)
def test_of_a_sheet_without_an_edge_nothing_is_said(image: Image.Image) -> None:
    assert sharpness_of(image) is None


@pytest.mark.parametrize("form", ["JPEG", "PNG", "HEIF", "TIFF"])
def test_the_facts_say_how_sharp_a_picture_is(reader: MediaReader, tmp_path: Path, form: str) -> None:
    for blur, low, high in ((0.0, 90, 100), (6.0, 1, SLOT_ASKS - 1)):
        image = photographed(drawing("flat areas").resize((1600, 1126)), blur, quality=95)
        path = tmp_path / "painting"
        path.write_bytes(content_of(image.convert("CMYK") if form == "TIFF" else image, form))
        sharpness = reader.probe(path).sharpness
        assert sharpness is not None
        assert low <= sharpness <= high

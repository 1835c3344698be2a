"""Large pictures in tiles and PDFs as pictures of their pages, each in one stored file with a table of places."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfWriter

from contest_portal.core.pdf import render_pdf_source
from contest_portal.media.facts import FileFacts, Kind
from contest_portal.media.probing import DerivativeError, Limits, MediaReader
from contest_portal.media.renditions import kinds_made_of

SECRET = b"Zhang Xiaoming Nanjie"


@pytest.fixture(scope="module")
def reader() -> Iterator[MediaReader]:
    own = MediaReader(processes=1, limits=Limits(memory_mb=2048))
    yield own
    own.close()


def part(content: bytes, place: list[int]) -> Image.Image:
    begin, length = place
    image = Image.open(io.BytesIO(content[begin : begin + length]))
    assert image.format == "JPEG"
    return image.convert("RGB")


def painting(width: int, height: int) -> Image.Image:
    """Soft waves of colour: what JPEG keeps well, and no two places alike."""
    x, y = np.meshgrid(np.linspace(0, 9, width), np.linspace(0, 7, height))
    waves = [np.sin(x + y), np.cos(x - 0.7 * y), np.sin(0.5 * x * y / 3)]
    return Image.fromarray(np.stack([np.uint8(128 + 110 * wave) for wave in waves], axis=-1))


def put_together(content: bytes, detail: dict[str, Any], level: int, size: tuple[int, int]) -> Image.Image:
    """The picture of a level from its tiles, as a viewer lays them: one pixel of each side is the neighbour's."""
    tiles, tile, overlap = detail["levels"][level], detail["tile"], detail["overlap"]
    sheet = Image.new("RGB", size)
    for place, where in enumerate(tiles["places"]):
        row, column = divmod(place, tiles["columns"])
        image = part(content, where)
        left, top = column * tile - (overlap if column else 0), row * tile - (overlap if row else 0)
        sheet.paste(image, (left, top))
        assert left + image.width == min(size[0], (column + 1) * tile + overlap)
    return sheet


def difference(a: Image.Image, b: Image.Image) -> float:
    return float(np.abs(np.asarray(a, np.int16) - np.asarray(b, np.int16)).max())


def test_tiles_put_together_are_the_picture(reader: MediaReader, tmp_path: Path) -> None:
    whole = painting(2700, 1301)
    exif = Image.Exif()
    exif[0x013B] = SECRET.decode()
    whole.save(tmp_path / "source.png", exif=exif)
    told: list[int] = []
    made = reader.make("tiles", tmp_path / "source.png", tmp_path / "made", report=told.append)
    content = (tmp_path / "made").read_bytes()
    assert SECRET not in content
    assert (made.width, made.height) == (2700, 1301)
    assert (made.detail["first"], len(made.detail["levels"])) == (9, 4)  # 338 < 512 <= 675, 1350, 2700; 2700 <= 2^12
    assert difference(put_together(content, made.detail, 3, (2700, 1301)), whole) <= 12
    half = whole.resize((1350, 651), Image.Resampling.BICUBIC)
    assert difference(put_together(content, made.detail, 2, (1350, 651)), half) <= 16
    assert part(content, made.detail["levels"][0]["places"][0]).size == (338, 163)
    assert told == sorted(set(told))
    names = zipfile.ZipFile(tmp_path / "made").namelist()
    assert {"9/0_0.jpg", "12/5_2.jpg"} <= set(names)
    assert len(names) == 18 + 6 + 2 + 1


def test_a_turned_picture_is_tiled_upright(reader: MediaReader, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter to the right
    whole = painting(600, 300)
    whole.save(tmp_path / "source.jpg", quality=95, exif=exif)
    made = reader.make("tiles", tmp_path / "source.jpg", tmp_path / "made")
    assert (made.width, made.height) == (300, 600)
    sheet = put_together((tmp_path / "made").read_bytes(), dict(made.detail), 1, (300, 600))
    assert difference(sheet, whole.rotate(-90, expand=True)) <= 16


def test_only_large_pictures_have_tiles() -> None:
    def facts(width: int, height: int) -> FileFacts:
        return FileFacts(Kind.JPEG, 1, width=width, height=height, looked_into=True)

    assert "tiles" in kinds_made_of(facts(1000, 2501))
    assert "tiles" not in kinds_made_of(facts(2500, 2500))


def pdf(pages: int) -> bytes:
    source = """
        #import "/core/templates/core/base.typ": data
        #set page(width: 10cm, height: 20cm, margin: 0pt)
        #for number in range(data.pages) {
            page(fill: rgb(calc.rem(number * 60, 256), 90, 200))[]
        }
    """
    return render_pdf_source(source, {"pages": pages})


def test_pages_of_a_pdf_are_pictures_in_their_order(reader: MediaReader, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(4))
    told: list[int] = []
    made = reader.make("pages", tmp_path / "a.pdf", tmp_path / "made", report=told.append, most_pages=3)
    content = (tmp_path / "made").read_bytes()
    assert made.detail["of"] == 4
    assert [(page["width"], page["height"]) for page in made.detail["pages"]] == [(1200, 2400)] * 3
    for number, page in enumerate(made.detail["pages"]):
        red, green, blue = part(content, page["place"]).getpixel((600, 1200))  # type: ignore[misc]
        assert (red, green, blue) == pytest.approx((number * 60, 90, 200), abs=6)
    assert told == [33, 66, 100]


def test_a_page_like_a_ribbon_stays_within_its_measure(reader: MediaReader, tmp_path: Path) -> None:
    writer = PdfWriter()
    for width, height in ((10, 14400), (14400, 10)):
        writer.add_blank_page(width, height)
    writer.write(tmp_path / "a.pdf")
    made = reader.make("pages", tmp_path / "a.pdf", tmp_path / "made", most_pages=9)
    assert all(page["width"] <= 1200 and page["height"] <= 3600 for page in made.detail["pages"])


@pytest.mark.parametrize("op", ["tiles", "pages"])
def test_of_what_is_neither_nothing_is_made(reader: MediaReader, tmp_path: Path, op: str) -> None:
    (tmp_path / "a").write_bytes(b"%PDF-1.7\n" if op == "pages" else b"\x89PNG\r\n\x1a\n")
    options = {"most_pages": 3} if op == "pages" else {}
    with pytest.raises(DerivativeError):
        reader.make(op, tmp_path / "a", tmp_path / "made", **options)

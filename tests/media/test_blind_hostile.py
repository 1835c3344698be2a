"""Files whose makers wrote who they are wherever a format has room for it: of all that, nothing reaches a judge.

What was made is read by others than what made it: bytes are searched, also those packed in streams.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pypdfium2
import pytest
from PIL import Image, PngImagePlugin
from pillow_heif import register_heif_opener
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from contest_portal.core.pdf import render_pdf_source
from contest_portal.media.jpeg_marks import NotCleanableError, without_boxes, without_marks
from contest_portal.media.probing import Limits, MediaReader

register_heif_opener()

SECRET = "ZhangXiaomingOfNanjie"
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    f'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="{SECRET}"/></rdf:RDF></x:xmpmeta>'
).encode()


@pytest.fixture(scope="module")
def reader() -> Iterator[MediaReader]:
    own = MediaReader(processes=1, limits=Limits(memory_mb=2560))
    yield own
    own.close()


def everything_in(content: bytes) -> bytes:
    """The bytes, and those of every packed stream in them."""
    found = [content]
    for match in re.finditer(rb"stream\r?\n", content):
        try:
            found.append(zlib.decompressobj().decompress(content[match.end() :]))
        except zlib.error:
            continue
    return b"\n".join(found)


def tells(content: bytes, word: str = SECRET) -> bool:
    whole = everything_in(content)
    return any(word.encode(coding) in whole for coding in ("utf-8", "utf-16-le", "utf-16-be"))


def copied(reader: MediaReader, folder: Path, content: bytes) -> bytes:
    source, target = folder / "source", folder / "copy"
    source.write_bytes(content)
    reader.make("blind", source, target)
    return target.read_bytes()


# --- Pictures ---------------------------------------------------------------------------------------------------------


def photograph(side: int = 64) -> Image.Image:
    return Image.fromarray(np.linspace(0, 255, side * side * 3).reshape(side, side, 3).astype("uint8"))


def exif() -> Image.Exif:
    made = Image.Exif()
    made[0x013B] = made[0x010E] = made[0x8298] = made[0x9C9D] = SECRET
    made.get_ifd(0x8825).update({1: "N", 2: (38.0, 55.0, 30.0), 29: SECRET})
    made.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + SECRET.encode()
    return made


def segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content


def hostile_jpeg() -> bytes:
    out = io.BytesIO()
    photograph().save(out, "JPEG", exif=exif(), comment=SECRET.encode(), xmp=XMP)
    whole, old = out.getvalue(), io.BytesIO()
    photograph(16).save(old, "JPEG", comment=SECRET.encode())
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(SECRET) + 5)
    iptc += b"\x1c\x02\x50" + struct.pack(">H", len(SECRET)) + SECRET.encode()
    marks = (
        segment(0xED, iptc) + segment(0xE2, b"MPF\0" + SECRET.encode()) + segment(0xE0, b"JFXX\0\x10" + old.getvalue())
    )
    return whole[:2] + marks + whole[2:] + old.getvalue()  # and a whole picture after its end


def hostile_png() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", SECRET)
    notes.add_itxt("XML:com.adobe.xmp", XMP.decode())
    out = io.BytesIO()
    photograph().save(out, "PNG", pnginfo=notes, exif=exif())
    return out.getvalue()


def hostile_webp() -> bytes:
    out = io.BytesIO()
    photograph().save(out, "WEBP", exif=exif(), xmp=XMP)
    return out.getvalue()


def hostile_tiff() -> bytes:
    out = io.BytesIO()
    marks: dict[int, Any] = {315: SECRET, 700: XMP, 33723: SECRET.encode(), 34377: SECRET.encode(), 33432: SECRET}
    photograph().save(out, "TIFF", tiffinfo=marks)
    return out.getvalue()


def hostile_heic() -> bytes:
    out = io.BytesIO()
    photograph().save(out, "HEIF", exif=exif().tobytes(), xmp=XMP)
    return out.getvalue()


PICTURES = (hostile_jpeg, hostile_png, hostile_webp, hostile_tiff, hostile_heic)


@pytest.mark.parametrize("make", PICTURES)
def test_nothing_but_pixels_is_left_of_a_picture(
    reader: MediaReader, tmp_path: Path, make: Callable[[], bytes]
) -> None:
    content = make()
    assert SECRET.encode() in content
    made = copied(reader, tmp_path, content)
    assert not tells(made)
    image = Image.open(io.BytesIO(made))
    assert (image.format, image.size) == ("JPEG", (64, 64))
    assert dict(image.getexif()) == {}
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
    assert made.count(b"\xff\xd8") == 1


@pytest.mark.parametrize("kind", ["thumbnail", "screen"])
def test_smaller_pictures_carry_nothing_either(reader: MediaReader, tmp_path: Path, kind: str) -> None:
    source, target = tmp_path / "source", tmp_path / "made"
    source.write_bytes(hostile_jpeg())
    reader.make(kind, source, target)
    assert not tells(target.read_bytes())


# --- Photographs as they lie in PDFs ----------------------------------------------------------------------------------


@pytest.mark.parametrize("progressive", [False, True])
def test_a_photographs_marks_go_and_its_pixels_stay_as_they_are(progressive: bool) -> None:
    out = io.BytesIO()
    photograph().save(out, "JPEG", exif=exif(), comment=SECRET.encode(), progressive=progressive, restart_marker_rows=1)
    made = without_marks(out.getvalue())
    assert SECRET.encode() not in made
    before, after = (np.asarray(Image.open(io.BytesIO(one))) for one in (out.getvalue(), made))
    assert np.array_equal(before, after)


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff\xe1\xff\xff", b"\xff\xd8abcdef", b"GIF89a"])
def test_what_is_no_photograph_is_refused(content: bytes) -> None:
    with pytest.raises(NotCleanableError):
        without_marks(content)


def test_a_jpeg_2000_loses_boxes_that_only_describe() -> None:
    out = io.BytesIO()
    photograph().save(out, "JPEG2000")
    box = struct.pack(">I4s", 24 + len(XMP), b"uuid") + b"u" * 16 + XMP
    xml = struct.pack(">I4s", 8 + len(XMP), b"xml ") + XMP
    made = without_boxes(out.getvalue()[:12] + out.getvalue()[12:] + box + xml)
    assert SECRET.encode() not in made
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(made))), np.asarray(Image.open(out)))


# --- PDFs -------------------------------------------------------------------------------------------------------------

SIDE = 255  # points


def report() -> PdfWriter:
    return PdfWriter(clone_from=io.BytesIO(render_pdf_source("#set page(width: 9cm, height: 9cm)\n= 雨水回收", {})))


def stream(content: bytes, **values: Any) -> StreamObject:
    made = DecodedStreamObject()
    made.set_data(content)
    for key, value in values.items():
        made[NameObject(f"/{key}")] = value
    return made


def names(**values: Any) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in values.items()})


def place(*numbers: float) -> ArrayObject:
    return ArrayObject([FloatObject(one) for one in numbers])


def word() -> TextStringObject:
    return TextStringObject(SECRET)


def notes(writer: PdfWriter) -> None:
    """A note with its author, a stamp that shows something, a form field with the name of who filled it, a link."""
    red = writer._add_object(
        stream(
            b"1 0 0 rg 0 0 40 40 re f",
            Type=NameObject("/XObject"),
            Subtype=NameObject("/Form"),
            BBox=place(0, 0, 40, 40),
        )
    )
    common = {"Type": NameObject("/Annot"), "T": word(), "NM": word(), "Contents": word(), "F": NumberObject(4)}
    stamp = names(**common, Subtype=NameObject("/Stamp"), Rect=place(10, 10, 50, 50), AP=names(N=red))
    note = names(**common, Subtype=NameObject("/Text"), Rect=place(60, 10, 80, 30))
    field = names(**common, Subtype=NameObject("/Widget"), FT=NameObject("/Tx"), TU=word(), Rect=place(90, 10, 99, 20))
    link = names(
        Subtype=NameObject("/Link"),
        Rect=place(0, 60, 20, 80),
        A=names(S=NameObject("/URI"), URI=TextStringObject(f"mailto:{SECRET}@example.org")),
    )
    added = ArrayObject([writer._add_object(one) for one in (stamp, note, field, link)])
    writer.pages[0][NameObject("/Annots")] = added
    writer.root_object[NameObject("/AcroForm")] = names(Fields=ArrayObject([added[2]]), DA=word())


def marks(writer: PdfWriter) -> None:
    writer.add_metadata({"/Author": SECRET, "/Title": SECRET, "/Producer": SECRET, f"/{SECRET}": SECRET})
    writer.add_attachment("author.txt", SECRET.encode())
    xmp = writer._add_object(stream(XMP, Type=NameObject("/Metadata"), Subtype=NameObject("/XML")))
    page, root = writer.pages[0], writer.root_object
    for one in (root, page):
        one[NameObject("/Metadata")] = xmp
        one[NameObject("/PieceInfo")] = names(Illustrator=names(Private=word()))
        one[NameObject("/AF")] = ArrayObject([names(Desc=word())])
        one[NameObject("/OwnKeyOfSomeProgram")] = word()
    page[NameObject("/Thumb")] = writer._add_object(stream(SECRET.encode()))
    page["/Resources"][NameObject("/Properties")] = names(P0=names(Title=word()))  # type: ignore[index]
    page["/Resources"][NameObject("/Private")] = word()  # type: ignore[index]
    root[NameObject("/Names")] = names(Dests=names(Names=ArrayObject([word(), place(0)])))
    root[NameObject("/StructTreeRoot")] = names(K=names(S=NameObject("/P"), T=word(), Alt=word(), ActualText=word()))
    root[NameObject("/PageLabels")] = names(Nums=ArrayObject([NumberObject(0), names(P=word())]))
    writer.add_outline_item(title=SECRET, page_number=0)


def a_photograph(writer: PdfWriter) -> None:
    """On the page, as scanning programs put it there: packed once more, EXIF and all."""
    picture = stream(
        zlib.compress(hostile_jpeg()),
        Type=NameObject("/XObject"),
        Subtype=NameObject("/Image"),
        Width=NumberObject(64),
        Height=NumberObject(64),
        ColorSpace=NameObject("/DeviceRGB"),
        BitsPerComponent=NumberObject(8),
    )
    picture[NameObject("/Filter")] = ArrayObject([NameObject("/FlateDecode"), NameObject("/DCTDecode")])
    page = writer.pages[0]
    page["/Resources"][NameObject("/XObject")] = names(Photo=writer._add_object(picture))  # type: ignore[index]
    drawing = writer._add_object(stream(b"q 100 0 0 100 100 100 cm /Photo Do Q"))
    page[NameObject("/Contents")] = ArrayObject([page.raw_get("/Contents"), drawing])


def a_hidden_layer(writer: PdfWriter) -> None:
    layer = writer._add_object(names(Type=NameObject("/OCG"), Name=word()))
    page = writer.pages[0]
    page["/Resources"][NameObject("/Properties")] = names(Hidden=layer)  # type: ignore[index]
    drawing = writer._add_object(stream(f"/OC /Hidden BDC % {SECRET}\n0 0 255 255 re f EMC".encode()))
    page[NameObject("/Contents")] = ArrayObject([page.raw_get("/Contents"), drawing])
    order = ArrayObject([layer])
    writer.root_object[NameObject("/OCProperties")] = names(OCGs=order, D=names(OFF=order, Name=word()))


def written(*hide: Callable[[PdfWriter], None]) -> bytes:
    writer = report()
    for one in hide:
        one(writer)
    out = io.BytesIO()
    writer.write(out)
    assert tells(out.getvalue())
    return out.getvalue()


def drawn(content: bytes) -> Image.Image:
    with pypdfium2.PdfDocument(content) as document:
        document.init_forms()
        image: Image.Image = document[0].render(scale=1).to_pil().convert("RGB")
    return image


def drawing_of(writer: PdfWriter, content: bytes, **resources: DictionaryObject) -> None:
    """More content for the first page, with resources of its own."""
    page = writer.pages[0]
    for category, named in resources.items():
        page["/Resources"].setdefault(NameObject(f"/{category}"), DictionaryObject()).update(named)  # type: ignore[attr-defined, index]
    page[NameObject("/Contents")] = ArrayObject([page.raw_get("/Contents"), writer._add_object(stream(content))])


def a_form(content: bytes, **values: Any) -> StreamObject:
    values = {"Type": NameObject("/XObject"), "Subtype": NameObject("/Form"), "BBox": place(0, 0, 255, 255)} | values
    return stream(content, **values)


def what_latex_writes(writer: PdfWriter) -> None:
    """A figure: its file's path, its author; the same in comments and in marked content, also within the figure."""
    text = SECRET.encode()
    figure = a_form(
        b"% " + text + b"\n/Span <</ActualText (" + text + b")>> BDC 0 0 1 rg 0 200 30 30 re f EMC (" + text + b") Zz",
        **{"PTEX.FileName": word(), "PTEX.InfoDict": names(Author=word()), "Resources": names(Private=word())},
    )
    content = (
        b"% " + text + b"\n/Span <</ActualText (" + text + b")>> BDC q /Fig Do Q EMC /P /Own DP (" + text + b") MP"
    )
    drawing_of(writer, content, XObject=names(Fig=writer._add_object(figure)), Properties=names(Own=names(T=word())))


def what_no_page_draws(writer: PdfWriter) -> None:
    text = b"BT /F1 9 Tf (" + SECRET.encode() + b") Tj ET"
    hidden = writer._add_object(a_form(text))
    font = names(Type=NameObject("/Font"), Subtype=NameObject("/Type1"), BaseFont=NameObject(f"/{SECRET}"))
    outer = a_form(b"1 0 1 rg 0 100 9 9 re f", Resources=names(XObject=names(Inner=hidden), Font=names(F1=font)))
    drawing_of(writer, b"/Outer Do", XObject=names(Outer=writer._add_object(outer), Hidden=hidden), Font=names(F9=font))


def a_pattern_and_drawn_letters(writer: PdfWriter) -> None:
    """Contents that are no page's and no figure's: a tile, a letter that is drawn."""
    text = b"%" + SECRET.encode() + b"\n"
    tile = stream(
        text + b"0 1 0 rg 0 0 5 5 re f",
        PatternType=NumberObject(1),
        PaintType=NumberObject(1),
        TilingType=NumberObject(1),
        BBox=place(0, 0, 9, 9),
        XStep=NumberObject(9),
        YStep=NumberObject(9),
        Resources=names(Private=word()),
        Author=word(),
    )
    letter = writer._add_object(stream(text + b"9 0 0 0 9 9 d1 0 0 9 9 re f", Author=word()))
    font = names(
        Type=NameObject("/Font"),
        Subtype=NameObject("/Type3"),
        FontBBox=place(0, 0, 9, 9),
        FontMatrix=place(1, 0, 0, 1, 0, 0),
        CharProcs=names(a=letter),
        Encoding=names(Type=NameObject("/Encoding"), Differences=ArrayObject([NumberObject(97), NameObject("/a")])),
        FirstChar=NumberObject(97),
        LastChar=NumberObject(97),
        Widths=place(9),
        Author=word(),
    )
    content = b"/Pattern cs /Tile scn 0 150 60 60 re f BT /Drawn 1 Tf 80 150 Td (aa) Tj ET"
    drawing_of(
        writer, content, Pattern=names(Tile=writer._add_object(tile)), Font=names(Drawn=writer._add_object(font))
    )


def an_inline_picture(writer: PdfWriter) -> None:
    text = SECRET.encode()
    content = b"q 40 0 0 40 5 150 cm BI /W 2 /H 2 /BPC 8 /CS /G /Author (" + text + b") ID \x00\x80\xa0\xff EI Q % "
    drawing_of(writer, content + text)


HIDING = (marks, notes, a_photograph, what_latex_writes, what_no_page_draws, a_pattern_and_drawn_letters)


@pytest.mark.parametrize("hide", [*HIDING, an_inline_picture])
def test_of_a_pdf_only_what_it_draws_is_left(
    reader: MediaReader, tmp_path: Path, hide: Callable[[PdfWriter], None]
) -> None:
    content = written(hide)
    made = copied(reader, tmp_path, content)
    assert not tells(made)
    pdf = PdfReader(io.BytesIO(made))
    assert "雨水回收" in pdf.pages[0].extract_text()
    assert set(pdf.root_object) <= {"/Type", "/Pages"}
    assert pdf.metadata is None
    assert "/Annots" not in pdf.pages[0]
    before, after = (np.asarray(drawn(one)).astype(int) for one in (content, made))
    assert np.abs(before - after).mean() < 1


def test_what_a_stamp_shows_is_drawn_into_the_page(reader: MediaReader, tmp_path: Path) -> None:
    made = copied(reader, tmp_path, written(notes))
    assert drawn(made).getpixel((30, drawn(made).height - 30)) == (255, 0, 0)


def test_a_document_with_layers_becomes_pictures(reader: MediaReader, tmp_path: Path) -> None:
    made = copied(reader, tmp_path, written(marks, a_hidden_layer))
    assert not tells(made)
    pdf = PdfReader(io.BytesIO(made))
    assert pdf.pages[0].extract_text().strip() == ""
    assert "/OCProperties" not in pdf.trailer["/Root"]  # type: ignore[operator]
    assert drawn(made).getpixel((5, 5)) == (255, 255, 255), "what was hidden stays hidden"
    assert len(pdf.pages[0].images) == 1


# --- Films ------------------------------------------------------------------------------------------------------------


def hostile_film(path: Path, kind: str) -> None:
    """Half a second of picture; tags of the container and of the stream, a subtitle track, a chapter."""
    with av.open(str(path), "w", format=kind) as container:
        container.metadata.update({"title": SECRET, "artist": SECRET, "comment": SECRET})
        video = container.add_stream("h264", rate=10)
        video.width = video.height = 64
        video.pix_fmt = "yuv420p"
        video.metadata.update({"title": SECRET, "handler_name": SECRET, "timecode": "01:00:00:00"})
        if kind == "matroska":
            container.set_chapters(
                [{"id": 1, "start": 0, "end": 400, "time_base": Fraction(1, 1000), "metadata": {"title": SECRET}}]
            )
        for index in range(5):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 50 * index, dtype="uint8"), format="rgb24")
            frame.pts = index
            container.mux(video.encode(frame))
        container.mux(video.encode(None))


@pytest.mark.parametrize("kind", ["mp4", "matroska"])
def test_a_films_rendition_has_no_tags_chapters_or_further_tracks(
    reader: MediaReader, tmp_path: Path, kind: str
) -> None:
    source, target = tmp_path / "source", tmp_path / "made"
    hostile_film(source, kind)
    assert SECRET.encode() in source.read_bytes()
    reader.make("film720", source, target)
    made = target.read_bytes()
    assert not tells(made)
    with av.open(str(target)) as container:
        assert not set(container.metadata) - {"major_brand", "minor_version", "compatible_brands"}
        assert {one.type for one in container.streams} == {"video"}
        assert not container.chapters()

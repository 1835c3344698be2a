"""What a PDF's pages draw, and not a word more. Runs in the sandbox (see blind_pdfs.py).

Content streams are read and written anew: operators that draw, each with as many operands as it takes, so no comments, no
marked content, nothing between. Resources keep what their stream names. Dictionaries keep the keys by which something
is drawn (ISO 32000-1, chapters 7 to 11), and texts only where such a key holds one.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from contest_portal.media.jpeg_marks import NotCleanableError, without_boxes, without_marks

MOST_CONTENT_BYTES = 4 << 20
"""Of all content streams together, unpacked: reading them takes a second for about half a megabyte."""

_PAGE_KEYS = {"/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Group"}
_WORDS = """
Type Subtype Length Filter DecodeParms
Width Height ColorSpace BitsPerComponent Intent ImageMask Mask Decode Interpolate SMask SMaskInData Matte
FormType BBox Matrix Group Resources S CS I K
BaseFont FirstChar LastChar Widths FontDescriptor Encoding ToUnicode DescendantFonts CIDSystemInfo DW W DW2 W2
CIDToGIDMap FontBBox FontMatrix CharProcs BaseEncoding Differences Registry Ordering Supplement
FontName FontStretch FontWeight Flags ItalicAngle Ascent Descent Leading CapHeight XHeight StemV StemH AvgWidth
MaxWidth MissingWidth FontFile FontFile2 FontFile3 Length1 Length2 Length3 CMapName WMode UseCMap
LW LC LJ ML D RI OP op OPM Font BG BG2 UCR UCR2 TR TR2 FL SM SA BM CA ca AIS TK G BC
PatternType PaintType TilingType XStep YStep Shading ExtGState
ShadingType Background AntiAlias Coords Extend Function BitsPerCoordinate BitsPerFlag VerticesPerRow
FunctionType Domain Range Size BitsPerSample Order Encode C0 C1 N Functions Bounds
Alternate WhitePoint BlackPoint Gamma Colorants Process Components
Predictor Colors Columns EarlyChange EndOfLine EncodedByteAlign Rows EndOfBlock BlackIs1 ColorTransform
JBIG2Globals
"""
_DRAWING_KEYS = {f"/{word}" for word in _WORDS.split()}
_TEXT_KEYS = {"/Registry", "/Ordering"}
_INLINE_KEYS = {
    *("/BPC", "/BitsPerComponent", "/CS", "/ColorSpace", "/D", "/Decode", "/DP", "/DecodeParms", "/F", "/Filter"),
    *("/H", "/Height", "/IM", "/ImageMask", "/Intent", "/I", "/Interpolate", "/W", "/Width", "/L", "/Length"),
}
_OPERANDS: dict[bytes, int] = {
    **dict.fromkeys(b"q Q h S s f F f* B B* b b* n W W* BT ET T*".split(), 0),
    **dict.fromkeys(b"w J j M i ri gs Do sh cs CS Tc Tw Tz TL Tr Ts G g Tj TJ '".split(), 1),
    **dict.fromkeys(b"d m l Tf Td TD d0".split(), 2),
    **dict.fromkeys(b'RG rg "'.split(), 3),
    **dict.fromkeys(b"v y re K k".split(), 4),
    **dict.fromkeys(b"cm c Tm d1".split(), 6),
    **dict.fromkeys(b"sc SC scn SCN".split(), 33),
}
"""How many operands the operators take that draw; those of colours take as many as there are colourants, and a name."""
_SHOW_TEXT = {b"Tj", b"TJ", b"'", b'"'}
_NAMED_IN = {b"Do": "/XObject", b"Tf": "/Font", b"gs": "/ExtGState", b"sh": "/Shading", b"cs": "/ColorSpace"} | {
    b"CS": "/ColorSpace",
    b"scn": "/Pattern",
    b"SCN": "/Pattern",
}
_ALWAYS_KEPT = {("/ColorSpace", f"/Default{name}") for name in ("Gray", "RGB", "CMYK")}
_COMMENT_LINES = re.compile(rb"^[ \t]*%[^\r\n]*", re.MULTILINE)

Used = set[tuple[str, str]]
"""A resource's category and name."""


class NotRewritableError(ValueError):
    """What the page draws cannot be told safely from what it hides."""


class Drawing:
    """Cleans pages of one writer. What they share is cleaned once."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer
        self._seen: dict[int, Any] = {}  # with the objects, so that no other gets the place of one
        self._content_bytes = 0

    def clean_page(self, page: Any) -> None:
        """Raises NotRewritableError, and whatever the parser raises."""
        from pypdf.generic import NameObject

        resources, contents = page.get("/Resources"), page.get("/Contents")
        for key in set(page) - _PAGE_KEYS:
            del page[key]
        content, used = self._rewritten(contents)
        page[NameObject("/Contents")] = self._writer._add_object(_packed(content))
        page[NameObject("/Resources")] = self._resources(resources, used)
        if "/Group" in page:
            self._clean(page["/Group"])

    def _rewritten(self, source: Any) -> tuple[bytes, Used]:
        from pypdf.generic import ContentStream

        stream = ContentStream(source, None, "bytes")
        self._content_bytes += len(stream.get_data())
        if self._content_bytes > MOST_CONTENT_BYTES:
            raise NotRewritableError("too much content")
        out, used = BytesIO(), Used()
        for operands, operator in stream.operations:
            if operator == b"INLINE IMAGE":
                _write_inline(out, operands, used)
                continue
            taken = _OPERANDS.get(operator)
            if taken is None:
                continue
            for operand in operands[-taken:] if taken else ():
                _check_operand(operand, operator)
                _write(out, operand)
                if isinstance(operand, str) and operator in _NAMED_IN:
                    used.add((_NAMED_IN[operator], str(operand)))
            out.write(operator + b"\n")
        return out.getvalue(), used

    def _resources(self, source: Any, used: Used) -> Any:
        from pypdf.generic import DictionaryObject, NameObject

        made = DictionaryObject()
        known = source.get_object() if source is not None else {}
        for category, name in sorted(used | _ALWAYS_KEPT):
            named = known.get(category)
            named = named.get_object() if named is not None else None
            if isinstance(named, DictionaryObject) and name in named:
                kept = made.setdefault(NameObject(category), DictionaryObject())
                kept[NameObject(name)] = named.raw_get(name)
                self._clean(named[name], known)
        return made

    def _clean(self, found: Any, around: Any = None) -> None:
        """`around`: the resources of the stream that draws it, for what has none of its own."""
        from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject

        found = found.get_object()
        if isinstance(found, ArrayObject):
            for one in found:
                self._clean(one, around)
        if not isinstance(found, DictionaryObject) or id(found) in self._seen:
            return
        self._seen[id(found)] = found
        glyphs = found.get("/CharProcs", {}).get_object() if "/CharProcs" in found else {}
        for key in list(found):
            if key not in _DRAWING_KEYS or (_is_text(found[key]) and key not in _TEXT_KEYS):
                del found[key]
        own = found.get("/Resources", around)
        used = Used()
        drawing = [glyph.get_object() for glyph in glyphs.values()]
        if isinstance(found, StreamObject) and (found.get("/Subtype") == "/Form" or found.get("/PatternType") == 1):
            drawing.append(found)
        elif found.get("/Subtype") == "/PS":
            raise NotRewritableError("PostScript")
        for stream in drawing:
            content, names = self._rewritten(stream)
            used |= names
            _repack(stream, content)
            self._seen[id(stream)] = stream
            for key in set(stream) - _DRAWING_KEYS:
                del stream[key]
        if drawing:
            found[NameObject("/Resources")] = self._resources(own, used)
        elif isinstance(found, StreamObject):
            _clean_stream(found)
        for key in set(found) - {"/Resources", "/CharProcs"}:
            if key == "/Colorants":
                for one in found[key].values():
                    self._clean(one, around)
            else:
                self._clean(found[key], around)


def _is_text(value: Any) -> bool:
    from pypdf.generic import ByteStringObject, TextStringObject

    return isinstance(value.get_object(), (ByteStringObject, TextStringObject))


def _check_operand(operand: Any, operator: bytes) -> None:
    """A dictionary draws nothing, and only operators that show text take texts."""
    from pypdf.generic import ArrayObject, DictionaryObject

    inner: Iterable[Any] = operand if isinstance(operand, ArrayObject) else (operand,)
    for one in inner:
        if isinstance(one, (DictionaryObject, ArrayObject)) or (_is_text(one) and operator not in _SHOW_TEXT):
            raise NotRewritableError(f"operand of {operator!r}")


def _write(out: BytesIO, operand: Any) -> None:
    operand.write_to_stream(out)
    out.write(b" ")


def _write_inline(out: BytesIO, image: Any, used: Used) -> None:
    settings = image["settings"]
    filters = settings.get("/F", settings.get("/Filter", ()))
    if {"/DCT", "/DCTDecode"} & ({str(filters)} if isinstance(filters, str) else {str(one) for one in filters}):
        raise NotRewritableError("a photograph within the content")
    out.write(b"BI\n")
    for key, value in settings.items():
        if key not in _INLINE_KEYS or _is_text(value):
            continue
        if key in {"/CS", "/ColorSpace"} and isinstance(value, str):
            used.add(("/ColorSpace", str(value)))
        _write(out, key)
        _write(out, value)
    out.write(b"ID " + image["data"] + b"\nEI\n")


def _packed(content: bytes) -> Any:
    from pypdf.generic import DecodedStreamObject

    made = DecodedStreamObject()
    _repack(made, content)
    return made


def _repack(stream: Any, content: bytes) -> None:
    from pypdf.generic import NameObject

    stream._data = zlib.compress(content)
    stream.pop("/DecodeParms", None)
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")


def _clean_stream(stream: Any) -> None:
    """A picture, a font, a table of characters: its own marks."""
    if stream.get("/Subtype") is None and ("/CMapName" in stream or _looks_like_cmap(stream)):
        _repack(stream, _COMMENT_LINES.sub(b"", stream.get_data()))
    filters = stream.get("/Filter")
    if filters is not None:
        _clean_picture(stream, filters.get_object())


def _looks_like_cmap(stream: Any) -> bool:
    image_or_font = {"/Width", "/Length1", "/N", "/FunctionType", "/ShadingType"}
    return not image_or_font & set(stream) and b"begincmap" in stream.get_data()


def _clean_picture(stream: Any, filters: Any) -> None:
    """Take the marks out of a photograph. One that cannot be read through is left out: it may hide anything."""
    from pypdf.generic import NameObject

    names = list(filters) if isinstance(filters, list) else [filters]
    clean = {"/DCTDecode": without_marks, "/JPXDecode": without_boxes}.get(str(names[-1])) if names else None
    if clean is None:
        return
    if len(names) > 1:
        content = stream.get_data()
        stream[NameObject("/Filter")] = NameObject(names[-1])
        if isinstance(stream.get("/DecodeParms"), list):
            del stream["/DecodeParms"]
    else:
        content = stream._data
    try:
        stream._data = clean(content)
    except NotCleanableError:
        stream._data = b""

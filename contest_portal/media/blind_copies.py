"""A file as a judge gets it in a blind round: what is seen and heard, nothing that tells of whom it comes.

Dropped are EXIF, GPS, XMP, IPTC and comments of pictures; author, producer, XMP, outline and attachments of PDFs. Of a
film judges get the rendition (film_rendition.py), which has no tags. Runs in the sandbox (see probing.py). What the
pages themselves show is not looked at here.
"""

from __future__ import annotations

from pathlib import Path

from contest_portal.media.derivatives import Made, NoPictureError, make_plain_picture
from contest_portal.media.facts import FILMS, PICTURES, Kind
from contest_portal.media.signature import kind_of_file

_MARKS = ("/Metadata", "/PieceInfo", "/AF")


def kind_of_copy(kind: Kind) -> Kind | None:
    """What the blind copy of such a file is; None where none is made (office documents, archives)."""
    if kind in PICTURES:
        return Kind.JPEG
    if kind in FILMS:
        return Kind.MP4
    return Kind.PDF if kind is Kind.PDF else None


def derivative_of_copy(kind: Kind) -> str | None:
    """Which derivative is the blind copy of such a file; None where none is made."""
    if kind in FILMS:
        return "film720"
    return "blind" if kind_of_copy(kind) else None


def make_blind_copy(source: Path, target: Path) -> Made:
    """Write the blind copy of a picture or PDF. Raises NoPictureError for other kinds."""
    kind = kind_of_file(source)
    if kind in PICTURES:
        return make_plain_picture(source, target)
    if kind is Kind.PDF:
        return _copy_pdf(source, target)
    raise NoPictureError(kind.value)


def _copy_pdf(source: Path, target: Path) -> Made:
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import ArrayObject, DictionaryObject

    writer = PdfWriter()
    for page in PdfReader(source).pages:
        copy = writer.add_page(page)
        kept = [one for one in copy.get("/Annots", []) if one.get_object().get("/Subtype") != "/FileAttachment"]
        if "/Annots" in copy:
            copy["/Annots"] = ArrayObject(kept)
    for found in writer._objects:
        if isinstance(found, DictionaryObject):
            for mark in _MARKS:
                found.pop(mark, None)
    writer.metadata = None
    writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
    writer.write(target)
    return Made(0, 0)

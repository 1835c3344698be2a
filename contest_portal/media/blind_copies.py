"""A file as a judge gets it in a blind round: what is seen and heard, nothing that tells of whom it comes.

Dropped are EXIF, GPS, XMP, IPTC and comments of pictures; of PDFs all but what their pages draw (blind_pdfs.py). Of a
film judges get the rendition (film_rendition.py), which has no tags. Runs in the sandbox (see probing.py). What can be
seen itself is masked by hand (masking.py).
"""

from __future__ import annotations

from pathlib import Path

from contest_portal.media.blind_pdfs import copy_pdf
from contest_portal.media.derivatives import Made, make_plain_picture
from contest_portal.media.facts import FILMS, PICTURES, Kind
from contest_portal.media.pictures import NoPictureError
from contest_portal.media.signature import kind_of_file


def kind_of_copy(kind: Kind) -> Kind | None:
    """What the blind copy of such a file is; None where none is made (office documents, archives)."""
    if kind in PICTURES:
        return Kind.JPEG
    if kind in FILMS:
        return Kind.MP4
    return Kind.PDF if kind is Kind.PDF else None


def can_be_masked(kind: Kind) -> bool:
    """Whether black boxes can be painted into a file of that kind: pictures and PDFs."""
    return kind in PICTURES or kind is Kind.PDF


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
        return copy_pdf(source, target)
    raise NoPictureError(kind.value)

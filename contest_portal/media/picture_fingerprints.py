"""The fingerprint of a picture's file. Runs in the sandbox (see probing.py)."""

from __future__ import annotations

from pathlib import Path

from contest_portal.media.facts import PICTURES, PIXELS_LIMIT, Kind, Problem
from contest_portal.media.pictures import in_srgb, open_picture, upright
from contest_portal.media.signature import kind_of_file

_DECODED_SIDE = 1024  # a JPEG is decoded at the eighth, quarter or half that is not below this


class UnreadablePictureError(ValueError):
    """No fingerprint can be made of the file; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def fingerprint_of_file(path: Path) -> bytes:
    """The bytes of likeness.PictureFingerprint. Raises UnreadablePictureError, MemoryError."""
    import numpy as np

    from contest_portal.media.likeness import fingerprint

    kind = kind_of_file(path)
    if kind not in PICTURES:
        raise UnreadablePictureError(Problem.EMPTY if kind is Kind.EMPTY else Problem.BROKE_THE_READER)
    try:
        with path.open("rb") as file, open_picture(file, kind) as image:
            if image.width * image.height > PIXELS_LIMIT:
                raise UnreadablePictureError(Problem.TOO_MANY_PIXELS)
            if kind is Kind.JPEG:
                image.draft(None, (_DECODED_SIDE, _DECODED_SIDE))
            turned = upright(image)
            if turned.mode in {"RGB", "L", "CMYK"}:
                turned.thumbnail((_DECODED_SIDE, _DECODED_SIDE), reducing_gap=3.0)
            pixels = np.asarray(in_srgb(turned, image.info.get("icc_profile")).convert("RGB"))
    except (MemoryError, UnreadablePictureError):
        raise
    except Exception as error:  # a decoder may raise anything at hostile bytes
        raise UnreadablePictureError(Problem.PICTURE_DAMAGED) from error
    return fingerprint(pixels).to_bytes()

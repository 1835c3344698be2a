"""Many small pictures in one stored file: a ZIP whose members are not packed, with a table of where each one lies.

A large painting has some hundred tiles, a report some dozen pages: as files of their own they would be most of what is
stored. The table goes into the derivative's record, so that one picture is one read at a known place.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from PIL.Image import Image

_FIXED_HEADER_BYTES = 30  # of a member, before its name (APPNOTE 4.3.7)
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the same pictures make the same file
QUALITY = 85


class PackedPictures:
    """Writes the file at `target`; use as a context."""

    def __init__(self, target: Path) -> None:
        self._archive = zipfile.ZipFile(target, "w", zipfile.ZIP_STORED)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._archive.close()

    def add(self, name: str, image: Image) -> tuple[int, int]:
        """Write the picture as a JPEG without any marks. Gives where its bytes begin, and how many they are."""
        out = io.BytesIO()
        image.info.clear()  # else Pillow hands comments and resolutions on
        image.save(out, "JPEG", quality=QUALITY, optimize=True)
        content = out.getvalue()
        member = zipfile.ZipInfo(name, _MOMENT)
        self._archive.writestr(member, content)
        return member.header_offset + _FIXED_HEADER_BYTES + len(name.encode("ascii")), len(content)

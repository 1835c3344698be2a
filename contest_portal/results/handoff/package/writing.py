"""A package is packed: a ZIP whose last members are the manifest and its signature. Pure; memory for one piece.

Everything but the few JSON documents is stored as it is: pictures, films and PDFs are packed already, and what is not
packed cannot be a bomb.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import IO

from contest_portal.results.handoff.package.keys import PrivateKeys, encoded
from contest_portal.results.handoff.package.manifest import SIGNED_MARK, Manifest, PackedFile

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
PIECE_BYTES = 1 << 20
_DAY = (1980, 1, 1, 0, 0, 0)


class PackageWriter:
    """Files are added one by one; `finish` signs what was added."""

    def __init__(self, target: IO[bytes], progress: Callable[[int], None] = lambda _bytes: None) -> None:
        """`progress` is told how many bytes were packed since it was last told."""
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True)
        self._files: list[PackedFile] = []
        self._progress = progress

    def add(self, path: str, content: bytes, *, packed: bool = False) -> None:
        """A small file; `packed` for text."""
        info = zipfile.ZipInfo(path, _DAY)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        self._zip.writestr(info, content)
        self._files.append(PackedFile(path, len(content), hashlib.sha256(content).hexdigest()))

    def add_stream(self, path: str, source: IO[bytes]) -> PackedFile:
        """A file of any size. Gives what was packed, hashed on the way."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(zipfile.ZipInfo(path, _DAY), "w", force_zip64=True) as member:
            while piece := source.read(PIECE_BYTES):
                member.write(piece)
                digest.update(piece)
                size += len(piece)
                self._progress(len(piece))
        packed = PackedFile(path, size, digest.hexdigest())
        self._files.append(packed)
        return packed

    def finish(self, manifest: Manifest, keys: PrivateKeys) -> Manifest:
        """Write the manifest over all that was added, and its signature. Gives the manifest with its files."""
        whole = replace(manifest, files=tuple(self._files))
        content = whole.to_bytes()
        self._zip.writestr(zipfile.ZipInfo(MANIFEST, _DAY), content)
        self._zip.writestr(zipfile.ZipInfo(SIGNATURE, _DAY), encoded(keys.sign(SIGNED_MARK + content)) + "\n")
        self._zip.close()
        return whole

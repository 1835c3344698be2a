"""An object of an S3-compatible store as a file that can be read and sought, in constant memory."""

from __future__ import annotations

import io
from typing import Any, BinaryIO

from contest_portal.core.s3_client import in_words

FIRST_BYTES = 256 * 1024
MOST_BYTES = 4 * 1024 * 1024


class _Object(io.RawIOBase):
    """Asks for a range at a time: a small one after a jump, larger ones while it is read on."""

    def __init__(self, client: Any, bucket: str, key: str, size: int) -> None:
        super().__init__()
        self._client, self._bucket, self._key, self._size = client, bucket, key, size
        self._at = 0
        self._held, self._held_from = b"", 0
        self._ask_for = FIRST_BYTES

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        place = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence] + offset
        if place < 0:
            raise ValueError("before the beginning of the file")
        self._at = place
        return place

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._size:
            return 0
        if not self._held_from <= self._at < self._held_from + len(self._held):
            self._fetch()
        start = self._at - self._held_from
        piece = self._held[start : start + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _fetch(self) -> None:
        goes_on = bool(self._held) and self._at == self._held_from + len(self._held)
        self._ask_for = min(self._ask_for * 2, MOST_BYTES) if goes_on else FIRST_BYTES
        last = min(self._at + self._ask_for, self._size) - 1
        with in_words():
            answer = self._client.get_object(Bucket=self._bucket, Key=self._key, Range=f"bytes={self._at}-{last}")
            self._held, self._held_from = answer["Body"].read(), self._at


def open_object(client: Any, bucket: str, key: str, size: int) -> BinaryIO:
    """The object of `size` bytes for reading. Raises Missing and StorageAway while it is read."""
    return io.BufferedReader(_Object(client, bucket, key, size))

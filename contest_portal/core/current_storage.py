"""The storage that the application uses: the one of the settings, or the one that its files have moved to.

A move is a row that all processes see, so the site runs on. While files move, what is new goes to the target, and what
is read is looked for there and then at the source. The row counts for those whose setting names one of the two: after
the move the setting may be changed to the target at leisure, and a setting that names a third place is obeyed.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO, TypeVar
from urllib.parse import unquote, urlsplit

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.core.models import StorageMove
from contest_portal.core.s3_client import S3Address
from contest_portal.core.storage import Missing, Storage, Stored
from contest_portal.core.storage_local import LocalStorage
from contest_portal.core.storage_s3 import S3Storage
from contest_portal.settings import Settings

LOCAL = "local"
LOOK_SECONDS = 2.0
"""After this time every process knows of a move that began."""

Found = TypeVar("Found")


class CurrentStorage:
    """All calls of `Storage`, answered by the place or, during a move, the two places where files lie."""

    def __init__(self, settings: Settings, *, durable: bool = True) -> None:
        self.configured = settings.storage_url or LOCAL
        self._settings = settings
        self._durable = durable
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._opened: dict[str, Storage] = {}
        self._urls: tuple[str, ...] = (self.configured,)
        self._looked_at = float("-inf")
        self.place(self.configured)  # a setting that cannot be used is said at the start

    def place(self, url: str) -> Storage:
        """The storage at `url`: `local`, `file:///folder` or `s3://…`. Raises ValueError."""
        with self._lock:
            if url not in self._opened:
                self._opened[url] = open_place(url, self._settings, durable=self._durable)
            return self._opened[url]

    def urls(self) -> tuple[str, ...]:
        """Where content is written and looked for first, then where else it is looked for; as the row says now."""
        return self._look(0.0)

    def put(self, stream: IO[bytes], *, expected_sha256: str | None = None) -> Stored:
        return self._put(lambda place: place.put(stream, expected_sha256=expected_sha256))

    def put_path(self, path: Path, *, expected_sha256: str | None = None) -> Stored:
        return self._put(lambda place: place.put_path(path, expected_sha256=expected_sha256))

    def put_bytes(self, content: bytes) -> Stored:
        return self._put(lambda place: place.put_bytes(content))

    def adopt(self, path: Path, expected_sha256: str | None = None) -> Stored:
        return self._put(lambda place: place.adopt(path, expected_sha256))

    def open(self, sha256: str) -> BinaryIO:
        return self._found(lambda place: place.open(sha256))

    @contextmanager
    def local_copy(self, sha256: str) -> Iterator[Path]:
        with ExitStack() as stack:
            yield self._found(lambda place: stack.enter_context(place.local_copy(sha256)))

    def exists(self, sha256: str) -> bool:
        with suppress(Missing):
            self.size(sha256)
            return True
        return False

    def size(self, sha256: str) -> int:
        return self._found(lambda place: place.size(sha256))

    def put_at(self, sha256: str) -> datetime:
        return self._found(lambda place: place.put_at(sha256))

    def names(self) -> Iterator[str]:
        first, *others = self._places()
        yield from first.names()
        for place in others:
            yield from (name for name in place.names() if not first.exists(name))

    def strangers(self) -> Iterator[str]:
        for place in self._places():
            yield from place.strangers()

    def delete(self, sha256: str) -> bool:
        return sum(place.delete(sha256) for place in self._places()) > 0  # of every place

    def delete_if_older(self, sha256: str, moment: datetime) -> bool:
        return sum(place.delete_if_older(sha256, moment) for place in self._places()) > 0

    def sweep_incoming(self, moment: datetime) -> int:
        return sum(place.sweep_incoming(moment) for place in self._places())

    def _put(self, put: Callable[[Storage], Stored]) -> Stored:
        """A long upload may end after a move has begun, or even ended: then its content follows."""
        url = self._look(LOOK_SECONDS)[0]
        stored = put(self.place(url))
        while (now_at := self.urls()[0]) != url:
            with suppress(Missing), self.place(url).open(stored.sha256) as file:  # else it was moved already
                self.place(now_at).put(file, expected_sha256=stored.sha256)
            url = now_at
        return stored

    def _found(self, ask: Callable[[Storage], Found]) -> Found:
        """The first place's answer; once more where another process has begun a move that was not known here."""
        known = self._places()
        for places in (known, None):
            for place in places or self._places(0.0):
                with suppress(Missing):
                    return ask(place)
        raise Missing

    def _places(self, look_seconds: float = LOOK_SECONDS) -> list[Storage]:
        return [self.place(url) for url in self._look(look_seconds)]

    def _look(self, look_seconds: float) -> tuple[str, ...]:
        """On a connection of its own: whoever stores a file is in no transaction, and must not be left in one."""
        if time.monotonic() < self._looked_at + look_seconds:
            return self._urls
        with self._looking:  # one at a time: all threads at once, each with a connection already, would empty the pool
            if time.monotonic() >= self._looked_at + look_seconds:
                begun_at = time.monotonic()
                with db.engine.connect() as connection:
                    row = connection.execute(select(StorageMove.source, StorageMove.target, StorageMove.state)).first()
                self._urls = (self.configured,)
                if row is not None and self.configured in {row.source, row.target}:
                    self._urls = (row.target, row.source) if row.state == "moving" else (row.target,)
                self._looked_at = begun_at
            return self._urls


def is_moving() -> bool:
    """Whether files are on their way from one storage to another."""
    moving: bool = db.session.scalar(select(StorageMove.id).where(StorageMove.state == "moving")) is not None
    return moving


def open_place(url: str, settings: Settings, *, durable: bool = True) -> Storage:
    """The storage at `url`. Raises ValueError for what is no such address, and where its library is missing."""
    if url == LOCAL:
        return LocalStorage(settings.files_folder, durable=durable)
    if url.startswith("file:///"):
        return LocalStorage(Path(unquote(urlsplit(url).path)), durable=durable)
    if url.startswith("s3://"):
        return S3Storage(S3Address.from_url(url), settings.scratch_folder)
    raise ValueError(
        f"CONTEST_PORTAL_STORAGE_URL={_without_user(url)!r}：应为 s3://桶名/前缀?endpoint=…，或 file:///目录，或不设。"
    )


def _without_user(url: str) -> str:
    """The address as messages may show it: keys that somebody wrote into it would lie in logs."""
    return re.sub(r"//.*@", "//…@", url, flags=re.DOTALL)

"""Files on their way in: stored and looked into one after another, ahead of the entries that name them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from flask import Flask

from contest_portal.demo.files import FilePlan, Workshop
from contest_portal.media.services.receiving import Received, receive_file


class Intake:
    """Receives in a thread of its own what the workshop makes, in the order in which it was announced.

    Nothing is written into the database here: that is left to the entry's own verb, so the order of records is fixed.
    """

    def __init__(self, app: Flask, workshop: Workshop) -> None:
        self._app, self._workshop = app, workshop
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="intake")
        self._coming: dict[FilePlan, Future[Received]] = {}

    def announce(self, files: Iterable[tuple[FilePlan, tuple[str, ...]]]) -> None:
        """These files, each with the kinds that its slot takes, will be asked for."""
        for file, kinds in files:
            self._coming[file] = self._thread.submit(self._receive, file, kinds)

    def take(self, file: FilePlan) -> Received:
        """The file as it came in; waits for it if need be."""
        return self._coming.pop(file).result()

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _receive(self, file: FilePlan, kinds: tuple[str, ...]) -> Received:
        with self._app.app_context():
            return receive_file(io.BytesIO(self._workshop.fetch(file)), file.name, kinds)

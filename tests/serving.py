"""A web server at work in a thread of the test's own process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from waitress import wasyncore

PATIENCE_SECONDS = 30.0


@contextmanager
def running(server: Any) -> Iterator[None]:
    """Waitress's `server` answers until the block ends.

    Then its tasks end, then its loop, and only then its sockets are closed: a loop or a task that still ran would find
    them gone, or find another file under their number.
    """
    ended = threading.Event()

    def answer() -> None:
        while not ended.is_set():
            wasyncore.loop(server.adj.asyncore_loop_timeout, server.adj.asyncore_use_poll, server._map, count=1)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.task_dispatcher.shutdown(timeout=PATIENCE_SECONDS)
        ended.set()
        server.pull_trigger()
        thread.join(PATIENCE_SECONDS)
        wasyncore.close_all(server._map)

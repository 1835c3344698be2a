"""An orderly stop: what is being answered is answered to its end, what arrives of an upload is kept, jobs end or wait.

SIGTERM or Ctrl+C begins it; told once more, the process ends without waiting.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer

log = logging.getLogger(__name__)
SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stop:
    """Whether, and how pressingly, this process was told to end."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.pressed = False
        self.until = float("inf")
        self._woken: list[Callable[[], None]] = []

    def wakes(self, wake: Callable[[], None]) -> None:
        """Call `wake` when it is told: it runs between two steps of the main thread and must only set or write."""
        self._woken.append(wake)

    def tell(self) -> None:
        """End now; told again, at once."""
        self.pressed = self.asked.is_set()
        self.asked.set()
        for wake in self._woken:
            wake()

    def begin(self, seconds: float) -> None:
        """From now on there are so many seconds to end in."""
        self.until = time.monotonic() + seconds

    @property
    def seconds_left(self) -> float:
        return 0.0 if self.pressed else max(0.0, self.until - time.monotonic())


@contextmanager
def told_by_signals() -> Iterator[Stop]:
    """What SIGTERM and Ctrl+C tell meanwhile. Outside the main thread nobody hears them."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def tell(_number: int, _frame: FrameType | None) -> None:
        stop.tell()

    before = {number: signal.signal(number, tell) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def serve_until_told(server: Any, stop: Stop, seconds: float, when_told: Callable[[], None]) -> None:
    """Let waitress's `server` answer until `stop` is told, then at most `seconds` more for what has begun.

    `when_told` is called as soon as nobody new is let in. An upload that has not ended then keeps what has come of it.
    """
    sockets: dict[int, Any] = server.map if hasattr(server, "map") else server._map
    listening = [one for one in sockets.values() if isinstance(one, BaseWSGIServer)]
    stop.wakes(listening[0].pull_trigger)
    while not stop.asked.is_set():
        _turn(server, sockets)
    stop.begin(seconds)
    for one in listening:
        one.accepting = False
        one.del_channel(sockets)
        one.socket.close()
    when_told()
    while _busy_after_leave(sockets) and stop.seconds_left:
        _turn(server, sockets)
    left = _channels(sockets)
    if left:
        log.warning("%s requests had not ended %s s after the stop was asked for; they are cut off", len(left), seconds)
    server.task_dispatcher.shutdown(timeout=max(0.1, min(5.0, stop.seconds_left)))
    for channel in left:
        channel.handle_close()  # a part of an upload stays for the next request
    wasyncore.close_all(sockets)


def _turn(server: Any, sockets: dict[int, Any]) -> None:
    wasyncore.loop(server.adj.asyncore_loop_timeout, server.adj.asyncore_use_poll, sockets, count=1)


def _channels(sockets: dict[int, Any]) -> list[HTTPChannel]:
    return [one for one in list(sockets.values()) if isinstance(one, HTTPChannel)]


def _busy_after_leave(sockets: dict[int, Any]) -> bool:
    """Take leave of the connections that wait for nothing. Gives whether there are others."""
    channels = _channels(sockets)
    for channel in channels:
        if not (channel.request or channel.requests or channel.total_outbufs_len):
            channel.handle_close()
    return bool(_channels(sockets))

"""A bad network between browser and server: a TCP proxy that cuts, delays and repeats what goes through it."""

from __future__ import annotations

import contextlib
import random
import select
import socket
import threading
from collections.abc import Iterator

Address = tuple[str, int]
MOST_CUT_AT = 3 << 20
FATES = ("cut", "cut", "cut answer", "repeat", "delay", "pass")


class CuttingProxy:
    """The first connection is cut; each later one draws its own misfortune: cut after so many bytes, delayed, or what was asked asked once more."""

    def __init__(self, server: Address, seed: int) -> None:
        self._server = server
        self._draw = random.Random(seed)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address: Address = self._listening.getsockname()
        self.cuts = self.repeats = 0
        self._threads: list[threading.Thread] = []
        self._begin(self._accept)

    def _begin(self, function: object, *arguments: object) -> None:
        thread = threading.Thread(target=function, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                browser, _address = self._listening.accept()
                is_first = len(self._threads) == 1
                fate = "cut" if is_first else self._draw.choice(FATES)
                self._begin(
                    self._carry, browser, fate, self._draw.randrange(1000, MOST_CUT_AT), self._draw.random() / 50
                )

    def _carry(self, browser: socket.socket, fate: str, cut_at: int, delay: float) -> None:
        with contextlib.suppress(OSError), browser, socket.create_connection(self._server) as server:
            carried = self._until_cut(browser, server, fate, cut_at, delay)
            if fate == "repeat":
                self._repeat(carried)

    def _until_cut(self, browser: socket.socket, server: socket.socket, fate: str, cut_at: int, delay: float) -> bytes:
        """Carry both ways until one ends or the misfortune comes. Gives what the browser sent."""
        sent = bytearray()
        while True:
            readable, _, _ = select.select([browser, server], [], [], 60)
            if not readable:
                return bytes(sent)
            for one in readable:
                data = one.recv(65_536)
                if not data:
                    return bytes(sent)
                if fate == "delay":
                    threading.Event().wait(delay)
                if one is browser:
                    sent += data
                    server.sendall(data)
                    if fate == "cut" and len(sent) >= cut_at:
                        self.cuts += 1
                        return bytes(sent)
                elif fate == "cut answer" and len(sent) >= cut_at:
                    self.cuts += 1  # the piece is with the server, and the browser does not learn of it
                    return bytes(sent)
                else:
                    browser.sendall(data)

    def _repeat(self, sent: bytes) -> None:
        """All that went through that connection goes to the server once more."""
        self.repeats += 1
        with socket.create_connection(self._server) as server:
            server.settimeout(0.5)
            server.sendall(sent)
            while server.recv(65_536):
                pass

    def close(self) -> None:
        self._listening.close()
        for thread in self._threads[1:]:
            thread.join(60)


@contextlib.contextmanager
def cutting(server: Address, seed: int) -> Iterator[CuttingProxy]:
    proxy = CuttingProxy(server, seed)
    try:
        yield proxy
    finally:
        proxy.close()

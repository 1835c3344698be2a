"""The site as it is served, which says at its end what memory it and the processes it started took. Run by real_site.py.

Linux tells a process's peak of its own program in its VmHWM. What getrusage says of a process that has ended counts from
the fork on, before which it was a copy of this server.
"""

from __future__ import annotations

import json
import sys
import threading
from contextlib import suppress
from pathlib import Path

from contest_portal import create_app
from contest_portal.core.upload_server import make_server
from contest_portal.media.probing import media_reader
from contest_portal.settings import Settings

PROCESSES = Path("/proc")
LOOKED_EVERY_SECONDS = 0.01


class Watch:
    """Looks at the processes that this one has started as long as they run; `largest_kb` held the most of them."""

    def __init__(self) -> None:
        self.largest_kb = 0
        self._own_command = self._command("self")
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._look()
        self._ended.set()
        self._thread.join()

    def _look_on(self) -> None:
        while not self._ended.wait(LOOKED_EVERY_SECONDS):
            self._look()

    def _look(self) -> None:
        for listed in PROCESSES.glob("self/task/*/children"):
            for process in _read(listed).split():
                if self._command(process) not in {"", self._own_command}:  # it runs a program of its own
                    self.largest_kb = max(self.largest_kb, peak_kb(process))

    @staticmethod
    def _command(process: str) -> str:
        return _read(PROCESSES / process / "cmdline")


def peak_kb(process: str) -> int:
    """The most that it has held; 0 where the system does not tell or it has ended."""
    lines = _read(PROCESSES / process / "status").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def main(instance: str) -> None:
    settings = Settings(instance=Path(instance), jobs_embedded=False, threads=4, second_factor="optional")
    server = make_server(create_app(settings), "127.0.0.1", 0)
    watch = Watch()
    print(server.effective_port, flush=True)  # noqa: T201 - real_site.py reads it
    with suppress(KeyboardInterrupt):
        server.run()
    watch.end()
    media_reader().close()
    peaks = {"own": peak_kb("self") // 1024, "largest_other": watch.largest_kb // 1024}
    print(json.dumps(peaks), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])

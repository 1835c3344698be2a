"""The site as `contest-portal serve` runs it, with a target that takes whatever comes. Run by running.py.

One process reads the program once; each line of JSON on its standard input starts a server as a child of it, so that
killing and starting again costs little. `most_file_bytes` is the largest file that the server's process may write: the
system then refuses as a full disk does.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from contest_portal import ROOMS, create_app
from contest_portal.core.actor import Actor
from contest_portal.core.cli import run_server
from contest_portal.core.database import unit_of_work
from contest_portal.media.upload_targets import Target, register_target
from contest_portal.settings import Settings, read_settings
from tests.compiled_once import compiling_once


def main() -> None:
    for room in ROOMS:
        import_module(f"contest_portal.{room}.views")
    import_module("contest_portal.core.storage_s3")
    with compiling_once(), tempfile.TemporaryDirectory() as folder:
        create_app(Settings(instance=Path(folder), jobs_embedded=False))
        start_as_told()


def start_as_told() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the children are nobody's to wait for
    for line in sys.stdin:
        if os.fork() == 0:
            serve(**json.loads(line))
            os._exit(0)


def serve(instance: str, most_file_bytes: int, environment: dict[str, str]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(environment)
    folder = Path(instance)

    def take(actor: Actor, upload: Any, _received: Any) -> None:
        with unit_of_work(actor, "test.take") as work:
            work.record(("upload", upload.id))
            die_if_asked(folder / "die-in-take")

    def accepted(*_anything: Any) -> None:
        die_if_asked(folder / "die-before-storing")

    register_target("test-shelf", Target("shelf", begin, accepted, take))
    app = create_app(read_settings(instance=instance))
    if most_file_bytes:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (most_file_bytes, most_file_bytes))
    print(f"process {os.getpid()}", flush=True)  # noqa: T201 - running.py reads it
    run_server(app, "127.0.0.1", 0)


def begin(_actor: Actor, _place: Mapping[str, str], _announced: Any) -> None:
    """Everything may come."""


def die_if_asked(word: Path) -> None:
    """The power fails here, once."""
    if word.exists():
        word.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()

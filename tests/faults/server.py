"""The site as `contest-portal serve` runs it, with a target that takes whatever comes. Run by running.py.

Arguments: the instance's folder, and the most bytes that a file may have (0: any), which stands for a full disk.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from contest_portal import create_app
from contest_portal.core.actor import Actor
from contest_portal.core.cli import run_server
from contest_portal.core.database import unit_of_work
from contest_portal.media.upload_targets import Target, register_target
from contest_portal.settings import read_settings


def take(actor: Actor, upload: Any, received: Any) -> None:
    with unit_of_work(actor, "test.take") as work:
        work.record(("upload", upload.id), after={"sha256": received.sha256})


def welcome(_actor: Actor, _place: Mapping[str, str], *_announced: Any) -> None:
    return None


def main(instance: str, most_file_bytes: int) -> None:
    register_target("test-shelf", Target("shelf", welcome, welcome, take))
    app = create_app(read_settings(instance=instance))
    if most_file_bytes:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (most_file_bytes, most_file_bytes))
    run_server(app, "127.0.0.1", 0)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

"""A site on an instance, as `contest-portal serve` runs it, with a shelf: PUT /shelf stores, GET /shelf/HASH gives back.

Run as a process; its argument is the instance's folder.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from flask import Response, request

from contest_portal import create_app
from contest_portal.core.cli import run_server
from contest_portal.core.permissions import permission
from contest_portal.core.sending import send_content
from contest_portal.core.storage import storage
from contest_portal.core.storage_local import LocalStorage
from contest_portal.settings import read_settings


@permission("core.public")
def put() -> Response:
    return Response(storage().put(request.stream).sha256, mimetype="text/plain")  # type: ignore[arg-type]


@permission("core.public")
def process() -> Response:
    return Response(str(os.getpid()), mimetype="text/plain")


@permission("core.public")
def get(sha256: str) -> Response:
    return send_content(sha256, mimetype="application/octet-stream", name="shelf.bin")


def live_on_another_machine(folder: str, instead: str) -> None:
    """Where others say `folder`, this process finds the folder `instead`."""

    inner = LocalStorage.__init__

    def begin(self: LocalStorage, path: Path, *, durable: bool = True) -> None:
        inner(self, Path(instead) if path == Path(folder) else path, durable=durable)

    LocalStorage.__init__ = begin  # type: ignore[method-assign, assignment]


def main(instance: str) -> None:
    if seen := os.environ.get("SHELF_SEES_FOLDER_AS"):
        live_on_another_machine(*seen.split("="))
    app = create_app(read_settings(instance=instance))
    app.config["WTF_CSRF_ENABLED"] = False
    app.add_url_rule("/shelf", "shelf.put", put, methods=["PUT"])
    app.add_url_rule("/shelf/process", "shelf.process", process)
    app.add_url_rule("/shelf/<sha256>", "shelf.get", get)
    run_server(app, "127.0.0.1", 0)


if __name__ == "__main__":
    main(sys.argv[1])

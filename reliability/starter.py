"""Starts `contest-portal` quickly: one process reads the program once, and each line of JSON on its standard input makes
a child of it that runs the command with those arguments. It answers with the child's number.

Run by processes.py in the site's environment; what is started is the command itself, from its first line on.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from importlib import import_module
from pathlib import Path

from contest_portal import ROOMS, create_app
from contest_portal.cli import main
from contest_portal.settings import Settings
from tests.compiled_once import compiling_once


def serve() -> None:
    for room in ROOMS:
        import_module(f"contest_portal.{room}.views")
    with compiling_once():
        create_app(Settings(instance=Path(sys.argv[1]), jobs_embedded=False))
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the children are nobody's to wait for
        for line in sys.stdin:
            told = json.loads(line)
            child = os.fork()
            if child == 0:
                become(told["arguments"], told["log"])
            print(child, flush=True)


def become(arguments: list[str], log: str) -> None:
    """Be the command; never comes back."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for number in (1, 2):
        os.dup2(file, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.argv = ["contest-portal", *arguments]
    code = 0
    try:
        main()
    except SystemExit as leave:
        code = leave.code if isinstance(leave.code, int) else 1
    except BaseException:  # noqa: BLE001 - said as the interpreter would
        sys.excepthook(*sys.exc_info())
        code = 1
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    serve()

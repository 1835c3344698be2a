"""Workbooks given to worker.py in forked processes: as in earnest, and many more in the same time."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import IO, cast

from contest_portal.core.spreadsheets import read
from fuzzing.findings import BrokenReader

SERVER = Path(__file__).with_name("workbook_server.py")
PANIC = "PanicException"
"""How a mistake inside the library ends worker.py; the program says that the file is damaged, which it is."""


class Workbooks:
    """Takes the place of `read.run_worker`."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(  # noqa: S603 - our own file
            [sys.executable, "-P", str(SERVER), str(read.WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def run(self, data: bytes, limits: read.Limits) -> subprocess.CompletedProcess[bytes]:
        """Raises BrokenReader where worker.py met an error of its own: the program would call the file damaged."""
        to_it, from_it = cast("IO[bytes]", self._server.stdin), cast("IO[bytes]", self._server.stdout)
        to_it.write(json.dumps({"limits": asdict(limits), "bytes": len(data)}).encode() + b"\n" + data)
        to_it.flush()
        said = json.loads(from_it.readline())
        out, err = from_it.read(said["out"]), from_it.read(said["err"]).decode("utf-8", "replace")
        if said["code"] == 1 and PANIC not in err:
            raise BrokenReader(f"worker.py: {err.strip().splitlines()[-1][:200]}")
        return subprocess.CompletedProcess([], said["code"], out, err.encode())

    def close(self) -> None:
        self._server.kill()
        self._server.wait()

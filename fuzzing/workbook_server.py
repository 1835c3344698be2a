"""Forks a ready process for each workbook, which then runs worker.py as the program does, within the same limits.

Starting an interpreter for each costs some thirty times more than reading a small workbook. Run as a file: its argument is
worker.py's path. On standard input comes for each workbook a line of JSON {"limits": …, "bytes": count} and the
workbook; the answer is a line {"code": …, "out": count, "err": count} and what was written. The code is negative for a signal.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

import python_calamine  # noqa: F401 - so that each forked process has it already


def main(worker_path: str) -> None:
    spec = importlib.util.spec_from_file_location("worker", worker_path)
    assert spec is not None
    assert spec.loader is not None
    worker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(worker)
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    while line := asked.readline():
        request = json.loads(line)
        files = [os.memfd_create(name) for name in ("in", "out", "err")]
        with os.fdopen(os.dup(files[0]), "wb") as given:
            given.write(asked.read(request["bytes"]))
        os.lseek(files[0], 0, os.SEEK_SET)
        child = os.fork()
        if child == 0:
            _be_the_worker(worker, files, request["limits"])
        _, status = os.waitpid(child, 0)
        out, err = (Path(f"/proc/self/fd/{number}").read_bytes() for number in files[1:])
        for number in files:
            os.close(number)
        said = {"code": os.waitstatus_to_exitcode(status), "out": len(out), "err": len(err)}
        answers.write(json.dumps(said).encode() + b"\n" + out + err)
        answers.flush()


def _be_the_worker(worker: Any, files: list[int], limits: dict[str, int]) -> None:
    """Never returns."""
    code = 1
    try:
        for number, file in enumerate(files):
            os.dup2(file, number)
        sys.stdin, sys.stdout = os.fdopen(0), os.fdopen(1, "w")
        sys.argv = ["worker.py", json.dumps(limits)]
        signal.alarm(limits["wall_seconds"])
        worker.main()
        sys.stdout.flush()
        code = 0
    except BaseException:  # noqa: BLE001 - a panic of the library is no Exception
        os.write(2, traceback.format_exc().encode("utf-8", "replace"))
    finally:
        os._exit(code)


if __name__ == "__main__":
    main(sys.argv[1])

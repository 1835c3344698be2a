"""The process that reads strangers' files: started by probing.py, one request a line, one answer a line.

A request is a JSON object with `op`, `path` and what the operation needs; an answer has `ok` or `failed` (a Problem).
This process opens no database and no network, knows no secret, and dies alone when a file breaks a decoder.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from contest_portal.media import blind_copies, derivatives
from contest_portal.media.facts import Kind, Problem
from contest_portal.media.picture_fingerprints import UnreadablePictureError, fingerprint_of_file
from contest_portal.media.probe import probe
from contest_portal.media.text_extraction import read_text

WRITTEN_BYTES_LIMIT = 2 << 30  # the blind copy of a film is as large as the film
OPEN_FILES_LIMIT = 64
_MAKERS: dict[str, Callable[[Path, Path], derivatives.Made]] = {
    "thumbnail": derivatives.make_thumbnail,
    "screen": derivatives.make_screen_picture,
    "poster": derivatives.make_poster,
    "blind": blind_copies.make_blind_copy,
}


def main(arguments: list[str]) -> None:
    """Serve requests from standard input until it ends. Arguments: memory in MiB, CPU seconds a request."""
    memory_mb, cpu_seconds = int(arguments[0]), int(arguments[1])
    answers = _private_output()
    _limit_process(memory_mb)
    for line in sys.stdin:
        _limit_cpu(cpu_seconds)
        answers.write(json.dumps(_answer(json.loads(line))) + "\n")
        answers.flush()


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    path = Path(request["path"])
    try:
        if request["op"] == "probe":
            accepted = request.get("accepted")
            kinds = None if accepted is None else {Kind(kind) for kind in accepted}
            return {"ok": probe(path, request.get("name", ""), kinds).to_json()}
        if request["op"] == "fingerprint":
            return {"ok": {"bytes": base64.b64encode(fingerprint_of_file(path)).decode()}}
        if request["op"] == "text":
            text = read_text(path)
            return {"ok": {"pages": text.pages, "is_cut": text.is_cut}}
        made = _MAKERS[request["op"]](path, Path(request["target"]))
    except UnreadablePictureError as error:
        return {"failed": error.problem}
    except MemoryError:
        return {"failed": Problem.TOOK_TOO_MUCH}
    except Exception as error:  # noqa: BLE001  whatever a file provokes is an answer about that file
        return {"failed": Problem.BROKE_THE_READER, "why": f"{type(error).__name__}: {error}"[:300]}
    return {"ok": {"width": made.width, "height": made.height}}


def _private_output() -> TextIO:
    """Our own copy of standard output; what a library prints goes nowhere instead of between the answers."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return answers


def _limit_process(memory_mb: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has none: there the parent's clock alone guards
        return
    memory = memory_mb << 20
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, WRITTEN_BYTES_LIMIT),
        (resource.RLIMIT_NOFILE, OPEN_FILES_LIMIT),
        (resource.RLIMIT_CORE, 0),
    ):
        _, ceiling = resource.getrlimit(what)
        allowed = most if ceiling == resource.RLIM_INFINITY else min(most, ceiling)
        try:
            resource.setrlimit(what, (allowed, allowed))
        except (ValueError, OSError):  # macOS refuses some
            continue


def _limit_cpu(seconds: int) -> None:
    """Let the next request have `seconds` of the processor on top of what this process has used."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + 1 + seconds
    _, ceiling = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(
        resource.RLIMIT_CPU, (limit if ceiling == resource.RLIM_INFINITY else min(limit, ceiling), ceiling)
    )

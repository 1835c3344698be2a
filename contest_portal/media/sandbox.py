"""The process that reads strangers' files: started by probing.py, one request a line, one answer a line.

A request is a JSON object with `op`, `path` and what the operation needs; an answer has `ok` or `failed` (a Problem).
Operations that take long say before it how far they are, in lines with `progress` (percent, growing).
This process opens no database, is told no secret, gains no rights, and dies alone when a file breaks a decoder. Where the
system allows it has no network. It is no prison: it runs as the same user, who may read the site's files.
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from contest_portal.media import blind_copies, derivatives, film_rendition, masking, page_pictures, picture_tiles
from contest_portal.media.facts import Kind, Problem
from contest_portal.media.page_letters import find_boxes, read_letters
from contest_portal.media.picture_fingerprints import UnreadablePictureError, fingerprint_of_file
from contest_portal.media.probe import probe
from contest_portal.media.text_extraction import read_text

WRITTEN_BYTES_LIMIT = 2 << 30  # an hour of film at the most that a rendition takes
OPEN_FILES_LIMIT = 64
_PR_SET_NO_NEW_PRIVS, _CLONE_NEWUSER, _CLONE_NEWNET = 38, 0x10000000, 0x40000000  # linux/prctl.h, linux/sched.h
_MAKERS: dict[str, Callable[[Path, Path], derivatives.Made]] = {
    "thumbnail": derivatives.make_thumbnail,
    "screen": derivatives.make_screen_picture,
    "poster": derivatives.make_poster,
    "blind": blind_copies.make_blind_copy,
}
_REPORTING_MAKERS: dict[str, Callable[..., derivatives.Made]] = {
    "film720": film_rendition.make_film_rendition,
    "tiles": picture_tiles.make_tiles,
    "pages": page_pictures.make_page_pictures,
    "masked": masking.make_masked,
}


def main(arguments: list[str]) -> None:
    """Serve requests from standard input until it ends. Arguments: memory in MiB, CPU seconds a request, niceness.

    A request may name its own `cpu_seconds`.
    """
    memory_mb, cpu_seconds, niceness = (int(argument) for argument in arguments)
    answers = _private_output()
    _leave_network_and_rights()
    _limit_process(memory_mb)
    if niceness and hasattr(os, "nice"):
        os.nice(niceness)
    for line in sys.stdin:
        request = json.loads(line)
        _limit_cpu(request.get("cpu_seconds", cpu_seconds))
        answers.write(json.dumps(_answer(request, _reporter(answers))) + "\n")
        answers.flush()


def _reporter(answers: TextIO) -> Callable[[int], None]:
    """Tells the asking process the percent done, whenever it has grown."""
    told = 0

    def report(percent: int) -> None:
        nonlocal told
        if percent > told:
            told = percent
            answers.write(json.dumps({"progress": percent}) + "\n")
            answers.flush()

    return report


def _answer(request: dict[str, Any], report: Callable[[int], None]) -> dict[str, Any]:
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
        if request["op"] == "letters":
            pages, is_cut, pictured = read_letters(path)
            return {"ok": {"pages": pages, "is_cut": is_cut, "pictured": pictured}}
        if request["op"] == "boxes":
            return {"ok": find_boxes(path, request["spans"])}
        if (make := _REPORTING_MAKERS.get(request["op"])) is not None:
            made = make(path, Path(request["target"]), report, **request.get("options", {}))
        else:
            made = _MAKERS[request["op"]](path, Path(request["target"]))
    except UnreadablePictureError as error:
        return {"failed": error.problem}
    except MemoryError:
        return {"failed": Problem.TOOK_TOO_MUCH}
    except Exception as error:  # noqa: BLE001  whatever a file provokes is an answer about that file
        return {"failed": Problem.BROKE_THE_READER, "why": f"{type(error).__name__}: {error}"[:300]}
    return {"ok": {"width": made.width, "height": made.height, "detail": made.detail}}


def _private_output() -> TextIO:
    """Our own copy of standard output; what a library prints goes nowhere instead of between the answers."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return answers


def _leave_network_and_rights() -> None:
    """On Linux: no program started from here gains rights, and there is no network. Where that is refused, as containers
    may do, work goes on: the limits hold all the same."""
    if sys.platform != "linux":
        return
    try:
        library = ctypes.CDLL(None, use_errno=True)
        library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if library.unshare(_CLONE_NEWNET) != 0:
            library.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    except (OSError, AttributeError):  # a C library without them
        return


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

"""Asking the sandbox about files: starts its processes, keeps them warm, ends them when a file holds them up."""

from __future__ import annotations

import atexit
import base64
import json
import logging
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from contest_portal.media.derivatives import Made
from contest_portal.media.facts import FileFacts, Kind, Problem
from contest_portal.media.signature import HEAD_BYTES, kind_of
from contest_portal.media.text_extraction import DocumentText

if TYPE_CHECKING:
    from contest_portal.media.likeness import PictureFingerprint

log = logging.getLogger(__name__)

_PACKAGE = Path(__file__).resolve().parent.parent
# The package's own __init__ brings the whole application along, which a process that reads strangers' files has no
# need of: an empty package with the same path stands in for it. That also makes the start ten times faster.
_START = """
import sys, types
package = types.ModuleType("contest_portal")
package.__path__ = [sys.argv[1]]
sys.modules["contest_portal"] = package
from contest_portal.media.sandbox import main
main(sys.argv[2:])
"""


@dataclass(frozen=True)
class Limits:
    """What one request may take. Memory is address space; where the system knows no limits, the clock alone holds."""

    memory_mb: int = 1024
    cpu_seconds: int = 30
    wall_seconds: float = 90.0
    requests_per_process: int = 500


class DerivativeError(ValueError):
    """No picture could be made of the file; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class MediaReader:
    """Up to `processes` sandbox processes, started when first needed and used again. Safe for threads."""

    def __init__(self, processes: int = 2, limits: Limits = Limits()) -> None:
        self._limits = limits
        self._idle: queue.LifoQueue[_Process | None] = queue.LifoQueue()
        for _ in range(processes):
            self._idle.put(None)

    def probe(self, path: Path, name: str = "", accepted: Collection[Kind] | None = None) -> FileFacts:
        """The facts of the file at `path`, called `name`; see probe.probe.

        A file that takes too long, too much memory, or ends the process gives facts with that problem.
        """
        wanted = None if accepted is None else sorted(accepted)
        answer = self._ask({"op": "probe", "path": str(path), "name": name or path.name, "accepted": wanted})
        if "ok" in answer:
            return FileFacts.from_json(answer["ok"])
        with path.open("rb") as file:
            kind = kind_of(file.read(HEAD_BYTES))
        return FileFacts(
            kind=kind,
            size_bytes=path.stat().st_size,
            extension=Path(name or path.name).suffix.lower().lstrip("."),
            damaged=True,
            problem=Problem(answer["failed"]),
        )

    def make_thumbnail(self, source: Path, target: Path) -> Made:
        """See derivatives.make_thumbnail. Raises DerivativeError."""
        return self._make("thumbnail", source, target)

    def make_screen_picture(self, source: Path, target: Path) -> Made:
        """See derivatives.make_screen_picture. Raises DerivativeError."""
        return self._make("screen", source, target)

    def make_poster(self, source: Path, target: Path) -> Made:
        """See derivatives.make_poster. Raises DerivativeError."""
        return self._make("poster", source, target)

    def make_blind_copy(self, source: Path, target: Path) -> Made:
        """See blind_copies.make_blind_copy. Raises DerivativeError."""
        return self._make("blind", source, target)

    def fingerprint(self, source: Path) -> PictureFingerprint:
        """What likeness.compare and likeness.Index take of a picture. Raises DerivativeError."""
        from contest_portal.media.likeness import PictureFingerprint

        answer = self._ask({"op": "fingerprint", "path": str(source)})
        if "ok" not in answer:
            raise DerivativeError(Problem(answer["failed"]))
        return PictureFingerprint.from_bytes(base64.b64decode(answer["ok"]["bytes"]))

    def read_text(self, source: Path) -> DocumentText:
        """See text_extraction.read_text. Raises DerivativeError."""
        answer = self._ask({"op": "text", "path": str(source)})
        if "ok" not in answer:
            raise DerivativeError(Problem(answer["failed"]))
        return DocumentText(tuple(answer["ok"]["pages"]), answer["ok"]["is_cut"])

    def close(self) -> None:
        """End the processes that are idle; those at work end with their request."""
        for _ in range(self._idle.qsize()):
            try:
                process = self._idle.get_nowait()
            except queue.Empty:
                return
            if process:
                process.end()
            self._idle.put(None)

    def _make(self, op: str, source: Path, target: Path) -> Made:
        answer = self._ask({"op": op, "path": str(source), "target": str(target)})
        if "ok" in answer:
            return Made(**answer["ok"])
        raise DerivativeError(Problem(answer["failed"]))

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        process = self._idle.get()
        try:
            answer: dict[str, Any] = {}
            if process is not None and process.alive:
                answer = process.ask(request)
            # A process that had served others may have died of them: only a fresh one's end is this file's doing.
            if process is None or (not process.alive and answer.get("failed") != Problem.TOOK_TOO_LONG):
                process = _Process(self._limits)
                answer = process.ask(request)
            if "why" in answer:
                log.info("%s of %s failed: %s", request["op"], request["path"], answer["why"])
        finally:
            if process is not None and (not process.alive or process.served >= self._limits.requests_per_process):
                process.end()
                process = None
            self._idle.put(process)
        return answer


class _Process:
    """One sandbox process and the pipe to it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.served = 0
        self._process = subprocess.Popen(  # noqa: S603  this interpreter, with words of our own
            [sys.executable, "-I", "-c", _START, str(_PACKAGE), str(limits.memory_mb), str(limits.cpu_seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            encoding="utf-8",
        )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer; a Problem where the process was stopped or died of the request."""
        self.served += 1
        stopped = threading.Event()

        def stop() -> None:
            stopped.set()
            self._process.kill()

        clock = threading.Timer(self._limits.wall_seconds, stop)
        clock.start()
        try:
            to_it, from_it = cast("IO[str]", self._process.stdin), cast("IO[str]", self._process.stdout)
            to_it.write(json.dumps(request) + "\n")
            to_it.flush()
            line = from_it.readline()
        except (BrokenPipeError, OSError):
            line = ""
        finally:
            clock.cancel()
        if line.endswith("\n"):
            return cast("dict[str, Any]", json.loads(line))
        self._process.kill()
        code = self._process.wait()
        out_of_time = stopped.is_set() or code == -24  # SIGXCPU: the processor's seconds are used up
        return {
            "failed": Problem.TOOK_TOO_LONG if out_of_time else Problem.BROKE_THE_READER,
            "why": f"process ended with {code}",
        }

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                try:
                    pipe.close()
                except OSError:  # what was still to be written is of no use any more
                    continue


def _environment() -> dict[str, str]:
    """No secrets and no settings: only what a process needs to start."""
    kept = ("SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"LC_ALL": "C.UTF-8"}


_shared: dict[int, MediaReader] = {}
_sharing = threading.Lock()


def media_reader() -> MediaReader:
    """The reader that this process shares; its sandbox processes end with it."""
    with _sharing:
        own = os.getpid()
        if own not in _shared:  # after a fork the parent's pipes are not ours
            _shared.clear()
            _shared[own] = MediaReader()
            atexit.register(_shared[own].close)
        return _shared[own]

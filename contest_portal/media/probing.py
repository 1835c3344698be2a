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
from collections.abc import Callable, Collection, Mapping, Sequence
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
    """What one request may take. Memory is address space; where the system knows no limits, the clock alone holds.

    `niceness`: how far its processes step back behind others.
    """

    memory_mb: int = 1024
    cpu_seconds: int = 30
    wall_seconds: float = 90.0
    requests_per_process: int = 500
    niceness: int = 0


class DerivativeError(ValueError):
    """No picture could be made of the file; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class MediaReader:
    """Up to `processes` sandbox processes, started when first needed and used again. Safe for threads."""

    def __init__(self, processes: int = 3, limits: Limits = Limits()) -> None:
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

    def read_letters(self, source: Path) -> DocumentText:
        """See page_letters.read_letters. Raises DerivativeError."""
        answer = self._ask({"op": "letters", "path": str(source)})
        if "ok" not in answer:
            raise DerivativeError(Problem(answer["failed"]))
        found = answer["ok"]
        return DocumentText(tuple(found["pages"]), found["is_cut"], tuple(found["pictured"]))

    def find_boxes(
        self, source: Path, spans: Mapping[str, Sequence[Sequence[int]]]
    ) -> dict[str, list[list[list[float]]]]:
        """See page_letters.find_boxes. Raises DerivativeError."""
        answer = self._ask({"op": "boxes", "path": str(source), "spans": spans})
        if "ok" not in answer:
            raise DerivativeError(Problem(answer["failed"]))
        found: dict[str, list[list[list[float]]]] = answer["ok"]
        return found

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

    def make(
        self,
        op: str,
        source: Path,
        target: Path,
        *,
        report: Callable[[int], None] | None = None,
        cpu_seconds: int | None = None,
        **options: Any,
    ) -> Made:
        """Have the maker `op` of sandbox.py write `target`. Raises DerivativeError.

        `report` is told the percent done by makers that say it. `cpu_seconds` takes the place of the limits' own; the
        clock then allows four times as much, since such work steps back behind others.
        """
        request: dict[str, Any] = {"op": op, "path": str(source), "target": str(target), "options": options}
        if cpu_seconds is not None:
            request["cpu_seconds"] = cpu_seconds
        answer = self._ask(request, report)
        if "ok" in answer:
            return Made(**answer["ok"])
        raise DerivativeError(Problem(answer["failed"]))

    def _ask(self, request: dict[str, Any], report: Callable[[int], None] | None = None) -> dict[str, Any]:
        process = self._idle.get()
        try:
            answer: dict[str, Any] = {}
            if process is not None and process.alive:
                answer = process.ask(request, report)
            # A process that had served others may have died of them: only a fresh one's end is this file's doing.
            if process is None or (not process.alive and answer.get("failed") != Problem.TOOK_TOO_LONG):
                process = _Process(self._limits)
                answer = process.ask(request, report)
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
            [sys.executable, "-I", "-c", _START, str(_PACKAGE)]
            + [str(limit) for limit in (limits.memory_mb, limits.cpu_seconds, limits.niceness)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            encoding="utf-8",
        )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: dict[str, Any], report: Callable[[int], None] | None = None) -> dict[str, Any]:
        """The answer; a Problem where the process was stopped or died of the request.

        What `report` raises ends the process and comes through.
        """
        self.served += 1
        stopped = threading.Event()

        def stop() -> None:
            stopped.set()
            self._process.kill()

        allowed = 4 * request["cpu_seconds"] if "cpu_seconds" in request else self._limits.wall_seconds
        clock = threading.Timer(allowed, stop)
        clock.start()
        try:
            to_it, from_it = cast("IO[str]", self._process.stdin), cast("IO[str]", self._process.stdout)
            to_it.write(json.dumps(request) + "\n")
            to_it.flush()
            while (line := from_it.readline()).endswith("\n"):
                answer = cast("dict[str, Any]", json.loads(line))
                if "progress" not in answer:
                    return answer
                if report is not None:
                    report(answer["progress"])
        except (BrokenPipeError, ConnectionResetError):  # its end is told below
            line = ""
        except BaseException:
            self._process.kill()
            raise
        finally:
            clock.cancel()
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
    """No secrets and no settings: only what a process needs to start. One thread a library: each would claim memory."""
    kept = ("SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "LC_ALL": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


_shared: dict[tuple[int, Limits], MediaReader] = {}
_sharing = threading.Lock()
_PATIENT = Limits(niceness=10)


def media_reader() -> MediaReader:
    """The reader for what somebody waits for: a file that comes in, a page that shows one."""
    return reader_with(Limits(), processes=3)


def patient_reader() -> MediaReader:
    """The reader for what a job does in its own time: on the night of a deadline it leaves the processor to pages and
    to files that come in."""
    return reader_with(_PATIENT, processes=2)


def reader_with(limits: Limits, processes: int) -> MediaReader:
    """The reader of these limits that this process shares; its sandbox processes end with it."""
    with _sharing:
        own = (os.getpid(), limits)
        if own not in _shared:  # after a fork the parent's pipes are not ours
            _shared[own] = MediaReader(processes, limits)
            atexit.register(_shared[own].close)
        return _shared[own]

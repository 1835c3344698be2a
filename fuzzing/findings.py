"""What went wrong: each fault once, with what brings it about."""

from __future__ import annotations

import logging
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

OWN = "contest_portal"


class BrokenReader(Exception):
    """A reader met an error that it did not know, or took too long."""


@dataclass
class Findings:
    """Faults by their signature (where and what): how often, and the first request or file that showed it."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)

    def add(self, signature: str, story: str) -> None:
        self.counts[signature] += 1
        if signature not in self.first:
            self.first[signature] = story
            print(f"FOUND {signature}\n{story}\n", flush=True)

    def __bool__(self) -> bool:
        return bool(self.counts)


def signature_of(error: BaseException) -> str:
    """The kind of the error and the last place of the program's own that it passed."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if OWN in Path(frame.filename).parts] or frames
    place = f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else "nowhere"
    return f"{type(error).__name__} at {place}"


def story_of(error: BaseException, *, frames: int = 14) -> str:
    """The end of the error's trace."""
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    return "".join(lines[-frames:])[-3500:]


class Listener(logging.Handler):
    """Keeps what is logged as an error, or with an exception, between two looks."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR or record.exc_info:
            self.heard.append(record)

    def take(self) -> list[logging.LogRecord]:
        heard, self.heard = self.heard, []
        return heard

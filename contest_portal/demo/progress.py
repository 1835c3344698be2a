"""What the demo says while it works: each step with what it made and how long it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from contest_portal.reports.table import width

NAME_CELLS = 22


class Step:
    """A step at work; `made` is what it says when it is done."""

    def __init__(self) -> None:
        self.made = ""


class Progress:
    """Says each step when it begins and ends. `say` writes a text; its second argument ends the line or not."""

    def __init__(self, say: Callable[[str, bool], None]) -> None:
        self._say = say
        self._began = time.monotonic()

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """One step: its name at once, its result and its seconds at the end."""
        began, step = time.monotonic(), Step()
        self._say(f"  {name}{' ' * (NAME_CELLS - width(name))}", False)
        yield step
        self._say(f"{step.made}　{time.monotonic() - began:.1f} 秒", True)

    @property
    def seconds(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._began


def silent() -> Progress:
    """One that says nothing, for tests."""
    return Progress(lambda _text, _ends: None)

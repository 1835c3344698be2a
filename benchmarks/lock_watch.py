"""How long a verb keeps every other writer out, and with how many statements."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from benchmarks.measurement import Measurement, summed_up
from contest_portal.core.database import db


@dataclass
class Watch:
    """The write transactions that ended while it watched: seconds by the clock, by this thread's processor, statements."""

    walls: list[float] = field(default_factory=list)
    cpus: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)

    @property
    def longest(self) -> int:
        """The position of the transaction that kept others out longest."""
        return max(range(len(self.walls)), key=self.walls.__getitem__)


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch the write transactions of this thread's database, from BEGIN IMMEDIATE to COMMIT or ROLLBACK."""
    watch = Watch()
    begun: dict[Any, tuple[float, float, list[str]]] = {}

    def begin(connection: Any) -> None:
        if connection.get_execution_options().get("writes"):
            begun[connection] = (time.perf_counter(), time.thread_time(), [])

    def execute(connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if connection in begun:
            begun[connection][2].append(statement)

    def end(connection: Any) -> None:
        if connection in begun:
            wall, cpu, statements = begun.pop(connection)
            watch.walls.append(time.perf_counter() - wall)
            watch.cpus.append(time.thread_time() - cpu)
            watch.statements.append(len(statements))

    heard = (("begin", begin), ("before_cursor_execute", execute), ("commit", end), ("rollback", end))
    for name, listener in heard:
        event.listen(db.engine, name, listener)
    try:
        yield watch
    finally:
        for name, listener in heard:
            event.remove(db.engine, name, listener)


def held(name: str, work: Callable[[], object]) -> list[Measurement]:
    """The longest write transaction of `work`, done once: how long it was open, and its statements."""
    with watched() as watch:
        work()
    at = watch.longest
    seconds = Measurement(f"{name}: others wait", watch.walls[at], "s", cpu=watch.cpus[at])
    return [seconds, summed_up(f"{name}: statements meanwhile", [watch.statements[at]], "statements")]

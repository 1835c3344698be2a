"""When the deadline falls: at a moment of the clock, or, where a machine may be slow, when everybody in time is done."""

from __future__ import annotations

import asyncio
import math
import time
from typing import Protocol

from benchmarks.deadline.place import Place
from benchmarks.deadline.plan import Plan, Visit

FAR_SECONDS = 86_400.0


class Hours(Protocol):
    """What people of the run ask the clock. `closed_at`: the deadline in seconds of the epoch."""

    closed_at: float

    async def come(self, visit: Visit) -> None:
        """Wait until this visitor arrives."""

    async def press(self, visit: Visit) -> None:
        """Wait until this visitor, who has all ready, wants to press."""

    def done(self, visit: Visit) -> None:
        """This visitor goes, however it ended."""

    def is_over(self) -> bool:
        """Whether the office goes home."""


class ByTheClock:
    """The deadline stands at the end of the plan's minutes; of a soak a day later."""

    def __init__(self, plan: Plan, place: Place) -> None:
        self._began = math.ceil(time.time() + 1)
        self._ends_at = self._began + plan.closes_after
        self.closed_at = math.floor(self._ends_at + (FAR_SECONDS if plan.is_soak else 0.0))
        place.close_at(self.closed_at)

    async def come(self, visit: Visit) -> None:
        await self._until(visit.arrives_at)

    async def press(self, visit: Visit) -> None:
        if visit.presses_at is not None:
            await self._until(visit.presses_at)

    def done(self, visit: Visit) -> None:
        pass

    def is_over(self) -> bool:
        return time.time() >= self._ends_at

    async def _until(self, moment: float) -> None:
        await asyncio.sleep(max(0.0, self._began + moment - time.time()))


class WhenAllAreDone:
    """Everybody comes at once; the deadline and its grace are over as soon as all who are in time have gone and all who
    are late have their work ready. No slow machine makes anybody late who is not."""

    def __init__(self, plan: Plan, place: Place, visits: list[Visit]) -> None:
        self._plan, self._place = plan, place
        self._awaited = {visit.number for visit in visits}
        self._closed = asyncio.Event()
        self.closed_at = math.floor(time.time() + FAR_SECONDS)
        place.close_at(self.closed_at)

    async def come(self, visit: Visit) -> None:
        await asyncio.sleep(0)

    async def press(self, visit: Visit) -> None:
        if visit.kind == "late":
            self.done(visit)
            await self._closed.wait()

    def done(self, visit: Visit) -> None:
        self._awaited.discard(visit.number)
        if not self._awaited and not self._closed.is_set():
            time.sleep(1.1)  # the last one in time and the first late one stand in different seconds
            self.closed_at = math.floor(time.time()) - self._plan.grace_seconds - 1
            self._place.close_at(self.closed_at)
            self._closed.set()

    def is_over(self) -> bool:
        return self._closed.is_set()

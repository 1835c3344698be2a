"""A browser: its cookies, its school's address, its patience when it is asked to wait, and the time of each answer."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from urllib.parse import urlencode

from benchmarks.deadline.lines import Answer, Broken, Lines, head_of

MOST_WAITS = 30
LONGEST_WAIT_SECONDS = 60
POLITE = {429, 503}
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"


class Unexpected(Exception):
    """An answer that nobody should get on such a night."""


@dataclass
class Diary:
    """What all browsers lived through. `seconds` by kind of request, `polite` how often each status asked to wait."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    moments: list[float] = field(default_factory=list)
    polite: Counter[int] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def note(self, kind: str, began: float) -> None:
        """An answer of that kind has come, to a request that began then."""
        ended = time.monotonic()
        self.seconds[kind].append(ended - began)
        if kind != "static file":
            self.moments.append(ended)


class Browser:
    """One person's browser. `address` is what the proxy in front says of where it asks from."""

    def __init__(self, lines: Lines, address: str, diary: Diary) -> None:
        self._lines, self._address, self._diary = lines, address, diary
        self._cookies: dict[str, str] = {}
        self.token = ""

    async def get(self, kind: str, path: str, *, accept: str = "text/html") -> Answer:
        """Ask for a page. Raises Unexpected for anything but 200."""
        answer = await self.send(kind, "GET", path, extra=[("Accept", accept)])
        if answer.status != 200:
            raise Unexpected(f"{kind}: GET {path} {answer.status}")
        return answer

    async def post(self, kind: str, path: str, fields: list[tuple[str, str]]) -> Answer:
        """Send a form, whatever the answer is."""
        extra = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "text/html")]
        return await self.send(kind, "POST", path, urlencode(fields).encode(), extra)

    async def send(
        self, kind: str, method: str, path: str, body: bytes | None = None, extra: list[tuple[str, str]] | None = None
    ) -> Answer:
        """Any request; asked to wait, it waits as long as it is told and asks again. Raises Unexpected."""
        for _ in range(MOST_WAITS):
            answer = await self._once(kind, method, path, body, extra or [])
            if answer.status not in POLITE:
                break
            self._diary.polite[answer.status] += 1
            wait = answer.headers.get("retry-after", "")
            if not wait.isdecimal():
                raise Unexpected(f"{kind}: {method} {path} {answer.status} without Retry-After")
            await asyncio.sleep(min(int(wait), LONGEST_WAIT_SECONDS))
        if answer.status >= 500 or answer.status in POLITE:
            raise Unexpected(f"{kind}: {method} {path} {answer.status}")
        return answer

    async def _once(
        self, kind: str, method: str, path: str, body: bytes | None, extra: list[tuple[str, str]]
    ) -> Answer:
        headers = [("Host", "localhost"), ("User-Agent", AGENT), ("X-Forwarded-For", self._address), *extra]
        headers += [("X-Forwarded-Proto", "http"), ("X-Forwarded-Host", "localhost")]
        if self._cookies:
            headers.append(("Cookie", "; ".join(f"{name}={value}" for name, value in self._cookies.items())))
        head = head_of(method, path, headers, None if body is None else len(body))
        began = time.monotonic()
        try:
            answer = await self._lines.ask(head, body or b"")
        except (Broken, TimeoutError, OSError) as lost:
            raise Unexpected(f"{kind}: {method} {path}: {type(lost).__name__} {lost}") from lost
        if answer.status not in POLITE:
            self._diary.note(kind, began)
        for cookie in answer.cookies:
            name, _, value = cookie.partition("=")
            self._cookies[name] = value
        return answer

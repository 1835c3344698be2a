"""An office worker on that night: opens forty pages one after the other, again and again."""

from __future__ import annotations

import asyncio
import re
from collections import deque

from benchmarks.deadline.browser import Browser, Unexpected
from benchmarks.deadline.hours import Hours
from benchmarks.deadline.place import OFFICE_LOGIN, PASSWORD
from benchmarks.serving import form_fields

PAGES = 40
_LINK = re.compile(r'<a [^>]*href="(/[^"#]*)"')
_NO_PAGE = re.compile(r"export|\.(?:xlsx|csv|pdf|zip|docx|ics)|/files/|/static/|logout|language|download|manual")


class OfficeWorker:
    """Follows the links of the pages, breadth first: what an office sees on the way through its work."""

    def __init__(self, browser: Browser, every_seconds: float) -> None:
        self._browser, self._every = browser, every_seconds

    async def work(self, hours: Hours) -> None:
        """Sign in, then a page every so many seconds until the deadline. Raises Unexpected."""
        page = await self._browser.get("office page", "/login")
        fields = dict(form_fields(page.text, "/login")) | {"name": OFFICE_LOGIN, "password": PASSWORD}
        answer = await self._browser.post("sign-in", "/login", list(fields.items()))
        if answer.status != 302:
            raise Unexpected(f"the office was not let in: {answer.status}")
        while not hours.is_over():
            await self._round(answer.place, hours)

    async def _round(self, first: str, hours: Hours) -> None:
        waiting, known, asked = deque([first]), {first}, 0
        while waiting and asked < PAGES and not hours.is_over():
            path = waiting.popleft()
            answer = await self._browser.send("office page", "GET", path, extra=[("Accept", "text/html")])
            asked += 1
            if answer.status not in {200, 302}:
                raise Unexpected(f"the office asked for {path}: {answer.status}")
            for link in dict.fromkeys(_LINK.findall(answer.text.replace("&amp;", "&"))):
                if link not in known and not _NO_PAGE.search(link):
                    known.add(link)
                    waiting.append(link)
            await asyncio.sleep(self._every)

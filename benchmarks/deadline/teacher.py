"""A teacher's evening: sign in, fill the form, send the picture, submit; or press too late and be told so."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import time
from base64 import b64encode
from dataclasses import dataclass

from benchmarks.deadline.browser import Browser, Unexpected
from benchmarks.deadline.hours import Hours
from benchmarks.deadline.lines import Answer
from benchmarks.deadline.pictures import Pictures
from benchmarks.deadline.place import PASSWORD, Person
from benchmarks.deadline.plan import MB, Plan, Visit
from benchmarks.serving import form_fields

TUS = "1.0.0"
FIRST_PIECE, LARGEST_PIECE = MB, 16 * MB
AUTOSAVES = 3
LOOKS_SECONDS = (1, 1, 2, 2, 3, 5)
"""The pauses between a browser's questions whether its file is checked; the last one again and again."""
CHECKED_WITHIN_SECONDS = 600
_NUMBER = re.compile(r"已提交，编号 ([A-Z0-9-]+)")
_STATIC = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js)[^"]*)"')


@dataclass
class Outcome:
    """How a teacher's evening ended. Times in seconds of the epoch; `number` is what the page said after submitting."""

    visit: Visit
    entry_id: int | None = None
    sha256: str = ""
    pressed_at: float | None = None
    answered_at: float | None = None
    number: str = ""
    is_refused: bool = False

    @property
    def is_acknowledged(self) -> bool:
        return bool(self.number)


def said_in(page: str) -> str:
    """What a page that was not hoped for says first, without its marks."""
    start = max(page.find("<main"), 0)
    return " ".join(re.sub(r"<[^>]+>", " ", page[start : start + 6000]).split())[:300]


class Teacher:
    """One of the plan's teachers in his browser."""

    def __init__(
        self, browser: Browser, person: Person, visit: Visit, plan: Plan, pictures: Pictures, category_id: int
    ) -> None:
        self._browser, self._person, self._plan = browser, person, plan
        self._pictures, self._category_id = pictures, category_id
        self.outcome = Outcome(visit, person.entry_id)

    async def work(self, hours: Hours) -> None:
        """The whole evening. Raises Unexpected."""
        visit = self.outcome.visit
        await self._sign_in()
        await self._open()
        await self._name_author()
        await self._write()
        await self._send_picture(self._pictures.one(visit.megabytes, visit.number))
        page = await self._browser.get("page", self._entry)
        await self._pause()
        await hours.press(visit)
        await self._press(page.text)
        await self._browser.get("page", "/entries")

    @property
    def _entry(self) -> str:
        return f"/entries/{self.outcome.entry_id}"

    async def _pause(self) -> None:
        await asyncio.sleep(self._plan.pause_seconds)

    async def _sign_in(self) -> None:
        page = await self._browser.get("page", "/login")
        for path in dict.fromkeys(_STATIC.findall(page.text)):
            await self._browser.get("static file", path, accept="*/*")
        fields = dict(form_fields(page.text, "/login")) | {"name": self._person.login, "password": PASSWORD}
        await self._pause()
        answer = await self._browser.post("sign-in", "/login", list(fields.items()))
        await self._follow(answer)

    async def _follow(self, answer: Answer) -> Answer:
        """The page that a redirection leads to."""
        if answer.status != 302:
            raise Unexpected(f"{self._person.login}: {answer.status} instead of going on: {said_in(answer.text)}")
        return await self._browser.get("page", answer.place)

    async def _open(self) -> None:
        """The draft of yesterday from the list, or a new one."""
        if self.outcome.entry_id is not None:
            await self._browser.get("page", "/entries")
            self._form = (await self._browser.get("page", f"{self._entry}/edit")).text
            return
        await self._browser.get("page", "/entries/new")
        place = f"/entries/new/{self._category_id}"
        page = await self._browser.get("page", place)
        await self._pause()
        answer = await self._browser.post("save", place, form_fields(page.text, place))
        self._form = (await self._follow(answer)).text
        found = re.search(r"/entries/(\d+)/edit", answer.place)
        if found is None:
            raise Unexpected(f"no draft was made: {answer.place}")
        self.outcome.entry_id = int(found[1])

    async def _name_author(self) -> None:
        """Look for the pupil and put him in, which saves the form."""
        fields = form_fields(self._form, "entry-form")
        token, name = dict(fields)["csrf_token"], self._person.pupil_name
        await self._pause()
        listed = await self._browser.post("search", f"{self._entry}/people?role=author", [("csrf_token", token), ("q", name)])  # fmt: skip
        pupil = f"student-{self._person.pupil_id}"
        if pupil not in listed.text:
            raise Unexpected(f"{name} was not found: {listed.status}")
        typed = [pair for pair in fields if pair[0] != "author"]
        answer = await self._browser.post("save", f"{self._entry}/edit", [*typed, ("author", pupil)])
        self._form = (await self._follow(answer)).text

    async def _write(self) -> None:
        """Type title, words and technique; the page saves by itself."""
        fields = dict(form_fields(self._form, "entry-form"))
        self._browser.token = fields["csrf_token"]
        for turn in range(1, AUTOSAVES + 1):
            await self._pause()
            fields |= {
                "title": f"月球上的第{self.outcome.visit.number:04d}座农场",
                "summary": f"在月球的透明穹顶下种出第 {turn} 棵白菜，机器人照料着空中农场。",
                "field_technique": "水粉",
            }
            answer = await self._browser.post("autosave", f"{self._entry}/autosave", list(fields.items()))
            if answer.status != 200:
                raise Unexpected(f"autosave: {answer.status} {answer.text[:300]}")
            fields["version"] = answer.headers["x-form-version"]

    async def _send_picture(self, content: bytes) -> None:
        self.outcome.sha256 = hashlib.sha256(content).hexdigest()
        self._browser.token = (await self._browser.get("upload", "/csrf", accept="*/*")).text.strip()
        place = {"target": "entry-file", "entry": str(self.outcome.entry_id), "slot": "painting"}
        said = {**place, "filename": "月球农场.jpg", "filetype": "image/jpeg"}
        metadata = ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in said.items())
        begun = await self._tus("POST", "/uploads/", b"", Upload_Length=str(len(content)), Upload_Metadata=metadata)
        if begun.status != 201:
            raise Unexpected(f"the upload was not begun: {begun.status} {begun.text[:300]}")
        await self._send_pieces(begun.place, content)
        await self._wait_for_check(begun.place)

    async def _send_pieces(self, path: str, content: bytes) -> None:
        at, size = 0, FIRST_PIECE
        while at < len(content):
            piece = content[at : at + size]
            if at + len(piece) == len(content):
                hashed = f"sha256={self.outcome.sha256}".encode()
                await self._tus("POST", f"{path}/sha256", hashed, Content_Type="application/x-www-form-urlencoded")
            await asyncio.sleep(len(piece) / self._plan.line_bytes_per_second)
            kind = "application/offset+octet-stream"
            answer = await self._tus("PATCH", path, piece, Upload_Offset=str(at), Content_Type=kind)
            if answer.status != 204:
                raise Unexpected(f"a piece was not taken: {answer.status} {answer.text[:300]}")
            at, size = int(answer.headers["upload-offset"]), min(2 * size, LARGEST_PIECE)

    async def _tus(self, method: str, path: str, body: bytes, **headers: str) -> Answer:
        extra = [(name.replace("_", "-"), value) for name, value in headers.items()]
        extra += [("Tus-Resumable", TUS), ("X-CSRFToken", self._browser.token), ("Accept", "application/json")]
        return await self._browser.send("piece of a file" if method == "PATCH" else "upload", method, path, body, extra)

    async def _wait_for_check(self, path: str) -> None:
        """Until the file is in its slot. Raises Unexpected where it was refused, or nobody came to check it."""
        ends, turn = time.monotonic() + CHECKED_WITHIN_SECONDS, 0
        while time.monotonic() < ends:
            await asyncio.sleep(LOOKS_SECONDS[min(turn, len(LOOKS_SECONDS) - 1)])
            turn += 1
            answer = await self._browser.get("upload", f"{path}/state", accept="application/json")
            state = json.loads(answer.body)["state"]
            if state == "done":
                return
            if state not in {"receiving", "checking"}:
                raise Unexpected(f"the file was not taken: {answer.text[:300]}")
        raise Unexpected("the file was not checked in time")

    async def _press(self, page: str) -> None:
        """Submit what was seen. A refusal for the time is an outcome; anything else is not."""
        self.outcome.pressed_at = time.time()
        answer = await self._browser.post("submission", f"{self._entry}/submit", form_fields(page, "/submit"))
        self.outcome.answered_at = time.time()
        if answer.status == 409 and "不再接收提交" in answer.text:
            self.outcome.is_refused = True
            return
        said = _NUMBER.search((await self._follow(answer)).text)
        if said is None:
            raise Unexpected("the page after submitting names no number")
        self.outcome.number = said[1]

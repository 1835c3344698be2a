"""The load: teachers who write, submit and send files; an office that looks. Each notes what was acknowledged."""

from __future__ import annotations

import hashlib
import io
import json
import random
import re
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from PIL import Image

from reliability.browser import TUS, Browser, NoAnswer
from reliability.ledger import DRAFT, FILE, PIECE, SUBMISSION, Ledger
from reliability.site import PASSWORD, Person, Site

DRAFTS_A_SUBMISSION = 4
PIECES = 3
SENDER_PAUSES = 5
"""Files come so many times as slowly as texts: looking at a picture takes the processor long."""
AFTER_TROUBLE_SECONDS = 0.3
"""How long somebody waits after an answer that was none before trying again: shorter than any person."""
FILE_SECONDS = 180.0
"""How long somebody waits for a file to be taken in."""


class Visitor(threading.Thread):
    """One person at work until told to stop. `turn` is one thing that this person does."""

    def __init__(self, site: Site, person: Person, ledger: Ledger, pause_seconds: float) -> None:
        super().__init__(daemon=True)
        self.ledger, self.person = ledger, person
        self.browser = Browser(site.port, ledger)
        self.contest_id = site.contest_id
        self.pause_seconds = pause_seconds
        self.stopping = threading.Event()
        self.sign_ins = 0
        self._signed_in = False

    def run(self) -> None:
        while not self.stopping.is_set():
            began = time.monotonic()
            with suppress(NoAnswer):
                if not self._signed_in:
                    self._signed_in = self.browser.sign_in(self.person.name, PASSWORD)
                    self.sign_ins += self._signed_in
                if self._signed_in and self.turn():
                    self.stopping.wait(self.pause_seconds * random.uniform(0.5, 1.5))
                    continue
            self.stopping.wait(max(0.05, AFTER_TROUBLE_SECONDS - (time.monotonic() - began)))

    def turn(self) -> bool:
        """Whether it went well; if not, what stands on the page is read afresh."""
        raise NotImplementedError

    def is_signed_out(self, goes_to: str) -> bool:
        """Whether the site sends this person to sign in; then that is done."""
        if "/login" in goes_to:
            self._signed_in = False
            self.ledger.answered("asked to sign in again")
        return not self._signed_in


class Writer(Visitor):
    """Types, is saved by itself, and now and then submits."""

    _fields: list[tuple[str, str]] | None = None
    _version = ""
    _count = 0

    def turn(self) -> bool:
        entry = f"/entries/{self.person.entry_id}"
        if self._fields is None:
            form = self.browser.form(f"{entry}/edit", "/edit")
            if form is None:
                self.is_signed_out(self.browser.ask("GET", f"{entry}/edit").goes_to)
                return False
            self._version = dict(form)["version"]
            self._fields = [pair for pair in form if pair[0] not in {"version", "summary"}]
        text = f"在月球上种出的白菜，第 {self._count} 稿，{secrets.token_hex(6)}。"
        if not self._save(f"{entry}/autosave", text):
            self._fields = None
            return False
        self._count += 1
        if self._count % DRAFTS_A_SUBMISSION == 0:
            self._fields = None
            return self._submit(entry, text)
        return True

    def _save(self, address: str, text: str) -> bool:
        assert self._fields is not None
        note = self.ledger.send(DRAFT, str(self.person.entry_id), text)
        answer = self.browser.post(address, [*self._fields, ("version", self._version), ("summary", text)])
        if answer.status == 200 and answer.headers.get("x-form-version"):
            self._version = answer.headers["x-form-version"]
            self.ledger.acknowledge(note)
            return True
        self.is_signed_out(answer.goes_to)
        self.ledger.refuse(note)
        return False

    def _submit(self, entry: str, text: str) -> bool:
        form = self.browser.form(entry, "/submit")
        if form is None:
            return False
        note = self.ledger.send(SUBMISSION, str(self.person.entry_id), text)
        answer = self.browser.post(f"{entry}/submit", form)
        if answer.goes_to and urlsplit(answer.goes_to).path == entry:
            self.ledger.acknowledge(note)
            return True
        self.ledger.refuse(note)
        return False


class Sender(Visitor):
    """Sends one picture after the other into the same place, in pieces, and waits until each is taken in."""

    _token = ""

    def turn(self) -> bool:
        self._token = self._token or self.browser.ask("GET", "/csrf").text
        content = picture()
        begun = self.browser.begin_upload(
            len(content), self._token, filename="月球农场.jpg", target="entry-file",
            entry=str(self.person.entry_id), slot="painting",
        )  # fmt: skip
        if begun.status != 201:
            self._token = ""
            if begun.status == 401:
                self.is_signed_out("/login")
            return False
        url = urlsplit(begun.headers["location"]).path
        note = self.ledger.send(FILE, str(self.person.entry_id), hashlib.sha256(content).hexdigest())
        if not self._send(url, content):
            return False
        state = self._state_of(url)
        if state == "done":
            self.ledger.acknowledge(note)
        elif state:
            self.ledger.refuse(note)
            self.ledger.answered(f"upload {state}")
        return state == "done"

    def _send(self, url: str, content: bytes) -> bool:
        """Piece by piece; after trouble from where the site says it is. Whether all of it arrived."""
        at, size = 0, -(-len(content) // PIECES)
        while not self.stopping.is_set():
            try:
                note = self.ledger.send(PIECE, url, str(min(at + size, len(content))))
                answer = self.browser.send_piece(url, self._token, at, content[at : at + size])
                if answer.status == 204:
                    self.ledger.acknowledge(note)
                    at = int(answer.headers["upload-offset"])
                    if at == len(content):
                        return True
                    continue
                self.ledger.refuse(note)
                if answer.status == 400:
                    self._token = self.browser.ask("GET", "/csrf").text
            except NoAnswer:
                pass
            self.stopping.wait(AFTER_TROUBLE_SECONDS)
            found = self._offset(url, at)
            if found is None:
                return False
            at = found
            if at == len(content):
                return True
        return False

    def _offset(self, url: str, acknowledged: int) -> int | None:
        """How far the site says that the upload is; None where it knows it no more."""
        while not self.stopping.is_set():
            with suppress(NoAnswer):
                answer = self.browser.ask("HEAD", url, headers=TUS)
                if answer.status == 200:
                    offset = int(answer.headers["upload-offset"])
                    if offset < acknowledged:
                        self.ledger.misses(f"{url}: {acknowledged} bytes were acknowledged, {offset} are there")
                    return offset
                if answer.status in {404, 410}:
                    self.ledger.misses(f"{url}: begun, and known no more")
                    return None
                if answer.status == 401:
                    self.is_signed_out("/login")
                    return None
            self.stopping.wait(AFTER_TROUBLE_SECONDS)
        return None

    def _state_of(self, url: str) -> str:
        """What became of a whole upload; empty where nobody waited for it to the end."""
        end = time.monotonic() + FILE_SECONDS
        while time.monotonic() < end and not self.stopping.is_set():
            with suppress(NoAnswer):
                answer = self.browser.ask("GET", f"{url}/state")
                state = str(json.loads(answer.body).get("state", "")) if answer.status == 200 else ""
                if state and state not in {"receiving", "checking"}:
                    return state
            self.stopping.wait(AFTER_TROUBLE_SECONDS)
        return ""


class Office(Visitor):
    """Looks at lists and pictures and takes lists home, as an office does while the works come in."""

    _turn = 0
    _pictures: list[str] = []

    def turn(self) -> bool:
        pages = [
            "/", f"/office/contests/{self.contest_id}/entries", "/notices",
            f"/office/contests/{self.contest_id}/entries.xlsx", f"/office/entries/{self.person.entry_id}",
            *self._pictures[:1],
        ]  # fmt: skip
        self._turn += 1
        answer = self.browser.ask("GET", pages[self._turn % len(pages)])
        self._pictures = re.findall(r'src="(/office/entries/[^"]+/thumb)', answer.text) or self._pictures
        return not self.is_signed_out(answer.goes_to) and answer.is_success


_base: bytes = b""


def picture() -> bytes:
    """A JPEG that the contest takes, other bytes at each call: what tells them apart is a comment."""
    global _base  # noqa: PLW0603 - drawn once
    if not _base:
        out = io.BytesIO()
        Image.new("RGB", (3240, 2280), (40, 90, 160)).save(out, "JPEG", quality=60)
        _base = out.getvalue()
    comment = secrets.token_bytes(16).hex().encode()
    return _base[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + _base[2:]


@contextmanager
def at_work(site: Site, ledger: Ledger, *, pause_seconds: float = 0.3) -> Iterator[list[Visitor]]:
    """All the site's people but the last write, the last one sends files, the office looks, until the block ends."""
    *writers, sender = site.people
    visitors: list[Visitor] = [Writer(site, one, ledger, pause_seconds) for one in writers]
    visitors += [
        Sender(site, sender, ledger, SENDER_PAUSES * pause_seconds),
        Office(site, Person(site.staff.name, writers[0].entry_id), ledger, pause_seconds),
    ]
    for one in visitors:
        one.start()
    try:
        yield visitors
    finally:
        for one in visitors:
            one.stopping.set()
        for one in visitors:
            one.join(90)
            one.browser.close()

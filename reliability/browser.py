"""A browser as the site sees it: cookies, forms with their tokens, files in pieces by tus, over one connection."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from fuzzing.page_forms import PageReader
from reliability.ledger import Ledger

PATIENCE_SECONDS = 70.0
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}
HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
NUMBER = re.compile(r"编号：\s*[A-Za-z0-9-]{8,40}")


class NoAnswer(Exception):
    """The site cannot be reached, or the connection broke before the answer was whole."""


@dataclass(frozen=True)
class Answer:
    """Status, headers in lower case, body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def is_success(self) -> bool:
        return self.status < 400

    @property
    def goes_to(self) -> str:
        """Where it redirects to; empty where it does not."""
        return self.headers.get("location", "") if self.status in {301, 302, 303} else ""


class Browser:
    """One person's. Every answer that is no success is noted in the ledger, and whether a person could read it."""

    def __init__(self, port: int, ledger: Ledger) -> None:
        self._port, self._ledger = port, ledger
        self._cookies: dict[str, str] = {}
        self._connection: HTTPConnection | None = None

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        """Raises NoAnswer."""
        own = {"Origin": f"http://127.0.0.1:{self._port}", "Accept": "text/html", "User-Agent": "reliability"}
        own["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        if self._connection is None:
            self._connection = HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)
        try:
            self._connection.request(method, path, body, {**own, **(headers or {})})
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, HTTPException) as failure:
            self.close()
            self._ledger.answered(f"no answer ({type(failure).__name__})")
            raise NoAnswer from failure
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                self._cookies.update({key: one.value for key, one in SimpleCookie(value).items()})
        answer = Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content)
        self._note(method, path, answer)
        return answer

    def post(self, path: str, fields: list[tuple[str, str]]) -> Answer:
        """Send a form."""
        return self.ask("POST", path, urlencode(fields).encode(), {"Content-Type": "application/x-www-form-urlencoded"})

    def form(self, path: str, ending: str) -> list[tuple[str, str]] | None:
        """The fields, filled in as they are, of the page's form whose address ends so; None where there is none."""
        answer = self.ask("GET", path)
        forms = PageReader(answer.text).forms if answer.status == 200 else []
        found = [one for one in forms if (one.action or path).split("?")[0].endswith(ending)]
        return found[0].fields if found else None

    def sign_in(self, name: str, password: str) -> bool:
        """Whether the site let this person in."""
        form = self.form("/login", "/login")
        if form is None:
            return False
        answer = self.post("/login", list((dict(form) | {"name": name, "password": password}).items()))
        return bool(answer.goes_to) and "/login" not in answer.goes_to

    def begin_upload(self, size_bytes: int, token: str, **said: str) -> Answer:
        """`token`: the form token. The answer names the upload's address."""
        words = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())
        headers = {**TUS, "X-CSRFToken": token, "Upload-Length": str(size_bytes), "Upload-Metadata": words}
        return self.ask("POST", "/uploads/", b"", headers)

    def send_piece(self, url: str, token: str, offset: int, piece: bytes) -> Answer:
        return self.ask("PATCH", url, piece, {**PIECE, "X-CSRFToken": token, "Upload-Offset": str(offset)})

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _note(self, method: str, path: str, answer: Answer) -> None:
        if answer.is_success:
            self._ledger.page_shown()
            return
        words, why_not = read_as_person(answer)
        self._ledger.answered(f"{answer.status} {words}")
        if method != "HEAD" and why_not:
            self._ledger.cannot_be_read(f"{method} {re.sub('[0-9]+', 'N', path)[:60]}: {answer.status}, {why_not}")


def read_as_person(answer: Answer) -> tuple[str, str]:
    """What the answer says, and what keeps a person from making sense of it: empty where nothing does."""
    if "json" in answer.headers.get("content-type", ""):
        said: Any = json.loads(answer.body or b"{}")
        words = str(said.get("message", "")) if isinstance(said, dict) else ""
        return words[:60], "" if words else "JSON without a message"
    found = HEADING.search(answer.text)
    words = re.sub(r"<[^>]+>|\s+", "", found[1]) if found else answer.text[:40].replace("\n", " ")
    if "Traceback" in answer.text:
        return words, "a traceback"
    if not found:
        return words, "no page"
    if answer.status >= 500 and not NUMBER.search(answer.text):
        return words, "no number of the request"
    if answer.status == 503 and "retry-after" not in answer.headers:
        return words, "503 without Retry-After"
    return words, ""

"""SMS by any provider that takes one JSON object by HTTP: the address, the body and a header are settings.

`CONTEST_PORTAL_SMS_BODY` is a JSON object in which {phone}, {text} and {key} stand within texts; they are filled in
after it was read as JSON, so what somebody has typed never becomes structure.
"""

from __future__ import annotations

import http.client
import json
import re
import ssl
from typing import Any
from urllib.parse import urlsplit

from contest_portal.core.outbox.channels import TIMEOUT_SECONDS, NotSent, Outgoing, Unsure, has_host
from contest_portal.core.text import N_, Message
from contest_portal.settings import Settings

BUSY = {429, 503}
"""Answers of a provider that has taken nothing and may later."""
PLACES = ("phone", "text", "key")
_HEADER_NAME = re.compile(r"[0-9A-Za-z!#$%&'*+.^_`|~-]+")  # a token of RFC 9110, 5.6.2


class HttpSms:
    """One POST a message. 2xx is taken; 429 and 503 may pass; other 4xx will not; anything else is not known."""

    def __init__(self, url: str, body: str, header: str) -> None:
        self._parts = urlsplit(url)
        if self._parts.scheme not in {"http", "https"} or not has_host(url, self._parts):
            raise ValueError("CONTEST_PORTAL_SMS_URL: expected https://host/path or file:///folder")
        try:
            self._body = json.loads(body)
        except ValueError as error:
            raise ValueError(f"CONTEST_PORTAL_SMS_BODY is not JSON: {error}") from None
        if not isinstance(self._body, dict) or "{phone}" not in body or "{text}" not in body:
            raise ValueError("CONTEST_PORTAL_SMS_BODY: expected a JSON object with {phone} and {text} in it")
        name, colon, value = header.partition(":")
        if header and not (
            colon and _HEADER_NAME.fullmatch(name.strip()) and header.isascii() and header.isprintable()
        ):
            raise ValueError("CONTEST_PORTAL_SMS_HEADER: expected one header, as Authorization: Bearer …")
        self._headers = {"Content-Type": "application/json; charset=utf-8"}
        if header:
            self._headers[name.strip()] = value.strip()

    @classmethod
    def from_settings(cls, settings: Settings) -> HttpSms:
        return cls(settings.sms_url, settings.sms_body, settings.sms_header)

    def send(self, message: Outgoing) -> None:
        """Raises NotSent, Unsure."""
        values = {"phone": message.address, "text": message.text, "key": message.key}
        content = json.dumps(_filled(self._body, values), ensure_ascii=False).encode()
        connection = self._connection()
        try:
            try:
                connection.connect()
            except OSError as failure:
                words = N_("连不上短信平台：%(what)s。")
                raise NotSent(Message.of(words, what=str(failure)[:200]), is_down=True) from failure
            try:
                target = (self._parts.path or "/") + (f"?{self._parts.query}" if self._parts.query else "")
                connection.request("POST", target, content, self._headers)
                answer = connection.getresponse()
                said = answer.read(2000).decode("utf-8", "replace")
            except (OSError, http.client.HTTPException) as failure:
                words = N_("短信已交给平台，但没有收到答复，不能确定是否已发出。")
                raise Unsure(Message.of(words)) from failure
        finally:
            connection.close()
        _judge(answer.status, said)

    def close(self) -> None:
        """Each message has a connection of its own."""

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS, context=context)
        return http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)


def _judge(status: int, said: str) -> None:
    if 200 <= status < 300:
        return
    reason = Message.of(N_("短信平台答复 %(status)s：%(said)s"), status=status, said=said[:200])
    if status in BUSY or 300 <= status < 500:
        raise NotSent(reason, may_pass=status in BUSY)
    raise Unsure(reason)


def _filled(part: Any, values: dict[str, str]) -> Any:
    if isinstance(part, dict):
        return {key: _filled(value, values) for key, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, values) for value in part]
    if isinstance(part, str):
        # In one pass: a text that holds "{phone}" itself stays as it was written.
        pieces = part.replace("{", "\0{").replace("}", "}\0").split("\0")
        return "".join(values.get(piece[1:-1], piece) if piece in _MARKS else piece for piece in pieces)
    return part


_MARKS = {f"{{{place}}}" for place in PLACES}

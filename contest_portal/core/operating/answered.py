"""Each answer once more, for those who count: a line in the log, and whoever else asks to be told.

A line names the rule of the address with the ids in it, never the address: that may hold an invitation's secret.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, g, request

from contest_portal.core.actor import Actor

log = logging.getLogger(__name__)
UNSAID = frozenset({"static", "core.health", "core.ready"})
"""Pages whose answers are no line of the log unless they failed: they are many and say nothing."""


@dataclass(frozen=True)
class Answered:
    """One answer. `route` is the rule of the address, empty where nothing stands; `ids` are the numbers in it."""

    method: str
    route: str
    status: int
    seconds: float
    request_id: str
    account_id: int | None
    ids: dict[str, int] = field(default_factory=dict)


Listener = Callable[[Answered], None]


def init_answered(app: Flask) -> None:
    """Call this before others add what is done before and after a request: what is added first sees the request first
    and the finished answer last."""
    listeners: list[Listener] = app.extensions.setdefault("answered", [])

    @app.url_value_preprocessor  # before those of a blueprint, which may refuse the address
    def begin(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
        g.request_id, g.began = _number_of_request(app), time.perf_counter()

    @app.after_request
    def tell(response: Response) -> Response:
        answered = _answered(response)
        _write_line(answered)
        for listener in listeners:
            listener(answered)
        return response


def _number_of_request(app: Flask) -> str:
    """What a trusted proxy gave the request, so that its log and ours can be laid together; else our own."""
    given = request.headers.get("X-Request-Id", "") if app.config["SETTINGS"].trusted_proxies else ""
    return given if re.fullmatch(r"[A-Za-z0-9-]{8,40}", given) else uuid.uuid4().hex[:16]


def on_answered(app: Flask, listener: Listener) -> None:
    """Tell `listener` of each answer; it must be quick and raise nothing."""
    app.extensions["answered"].append(listener)


def _answered(response: Response) -> Answered:
    person = g.get("_login_user")  # who was asked for; nobody is looked up for the log's sake
    return Answered(
        method=request.method,
        route=request.url_rule.rule if request.url_rule else "",
        status=response.status_code,
        seconds=time.perf_counter() - g.began,
        request_id=g.request_id,
        account_id=person.account_id if isinstance(person, Actor) else None,
        ids={name: value for name, value in (request.view_args or {}).items() if isinstance(value, int)},
    )


def _write_line(one: Answered) -> None:
    if (request.endpoint in UNSAID and one.status < 500) or not log.isEnabledFor(logging.INFO):
        return
    milliseconds = round(one.seconds * 1000, 1)
    facts = {
        "request_id": one.request_id,
        "method": one.method,
        "route": one.route,
        "status": one.status,
        "ms": milliseconds,
        "account_id": one.account_id,
        **one.ids,
    }
    ids = "".join(f" {name}={value}" for name, value in one.ids.items())
    text = f"{one.method} {one.route or '-'}{ids} {one.status} {milliseconds} ms account={one.account_id or '-'}"
    log.info("%s", text, extra={"facts": facts})

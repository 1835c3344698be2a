"""By which names the site may be asked for: an address in a mail or a slip must never be somebody else's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from werkzeug.sansio.utils import host_is_trusted

from contest_portal.core.headers import origin_of

PROBES = frozenset({"/healthz", "/readyz"})
"""Those who look whether a machine is well ask by its number."""
ANSWER = "这个网站不使用您所输入的网址，请核对。 / This site is not known by that address.\n".encode()


def init_hosts(app: Flask) -> None:
    """Answer 400 to every other name than those of the setting, if it names any. Call it before `init_proxies`: what
    a trusted proxy says of the host is then known."""
    settings = app.config["SETTINGS"]
    hosts = [one.strip().lower() for one in settings.allowed_hosts.split(",") if one.strip()]
    if not hosts:
        return
    if settings.files_url:
        hosts.append(origin_of(settings.files_url).partition("://")[2].partition(":")[0])
    inner = app.wsgi_app

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("PATH_INFO") in PROBES or host_is_trusted(environ.get("HTTP_HOST", "").lower(), hosts):
            return inner(environ, start_response)
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(ANSWER)))]
        start_response("400 Bad Request", headers)
        return [ANSWER]

    app.wsgi_app = serve  # type: ignore[method-assign]

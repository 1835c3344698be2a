"""How often one address may ask for what is costly or could be tried out: in memory, or in Redis by setting."""

from __future__ import annotations

from flask import Flask, Response
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, headers_enabled=True, strategy="fixed-window")


def init_rate_limits(app: Flask) -> None:
    """Count in this process, or in Redis where several processes share the work."""
    app.config.setdefault("RATELIMIT_STORAGE_URI", app.config["SETTINGS"].redis_url or "memory://")
    limiter.init_app(app)


def failed(response: Response) -> bool:
    """For `deduct_when`: whether the answer was a refusal, so that only failures are counted."""
    return response.status_code >= 400

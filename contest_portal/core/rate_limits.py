"""How often one address may ask for what is costly or could be tried out: in memory, or in Redis by setting."""

from __future__ import annotations

from importlib.util import find_spec
from math import ceil
from time import time

from flask import Flask, Response
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from contest_portal.core.networks import connection_of


def visitor_here() -> str:
    """Who asks, for counting: the address, of IPv6 the connection that it belongs to."""
    return connection_of(get_remote_address())


limiter = Limiter(visitor_here, headers_enabled=True, strategy="fixed-window")


def init_rate_limits(app: Flask) -> None:
    """Count in this process, or in Redis where several processes share the work. Raises ValueError without its library."""
    if app.config["SETTINGS"].redis_url and find_spec("redis") is None:
        raise ValueError("CONTEST_PORTAL_REDIS_URL is set: install contest-portal[redis], or leave the setting out")
    app.config.setdefault("RATELIMIT_STORAGE_URI", app.config["SETTINGS"].redis_url or "memory://")
    app.config.setdefault("RATELIMIT_IN_MEMORY_FALLBACK_ENABLED", True)  # a lost Redis must not keep people out
    limiter.init_app(app)


def failed(response: Response) -> bool:
    """For `deduct_when`: whether the answer was a refusal, so that only failures are counted."""
    return response.status_code >= 400


def kept(response: Response) -> bool:
    """For `deduct_when`: whether something was taken; what was refused for a slip of the pen is not counted."""
    return response.status_code < 400


def minutes_to_wait() -> int:
    """After how many minutes the limit that refused this request lets more through; at least one."""
    limit = limiter.current_limit
    if limit is None:
        return 1
    # The end of a window is told in whole seconds, rounded up: an hour is not 61 minutes for that.
    return max(1, ceil((limit.reset_at - time() - 1) / 60))

"""What wakes workers when a job is written: in the same process at once; in others, of other machines too, by Redis.

The rows stay the truth. A Redis that is lost costs a delay, since workers look at the rows from time to time anyway.
"""

from __future__ import annotations

import logging
import threading
import time
from importlib import import_module
from typing import Any

from flask import current_app

CHANNEL = "contest-portal:jobs"
POLL_SECONDS = 2.0
POLL_SECONDS_WITH_REDIS = 15.0
QUIET_SECONDS = 30.0
"""How long a lost Redis is left alone: nobody's request waits for it again and again."""

log = logging.getLogger(__name__)


class Bell:
    """Wakes those who wait for jobs. Safe for threads; rings through Redis where its address is given."""

    def __init__(self, redis_url: str = "") -> None:
        self._waiting: set[threading.Event] = set()
        self._lock = threading.Lock()
        self._redis_url = redis_url
        self._redis: Any = None
        self._quiet_until = 0.0
        self.hears_others = False

    @property
    def poll_seconds(self) -> float:
        """How long a worker may sleep before it looks at the rows by itself."""
        return POLL_SECONDS_WITH_REDIS if self.hears_others else POLL_SECONDS

    def add(self, event: threading.Event) -> None:
        """Set this event at every ring."""
        with self._lock:
            self._waiting.add(event)

    def remove(self, event: threading.Event) -> None:
        with self._lock:
            self._waiting.discard(event)

    def ring(self) -> None:
        """Wake everybody; to be called when the job's row is committed."""
        self.ring_here()
        if not self._redis_url or time.monotonic() < self._quiet_until:
            return
        try:
            self._client().publish(CHANNEL, "1")
        except _redis_error() as failure:
            self._quiet_until = time.monotonic() + QUIET_SECONDS
            log.warning("Redis cannot be reached, workers look for jobs by themselves: %s", failure)

    def ring_here(self) -> None:
        with self._lock:
            for event in self._waiting:
                event.set()

    def listen(self, stop: threading.Event) -> None:
        """Ring here whenever somebody rings through Redis, until `stop` is set. Does nothing without Redis."""
        if not self._redis_url:
            return
        while not stop.is_set():
            try:
                self._hear(stop)
            except Exception as failure:  # noqa: BLE001  whatever a broken connection raises, listening goes on
                if self.hears_others:
                    log.warning("Redis was lost, jobs are looked for every %s s: %s", POLL_SECONDS, failure)
            self.hears_others = False
            self.ring_here()  # who sleeps long in trust of Redis now sleeps short
            stop.wait(POLL_SECONDS)

    def _hear(self, stop: threading.Event) -> None:
        with self._client().pubsub(ignore_subscribe_messages=True) as heard:
            heard.subscribe(CHANNEL)
            heard.get_message(timeout=5.0)
            self.hears_others = True
            self.ring_here()  # what was written before we listened
            while not stop.is_set():
                if heard.get_message(timeout=1.0) is not None:
                    self.ring_here()

    def _client(self) -> Any:
        if self._redis is None:
            self._redis = import_module("redis").Redis.from_url(
                self._redis_url, socket_connect_timeout=1, socket_timeout=2, health_check_interval=10
            )
        return self._redis


def bell() -> Bell:
    """The running application's bell."""
    found: Bell = current_app.extensions["jobs_bell"]
    return found


def _redis_error() -> type[Exception]:
    error: type[Exception] = import_module("redis.exceptions").RedisError
    return error

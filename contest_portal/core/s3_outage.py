"""A store that does not answer is left alone for some seconds: whoever asks meanwhile is told at once that it is away.

Without this each page with a picture would hold a thread of the server until all its tries had timed out, and soon
nobody could save a draft either, which needs no store.
"""

from __future__ import annotations

import threading
import time
from importlib import import_module
from typing import Any

QUIET_SECONDS = 5.0


class Outage:
    """What one client knows of its store. Safe for threads."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._lock = threading.Lock()
        self._is_away = False
        self._quiet_until = 0.0
        errors = import_module("botocore.exceptions")
        self._refusal = errors.EndpointConnectionError
        self._silences = (errors.HTTPClientError, errors.ConnectionError)

    def watch(self, client: Any) -> None:
        """Let the boto3 client's calls go through here."""
        client.meta.events.register("before-call.s3", self._before)
        client.meta.events.register("after-call.s3", self._answered)
        client.meta.events.register("after-call-error.s3", self._failed)

    def _before(self, **_call: Any) -> None:
        """Of those who ask while it is away, one every few seconds tries whether it is back."""
        with self._lock:
            if not self._is_away:
                return
            if time.monotonic() < self._quiet_until:
                raise self._refusal(endpoint_url=self._endpoint)
            self._quiet_until = time.monotonic() + QUIET_SECONDS

    def _answered(self, **_call: Any) -> None:
        self._is_away = False

    def _failed(self, exception: Exception, **_call: Any) -> None:
        if isinstance(exception, self._silences):
            with self._lock:
                self._is_away, self._quiet_until = True, time.monotonic() + QUIET_SECONDS

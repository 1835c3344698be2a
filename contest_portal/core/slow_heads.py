"""A connection whose requests may not take for ever to say what they want."""

from __future__ import annotations

import time

from waitress.channel import HTTPChannel

HEAD_SECONDS = 30.0
"""So long may the head of a request be on its way."""


class HeadLimitedChannel(HTTPChannel):
    """Closes when a head does not end: waitress itself minds silence only, and a letter now and then is none."""

    head_seconds = HEAD_SECONDS
    request_began = 0.0

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.request_began = time.monotonic()
        elif not self.request.headers_finished and time.monotonic() > self.request_began + self.head_seconds:
            self.will_close = True
            return False
        return bool(super().received(data))

"""The ways out of the site. A channel is a small interface; which stands behind it says the deployment's settings.

What a channel must tell apart: a message that was surely not taken (`NotSent`: it may be sent again), and one of which
nobody knows (`Unsure`: it is not sent again by itself).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult

from flask import current_app

from contest_portal.core.outbox.kinds import MAIL, OUTSIDE, SMS
from contest_portal.core.text import Message
from contest_portal.settings import Settings

FILE = "file://"
TIMEOUT_SECONDS = 20.0


@dataclass(frozen=True)
class Outgoing:
    """What goes out. `key` is the same for every attempt, so that a receiver may know it again. An SMS has no subject."""

    key: str
    address: str
    subject: str
    text: str


class NotSent(Exception):
    """It was surely not taken. `may_pass`: later it may be; `is_down`: nothing else is worth trying on this channel now."""

    def __init__(self, reason: Message, *, may_pass: bool = True, is_down: bool = False) -> None:
        super().__init__(str(reason))
        self.reason, self.may_pass, self.is_down = reason, may_pass, is_down


class Unsure(Exception):
    """It was handed over, and the answer did not come."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Channel(Protocol):
    """One way out, for one run of the job."""

    def send(self, message: Outgoing) -> None:
        """Hand it over. Raises NotSent, Unsure."""

    def close(self) -> None:
        """The run is over."""


def settings() -> Settings:
    """The running application's."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def is_set(channel: str) -> bool:
    """Whether the deployment has this way out."""
    return bool({MAIL: settings().smtp_url, SMS: settings().sms_url}[channel])


def is_any_set() -> bool:
    """Whether anything leaves the site at all."""
    return any(is_set(channel) for channel in OUTSIDE)


def channel_of(name: str, wanted: Settings | None = None) -> Channel:
    """The channel as the settings have it. Raises ValueError naming the setting that cannot be read."""
    from contest_portal.core.outbox.file_channel import FileChannel
    from contest_portal.core.outbox.http_sms import HttpSms
    from contest_portal.core.outbox.smtp import Smtp

    given = wanted or settings()
    url = given.smtp_url if name == MAIL else given.sms_url
    if url.startswith(FILE):
        return FileChannel.from_url(url, name)
    return Smtp.from_settings(given) if name == MAIL else HttpSms.from_settings(given)


def has_host(url: str, parts: SplitResult) -> bool:
    """Whether a connection could be opened to the address: a host, a port that is one, nothing that must be escaped."""
    try:
        return bool(parts.hostname) and parts.port != 0 and url.isascii() and url.isprintable() and " " not in url
    except ValueError:  # of the port
        return False


def require_readable(given: Settings) -> None:
    """At the start: a setting that no message could be sent with is told before anybody waits for one. Raises ValueError."""
    for name, url in ((MAIL, given.smtp_url), (SMS, given.sms_url)):
        if url:
            channel_of(name, given)

"""Where an upload may go: a higher room registers by name what it takes, and is asked at the beginning and at the end.

    register_target("entry-file", Target(key="entry", begin=..., accepted=..., take=...))

`place` is what the browser said beside the file's name (`{"entry": "12", "slot": "painting"}`); the room reads it and
trusts nothing in it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from contest_portal.core.actor import Actor
from contest_portal.core.errors import Invalid, NotFound
from contest_portal.core.text import N_
from contest_portal.media.services.receiving import Received

Place = Mapping[str, str]


@dataclass(frozen=True)
class Announced:
    """What is said of a file before its first byte: its name, its length in bytes, its hash where the browser knows it."""

    name: str
    size_bytes: int
    sha256: str | None = None


@dataclass(frozen=True)
class UploadView:
    """An upload whose last byte is there, as a target sees it. `steady_since`: the moment from which it came in without
    a pause longer than the setting, None: from the beginning; `longest_gap_seconds`: the longest pause since then;
    `bytes_in_time`: how much had come when the target's time ended."""

    id: int
    name: str
    begun_at: datetime
    finished_at: datetime
    place: Place
    size_bytes: int = 0
    bytes_in_time: int = 0
    steady_since: datetime | None = None
    longest_gap_seconds: int = 0


@dataclass(frozen=True)
class Target:
    """How a room takes files.

    - `key` names the value of the place by which all uploads of one thing are found, such as `entry`.
    - `begin(actor, place, announced)` is asked before the first byte; it raises a DomainError where the file may not
      come: NotFound for what the actor may not know of, too large, too late, no space left.
    - `still_wanted(actor, upload)` is asked whenever more of it is to come: it raises a DomainError where the file would
      not be taken any more, so that nobody sends an hour for nothing. `finished_at` is then the moment of asking.
    - `ends_at(place)` gives the last moment at which what comes there is in time; None: there is none.
    - `accepted(actor, place)` gives the codes of the kinds that the place takes, None for all: others are not decoded.
    - `take(actor, upload, received)` puts the stored, probed file where it belongs. It runs inside the unit of work
      that ends the upload, so both happen or neither: it is called again after a crash, and takes once. It must be
      quick and read no file; slow work it asks for by `enqueue`. It raises Invalid with what was measured.
    """

    key: str
    begin: Callable[[Actor, Place, Announced], None]
    accepted: Callable[[Actor, Place], Collection[str] | None]
    take: Callable[[Actor, UploadView, Received], None]
    still_wanted: Callable[[Actor, UploadView], None] = lambda _actor, _upload: None
    ends_at: Callable[[Place], datetime | None] = lambda _place: None


def id_in(place: Place, key: str) -> int:
    """The id that stands in the place. Raises NotFound unless it is written as ids are: uploads are found by this very
    text again, and `029` would be another one."""
    text = place.get(key, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 16 and text == str(int(text))):
        raise NotFound
    return int(text)


_targets: dict[str, Target] = {}


def register_target(name: str, target: Target) -> None:
    """Register, once at import, what takes uploads under `name`."""
    if name in _targets:
        raise ValueError(f"two upload targets named {name}")
    _targets[name] = target


def target_named(name: str) -> Target:
    """The target of that name. Raises Invalid."""
    found = _targets.get(name)
    if found is None:
        raise Invalid("media.no_such_target", N_("上传请求里没有写明文件要放到哪里。请刷新页面后重新选择文件。"))
    return found

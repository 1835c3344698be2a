"""The tabs of an event's office pages: each package adds its own, a reader sees those that are allowed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from contest_portal.core.permissions import may
from contest_portal.events.planning.models import Event

Shown = Callable[[Event], bool]


@dataclass(frozen=True)
class EventLink:
    """A tab. `label` is a lazy text; `action` is asked about the event; `shown` says for which events it stands there."""

    label: Any
    endpoint: str
    order: int
    action: str
    shown: Shown | None
    also_active_in: tuple[str, ...]


@dataclass(frozen=True)
class Tab:
    """A tab as the page shows it, for the macro `tabs`."""

    label: str
    url: str
    active: bool


_links: list[EventLink] = []


def add_event_link(
    label: Any,
    endpoint: str,
    *,
    order: int,
    action: str = "events.see",
    shown: Shown | None = None,
    also_active_in: Sequence[str] = (),
) -> None:
    """Add a tab, once at import. The endpoint takes `event_id` alone. 概况 is 0, 场次 20, 内容与规则 50, 预约 200, 安排 300, 签到 400, 文件 900."""
    _links.append(EventLink(label, endpoint, order, action, shown, tuple(also_active_in)))


def event_tabs(event: Event) -> list[Tab]:
    """The tabs of the event that the current reader may follow, in their order."""
    here = request.endpoint or ""
    return [
        Tab(str(one.label), url_for(one.endpoint, event_id=event.id), here in (one.endpoint, *one.also_active_in))
        for one in sorted(_links, key=lambda link: link.order)
        if (one.shown is None or one.shown(event)) and may(one.action, event)
    ]

"""The signed-in navigation: each room adds its items; a reader sees those of the role acted in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from sqlalchemy import Select, select

from contest_portal.core.actor import Actor, Role
from contest_portal.core.database import db

Count = Select[int]
Badge = Callable[[Actor], Count]
"""Gives the statement that counts what waits for the actor behind an item."""


@dataclass(frozen=True)
class Item:
    """An entry of the navigation. `label` is a lazy text; `section` groups items under a heading (lazy text)."""

    section: Any
    label: Any
    endpoint: str
    icon: str
    roles: frozenset[Role]
    order: int
    blueprints: frozenset[str]
    badge: Badge | None
    badge_for: frozenset[Role]


@dataclass(frozen=True)
class Link:
    """An item as the page shows it."""

    label: str
    url: str
    icon: str
    active: bool
    badge: int


@dataclass(frozen=True)
class Section:
    """A heading and its links."""

    label: str
    items: Sequence[Link]


_items: list[Item] = []
_public: list[tuple[int, Any, str, tuple[str, ...]]] = []


def add_item(
    section: Any,
    label: Any,
    endpoint: str,
    *,
    icon: str,
    roles: Sequence[Role],
    order: int,
    badge: Badge | None = None,
    badge_for: Sequence[Role] = (),
    also_active_in: Sequence[str] = (),
) -> None:
    """Add an item once at import. It is active on its own endpoint and on those whose names begin with `also_active_in`.

    `badge_for`: the roles for whom what the badge counts is something to do, where others only read (default: all).
    """
    acting = frozenset(badge_for or roles)
    _items.append(
        Item(section, label, endpoint, icon, frozenset(roles), order, frozenset(also_active_in), badge, acting)
    )


def navigation_for(actor: Actor | None) -> list[Section]:
    """The sections of the actor's role, in order; one statement."""
    if actor is None or actor.membership is None:
        return []
    sections: dict[str, list[Link]] = {}
    items = sorted((i for i in _items if actor.role in i.roles), key=lambda i: i.order)
    for item, badge in zip(items, _badges(items, actor), strict=True):
        active = request.endpoint == item.endpoint or any(
            (request.endpoint or "").startswith(p) for p in item.blueprints
        )
        sections.setdefault(str(item.section), []).append(
            Link(str(item.label), url_for(item.endpoint), item.icon, active, badge)
        )
    return [Section(label, links) for label, links in sections.items()]


def _badges(items: Sequence[Item], actor: Actor) -> list[int]:
    """The number beside each item, 0 where it has none: all counted in one statement."""
    badges = [item.badge if actor.role in item.badge_for else None for item in items]
    counted = [badge(actor).scalar_subquery() for badge in badges if badge]
    found = iter(db.session.execute(select(*counted)).one() if counted else ())
    return [next(found) if badge else 0 for badge in badges]


def add_public_link(label: Any, endpoint: str, *, order: int, also_active_in: Sequence[str] = ()) -> None:
    """Add a link to the head of the public pages once at import. `label` is a lazy text."""
    _public.append((order, label, endpoint, (endpoint, *also_active_in)))


def public_links() -> list[Link]:
    """The links of the public pages' head, in order."""
    here = request.endpoint or ""
    return [
        Link(str(label), url_for(endpoint), "", any(here.startswith(name) for name in active), 0)
        for _order, label, endpoint, active in sorted(_public, key=lambda link: link[0])
    ]


def link_to(endpoint: str, **values: Any) -> str:
    """The address of a page of another room, or an empty text where that page does not exist."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""

"""What the public home shows besides the contests: higher rooms add their sections (公示, lists) here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class HomeItem:
    """A line of a section: its title and address, a day, a short note."""

    title: str
    url: str
    on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class HomeSection:
    """A section of the home: texts in the reader's language. `more_url` leads to the whole list."""

    title: str
    items: tuple[HomeItem, ...]
    more_url: str = ""
    order: int = 50


Maker = Callable[[int | None], HomeSection | None]

_makers: list[Maker] = []


def add_home_section(maker: Maker) -> Maker:
    """Register, once at import, what makes a section for an office's id (None: for all offices); None shows nothing."""
    if maker not in _makers:
        _makers.append(maker)
    return maker


def home_sections(office_id: int | None) -> list[HomeSection]:
    """The sections that have something to show, in their order."""
    made = (maker(office_id) for maker in _makers)
    return sorted((section for section in made if section and section.items), key=lambda section: section.order)

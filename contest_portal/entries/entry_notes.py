"""What higher rooms tell of an accepted entry on its own pages: they register it, the pages ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from contest_portal.entries.models import Entry


@dataclass(frozen=True)
class EntryNote:
    """A card of (label, value) facts under a title; texts are shown as they are. `link`: (label, address) of a page on it."""

    title: str
    facts: Sequence[tuple[str, str]]
    icon: str = "info-circle"
    link: tuple[str, str] | None = None


NoteSource = Callable[[int], Sequence[EntryNote]]

_sources: list[NoteSource] = []


def provide_notes(source: NoteSource) -> NoteSource:
    """Register, once at import, what gives the notes on an entry by its id."""
    if source not in _sources:
        _sources.append(source)
    return source


def notes_on(entry: Entry) -> list[EntryNote]:
    """The notes of all rooms; none before the entry is accepted, when no room has anything to do with it."""
    if entry.state != "accepted":
        return []
    return [note for source in _sources for note in source(entry.id)]

"""What higher rooms tell a school about a contest beside its own quota: they register it, the school's pages ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from contest_portal.contests.models import Contest
from contest_portal.core.text import Message

NoteSource = Callable[[int, Sequence[Contest]], Mapping[int, Sequence[Message]]]

_sources: list[NoteSource] = []


def provide_school_notes(source: NoteSource) -> NoteSource:
    """Register, once at import, what gives contest → sentences for a school (by its id)."""
    if source not in _sources:
        _sources.append(source)
    return source


def notes_for_school(school_id: int, contests: Sequence[Contest]) -> dict[int, list[Message]]:
    """Contest → the sentences of all rooms for this school."""
    found: dict[int, list[Message]] = {}
    for source in _sources:
        for contest_id, notes in source(school_id, contests).items():
            found.setdefault(contest_id, []).extend(notes)
    return found

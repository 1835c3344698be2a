"""Sentences as data: what a pure rule says, before anyone has chosen a language."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


def N_(source: str) -> str:
    """Mark `source` for translation without translating it yet."""
    return source


@dataclass(frozen=True)
class Message:
    """A translatable sentence: a source string with named `%(name)s` places and the values that fill them.

    A value may itself be a `Message`; it is translated before it is filled in. `core.i18n.translate` renders it
    in the reader's language; `str()` gives the Chinese source, which is what logs and the command line show.
    """

    source: str
    params: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, source: str, **params: Any) -> Message:
        return cls(source, params)

    def __str__(self) -> str:
        return self.source % {key: str(value) for key, value in self.params.items()} if self.params else self.source

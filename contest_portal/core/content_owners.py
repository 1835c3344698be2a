"""What stored content is and whose, in words for who looks after the server: each room names what it refers to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

Describe = Callable[[Collection[str]], Iterable[tuple[str, str]]]

_describers: list[Describe] = []


def register_describer(describe: Describe) -> Describe:
    """Register a function that gives, for hashes, pairs of a hash and a line about what refers to it."""
    _describers.append(describe)
    return describe


def described(names: Collection[str]) -> dict[str, list[str]]:
    """For each hash the lines that the rooms have for it; those of which nobody knows anything are left out."""
    found: dict[str, list[str]] = {}
    for describe in _describers if names else ():
        for name, line in describe(names):
            if line not in (lines := found.setdefault(name, [])):
                lines.append(line)
    return found

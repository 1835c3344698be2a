"""What higher rooms know of a category's use: they provide it, changes of the rules ask for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace

from contest_portal.contests.rule_usage import CategoryUsage

Provider = Callable[[int], CategoryUsage]
Counter = Callable[[int], Mapping[int, int]]

_providers: list[Provider] = []
_counters: list[Counter] = []


def provide_usage(provider: Provider) -> Provider:
    """Register, once at import, what gives a category's usage by its id. Each room fills the fields that it knows."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def usage_of(category_id: int) -> CategoryUsage:
    """The category's usage as all rooms together know it; empty where nobody uses it."""
    merged = empty = CategoryUsage()
    for provider in _providers:
        given = provider(category_id)
        known = {item.name: getattr(given, item.name) for item in fields(CategoryUsage)}
        merged = replace(merged, **{name: value for name, value in known.items() if value != getattr(empty, name)})
    return merged


def provide_counts(counter: Counter) -> Counter:
    """Register, once at import, what counts the entries of each category of a contest (by its id)."""
    if counter not in _counters:
        _counters.append(counter)
    return counter


def entry_counts_of(contest_id: int) -> dict[int, int]:
    """How many entries each category of the contest has: what pages show, without reading what they are."""
    counts: dict[int, int] = {}
    for counter in _counters:
        for category_id, count in counter(contest_id).items():
            counts[category_id] = counts.get(category_id, 0) + count
    return counts

"""What higher rooms know of a category's use: they provide it, changes of the rules ask for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

from contest_portal.contests.rule_usage import CategoryUsage

Provider = Callable[[int], CategoryUsage]

_providers: list[Provider] = []


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

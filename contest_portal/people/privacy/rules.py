"""Rules of retention: what may be erased when, registered by the room whose data it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from contest_portal.core.database import Work
from contest_portal.core.text import Message

LONGEST_DAYS = 36_500

Due = Callable[[datetime, int | None], ColumnElement[bool]]
Erase = Callable[[Work, Sequence[int]], object]


@dataclass(frozen=True)
class Rule:
    """`title`: what goes, and the moment from which the days are counted; `stays`: what is left of it.

    `days` is the period where the office has set none, `fewest` the shortest that it may set. `due` gives the condition
    on the rows of `id`'s table that are older than a moment, of one office; for a rule of the whole site (`is_of_site`)
    the office is None. `erase` gets the ids of locked rows that are due.
    """

    code: str
    title: Message
    stays: Message
    days: int
    fewest: int
    id: InstrumentedAttribute[Any]
    due: Due
    erase: Erase
    is_of_site: bool = False


_rules: dict[str, Rule] = {}


def add_rule(rule: Rule) -> Rule:
    """Register a rule once at import."""
    if rule.code in _rules:
        message = f"two rules of retention are called {rule.code}"
        raise ValueError(message)
    _rules[rule.code] = rule
    return rule


def rules_of(office_id: int | None) -> list[Rule]:
    """The rules of an office, or of the whole site (None), in the order in which they were registered."""
    return [one for one in _rules.values() if one.is_of_site == (office_id is None)]


def rule_of(code: str) -> Rule | None:
    """The rule of that code."""
    return _rules.get(code)

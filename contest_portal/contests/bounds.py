"""How large the numbers of a template may be and how long its texts: beyond it is a slip of the keyboard. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contest_portal.contests.rules_codec import Path, RuleProblem
from contest_portal.core.text import N_, Message

_BYTES = 4096 * 1024 * 1024
_SIDE, _SECONDS, _LENGTH = (1, 100_000), (1, 100_000), (1, 100_000)
_DAYS = (-1000, 1000)
_ANY_NUMBER = (-1e12, 1e12)

NUMBERS: dict[str, tuple[float, float]] = {
    "year": (2000, 2100),
    "timetable.from_day": _DAYS,
    "timetable.to_day": _DAYS,
    "title_max_length": (1, 200),
    "group_name_max_length": (1, 100),
    "summary.max_length": (1, 100_000),
    "consent_under_age": (0, 18),
    "authors.minimum": (0, 50),
    "authors.maximum": (0, 50),
    "tutors.minimum": (0, 20),
    "tutors.maximum": (0, 20),
    "age.min_years": (1, 99),
    "age.max_years": (1, 99),
    "limits.count": (1, 100),
    "school_quota.count": (0, 10_000),
    "school_quota.classes.count": (0, 10_000),
    "school_space_mb": (1, 10_000_000),
    "criteria.max_points": (1, 100),
    "slots.max_bytes": (1, _BYTES),
    "slots.max_files": (1, 100),
    "slots.max_pages": (1, 10_000),
    "slots.max_pixels": (1, 10_000_000_000),
    "slots.min_long_side_px": _SIDE,
    "slots.min_sharpness": (1, 100),
    "slots.min_width_px": _SIDE,
    "slots.min_height_px": _SIDE,
    "slots.min_seconds": _SECONDS,
    "slots.max_seconds": _SECONDS,
    "slots.aspect.width": (0, 100_000),
    "slots.aspect.height": (0, 100_000),
    "slots.aspect.tolerance": (0, 1),
    "fields.max_length": _LENGTH,
    "fields.minimum": _ANY_NUMBER,
    "fields.maximum": _ANY_NUMBER,
}
"""From and to of each number, both allowed, by its path without the places in lists."""

TEXTS: dict[str, int] = {
    "version": 20,
    "name": 100,
    "measure": 10,
    "label": 60,
    "hint": 1000,
    "description": 300,
    "discipline_label": 20,
    "items": 50,
    "choices": 100,
    "return_reasons": 100,
    "title": 80,
    "key": 40,
}
"""The longest text in characters by its key, wherever it stands."""


def bound_problems(plain: Mapping[str, Any]) -> Iterator[RuleProblem]:
    """Every number and text of plain rules (`to_dict`) or of a template's head that is beyond its bound."""
    yield from _below(plain, (), ())


def _below(value: Any, path: Path, names: tuple[str, ...]) -> Iterator[RuleProblem]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _below(item, (*path, key), (*names, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _below(item, (*path, index), names)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _number(value, path, ".".join(names))
    elif isinstance(value, str):
        yield from _text(value, path, names[-1])


def _number(value: float, path: Path, place: str) -> Iterator[RuleProblem]:
    low, high = NUMBERS[place]
    if not low <= value <= high:
        message = Message.of(
            N_("「%(key)s」应在 %(low)s 至 %(high)s 之间，现在是 %(value)s"),
            key=place.rpartition(".")[2],
            low=f"{low:.15g}",
            high=f"{high:.15g}",
            value=_shown(str(value)),
        )
        yield RuleProblem(path, message)


def _text(value: str, path: Path, key: str) -> Iterator[RuleProblem]:
    most = TEXTS.get(key)
    if most is not None and len(value) > most:
        message = Message.of(
            N_("「%(key)s」不能超过 %(most)s 个字，现在有 %(count)s 个"), key=key, most=most, count=len(value)
        )
        yield RuleProblem(path, message)


def _shown(text: str) -> str:
    return text if len(text) <= 24 else f"{text[:24]}…"

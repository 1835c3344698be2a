"""Frozen rule classes to JSON-able plain data and back, every mistake named by its path."""

from __future__ import annotations

import difflib
import types
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from contest_portal.core.text import N_, Message

Path = tuple[str | int, ...]
T = TypeVar("T")

_TYPE_NAMES: dict[type, str] = {
    str: N_("文字（加引号）"),
    int: N_("整数"),
    float: N_("数字"),
    bool: N_("true 或 false"),
    date: N_("日期，如 2018-06-30"),
}


@dataclass(frozen=True)
class RuleProblem:
    """What is wrong at one place of a rule set; `path` leads there from the outermost object."""

    path: Path
    message: Message

    def __str__(self) -> str:
        return f"{path_text(self.path)}：{self.message}" if self.path else str(self.message)


class RulesError(ValueError):
    """Plain data that is no rule set; `problems` lists everything found, not only the first."""

    def __init__(self, problems: list[RuleProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def path_text(path: Path) -> str:
    """A path as people read it: `categories[2].slots[0].max_bytes`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def encode(value: Any) -> Any:
    """Dataclasses as dicts in field order, tuples as lists, dates as ISO text, all else as it is."""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: encode(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def decode(cls: type[T], data: Any, path: Path = ()) -> T:
    """An object of the dataclass `cls` from plain data. Raises `RulesError` with every problem found in it."""
    problems: list[RuleProblem] = []
    value = decode_into(cls, data, path, problems)
    if problems:
        raise RulesError(problems)
    return cast(T, value)


def decode_into(kind: Any, data: Any, path: Path, problems: list[RuleProblem]) -> Any:
    """The value of type `kind` in `data`; what is wrong is added to `problems` and gives None in its place."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        if data is None:
            return None
        return decode_into(next(arm for arm in get_args(kind) if arm is not type(None)), data, path, problems)
    if origin is tuple:
        return _decode_list(get_args(kind)[0], data, path, problems)
    if origin is Literal:
        return _decode_choice(get_args(kind), data, path, problems)
    if is_dataclass(kind):
        return _decode_object(cast(type, kind), data, path, problems)
    return _decode_plain(kind, data, path, problems)


def _decode_list(item_kind: Any, data: Any, path: Path, problems: list[RuleProblem]) -> Any:
    if not isinstance(data, list | tuple):
        return _wrong(data, N_("列表 [ … ]"), path, problems)
    return tuple(decode_into(item_kind, item, (*path, index), problems) for index, item in enumerate(data))


def _decode_choice(allowed: tuple[Any, ...], data: Any, path: Path, problems: list[RuleProblem]) -> Any:
    if data in allowed:
        return data
    message = Message.of(
        N_("「%(key)s」的值「%(value)s」不可用，只能是：%(allowed)s"),
        key=_key(path),
        value=data,
        allowed="、".join(str(item) for item in allowed),
    )
    problems.append(RuleProblem(path, message))
    return None


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _decode_object(cls: type, data: Any, path: Path, problems: list[RuleProblem]) -> Any:
    if not isinstance(data, Mapping):
        return _wrong(data, N_("一组键和值"), path, problems)
    hints = _hints(cls)
    known = {item.name: item for item in fields(cls)}
    before = len(problems)
    misspelt = set()
    for key in data:
        if key not in known:
            misspelt.add(_nearest(str(key), known))
            problems.append(RuleProblem((*path, key), unknown_key(str(key), known)))
    values: dict[str, Any] = {}
    for name, item in known.items():
        if name in data:
            values[name] = decode_into(hints[name], data[name], (*path, name), problems)
        # A key that is there under a misspelt name is not named a second time as missing.
        elif item.default is MISSING and item.default_factory is MISSING and name not in misspelt:
            problems.append(RuleProblem(path, Message.of(N_("缺少「%(key)s」，请补上"), key=name)))
    return cls(**values) if len(problems) == before else None


def _decode_plain(kind: type, data: Any, path: Path, problems: list[RuleProblem]) -> Any:
    if kind is date and isinstance(data, str):
        try:
            return date.fromisoformat(data)
        except ValueError:
            return _wrong(data, _TYPE_NAMES[date], path, problems)
    if kind is date and isinstance(data, datetime):
        return _wrong(data, _TYPE_NAMES[date], path, problems)
    # In Python true is an integer; in a rule it never is.
    if isinstance(data, bool) and kind is not bool:
        return _wrong(data, _TYPE_NAMES[kind], path, problems)
    if isinstance(data, kind) or (kind is float and isinstance(data, int)):
        return data
    return _wrong(data, _TYPE_NAMES[kind], path, problems)


def unknown_key(key: str, known: Mapping[str, Any] | list[str]) -> Message:
    """The sentence about a key nobody knows, with the nearest known one when there is one."""
    near = _nearest(key, known)
    if near:
        return Message.of(N_("不认识的键「%(key)s」，是不是要写「%(near)s」？"), key=key, near=near)
    return Message.of(N_("不认识的键「%(key)s」，请删去；这里可以用的键有：%(known)s"), key=key, known="、".join(known))


def _nearest(key: str, known: Mapping[str, Any] | list[str]) -> str | None:
    return next(iter(difflib.get_close_matches(key, list(known), n=1)), None)


def _wrong(data: Any, wanted: str, path: Path, problems: list[RuleProblem]) -> None:
    message = Message.of(
        N_("「%(key)s」应为%(wanted)s，现在是 %(value)s"),
        key=_key(path),
        wanted=Message.of(wanted),
        value=_shown(data),
    )
    problems.append(RuleProblem(path, message))


def _key(path: Path) -> str:
    named = [str(step) for step in path if isinstance(step, str)]
    return named[-1] if named else "?"


def _shown(data: Any) -> str:
    text = str(data).lower() if isinstance(data, bool) else f"「{data}」" if isinstance(data, str) else str(data)
    return text if len(text) <= 40 else f"{text[:40]}…"

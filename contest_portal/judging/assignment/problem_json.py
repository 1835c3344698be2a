"""A problem in a file: read with every mistake named by its place."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from contest_portal.core.errors import Invalid
from contest_portal.core.text import N_, Message
from contest_portal.judging.assignment.lots import by_entry_and_judge
from contest_portal.judging.assignment.problem import Entry, Judge, Pair, Problem

LINK_SHARE = 0.3
"""Where the file names panels and says nothing else."""

_AS_GOOD_AS_INFINITE = 10**9  # what arrays of whole numbers still hold

_KNOWN = ("reads", "link_share", "entries", "judges", "conflicts", "read", "calibration", "plan", "begun")


@dataclass(frozen=True)
class ProblemFile:
    """The problem, and the plan so far (None: there is none yet) with the tasks begun, for a repair.

    `unknown` are fields of the file that mean nothing here.
    """

    problem: Problem
    plan: frozenset[Pair] | None = None
    begun: frozenset[Pair] = frozenset()
    unknown: tuple[str, ...] = ()


def read_problem(text: str) -> ProblemFile:
    """Raises Invalid that says where in the file what is wrong.

    Ids may be text or whole numbers and are compared as text: 1 and "1" are the same; the plan gives them as `entries`
    and `judges` do.
    """
    try:
        data = json.loads(text, object_pairs_hook=_each_field_once)
    except json.JSONDecodeError as error:
        words = N_("不是有效的 JSON：第 %(line)s 行第 %(column)s 个字符处有误，请检查引号、逗号和括号。")
        raise _wrong(words, line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise _wrong(N_("JSON 的括号层数太多，不是评审分配问题。")) from error
    return _problem(data)


def _problem(data: Any) -> ProblemFile:
    if not isinstance(data, dict):
        raise _wrong(N_("文件应是一个 JSON 对象，写有 reads、entries 和 judges。"))
    entries = [_entry(one, f"entries[{i}]") for i, one in enumerate(_list(data, "entries"))]
    judges = [_judge(one, f"judges[{i}]") for i, one in enumerate(_list(data, "judges"))]
    works, people = _index(entries, "entries"), _index(judges, "judges")
    read = _pairs(data, "read", people, works)
    if len(set(read)) != len(read):
        again = next(pair for i, pair in enumerate(read) if pair in read[:i])
        raise _wrong(N_("read：评委 %(judge)s 对作品 %(entry)s 出现了两次。"), judge=again[0], entry=again[1])
    has_panels = any(one.panel is not None for one in entries)
    calibration = [
        _known(one, works, f"calibration[{i}]", N_("entries 中没有作品 %(id)s"))
        for i, one in enumerate(_list(data, "calibration"))
    ]
    problem = Problem(
        entries,
        judges,
        _number(data, "reads", "reads", least=1),
        frozenset(_pairs(data, "conflicts", people, works)),
        frozenset(read),
        _share(data) if has_panels else 0.0,
        frozenset(calibration),
    )
    plan = frozenset(_pairs(data, "plan", people, works)) if data.get("plan") is not None else None
    begun = frozenset(_pairs(data, "begun", people, works))
    return ProblemFile(problem, plan, begun, tuple(sorted(key for key in data if key not in _KNOWN)))


def pairs_to_data(pairs: Iterable[Pair]) -> list[dict[str, Hashable]]:
    """`[{"judge": …, "entry": …}]` by entry, then judge."""
    return [{"judge": judge, "entry": entry} for judge, entry in by_entry_and_judge(pairs)]


def _entry(data: Any, place: str) -> Entry:
    _an_object(data, place)
    return Entry(
        _identifier(data.get("id"), f"{place}.id"),
        school=_key(data, "school", place),
        discipline=_key(data, "discipline", place),
        panel=_key(data, "panel", place),
        stage=_key(data, "stage", place),
        name=_key(data, "name", place) or "",
        category=_key(data, "category", place),
        reads=None if data.get("reads") is None else _number(data, "reads", f"{place}.reads", least=1),
    )


def _judge(data: Any, place: str) -> Judge:
    _an_object(data, place)
    return Judge(
        _identifier(data.get("id"), f"{place}.id"),
        _key(data, "employer", place),
        None if data.get("limit") is None else _number(data, "limit", f"{place}.limit", least=0),
        expertise=_keys(data, "expertise", place),
        panels=_keys(data, "panels", place),
        name=_key(data, "name", place) or "",
        categories=_keys(data, "categories", place),
    )


def _pairs(data: dict[str, Any], field: str, judges: dict[str, Hashable], entries: dict[str, Hashable]) -> list[Pair]:
    pairs = []
    for i, one in enumerate(_list(data, field)):
        place = f"{field}[{i}]"
        _an_object(one, place)
        judge = _known(one.get("judge"), judges, f"{place}.judge", N_("judges 中没有评委 %(id)s"))
        entry = _known(one.get("entry"), entries, f"{place}.entry", N_("entries 中没有作品 %(id)s"))
        pairs.append((judge, entry))
    return pairs


def _list(data: dict[str, Any], field: str) -> list[Any]:
    value = data.get(field)
    if value is None:
        return []
    if not isinstance(value, list):
        raise _at(field, N_("应是数组 […]"))
    return value


def _an_object(value: Any, place: str) -> None:
    if not isinstance(value, dict):
        raise _at(place, N_("应是对象 {…}"))


def _identifier(value: Any, place: str) -> str | int:
    if value is None or value == "":
        raise _at(place, N_("缺少编号"))
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise _at(place, N_("编号应是文字或整数，现为 %(value)s"), value=_shown(value))
    return value


def _key(data: dict[str, Any], name: str, place: str) -> str | None:
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise _at(f"{place}.{name}", N_("应是文字或整数，现为 %(value)s"), value=_shown(value))
    return str(value).strip() or None


def _keys(data: dict[str, Any], name: str, place: str) -> frozenset[str]:
    listed = data.get(name)
    if listed is None:
        return frozenset()
    if not isinstance(listed, list):
        raise _at(f"{place}.{name}", N_("应是数组 […]"))
    found = (_key({name: one}, name, place) for one in listed)
    return frozenset(one for one in found if one is not None)


def _number(data: dict[str, Any], name: str, place: str, *, least: int) -> int:
    value = data.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise _at(place, N_("应是不小于 %(least)s 的整数，现为 %(value)s"), least=least, value=_shown(data.get(name)))
    return min(value, _AS_GOOD_AS_INFINITE)


def _share(data: dict[str, Any]) -> float:
    value = data.get("link_share")
    if value is None:
        return LINK_SHARE
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise _at("link_share", N_("应是 0 到 1 之间的数，现为 %(value)s"), value=_shown(value))
    return float(value)


_One = TypeVar("_One", Entry, Judge)


def _index(things: list[_One], field: str) -> dict[str, Hashable]:
    found: dict[str, Hashable] = {}
    for i, one in enumerate(things):
        if str(one.id) in found:
            raise _at(f"{field}[{i}].id", N_("编号 %(id)s 出现了两次"), id=one.id)
        found[str(one.id)] = one.id
    return found


def _known(value: Any, index: dict[str, Hashable], place: str, unknown: str) -> Hashable:
    identifier = _identifier(value, place)
    if str(identifier) not in index:
        raise _at(place, unknown, id=identifier)
    return index[str(identifier)]


def _each_field_once(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(fields)
    if len(found) != len(fields):
        names = [name for name, _ in fields]
        twice = next(name for name in names if names.count(name) > 1)
        raise _wrong(N_("同一个对象中字段 %(name)s 写了两次。"), name=twice)
    return found


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:40]


def _at(place: str, words: str, **values: Any) -> Invalid:
    return Invalid(
        "judging.wrong_problem", Message.of(N_("%(place)s：%(what)s。"), place=place, what=Message(words, values))
    )


def _wrong(words: str, **values: Any) -> Invalid:
    return Invalid("judging.wrong_problem", Message(words, values))

"""A problem in a file: read with every mistake named by its place."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from contest_portal.core.documents import an_object, at, identifier, key, list_at, parsed, share, whole_number, wrong
from contest_portal.core.text import N_
from contest_portal.judging.assignment.lots import by_entry_and_judge
from contest_portal.judging.assignment.problem import Entry, Judge, Pair, Problem

LINK_SHARE = 0.3
"""Where the file names panels and says nothing else."""

_KNOWN = ("reads", "link_share", "entries", "judges", "conflicts", "read", "calibration", "plan", "begun")


@dataclass(frozen=True)
class ProblemFile:
    """The problem, and the plan so far (None: there is none yet) with the tasks begun, for a repair.

    `left` are judges named in `read` or `plan` alone: their sheets stay, they get nothing more. `unknown` are fields of
    the file that mean nothing here.
    """

    problem: Problem
    plan: frozenset[Pair] | None = None
    begun: frozenset[Pair] = frozenset()
    left: tuple[Hashable, ...] = ()
    unknown: tuple[str, ...] = ()


def read_problem(text: str) -> ProblemFile:
    """Raises Invalid that says where in the file what is wrong.

    Ids may be text or whole numbers and are compared as text: 1 and "1" are the same; the plan gives them as `entries`
    and `judges` do.
    """
    return _problem(parsed(text))


def _problem(data: Any) -> ProblemFile:
    if not isinstance(data, dict):
        raise wrong(N_("文件应是一个 JSON 对象，写有 reads、entries 和 judges。"))
    entries = [_entry(one, f"entries[{i}]") for i, one in enumerate(list_at(data, "entries"))]
    judges = [_judge(one, f"judges[{i}]") for i, one in enumerate(list_at(data, "judges"))]
    works, people = _index(entries, "entries"), _index(judges, "judges")
    left = _left(data, people)
    people |= left
    read = _pairs(data, "read", people, works)
    if len(set(read)) != len(read):
        again = next(pair for i, pair in enumerate(read) if pair in read[:i])
        raise wrong(N_("read：评委 %(judge)s 对作品 %(entry)s 出现了两次。"), judge=again[0], entry=again[1])
    link_share, has_panels = _link_share(data), any(one.panel is not None for one in entries)
    calibration = [
        _known(one, works, f"calibration[{i}]", N_("entries 中没有作品 %(id)s"))
        for i, one in enumerate(list_at(data, "calibration"))
    ]
    problem = Problem(
        entries,
        judges,
        whole_number(data.get("reads"), "reads", least=1),
        frozenset(_pairs(data, "conflicts", people, works)),
        frozenset(read),
        link_share if has_panels else 0.0,
        frozenset(calibration),
    )
    plan = frozenset(_pairs(data, "plan", people, works)) if data.get("plan") is not None else None
    begun = frozenset(_pairs(data, "begun", people, works))
    return ProblemFile(problem, plan, begun, tuple(left.values()), _unknown(data))


def _unknown(data: dict[str, Any]) -> tuple[str, ...]:
    """Fields that mean nothing here, a slip of the pen perhaps: a mistyped `employer` would be a conflict lost."""
    found = {field for field in data if field not in _KNOWN}
    for things, known in (("entries", Entry), ("judges", Judge)):
        names = {one.name for one in fields(known)}
        found |= {f"{things}.{field}" for one in list_at(data, things) for field in one if field not in names}
    return tuple(sorted(found))


def pairs_to_data(pairs: Iterable[Pair]) -> list[dict[str, Hashable]]:
    """`[{"judge": …, "entry": …}]` by entry, then judge."""
    return [{"judge": judge, "entry": entry} for judge, entry in by_entry_and_judge(pairs)]


def _entry(data: Any, place: str) -> Entry:
    an_object(data, place)
    return Entry(
        identifier(data.get("id"), f"{place}.id"),
        school=key(data.get("school"), f"{place}.school"),
        discipline=key(data.get("discipline"), f"{place}.discipline"),
        panel=key(data.get("panel"), f"{place}.panel"),
        stage=key(data.get("stage"), f"{place}.stage"),
        name=key(data.get("name"), f"{place}.name") or "",
        category=key(data.get("category"), f"{place}.category"),
        reads=None if data.get("reads") is None else whole_number(data["reads"], f"{place}.reads", least=1),
    )


def _judge(data: Any, place: str) -> Judge:
    an_object(data, place)
    return Judge(
        identifier(data.get("id"), f"{place}.id"),
        key(data.get("employer"), f"{place}.employer"),
        None if data.get("limit") is None else whole_number(data["limit"], f"{place}.limit", least=0),
        expertise=_keys(data, "expertise", place),
        panels=_keys(data, "panels", place),
        name=key(data.get("name"), f"{place}.name") or "",
        categories=_keys(data, "categories", place),
    )


def _pairs(data: dict[str, Any], field: str, judges: dict[str, Hashable], entries: dict[str, Hashable]) -> list[Pair]:
    pairs = []
    for i, one in enumerate(list_at(data, field)):
        place = f"{field}[{i}]"
        an_object(one, place)
        judge = _known(one.get("judge"), judges, f"{place}.judge", N_("judges 中没有评委 %(id)s"))
        entry = _known(one.get("entry"), entries, f"{place}.entry", N_("entries 中没有作品 %(id)s"))
        pairs.append((judge, entry))
    return pairs


def _left(data: dict[str, Any], people: dict[str, Hashable]) -> dict[str, Hashable]:
    """Who has sheets or had tasks and is not among the judges any more."""
    found: dict[str, Hashable] = {}
    for field in ("read", "plan"):
        for i, one in enumerate(list_at(data, field)):
            judge = identifier(an_object(one, f"{field}[{i}]").get("judge"), f"{field}[{i}].judge")
            if str(judge) not in people:
                found.setdefault(str(judge), judge)
    return found


def _keys(data: dict[str, Any], name: str, place: str) -> frozenset[str]:
    listed = data.get(name)
    if listed is None:
        return frozenset()
    if not isinstance(listed, list):
        raise at(f"{place}.{name}", N_("应是数组 […]"))
    found = (key(one, f"{place}.{name}") for one in listed)
    return frozenset(one for one in found if one is not None)


def _link_share(data: dict[str, Any]) -> float:
    return LINK_SHARE if data.get("link_share") is None else share(data["link_share"], "link_share")


_One = TypeVar("_One", Entry, Judge)


def _index(things: list[_One], field: str) -> dict[str, Hashable]:
    found: dict[str, Hashable] = {}
    for i, one in enumerate(things):
        if str(one.id) in found:
            raise at(f"{field}[{i}].id", N_("编号 %(id)s 出现了两次"), id=one.id)
        found[str(one.id)] = one.id
    return found


def _known(value: Any, index: dict[str, Hashable], place: str, unknown: str) -> Hashable:
    known = identifier(value, place)
    if str(known) not in index:
        raise at(place, unknown, id=known)
    return index[str(known)]

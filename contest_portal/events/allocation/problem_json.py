"""An allocation problem in a file: read with every mistake named by its place, and the answer written."""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction
from math import isfinite
from typing import Any

from contest_portal.core.documents import an_object, at, identifier, list_at, parsed, shown, whole_number, wrong
from contest_portal.core.text import N_
from contest_portal.events.allocation.allocating import Plan
from contest_portal.events.allocation.problem import Party, Problem, Session

_KNOWN = ("sessions", "parties")


def read_problem(text: str) -> tuple[Problem, list[str]]:
    """The problem, and the names of fields that mean nothing here. Raises Invalid that says what is wrong and where."""
    data = parsed(text)
    if not isinstance(data, dict):
        raise wrong(N_("文件应是一个 JSON 对象，写有 sessions 和 parties。"))
    sessions = [_session(one, f"sessions[{i}]") for i, one in enumerate(list_at(data, "sessions"))]
    _each_once(sessions, "sessions")
    known = {session.id for session in sessions}
    parties = [_party(one, f"parties[{i}]", known) for i, one in enumerate(list_at(data, "parties"))]
    _each_once(parties, "parties")
    return Problem(sessions, parties), sorted(name for name in data if name not in _KNOWN)


def answer_of(plan: Plan) -> dict[str, Any]:
    """Who comes to which session with how many people, who got nothing and why."""
    return {
        "placed": [
            {"party": one.party_id, "sessions": {str(k): v for k, v in one.people.items()}, "wish": one.wish}
            for one in plan.placed
        ],
        "unplaced": [{"party": one.party_id, "reason": str(one.message), "code": one.code} for one in plan.unplaced],
        "seed": plan.seed,
        "proven": plan.is_best,
    }


def _session(data: Any, place: str) -> Session:
    an_object(data, place)
    session_id, most = identifier(data.get("id"), f"{place}.id"), data.get("most_parties")
    day, order = data.get("day"), data.get("order", 0)
    if isinstance(order, bool) or not isinstance(order, (int, float)) or not isfinite(order):
        raise at(f"{place}.order", N_("当天的先后应是数，现为 %(value)s"), value=shown(order))
    return Session(
        session_id,
        whole_number(data.get("capacity"), f"{place}.capacity", least=0),
        # Without a day a session is next to none.
        ("", session_id) if day is None else identifier(day, f"{place}.day"),
        order,
        None if most is None else whole_number(most, f"{place}.most_parties", least=0),
    )


def _party(data: Any, place: str, known: set[Hashable]) -> Party:
    an_object(data, place)
    size = whole_number(data.get("size"), f"{place}.size", least=1)
    classes = [
        whole_number(one, f"{place}.classes[{i}]", least=1) for i, one in enumerate(list_at(data, "classes", place))
    ]
    may_split = data.get("may_split", False)
    if not isinstance(may_split, bool):
        raise at(f"{place}.may_split", N_("应是 true 或 false，现为 %(value)s"), value=shown(may_split))
    if may_split and classes and sum(classes) != size:
        words = N_("各班人数相加是 %(sum)s，与总人数 %(size)s 不符")
        raise at(f"{place}.classes", words, sum=sum(classes), size=size)
    return Party(
        identifier(data.get("id"), f"{place}.id"),
        size,
        [_wish(one, f"{place}.wishes[{i}]", known) for i, one in enumerate(list_at(data, "wishes", place))],
        _priority(data.get("priority", 1), f"{place}.priority"),
        classes,
        may_split and len(classes) > 1,
    )


def _wish(value: Any, place: str, known: set[Hashable]) -> str | int:
    wished = identifier(value, place)
    if wished not in known:
        raise at(place, N_("没有编号为 %(id)s 的场次"), id=wished)
    return wished


def _priority(value: Any, place: str) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value) or not 0 < value <= 1000:
        raise at(place, N_("优先级应是大于 0、不超过 1000 的数，现为 %(value)s"), value=shown(value))
    # The decimal that was written is meant.
    return Fraction(str(value))


def _each_once(ones: list[Any], field: str) -> None:
    seen: set[str] = set()
    for i, one in enumerate(ones):
        if str(one.id) in seen:
            raise at(f"{field}[{i}].id", N_("编号 %(id)s 出现了两次"), id=one.id)
        seen.add(str(one.id))

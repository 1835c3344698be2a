"""A quota problem in a file: read with every mistake named by its place, and the answer written."""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction
from math import isfinite
from typing import Any

from contest_portal.core.documents import (
    an_object,
    at,
    identifier,
    key,
    list_at,
    parsed,
    share,
    shown,
    whole_number,
    wrong,
)
from contest_portal.core.text import N_
from contest_portal.results.quotas.allocation.allocating import Allocation
from contest_portal.results.quotas.allocation.problem import Cap, Collision, Entry, Infeasible, Kind, Problem, Row
from contest_portal.results.quotas.allocation.reasons import Decision

_KNOWN = ("total", "entries", "floors", "ceilings", "caps")


def read_problem(text: str) -> tuple[Problem, list[str]]:
    """The problem, and the names of fields that mean nothing here. Raises Invalid that says what is wrong and where.

    Ids and the values of groups may be text or whole numbers; groups are compared as text.
    """
    data = parsed(text)
    if not isinstance(data, dict):
        raise wrong(N_("文件应是一个 JSON 对象，写有 total 和 entries。"))
    if "entries" not in data:
        raise wrong(N_("文件里没有 entries：请写明作品的 id、rank 和 groups；没有作品的，写空的列表 []。"))
    total = None if data.get("total") is None else whole_number(data["total"], "total", least=0)
    entries = [_entry(one, f"entries[{i}]") for i, one in enumerate(list_at(data, "entries"))]
    _each_once(entries)
    problem = Problem(
        entries,
        total,
        [_row(one, f"floors[{i}]", total) for i, one in enumerate(list_at(data, "floors"))],
        [_row(one, f"ceilings[{i}]", total) for i, one in enumerate(list_at(data, "ceilings"))],
        [_cap(one, f"caps[{i}]") for i, one in enumerate(list_at(data, "caps"))],
    )
    return problem, sorted(name for name in data if name not in _KNOWN)


def answer_of(allocation: Allocation) -> dict[str, Any]:
    """Ids by decision, those in and in reserve in the order of ranks, and each line's reason."""

    def ids(decision: Decision) -> list[Hashable]:
        return [line.entry_id for line in allocation.lines if line.decision is decision]

    return {
        **{decision.value: ids(decision) for decision in Decision},
        "pending_places": allocation.pending_places,
        "reasons": {
            str(line.entry_id): {"code": line.code.value, "message": str(line.message)} for line in allocation.lines
        },
    }


def collision_of(data: Infeasible, problem: Problem) -> dict[str, Any]:
    """The colliding rows as the problem has them, and by how many places they collide."""
    return {
        "infeasible": [_collision(row, problem) for row in data.rows],
        "missing": data.missing,
        "message": str(data.message),
    }


def _collision(row: Collision, problem: Problem) -> dict[str, Any]:
    found: dict[str, Any] = {"what": row.kind.value}
    if row.kind is Kind.TOTAL:
        found["total"] = problem.total
    elif isinstance(row.place, int) and row.kind is Kind.CAP:
        cap = problem.caps[row.place]
        found |= {"index": row.place, "by": cap.by, "default": cap.default, "exceptions": dict(cap.exceptions)}
    elif isinstance(row.place, int) and row.kind in {Kind.FLOOR, Kind.CEILING}:
        limit = (problem.floors if row.kind is Kind.FLOOR else problem.ceilings)[row.place]
        asked = {"count": limit.count} if limit.share is None else {"share": float(limit.share)}
        found |= {"index": row.place, "where": dict(limit.where), **asked}
    return {**found, "message": str(row.message)}


def _entry(data: Any, place: str) -> Entry:
    an_object(data, place)
    rank = data.get("rank")
    if rank is not None and (isinstance(rank, bool) or not isinstance(rank, (int, float)) or not isfinite(rank)):
        raise at(f"{place}.rank", N_("名次应是数，没有名次的写 null，现为 %(value)s"), value=shown(rank))
    return Entry(identifier(data.get("id"), f"{place}.id"), rank, _groups(data, "groups", place))


def _groups(data: dict[str, Any], field: str, place: str) -> dict[str, Hashable]:
    if data.get(field) is None:
        return {}
    groups = an_object(data[field], f"{place}.{field}")
    found = {name: key(value, f"{place}.{field}.{name}") for name, value in groups.items()}
    return {name: value for name, value in found.items() if value is not None}


def _row(data: Any, place: str, total: int | None) -> Row:
    an_object(data, place)
    where = _groups(data, "where", place)
    if data.get("where") is None:
        raise at(f"{place}.where", N_('应写明哪些作品，例如 {"stage": "小学"}'))
    count, part = data.get("count"), data.get("share")
    if (count is None) == (part is None):
        raise at(place, N_("count（件数）和 share（占总名额的比例）应写其中一个"))
    if count is not None:
        return Row(where, count=whole_number(count, f"{place}.count", least=0))
    if total is None:
        raise at(f"{place}.share", N_("按比例的规定需要先写总名额 total"))
    # The decimal that was written is meant: 0.07 of 100 are 7 places, not a trifle more.
    return Row(where, share=Fraction(str(share(part, f"{place}.share"))))


def _cap(data: Any, place: str) -> Cap:
    an_object(data, place)
    by = key(data.get("by"), f"{place}.by")
    if by is None:
        raise at(f"{place}.by", N_('应写明按哪一项分组，例如 "school"'))
    exceptions = {} if data.get("exceptions") is None else an_object(data["exceptions"], f"{place}.exceptions")
    return Cap(
        by,
        _limit(data.get("default"), f"{place}.default"),
        {name.strip(): _limit(value, f"{place}.exceptions.{name}") for name, value in exceptions.items()},
    )


def _limit(value: Any, place: str) -> int | None:
    return None if value is None else whole_number(value, place, least=0)


def _each_once(entries: list[Entry]) -> None:
    seen: set[str] = set()
    for i, entry in enumerate(entries):
        if str(entry.id) in seen:
            raise at(f"entries[{i}].id", N_("编号 %(id)s 出现了两次"), id=entry.id)
        seen.add(str(entry.id))

"""An assignment's problem as a document that is kept with the round, and read again when the plan is recomputed. Pure.

The format is that of `judging assign`, without anybody's name, with the keys `stage`, `category` and `reads` of an
entry, `categories` of a judge and `calibration` besides.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from contest_portal.judging.assignment import VERSION, Entry, Judge, Pair, Problem


def document_of(problem: Problem) -> dict[str, Any]:
    """The problem as JSON-able data; ids are numbers or texts. In one order, whatever the problem's was."""
    return {
        "reads": problem.reads,
        "link_share": problem.link_share,
        "entries": [_entry_document(one) for one in sorted(problem.entries, key=_by_id)],
        "judges": [_judge_document(one) for one in sorted(problem.judges, key=_by_id)],
        "conflicts": _pairs_document(problem.conflicts),
        "read": _pairs_document(problem.kept),
        "calibration": sorted(problem.calibration, key=_order),
    }


def problem_of(document: Mapping[str, Any]) -> Problem:
    """The problem that `document_of` gave, names aside. Raises KeyError for a document of another kind."""
    return Problem(
        entries=[
            Entry(
                one["id"],
                school=one.get("school"),
                discipline=one.get("discipline"),
                panel=one.get("panel"),
                stage=one.get("stage"),
                category=one.get("category"),
                reads=one.get("reads"),
            )
            for one in document["entries"]
        ],
        judges=[
            Judge(
                one["id"],
                employer=one.get("employer"),
                limit=one.get("limit"),
                expertise=frozenset(one.get("expertise", ())),
                panels=frozenset(one.get("panels", ())),
                categories=frozenset(one.get("categories", ())),
            )
            for one in document["judges"]
        ],
        reads=document["reads"],
        conflicts=_pairs(document.get("conflicts", ())),
        kept=_pairs(document.get("read", ())),
        link_share=document.get("link_share", 0.0),
        calibration=frozenset(document.get("calibration", ())),
    )


def fingerprint(problem: Problem, seed: int) -> str:
    """SHA-256 of the problem, the seed and the algorithm's version."""
    frozen = {"version": VERSION, "seed": seed, **document_of(problem)}
    text = json.dumps(frozen, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _entry_document(one: Entry) -> dict[str, Any]:
    fields = {name: getattr(one, name) for name in ("school", "discipline", "panel", "stage", "category", "reads")}
    return {"id": one.id, **{name: value for name, value in fields.items() if value is not None}}


def _judge_document(one: Judge) -> dict[str, Any]:
    document: dict[str, Any] = {"id": one.id, "limit": one.limit}
    if one.employer is not None:
        document["employer"] = one.employer
    for name in ("expertise", "panels", "categories"):
        if values := getattr(one, name):
            document[name] = sorted(values, key=_order)
    return document


def _pairs_document(pairs: Iterable[Pair]) -> list[dict[str, Any]]:
    return [
        {"judge": judge, "entry": entry} for judge, entry in sorted(pairs, key=lambda pair: tuple(map(_order, pair)))
    ]


def _pairs(listed: Iterable[Mapping[str, Any]]) -> frozenset[Pair]:
    return frozenset((one["judge"], one["entry"]) for one in listed)


def _by_id(one: Entry | Judge) -> tuple[str, Any]:
    return _order(one.id)


def _order(key: Any) -> tuple[str, Any]:
    return type(key).__name__, key

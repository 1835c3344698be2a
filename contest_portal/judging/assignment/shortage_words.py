"""Shortages as they are told: collisions that differ in nothing but the judge are one sentence. Pure.

Where all judges must read everything and all are at the same limit, each collides for itself: exact, and useless as three
hundred lines.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from contest_portal.core.text import N_, Message
from contest_portal.judging.assignment.outcome import Shortage

_NAMES_SHOWN = 8


def told(shortages: Sequence[Shortage]) -> list[Message]:
    """The sentences, in the order of the first shortage of each."""
    alike: dict[Hashable, list[Shortage]] = {}
    for place, one in enumerate(shortages):
        said = _but_for_the_judge(one)
        alike.setdefault(place if said is None else said, []).append(one)
    return [_together(them) if len(them) > 1 else them[0].message for them in alike.values()]


def _but_for_the_judge(one: Shortage) -> Hashable | None:
    """Everything that a collision of one judge says, without the judge; None for another kind."""
    if one.what != "group" or len(one.judges) != 1:
        return None
    params = one.message.params
    return one.entries, str(params["where"]), params["need"], params["room"], str(params["away"])


def _together(them: Sequence[Shortage]) -> Message:
    words = N_(
        "%(where)s缺评阅：%(judges)s每人须评阅 %(need)s 次，按任务上限每人只能再评 %(room)s 次，每人缺 %(missing)s 次%(away)s。"
    )
    params = {name: value for name, value in them[0].message.params.items() if name != "judges"}
    return Message.of(words, judges=_listed(one.message.params["judges"] for one in them), **params)


def _listed(names: Iterable[object]) -> str | Message:
    every = [str(name) for name in names]
    shown = "、".join(every[:_NAMES_SHOWN])
    if len(every) <= _NAMES_SHOWN:
        return shown
    return Message.of(N_("%(names)s等 %(count)s 人"), names=shown, count=len(every))

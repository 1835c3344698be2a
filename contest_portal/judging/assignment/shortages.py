"""Why no plan exists, as the constraints that collide: by the smallest minimum cut, one for each independent collision.

Each collision names some entries and the judges at their limits who are the only ones for them. Both are needed: with
one entry less fewer reads would be missing, and no smaller set of judges explains as many. A judge is named as kept away
when being allowed to read one of the entries would make fewer reads missing.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from contest_portal.core.text import N_, Message
from contest_portal.judging.assignment.evenness import NO_WAY, prices
from contest_portal.judging.assignment.filling import Filling
from contest_portal.judging.assignment.grid import Grid, Rows
from contest_portal.judging.assignment.lots import Counts, sort_key
from contest_portal.judging.assignment.outcome import Shortage
from contest_portal.judging.assignment.problem import Entry, Judge, is_at_home

_NAMES_SHOWN = 8
_ENTRIES_LOOKED_AT = 300  # for who is kept away from them

WHY = {
    "conflict": (N_("%(judges)s须回避"), N_("%(names)s等 %(count)s 人")),
    "employer": (N_("%(judges)s与作者同单位，须回避"), N_("%(names)s等 %(count)s 人")),
    "panel": (N_("%(judges)s不在该评审组"), N_("%(names)s等 %(count)s 人")),
    "category": (N_("%(judges)s不评该类别"), N_("%(names)s等 %(count)s 人")),
}


def shortages_of(rows: Rows, filling: Filling) -> tuple[Shortage, ...]:
    """Every collision of a filling that could not place all reads."""
    full = np.flatnonzero(filling.blocked)
    lack = np.maximum(rows.need - rows.eligible[:, ~filling.blocked].sum(axis=1), 0)
    short = np.flatnonzero(lack)
    graph = sparse.csr_array(rows.eligible[np.ix_(short, full)].astype(np.int8))
    whole = sparse.block_array([[sparse.csr_array((len(short),) * 2), graph], [graph.T, None]], format="csr")
    label = csgraph.connected_components(whole, directed=False)[1]
    of_row, of_judge = label[: len(short)], label[len(short) :]
    crowded = np.isin(of_row, of_judge)
    can_help = prices(filling) != NO_WAY
    found = [
        _group(rows, filling, short[of_row == one], full[of_judge == one], lack, can_help)
        for one in dict.fromkeys(of_row[crowded].tolist())
    ]
    alike: dict[tuple[object, int, bytes], list[int]] = {}
    for row in short[~crowded].tolist():
        key = (rows.grid.entries[rows.entry[row]].panel, int(rows.need[row]), rows.eligible[row].tobytes())
        alike.setdefault(key, []).append(row)
    found += [_entry(rows, together, can_help) for together in alike.values()]
    return tuple(sorted(found, key=lambda one: [sort_key(entry) for entry in one.entries]))


def _entry(rows: Rows, short: list[int], can_help: np.ndarray) -> Shortage:
    """Entries that too few judges may read at all."""
    grid = rows.grid
    entries = _sorted([grid.entries[rows.entry[row]] for row in short])
    judges = _sorted([grid.judges[i] for i in np.flatnonzero(rows.eligible[short[0]])])
    need = int(rows.need[short[0]])
    lacking = need - len(judges)
    away = _kept_away(rows, short, can_help)
    some = N_("%(where)s缺 %(lacking)s 名评委：每件还需 %(need)s 名，只有%(judges)s可评%(away)s。")
    none = N_("%(where)s缺 %(lacking)s 名评委：每件还需 %(need)s 名，没有评委可评%(away)s。")
    message = Message.of(
        some if judges else none,
        where=_where(grid, entries),
        lacking=lacking,
        need=need,
        judges=_listed(judges, N_("%(names)s等 %(count)s 名评委")),
        away=_clauses(away),
    )
    ids = tuple(one.id for one in entries), tuple(one.id for one in judges)
    kept_away = tuple(one.id for them in away.values() for one in them)
    return Shortage("entry", lacking, message, *ids, lacking * len(short), kept_away)


def _group(
    rows: Rows, filling: Filling, short: np.ndarray, full: np.ndarray, lack: Counts, can_help: np.ndarray
) -> Shortage:
    """Entries that cannot do without judges who are at their limits."""
    grid = rows.grid
    room, need = int((filling.limit - filling.base)[full].sum()), int(lack[short].sum())
    missing = need - room
    if len(full) == len(grid.judges):
        words = N_("评委总共还能承担 %(room)s 次评阅，需要 %(need)s 次，缺 %(missing)s 次：请增加评委或提高任务上限。")
        return Shortage(
            "capacity", missing, Message.of(words, room=room, need=need, missing=missing), reads_missing=missing
        )
    entries = _sorted(list({rows.entry[row]: grid.entries[rows.entry[row]] for row in short}.values()))
    judges = _sorted([grid.judges[i] for i in full])
    away = _kept_away(rows, short.tolist(), can_help)
    words = N_(
        "%(where)s缺 %(missing)s 次评阅：需要%(judges)s评阅 %(need)s 次，受任务上限所限他们还能承担 %(room)s 次%(away)s。"
    )
    message = Message.of(
        words,
        where=_where(grid, entries),
        judges=_listed(judges, N_("%(names)s等 %(count)s 人")),
        need=need,
        room=room,
        missing=missing,
        away=_clauses(away),
    )
    ids = tuple(one.id for one in entries), tuple(one.id for one in judges)
    kept_away = tuple(one.id for them in away.values() for one in them)
    return Shortage("group", missing, message, *ids, missing, kept_away)


def _kept_away(rows: Rows, short: list[int], can_help: np.ndarray) -> dict[str, list[Judge]]:
    """Judges who could take on more if they were not kept away from these lines, by why."""
    grid = rows.grid
    found: dict[str, dict[Hashable, Judge]] = {why: {} for why in WHY}
    for row in short[:_ENTRIES_LOOKED_AT]:
        entry = rows.entry[row]
        for judge in np.flatnonzero(can_help & ~rows.eligible[row] & ~grid.fixed[entry]):
            one = grid.judges[judge]
            if rows.guests[row] and is_at_home(one, grid.entries[entry]):
                continue
            found[_why(one, grid.entries[entry])].setdefault(one.id, one)
    named: set[Hashable] = set()
    result = {}
    for why, them in found.items():
        result[why] = _sorted([one for key, one in them.items() if key not in named])
        named |= set(them)
    return result


def _why(judge: Judge, entry: Entry) -> str:
    if judge.employer is not None and judge.employer == entry.school:
        return "employer"
    if judge.categories and entry.category is not None and entry.category not in judge.categories:
        return "category"
    return "conflict" if is_at_home(judge, entry) else "panel"


def _clauses(away: dict[str, list[Judge]]) -> str | Message:
    text: str | Message = ""
    for why, judges in away.items():
        if judges:
            words, shortened = WHY[why]
            clause = Message.of(words, judges=_listed(judges, shortened))
            text = Message.of(N_("%(before)s；%(clause)s"), before=text, clause=clause)
    return text


def _where(grid: Grid, entries: Sequence[Entry]) -> str | Message:
    """The entries by their panel or discipline where they are all of it, else by name."""
    listed = _listed(entries, N_("%(names)s等 %(count)s 件"))
    for group in ("panel", "discipline"):
        name = getattr(entries[0], group)
        if name is not None and all(getattr(one, group) == name for one in entries):
            if sum(getattr(one, group) == name for one in grid.entries) == len(entries):
                return str(name)
            return Message.of(N_("%(group)s的作品%(entries)s"), group=name, entries=listed)
    return Message.of(N_("作品%(entries)s"), entries=listed)


def _sorted(things: list) -> list:
    return sorted(things, key=lambda one: sort_key(one.id))


def _listed(things: Sequence[Entry] | Sequence[Judge], shortened: str) -> str | Message:
    names = "、".join(name_of(one) for one in things[:_NAMES_SHOWN])
    return names if len(things) <= _NAMES_SHOWN else Message.of(shortened, names=names, count=len(things))


def name_of(one: Entry | Judge) -> str:
    """What messages call it."""
    return one.name or str(one.id)

"""Why no plan exists, as the constraints that collide: by the smallest minimum cut, one for each independent collision.

A read is missing either because too few judges may read its entry at all, whatever their limits ("entry"), or because of
those who may some are at their limits ("group"). The first is a number of judges an entry lacks; without it the cut
counts, for judges who are full, the reads that nobody else could do, never more than one a judge and an entry. Judges
belong to one collision only where an entry may choose between them: one that needs all who may read it needs each of them
for itself. With one entry less or one limit less in a collision fewer reads would be missing, and no smaller set of judges
explains as many. A judge is named as kept away when being allowed to read an entry would make fewer reads missing there.
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
    "time": (N_("%(judges)s没有时间"), N_("%(names)s等 %(count)s 人")),
    "before": (N_("%(judges)s前一轮已经评阅过"), N_("%(names)s等 %(count)s 人")),
    "category": (N_("%(judges)s不评该类别"), N_("%(names)s等 %(count)s 人")),
}


def shortages_of(rows: Rows, filling: Filling) -> tuple[Shortage, ...]:
    """Every collision of a filling that could not place all reads."""
    able = rows.eligible.sum(axis=1)
    found = _too_few(rows, np.maximum(rows.need - able, 0))
    spare = able - rows.need  # of the judges who may read it so many need not
    can_help = prices(filling) != NO_WAY
    found += [_group(rows, filling, full, spare, can_help) for full in _collisions(rows, filling, np.maximum(spare, 0))]
    return tuple(sorted(found, key=_place))


def _place(one: Shortage) -> tuple[list[object], str, list[object]]:
    return [sort_key(entry) for entry in one.entries], one.what, [sort_key(judge) for judge in one.judges]


def _too_few(rows: Rows, lack: Counts) -> list[Shortage]:
    """One for all entries that lack as many and that the same judges may read."""
    alike: dict[tuple[object, int, bytes], list[int]] = {}
    for row in np.flatnonzero(lack).tolist():
        key = (rows.grid.entries[rows.entry[row]].panel, int(rows.need[row]), rows.eligible[row].tobytes())
        alike.setdefault(key, []).append(row)
    return [_entry(rows, together) for together in alike.values()]


def _collisions(rows: Rows, filling: Filling, spare: Counts) -> list[np.ndarray]:
    """The judges at their limits, told apart: together where an entry needs some of them, but not all who may read it."""
    full = np.flatnonzero(filling.blocked)
    among = rows.eligible[:, full]
    choosing = (spare > 0) & (among.sum(axis=1) > spare)
    graph = sparse.csr_array(among[choosing].astype(np.int8))
    whole = sparse.block_array([[None, graph], [graph.T, None]], format="csr")
    label = csgraph.connected_components(whole, directed=False)[1][graph.shape[0] :]
    return [full[label == one] for one in dict.fromkeys(label.tolist())]


def _entry(rows: Rows, short: list[int]) -> Shortage:
    """Entries that too few judges may read at all."""
    grid = rows.grid
    entries = _sorted([grid.entries[rows.entry[row]] for row in short])
    judges = _sorted([grid.judges[i] for i in np.flatnonzero(rows.eligible[short[0]])])
    need = int(rows.need[short[0]])
    lacking = need - len(judges)
    away = _kept_away(rows, short, np.ones(len(grid.judges), dtype=np.bool_))
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


def _group(rows: Rows, filling: Filling, full: np.ndarray, spare: Counts, can_help: np.ndarray) -> Shortage:
    """Entries that cannot do without judges who are at their limits; each judge reads an entry once at most."""
    grid = rows.grid
    wanted = np.maximum(rows.eligible[:, full].sum(axis=1) - np.maximum(spare, 0), 0)
    short = np.flatnonzero(wanted)
    room, need = int((filling.limit - filling.base)[full].sum()), int(wanted.sum())
    missing = need - room
    if len(full) == len(grid.judges):
        words = N_("评委总共还能承担 %(room)s 次评阅，需要 %(need)s 次，缺 %(missing)s 次：请增加评委或提高任务上限。")
        return Shortage(
            "capacity", missing, Message.of(words, room=room, need=need, missing=missing), reads_missing=missing
        )
    entries = _sorted(list({rows.entry[row]: grid.entries[rows.entry[row]] for row in short}.values()))
    judges = _sorted([grid.judges[i] for i in full])
    away = _kept_away(rows, [row for row in short.tolist() if spare[row] >= 0], can_help)
    words = N_(
        "%(where)s缺 %(missing)s 次评阅：需要%(judges)s评阅 %(need)s 次，按任务上限只能再评 %(room)s 次%(away)s。"
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
            found[_why(grid, one, grid.entries[entry])].setdefault(one.id, one)
    named: set[Hashable] = set()
    result = {}
    for why, them in found.items():
        result[why] = _sorted([one for key, one in them.items() if key not in named])
        named |= set(them)
    return result


def _why(grid: Grid, judge: Judge, entry: Entry) -> str:
    if judge.employer is not None and judge.employer == entry.school:
        return "employer"
    if judge.categories and entry.category is not None and entry.category not in judge.categories:
        return "category"
    if not is_at_home(judge, entry):
        return "panel"
    return grid.problem.reasons.get((judge.id, entry.id), "conflict")


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
                return str(name) if group == "panel" else Message.of(N_("「%(group)s」的全部作品"), group=name)
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

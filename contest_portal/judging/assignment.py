"""Who judges what: exact reads, hard conflicts, even loads, expertise where possible, the rest by lot.

Three steps, each exact in its own aim:

1. Reads are placed along augmenting paths; if some cannot be, the judges reached from them are the bottleneck to name.
2. Tasks are moved along cost-reducing paths until no path leads from a judge to one with at least two tasks fewer.
   Such loads are as even as any plan's: smallest maximum and largest minimum at once (Harvey, Ladner, Lovász & Tamir
   2006, "Semi-matchings for bipartite graphs and load balancing", Journal of Algorithms 59).
3. Among all plans with these loads the one of least cost is found by linear programming, a transportation problem
   whose vertices are whole numbers. Expertise outweighs every sum of lots that an exchange could gain, so the plan has
   the most expertise possible and is otherwise drawn at random, which mixes the judges well.

If the plan still falls into unconnected parts, tasks are exchanged between parts, which costs expertise if it must:
severity can be compared within a connected part only.

Pure: plain values in and out. The same seed gives the same plan, whatever the order of the input.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse
from scipy.sparse import csgraph

from contest_portal.core.text import N_, Message

Mask = NDArray[np.bool_]
Counts = NDArray[np.int64]
Vector = NDArray[np.float64]
Pair = tuple[Hashable, Hashable]

VERSION = "1"
"""Changes whenever the same problem and seed could give another plan."""

_NAMES_SHOWN = 8
_COLUMNS_AT_FIRST = 12  # cheapest judges of an entry that the linear programme starts with; others join when they pay
_SWAPS_TRIED = 300


@dataclass(frozen=True, slots=True)
class Entry:
    """A work to be read; `school` is any key that equals the `employer` of the judges to keep away.

    `discipline`, `stage` and `panel` are what a judge's expertise may name. `name` is what messages call it.
    """

    id: Hashable
    school: Hashable | None = None
    discipline: Hashable | None = None
    panel: Hashable | None = None
    stage: Hashable | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Judge:
    """A judge; `limit` is the most tasks in all, `panels` the only panels whose entries the judge reads (empty: any)."""

    id: Hashable
    employer: Hashable | None = None
    limit: int | None = None
    expertise: frozenset[Hashable] = frozenset()
    panels: frozenset[Hashable] = frozenset()
    name: str = ""


_One = TypeVar("_One", Entry, Judge)


@dataclass(frozen=True, slots=True)
class Problem:
    """What to assign. Pairs are `(judge id, entry id)`; `kept` are reads that stay whatever else holds.

    A kept pair counts towards its entry's reads and its judge's load. Conflicts of people or works that are not here
    are ignored.
    """

    entries: Sequence[Entry]
    judges: Sequence[Judge]
    reads: int
    conflicts: Collection[Pair] = field(default_factory=frozenset)
    kept: Collection[Pair] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Plan:
    """A complete assignment: `pairs` sorted, kept ones among them; `loads` by judge id, idle judges with 0.

    `expertise_share` is the share of pairs whose judge named the entry's discipline, stage or panel (None: no judge
    named any). `balanced`: loads differ by one at most, judges at their own limit aside. `notes` say what fell short.
    """

    pairs: tuple[Pair, ...]
    loads: dict[Hashable, int]
    seed: int
    expertise_share: float | None
    balanced: bool
    components: int
    lambda2: float
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Shortage:
    """One reason why no plan exists. `missing` counts reads that nobody can do.

    `what`: "entry", too few judges may read it; "capacity", all judges' limits together; "group", these judges are the
    only ones for these entries.
    """

    what: Literal["entry", "capacity", "group"]
    missing: int
    message: Message
    entries: tuple[Hashable, ...] = ()
    judges: tuple[Hashable, ...] = ()


@dataclass(frozen=True, slots=True)
class Infeasible:
    """No plan exists, and why."""

    shortages: tuple[Shortage, ...]


@dataclass(frozen=True, slots=True)
class Reassignment:
    """Who takes over one task, or None; `message` says it in words."""

    judge: Hashable | None
    message: Message


def assign(problem: Problem, seed: int) -> Plan | Infeasible:
    """A plan with exactly `reads` judges for each entry, or what is short.

    Raises ValueError for ids given twice, reads below one, or a limit below zero.
    """
    grid = _Grid.of(problem, seed)
    filling = _Filling(grid)
    filling.place_all()
    shortages = _shortages(grid, filling)
    if shortages:
        return Infeasible(shortages)
    filling.even_out()
    chosen = _draw(grid, filling)
    _join_parts(grid, chosen)
    return _plan(grid, chosen, seed)


def reassign_one(
    problem: Problem, pairs: Collection[Pair], judge: Hashable, entry: Hashable, seed: int
) -> Reassignment:
    """Who takes the task `(judge, entry)` of the plan `pairs` when its judge may not: the least loaded eligible judge.

    Among equals one with expertise, then by lot. The given judge is taken to be in conflict with the entry.
    Raises KeyError when the entry is not in the problem.
    """
    work = {one.id: one for one in problem.entries}[entry]
    alone = Problem([work], problem.judges, 1, {*problem.conflicts, (judge, entry)})
    grid = _Grid.of(alone, seed)
    loads = Counter(reader for reader, _ in pairs)
    readers = {reader for reader, read in pairs if read == entry}
    able = [i for i in np.flatnonzero(grid.eligible[0]) if grid.judges[i].id not in readers]
    free = [i for i in able if _has_room(grid.judges[i], loads)]
    if free:
        best = min(free, key=lambda i: (loads[grid.judges[i].id], not grid.matches[0, i]))
        taken = Message.of(
            N_("作品 %(entry)s 改由 %(judge)s 评阅。"), entry=_name(work), judge=_name(grid.judges[best])
        )
        return Reassignment(grid.judges[best].id, taken)
    if able:
        full = N_("作品 %(entry)s 没有评委可以接替：无回避关系的 %(count)s 名评委都已达到任务上限。")
        return Reassignment(None, Message.of(full, entry=_name(work), count=len(able)))
    nobody = N_("作品 %(entry)s 没有评委可以接替：其余评委都已评阅该作品、须回避或不在该评审组。")
    return Reassignment(None, Message.of(nobody, entry=_name(work)))


def connectivity(pairs: Iterable[Pair]) -> tuple[int, float]:
    """Number of connected parts of the judge–entry graph, and λ₂, the second eigenvalue of its normalised Laplacian.

    λ₂ lies between 0 (unconnected) and 1: the larger, the better the judges' severities can be told apart.
    """
    listed = sorted(set(pairs), key=lambda pair: (_sort_key(pair[0]), _sort_key(pair[1])))
    if not listed:
        return 0, 0.0
    judge_index = {judge: i for i, judge in enumerate(dict.fromkeys(judge for judge, _ in listed))}
    entry_index = {entry: i for i, entry in enumerate(dict.fromkeys(entry for _, entry in listed))}
    places = ([entry_index[entry] for _, entry in listed], [judge_index[judge] for judge, _ in listed])
    graph = sparse.coo_array((np.ones(len(listed)), places), shape=(len(entry_index), len(judge_index))).tocsr()
    parts = _parts(graph.toarray() > 0)[0]
    if parts > 1:
        return parts, 0.0
    by_entry = sparse.diags_array(1 / np.sqrt(graph.sum(axis=1)))
    by_judge = sparse.diags_array(1 / np.sqrt(graph.sum(axis=0)))
    scaled = by_entry @ graph @ by_judge
    squares = np.linalg.eigvalsh((scaled.T @ scaled).toarray())
    second = float(np.sqrt(max(squares[-2], 0.0))) if len(squares) > 1 else 0.0
    return 1, round(1 - second, 9) + 0.0


# --- the problem as arrays ------------------------------------------------------------------------------------------


def _sort_key(identifier: Hashable) -> tuple[str, Any]:
    return type(identifier).__name__, identifier if isinstance(identifier, (int, str)) else str(identifier)


def _name(one: Entry | Judge) -> str:
    return one.name or str(one.id)


def _has_room(judge: Judge, loads: Counter[Hashable]) -> bool:
    return judge.limit is None or loads[judge.id] < judge.limit


def _lots(seed: int, stream: int, count: int) -> Vector:
    """Numbers from 0 to below 1, taken from the generator's raw bits, which are the same in every version."""
    bits = np.random.PCG64(np.random.SeedSequence([seed % 2**64, stream])).random_raw(count)
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _shuffled(things: Sequence[_One], seed: int, stream: int) -> list[_One]:
    ordered = sorted(things, key=lambda one: _sort_key(one.id))
    if len({one.id for one in ordered}) != len(ordered):
        raise ValueError("an id stands twice")
    return [ordered[i] for i in np.argsort(_lots(seed, stream, len(ordered)), kind="stable")]


@dataclass(frozen=True)
class _Grid:
    """The problem as arrays of entries by judges, both in an order drawn by lot, so that "the first" is a fair choice."""

    entries: list[Entry]
    judges: list[Judge]
    kept: tuple[Pair, ...]
    need: Counts  # (entries,) reads still to place
    eligible: Mask  # (entries, judges) may be newly assigned
    fixed: Mask  # (entries, judges) kept pairs
    matches: Mask  # (entries, judges) expertise names the entry
    prior: Counts  # (judges,) kept tasks
    limit: Counts  # (judges,) most tasks, kept ones included
    cost: Vector  # (entries, judges)

    @classmethod
    def of(cls, problem: Problem, seed: int) -> _Grid:
        if problem.reads < 1:
            raise ValueError("an entry needs at least one read")
        if any(judge.limit is not None and judge.limit < 0 for judge in problem.judges):
            raise ValueError("a limit cannot be below zero")
        entries, judges = _shuffled(problem.entries, seed, 0), _shuffled(problem.judges, seed, 1)
        row, column = {one.id: i for i, one in enumerate(entries)}, {one.id: i for i, one in enumerate(judges)}
        kept = tuple(pair for pair in set(problem.kept) if pair[1] in row)
        eligible, matches = _may_read(entries, judges), _expert(entries, judges)
        fixed = np.zeros_like(eligible)
        for judge, entry in problem.conflicts:
            if judge in column and entry in row:
                eligible[row[entry], column[judge]] = False
        for judge, entry in kept:
            if judge in column:
                fixed[row[entry], column[judge]] = True
        eligible &= ~fixed
        done = np.bincount([row[entry] for _, entry in kept], minlength=len(entries)).astype(np.int64)
        prior = fixed.sum(axis=0, dtype=np.int64)
        room = prior + eligible.sum(axis=0, dtype=np.int64)
        limit = np.array([len(entries) if one.limit is None else one.limit for one in judges], dtype=np.int64)
        lots = _cell_lots(entries, judges, seed)
        cost = lots + (len(judges) + 1) * ~matches if matches.any() else lots
        return cls(
            entries,
            judges,
            kept,
            need=np.maximum(problem.reads - done, 0),
            eligible=eligible,
            fixed=fixed,
            matches=matches,
            prior=prior,
            limit=np.maximum(np.minimum(limit, room), prior),
            cost=cost,
        )


def _cell_lots(entries: list[Entry], judges: list[Judge], seed: int) -> Vector:
    return _lots(seed, 2, len(entries) * len(judges)).reshape(len(entries), len(judges))


def _may_read(entries: list[Entry], judges: list[Judge]) -> Mask:
    """Own school kept away, panels kept."""
    schools = _codes([one.school for one in entries])
    panels = _codes([one.panel for one in entries])
    mask = np.ones((len(entries), len(judges)), dtype=np.bool_)
    for column, judge in enumerate(judges):
        if judge.employer is not None and judge.employer in schools[0]:
            mask[:, column] &= schools[1] != schools[0][judge.employer]
        if judge.panels:
            own = [code for panel, code in panels[0].items() if panel in judge.panels or panel is None]
            mask[:, column] &= np.isin(panels[1], own)
    return mask


def _expert(entries: list[Entry], judges: list[Judge]) -> Mask:
    mask = np.zeros((len(entries), len(judges)), dtype=np.bool_)
    for subjects in ("discipline", "stage", "panel"):
        index, codes = _codes([getattr(one, subjects) for one in entries])
        for column, judge in enumerate(judges):
            named = [code for subject, code in index.items() if subject is not None and subject in judge.expertise]
            if named:
                mask[:, column] |= np.isin(codes, named)
    return mask


def _codes(keys: list[Hashable | None]) -> tuple[dict[Hashable | None, int], Counts]:
    index = {key: code for code, key in enumerate(dict.fromkeys(keys))}
    return index, np.array([index[key] for key in keys], dtype=np.int64)


# --- steps 1 and 2: place every read, even the loads out ------------------------------------------------------------


class _Filling:
    """A growing assignment in which tasks may still move from judge to judge along paths."""

    def __init__(self, grid: _Grid) -> None:
        self.grid = grid
        self.assigned: Mask = np.zeros_like(grid.eligible)
        self.load: Counts = grid.prior.copy()
        self.unplaced: Counts = np.zeros(len(grid.entries), dtype=np.int64)
        self.blocked: Mask = np.zeros(len(grid.judges), dtype=np.bool_)  # full, and so is all that can be reached

    def place_all(self) -> None:
        """Every read that can be placed; `unplaced` counts the others."""
        for entry in np.argsort(self.grid.eligible.sum(axis=1), kind="stable"):
            possible = min(int(self.grid.need[entry]), int(self.grid.eligible[entry].sum()))
            for _ in range(possible):
                if not self._place(int(entry)):
                    self.unplaced[entry] += 1

    def _place(self, entry: int) -> bool:
        able = self.grid.eligible[entry] & ~self.assigned[entry]
        free = np.flatnonzero(able & (self.load < self.grid.limit))
        if len(free):
            judge = int(free[np.argmin(self.load[free])])
            self.assigned[entry, judge] = True
            self.load[judge] += 1
            return True
        if not (able & ~self.blocked).any():
            return False
        reached, came_from = self._reach(able, np.zeros_like(able))
        ends = np.flatnonzero(reached & (self.load < self.grid.limit))
        if not len(ends):
            self.blocked |= reached
            return False
        end = int(ends[np.argmin(self.load[ends])])
        start = self._shift(end, came_from)
        self.assigned[entry, start] = True
        self.load[end] += 1
        return True

    def even_out(self) -> None:
        """Move tasks until no judge can reach one with at least two tasks fewer and room for more."""
        settled = np.zeros(len(self.grid.judges), dtype=np.bool_)
        while not settled.all():
            start = int(np.argmax(np.where(settled, -1, self.load)))
            starts = np.zeros_like(settled)
            starts[start] = True
            reached, came_from = self._reach(starts, settled)
            ends = np.flatnonzero(reached & (self.load < self.grid.limit) & (self.load <= self.load[start] - 2))
            if len(ends):
                end = int(ends[np.argmin(self.load[ends])])
                self._shift(end, came_from)
                self.load[start] -= 1
                self.load[end] += 1
            else:
                settled |= reached

    def _reach(self, starts: Mask, closed: Mask) -> tuple[Mask, dict[int, tuple[int, int]]]:
        """Judges to whom tasks can be passed on from `starts`, with for each the (judge, entry) it comes from."""
        reached, came_from, queue = starts.copy(), {}, [int(i) for i in np.flatnonzero(starts)]
        for judge in queue:
            tasks = np.flatnonzero(self.assigned[:, judge])
            takers = self.grid.eligible[tasks] & ~self.assigned[tasks]
            for other in np.flatnonzero(takers.any(axis=0) & ~reached & ~closed):
                came_from[int(other)] = (judge, int(tasks[np.argmax(takers[:, other])]))
                reached[other] = True
                queue.append(int(other))
        return reached, came_from

    def _shift(self, end: int, came_from: dict[int, tuple[int, int]]) -> int:
        """Pass one task along each link of the path to `end`; gives the judge at its start, who now has one less."""
        judge = end
        while judge in came_from:
            giver, task = came_from[judge]
            self.assigned[task, giver] = False
            self.assigned[task, judge] = True
            judge = giver
        return judge


# --- what is short --------------------------------------------------------------------------------------------------


def _shortages(grid: _Grid, filling: _Filling) -> tuple[Shortage, ...]:
    found = _short_entries(grid)
    if filling.unplaced.any():
        found.append(_bottleneck(grid, filling))
    return tuple(found)


def _short_entries(grid: _Grid) -> list[Shortage]:
    """Entries with too few judges, those of the same judges together."""
    groups: dict[tuple[int, bytes], list[int]] = {}
    for row in np.flatnonzero(grid.eligible.sum(axis=1) < grid.need):
        groups.setdefault((int(grid.need[row]), grid.eligible[row].tobytes()), []).append(int(row))
    return sorted(
        (_short_entry_group(grid, rows) for rows in groups.values()), key=lambda one: _sort_key(one.entries[0])
    )


def _short_entry_group(grid: _Grid, rows: list[int]) -> Shortage:
    entries = sorted((grid.entries[row] for row in rows), key=lambda one: _sort_key(one.id))
    judges = sorted((grid.judges[i] for i in np.flatnonzero(grid.eligible[rows[0]])), key=lambda one: _sort_key(one.id))
    need = int(grid.need[rows[0]])
    lacking = need - len(judges)
    some = N_(
        "作品%(entries)s每件还需 %(need)s 名评委，须回避和不在该评审组的除外，只有%(judges)s可评，每件缺 %(lacking)s 名。"
    )
    none = N_("作品%(entries)s每件还需 %(need)s 名评委，除去须回避和不在该评审组的，没有评委可评。")
    message = Message.of(
        some if judges else none,
        entries=_listed(entries, N_("%(names)s等 %(count)s 件")),
        judges=_listed(judges, N_("%(names)s等 %(count)s 名评委")),
        need=need,
        lacking=lacking,
    )
    ids = tuple(one.id for one in entries), tuple(one.id for one in judges)
    return Shortage("entry", lacking * len(rows), message, *ids)


def _bottleneck(grid: _Grid, filling: _Filling) -> Shortage:
    """The judges that are full, and the entries that cannot do without them: by max-flow min-cut they explain it all."""
    missing = int(filling.unplaced.sum())
    columns = np.flatnonzero(filling.blocked)
    room = int((grid.limit - grid.prior)[columns].sum())
    if not grid.eligible[:, ~filling.blocked].any():
        short = N_("评委总共还能承担 %(room)s 次评阅，需要 %(need)s 次，缺 %(missing)s 次：请增加评委或提高任务上限。")
        message = Message.of(short, room=room, need=room + missing, missing=missing)
        return Shortage("capacity", missing, message)
    possible = np.minimum(grid.need, grid.eligible.sum(axis=1))
    rows = np.flatnonzero(possible > grid.eligible[:, ~filling.blocked].sum(axis=1))
    entries = sorted((grid.entries[row] for row in rows), key=lambda one: _sort_key(one.id))
    judges = sorted((grid.judges[i] for i in columns), key=lambda one: _sort_key(one.id))
    short = N_(
        "作品%(entries)s离不开评委%(judges)s：需要他们评阅 %(need)s 次，他们最多还能承担 %(room)s 次，缺 %(missing)s 次。"
    )
    message = Message.of(
        short,
        entries=_listed(entries, N_("%(names)s等 %(count)s 件")),
        judges=_listed(judges, N_("%(names)s等 %(count)s 人")),
        need=room + missing,
        room=room,
        missing=missing,
    )
    ids = tuple(one.id for one in entries), tuple(one.id for one in judges)
    return Shortage("group", missing, message, *ids)


def _listed(things: Sequence[Entry] | Sequence[Judge], shortened: str) -> str | Message:
    names = "、".join(_name(one) for one in things[:_NAMES_SHOWN])
    return names if len(things) <= _NAMES_SHOWN else Message.of(shortened, names=names, count=len(things))


# --- step 3: the plan of least cost with these loads ----------------------------------------------------------------


def _draw(grid: _Grid, filling: _Filling) -> Mask:
    """The cheapest assignment, started with few columns; others join as long as their reduced cost says they pay."""
    lower, upper = _load_bounds(grid, filling.load)
    columns = filling.assigned | _cheapest(grid)
    while True:
        chosen, reduced = _solve(grid, columns, lower, upper)
        missing = grid.eligible & ~columns & (reduced < -1e-7)
        if not missing.any():
            return chosen
        columns = columns | missing


def _load_bounds(grid: _Grid, load: Counts) -> tuple[Counts, Counts]:
    """New tasks at least and at most: free within one step where loads are even, else just as they were evened out."""
    free = load < grid.limit
    level = int(load[free].min()) if free.any() else -1
    if level < 0 or load.max(initial=0) > level + 1:
        return load - grid.prior, load - grid.prior
    lower, upper = np.minimum(grid.limit, level), np.minimum(grid.limit, level + 1)
    return np.maximum(lower - grid.prior, 0), np.maximum(upper - grid.prior, 0)


def _cheapest(grid: _Grid) -> Mask:
    take = min(_COLUMNS_AT_FIRST, len(grid.judges))
    columns = np.zeros_like(grid.eligible)
    if take:
        cost = np.where(grid.eligible, grid.cost, np.inf)
        nearest = np.argpartition(cost, take - 1, axis=1)[:, :take]
        np.put_along_axis(columns, nearest, values=True, axis=1)
    return columns & grid.eligible


def _solve(grid: _Grid, columns: Mask, lower: Counts, upper: Counts) -> tuple[Mask, Vector]:
    """The best choice among `columns`, and the reduced cost of every pair."""
    entry, judge = np.nonzero(columns)
    cells, entries, judges = len(entry), len(grid.entries), len(grid.judges)
    if not cells:
        return np.zeros_like(columns), np.zeros_like(grid.cost)
    place, slack = np.arange(cells), np.arange(cells, cells + judges)
    values = np.concatenate([np.ones(2 * cells), -np.ones(judges)])
    lines = np.concatenate([entry, entries + judge, entries + np.arange(judges)])
    equations = sparse.coo_array((values, (lines, np.concatenate([place, place, slack])))).tocsc()
    most = np.concatenate([np.ones(cells), upper - lower])
    found = optimize.linprog(
        np.concatenate([grid.cost[entry, judge], np.zeros(judges)]),
        A_eq=equations,
        b_eq=np.concatenate([grid.need, lower]),
        bounds=np.column_stack([np.zeros_like(most), most]),
        method="highs-ds",
        options={"presolve": False},  # with it, loads that are all fixed take a hundred times as long
    )
    if not found.success:
        raise RuntimeError(f"no optimum found for an assignment known to exist: {found.message}")
    chosen = np.zeros_like(columns)
    chosen[entry, judge] = found.x[:cells] > 0.5
    duals = found.eqlin.marginals
    return chosen, grid.cost - duals[:entries, None] - duals[None, entries:]


# --- one connected whole --------------------------------------------------------------------------------------------


def _parts(pairs: Mask) -> tuple[int, NDArray[np.int32], NDArray[np.int32]]:
    """Number of connected parts with at least one pair; labels of entries and of judges, −1 without a pair."""
    graph = sparse.csr_array(pairs.astype(np.int8))
    whole = sparse.block_array([[None, graph], [graph.T, None]], format="csr")
    _, label = csgraph.connected_components(whole, directed=False)
    entry, judge = label[: pairs.shape[0]], label[pairs.shape[0] :]
    entry, judge = np.where(pairs.any(axis=1), entry, -1), np.where(pairs.any(axis=0), judge, -1)
    return len(set(judge.tolist()) - {-1}), entry, judge


def _join_parts(grid: _Grid, chosen: Mask) -> None:
    """Exchange two tasks between parts as long as that leaves fewer of them; loads stay as they are."""
    if not chosen.any():
        return
    while _parts(chosen | grid.fixed)[0] > 1:
        for swap in _swaps(grid, chosen):
            _exchange(chosen, *swap)
            if _parts(chosen | grid.fixed)[0] < swap[-1]:
                break
            _exchange(chosen, *swap)
        else:
            return


def _swaps(grid: _Grid, chosen: Mask) -> list[tuple[int, int, int, int, int]]:
    """Exchanges (entry, judge, entry, judge) out of the smallest part, cheapest first, with the number of parts now."""
    parts, label, _ = _parts(chosen | grid.fixed)
    entry, judge = np.nonzero(chosen)
    sizes = Counter(label[entry].tolist())
    smallest = min(sizes, key=lambda part: (sizes[part], part))
    inside = label[entry] == smallest
    e, u, f, v = entry[inside], judge[inside], entry[~inside], judge[~inside]
    allowed = grid.eligible[np.ix_(e, v)] & grid.eligible[np.ix_(f, u)].T
    old = grid.cost[e, u][:, None] + grid.cost[f, v][None, :]
    gain = np.where(allowed, grid.cost[np.ix_(e, v)] + grid.cost[np.ix_(f, u)].T - old, np.inf)
    order = np.argsort(gain, axis=None, kind="stable")[:_SWAPS_TRIED]
    rows, columns = np.unravel_index(order, gain.shape)
    return [
        (int(e[i]), int(u[i]), int(f[k]), int(v[k]), parts) for i, k in zip(rows, columns, strict=True) if allowed[i, k]
    ]


def _exchange(chosen: Mask, e: int, u: int, f: int, v: int, _parts_before: int) -> None:
    chosen[[e, e, f, f], [u, v, u, v]] ^= True


# --- the result -----------------------------------------------------------------------------------------------------


def _plan(grid: _Grid, chosen: Mask, seed: int) -> Plan:
    new = [(grid.judges[judge].id, grid.entries[entry].id) for entry, judge in np.argwhere(chosen)]
    pairs = sorted([*grid.kept, *new], key=lambda pair: (_sort_key(pair[1]), _sort_key(pair[0])))
    load = grid.prior + chosen.sum(axis=0)
    loads = {
        grid.judges[i].id: int(load[i]) for i in sorted(range(len(load)), key=lambda i: _sort_key(grid.judges[i].id))
    }
    all_pairs = chosen | grid.fixed
    share = float(grid.matches[all_pairs].mean()) if all_pairs.any() and any(j.expertise for j in grid.judges) else None
    components, lambda2 = connectivity(pairs)
    uneven = _is_uneven(grid, load)
    notes = []
    if uneven:
        words = N_(
            "回避关系、任务上限或已评的作品使任务数无法完全均衡：最多的评委 %(most)s 件，最少的 %(least)s 件，"
            "这已是条件允许的最均衡分配。"
        )
        notes.append(Message.of(words, most=int(load.max()), least=int(load.min())))
    if components > 1:
        apart = N_("评委与作品分成 %(count)s 个互不相连的部分，不同部分的评委宽严无法比较。")
        notes.append(Message.of(apart, count=components))
    return Plan(tuple(pairs), loads, seed, share, not uneven, components, lambda2, tuple(notes))


def _is_uneven(grid: _Grid, load: Counts) -> bool:
    """Somebody with room by the own limit has at least two tasks fewer than somebody else."""
    with_room = [int(load[i]) for i, judge in enumerate(grid.judges) if judge.limit is None or load[i] < judge.limit]
    return bool(with_room) and int(load.max()) > min(with_room) + 1

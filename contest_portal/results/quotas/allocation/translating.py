"""The quota table and the works of a category as a problem of the allocation, and what it answers told by the table's rows."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from contest_portal.core.text import N_, Message
from contest_portal.results.quotas.allocation.allocating import collision_alone
from contest_portal.results.quotas.allocation.problem import Cap, Collision, Entry, Infeasible, Kind, Move, Problem, Row
from contest_portal.results.quotas.allocation.row_words import Contradiction, asked, row_words
from contest_portal.results.quotas.allocation.rules import GENERAL, KINDS, Options, QuotaTable, RowKind, TableRow

OTHER = "其他"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A work as the table tells works apart. `rank` and `score` None: judging gave none."""

    entry_id: int
    rank: int | None
    score: float | None
    stage: str
    is_team: bool
    school_id: int
    school_class: str | None
    discipline: str = ""
    name: str = ""

    def value(self, dimension: str) -> str:
        """Its value of a row's dimension."""
        return {
            "stage": self.stage,
            "kind": "team" if self.is_team else "person",
            "class": self.school_class or GENERAL,
            "discipline": self.discipline,
        }[dimension]

    def counts_for(self, row: TableRow) -> bool:
        """Whether the row is about this work."""
        if row.school_id is not None:
            return self.school_id == row.school_id
        return all(self.value(dimension) == value for dimension, value in row.where.items())


@dataclass(frozen=True)
class Rulings:
    """What the committee decided, as the list takes it.

    `moves` by entry; `vetoed`: entry → reason; `struck`: entry → number of the objection that was upheld; `ahead`: of a tie
    that was resolved, entry → (which resolution it was, from 1; reason); `behind`: the others of that tie, entry → reason;
    `empty`: so many places stay unused.
    """

    moves: Mapping[Hashable, Move] = field(default_factory=dict)
    vetoed: Mapping[Hashable, str] = field(default_factory=dict)
    struck: Mapping[Hashable, str] = field(default_factory=dict)
    ahead: Mapping[Hashable, tuple[int, str]] = field(default_factory=dict)
    behind: Mapping[Hashable, str] = field(default_factory=dict)
    empty: int = 0


BEHIND = 1_000_000
"""The turn of works that no resolution of a tie put ahead."""


@dataclass(frozen=True)
class Translated:
    """The problem, and for each of its floors, ceilings and caps the number of the table's row that it comes from."""

    problem: Problem
    floors: Sequence[int]
    ceilings: Sequence[int]
    caps: Sequence[int]

    def row_of(self, one: Collision) -> int | None:
        """The table's row that collides; None for the total and for decisions."""
        places = {Kind.FLOOR: self.floors, Kind.CEILING: self.ceilings, Kind.CAP: self.caps}.get(one.kind)
        return None if places is None or not isinstance(one.place, int) else places[one.place]


def to_problem(
    table: QuotaTable, candidates: Sequence[Candidate], options: Options, rulings: Rulings | None = None
) -> Translated:
    """The table over these works. Shares become numbers of the table's own total, also when places stay empty.

    A fixed share is a floor of its whole places: these are the group's, the rest of the total is free for all, and what a
    group cannot fill is free too. A cap is one of each school, with the named schools' numbers and the bonuses in it.
    """
    rulings = rulings or Rulings()
    names = _school_names(candidates, options)
    floors = [i for i, row in enumerate(table.rows) if row.kind in {RowKind.FLOOR, RowKind.SHARE}]
    ceilings = [i for i, row in enumerate(table.rows) if row.kind is RowKind.CEILING]
    caps = _caps(table, candidates)
    problem = Problem(
        [_entry(one, options, names, rulings) for one in candidates],
        total=None if table.total is None else max(0, table.total - rulings.empty),
        floors=[_limit(table, i, options) for i in floors],
        ceilings=[_limit(table, i, options) for i in ceilings],
        caps=[Cap("school", None, {names[school]: most for school, most in own.items()}) for own in caps.values()],
        moves={one.entry_id: rulings.moves[one.entry_id] for one in candidates if one.entry_id in rulings.moves},
    )
    return Translated(problem, floors, ceilings, list(caps))


def _entry(one: Candidate, options: Options, names: Mapping[int, str], rulings: Rulings) -> Entry:
    groups = {
        "stage": options.word_of("stage", one.stage),
        "kind": KINDS["team" if one.is_team else "person"],
        "class": options.word_of("class", one.school_class or GENERAL),
        "discipline": one.discipline or OTHER,
        "school": names[one.school_id],
    }
    turn = rulings.ahead[one.entry_id][0] if one.entry_id in rulings.ahead else BEHIND
    return Entry(one.entry_id, one.rank, groups, one.name, turn)


def _limit(table: QuotaTable, number: int, options: Options) -> Row:
    row = table.rows[number]
    where = {dimension: options.word_of(dimension, value) for dimension, value in row.where.items()}
    return Row(where, count=asked(table, row))


def _school_names(candidates: Sequence[Candidate], options: Options) -> dict[int, str]:
    """School → what sentences call it; two of one name (a school of another office) are told apart by a number."""
    names: dict[int, str] = {}
    for one in candidates:
        if one.school_id not in names:
            name = options.name_of(one.school_id) or str(one.school_id)
            names[one.school_id] = f"{name}（{one.school_id}）" if name in names.values() else name
    return names


def school_cap(table: QuotaTable, school_id: int, school_class: str | None) -> tuple[int | None, int | None]:
    """(the row that sets it, at most so many works of the school); (None, None) where no row limits it.

    A named school's number comes before its class's cap, this before the general one; bonuses are added.
    """
    rows = list(enumerate(table.rows))
    own_class = school_class or GENERAL
    named = [i for i, row in rows if row.kind is RowKind.SCHOOL and row.school_id == school_id]
    by_class = [i for i, row in rows if row.kind is RowKind.CAP and row.where.get("class") == own_class]
    general = [i for i, row in rows if row.kind is RowKind.CAP and not row.where]
    found = next(iter([*named, *by_class, *general]), None)
    if found is None or table.rows[found].count is None:
        return found, None
    bonus = sum(
        row.count or 0
        for row in table.rows
        if row.kind is RowKind.BONUS
        and (
            row.school_id == school_id if row.school_id is not None else row.where.get("class", own_class) == own_class
        )
    )
    return found, (table.rows[found].count or 0) + bonus


def _caps(table: QuotaTable, candidates: Sequence[Candidate]) -> dict[int, dict[int, int]]:
    """By row: school → at most so many of its works."""
    caps: dict[int, dict[int, int]] = {}
    classes = {one.school_id: one.school_class for one in candidates}
    for school_id, school_class in sorted(classes.items()):
        row, most = school_cap(table, school_id, school_class)
        if row is not None and most is not None:
            caps.setdefault(row, {})[school_id] = most
    return dict(sorted(caps.items()))


def told_by_rows(infeasible: Infeasible, translated: Translated, table: QuotaTable, options: Options) -> Contradiction:
    """The collision in the words of the table's rows."""
    rows: list[tuple[int | None, Message]] = []
    for one in infeasible.rows:
        number = translated.row_of(one)
        if one.kind is Kind.TOTAL and translated.problem.total != table.total:
            words = N_("总名额 %(most)s 个，其中空缺 %(empty)s 个")
            empty = (table.total or 0) - (translated.problem.total or 0)
            rows.append((None, Message.of(words, most=table.total, empty=empty)))
        elif number is None:
            rows.append((None, one.message))
        elif one.kind is Kind.FLOOR:
            members = sum(
                all(entry.groups.get(name) == value for name, value in _where(translated, one).items())
                for entry in translated.problem.entries
            )
            words = N_("%(row)s（参评 %(count)s 件）")
            rows.append((number, Message.of(words, row=row_words(table, table.rows[number], options), count=members)))
        else:
            rows.append((number, row_words(table, table.rows[number], options)))
    return Contradiction(rows, infeasible.missing)


def _where(translated: Translated, one: Collision) -> Mapping[str, Hashable]:
    return translated.problem.floors[int(str(one.place))].where


def contradiction_of(table: QuotaTable, options: Options) -> Contradiction | None:
    """Rows that no works at all could satisfy, however many came in: what is wrong with the table alone.

    Every sort of work that the rows tell apart is there as often as anybody asks for; the schools are those of the office, each
    class of them with as many places as its schools have together.
    """
    if not table.rows:
        return None
    floors = [i for i, row in enumerate(table.rows) if row.kind in {RowKind.FLOOR, RowKind.SHARE}]
    ceilings = [i for i, row in enumerate(table.rows) if row.kind is RowKind.CEILING]
    limits = [_limit(table, i, options) for i in ceilings]
    for number, class_word, most in _class_limits(table, options):
        ceilings.append(number)
        limits.append(Row({"class": class_word}, count=most))
    problem = Problem(_every_sort(table, options), table.total, [_limit(table, i, options) for i in floors], limits)
    copies = max((asked(table, table.rows[i]) for i in floors), default=0) or 1
    found = collision_alone(problem, copies)
    if found is None:
        return None
    translated = Translated(problem, floors, ceilings, [])
    rows = []
    for one in found.rows:
        place = translated.row_of(one)
        rows.append((place, one.message if place is None else row_words(table, table.rows[place], options)))
    return Contradiction(rows, found.missing)


def _class_limits(table: QuotaTable, options: Options) -> list[tuple[int, str, int]]:
    """(row, class in words, so many works of all its schools together) for classes all of whose schools are limited."""
    by_class: dict[str, list[tuple[int | None, int | None]]] = {}
    for school_id, (_name, school_class) in options.schools.items():
        by_class.setdefault(school_class or GENERAL, []).append(school_cap(table, school_id, school_class))
    found = []
    for school_class, caps in by_class.items():
        numbers = [most for _row, most in caps if most is not None]
        rows = [row for row, _most in caps if row is not None]
        if len(numbers) == len(caps) and rows:
            found.append((rows[0], options.word_of("class", school_class), sum(numbers)))
    return found


def _every_sort(table: QuotaTable, options: Options) -> list[Entry]:
    """One entry of each sort that rows tell apart."""
    named = {row.where["discipline"] for row in table.rows if "discipline" in row.where}
    values = [
        [options.word_of("stage", code) for code in options.stages] or [""],
        list(KINDS.values()),
        [options.word_of("class", code) for code in [*options.classes, GENERAL]],
        [*sorted(named), OTHER],
    ]
    sorts = product(*values)
    return [
        Entry(place, 1, {"stage": stage, "kind": kind, "class": class_, "discipline": discipline})
        for place, (stage, kind, class_, discipline) in enumerate(sorts)
    ]

"""The quota table of a category as data: its rows, JSON of it, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from math import isfinite
from typing import Any

from contest_portal.core.documents import an_object, at, list_at, shown, whole_number
from contest_portal.core.text import N_, Message

MOST_PLACES = 100_000
MOST_ROWS = 200
GENERAL = "general"
"""The class of schools that have none of their own."""
DIMENSIONS = ("stage", "kind", "class", "discipline")
"""What a row may tell works apart by; the words of their values come from `Options`."""
KINDS = {"person": "个人", "team": "集体"}


class RowKind(StrEnum):
    """What a row of the table says."""

    FLOOR = "floor"  # at least so many of these works
    CEILING = "ceiling"  # at most so many of these works
    SHARE = "share"  # a fixed share of the places for these works; what all shares leave is free for everybody
    CAP = "cap"  # at most so many of each school, or of each school of a class
    SCHOOL = "school"  # a named school has a number of its own in place of the cap
    BONUS = "bonus"  # so many more than the cap, for a named school or all of a class


SPREAD = (RowKind.FLOOR, RowKind.CEILING, RowKind.SHARE)


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row. `where`: dimension → value, any combination; a cap or bonus knows only `class`.

    `count` or `percent` of the total; of a cap or a named school both None means no limit.
    """

    kind: RowKind
    where: Mapping[str, str] = field(default_factory=dict)
    count: int | None = None
    percent: float | None = None
    school_id: int | None = None
    why: str = ""

    @property
    def share(self) -> Fraction | None:
        """The percentage that was written, exactly: 7 % of 100 are 7 places, not a trifle more."""
        return None if self.percent is None else Fraction(str(self.percent)) / 100

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "where": dict(self.where),
            "count": self.count,
            "percent": self.percent,
            "school_id": self.school_id,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class QuotaTable:
    """All rows of a category. `total` None: no limit in all. Works below `minimum_score` do not get in, and `may_stay_empty`
    lets the committee leave places unused (空缺)."""

    total: int | None = None
    rows: tuple[TableRow, ...] = ()
    minimum_score: float | None = None
    may_stay_empty: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain data that `read_table` reads back."""
        return {
            "total": self.total,
            "minimum_score": self.minimum_score,
            "may_stay_empty": self.may_stay_empty,
            "rows": [row.to_json() for row in self.rows],
        }

    def places(self) -> dict[str, int]:
        """The places by stage group that ceilings alone set, and under "" the total; what is not limited is missing."""
        own = {
            row.where["stage"]: row.count
            for row in self.rows
            if row.kind is RowKind.CEILING and set(row.where) == {"stage"} and row.count is not None
        }
        return own if self.total is None else {"": self.total, **own}

    @property
    def has_only_places(self) -> bool:
        """Whether the table says nothing beyond `places`."""
        plain = all(
            row.kind is RowKind.CEILING and set(row.where) == {"stage"} and row.count is not None for row in self.rows
        )
        return plain and self.minimum_score is None

    @property
    def most(self) -> int | None:
        """How many places there are in all: the total, else the sum of the stage groups' where only these are set."""
        places = self.places()
        if self.total is not None:
            return self.total
        return sum(places.values()) if places and self.has_only_places else None


def by_stage(places: Mapping[str, int | None]) -> QuotaTable:
    """The table of places in all (under "") and by stage group."""
    rows = [
        TableRow(RowKind.CEILING, {"stage": code}, count)
        for code, count in sorted(places.items())
        if code and count is not None
    ]
    return QuotaTable(places.get(""), tuple(rows))


@dataclass(frozen=True)
class Options:
    """What rows may name: words by value. `schools`: id → (name, class or None), those of the contest's office."""

    stages: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    disciplines: Sequence[str] = ()
    schools: Mapping[int, tuple[str, str | None]] = field(default_factory=dict)

    def values_of(self, dimension: str) -> dict[str, str]:
        """The values of a dimension with their words."""
        if dimension == "discipline":
            return {name: name for name in self.disciplines}
        return {"stage": dict(self.stages), "kind": KINDS, "class": {**self.classes, GENERAL: "一般学校"}}[dimension]

    def word_of(self, dimension: str, value: str) -> str:
        """The word of a value; one that is not known is named as it stands."""
        return self.values_of(dimension).get(value, value)

    def name_of(self, school_id: int | None) -> str:
        """The school's name, or an empty text."""
        return self.schools.get(school_id or 0, ("", None))[0]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: in which row (None: the table), in which of its fields, in words."""

    row: int | None
    field: str
    message: Message


def problems_of(table: QuotaTable, options: Options) -> list[Problem]:
    """Everything that is wrong with single rows. What rows say against each other is `contradiction_of`'s."""
    found: list[Problem] = []
    if table.total is not None and not 0 <= table.total <= MOST_PLACES:
        found.append(Problem(None, "total", Message(N_("名额应为 0 或更大的整数，不限名额请留空。"))))
    if table.minimum_score is not None and not (isfinite(table.minimum_score) and 0 <= table.minimum_score <= 100):
        found.append(Problem(None, "minimum_score", Message(N_("最低分应是 0 到 100 之间的数；不设请留空。"))))
    if len(table.rows) > MOST_ROWS:
        message = Message.of(N_("规定不能超过 %(most)s 行。"), most=MOST_ROWS)
        found.append(Problem(None, "", message))
    for number, row in enumerate(table.rows):
        found += [Problem(number, name, message) for name, message in _row_problems(table, row, options)]
    found += _between_rows(table, options)
    return found


def _row_problems(table: QuotaTable, row: TableRow, options: Options) -> Iterator[tuple[str, Message]]:
    for dimension, value in row.where.items():
        if dimension not in DIMENSIONS or (row.kind not in SPREAD and dimension != "class"):
            yield dimension, Message(N_("这一行不能按这一项区分。"))
        elif value not in options.values_of(dimension):
            yield dimension, Message.of(N_("这个类别没有「%(value)s」，请改选或删除这一行。"), value=value)
    if row.kind in SPREAD:
        yield from _spread_problems(table, row)
    elif row.percent is not None:
        yield "amount", Message(N_("每校的件数请写整数，不能写百分比。"))
    if row.count is not None and not 0 <= row.count <= MOST_PLACES:
        yield "amount", Message(N_("请填写 0 或更大的整数。"))
    if row.kind is RowKind.BONUS and not row.count:
        yield "amount", Message(N_("请填写增加几件。"))
    if row.kind is RowKind.BONUS and not row.why.strip():
        yield "why", Message(N_("请写明加额的理由，例如「承办科技节」。"))
    if row.kind is RowKind.SCHOOL and row.school_id is None:
        yield "school", Message(N_("请选择学校。"))
    if row.school_id is not None and row.school_id not in options.schools:
        yield "school", Message(N_("这所学校不在本单位的学校中，请改选或删除这一行。"))


def _spread_problems(table: QuotaTable, row: TableRow) -> Iterator[tuple[str, Message]]:
    if not row.where:
        yield "stage", Message(N_("请至少选一项，说明是哪些作品；对全部作品的限制请写在总名额。"))
    if row.count is None and row.percent is None:
        yield "amount", Message(N_("请填写件数，或百分比，例如 20%。"))
    if row.percent is not None and not 0 <= row.percent <= 100:
        yield "amount", Message(N_("百分比应在 0% 到 100% 之间。"))
    if row.percent is not None and table.total is None:
        yield "amount", Message(N_("总名额不限时不能写百分比，请写件数。"))


def _between_rows(table: QuotaTable, options: Options) -> Iterator[Problem]:
    shares = [row.share for row in table.rows if row.kind is RowKind.SHARE and row.share is not None]
    if (total := sum(shares)) > 1:
        words = N_("固定份额合计 %(sum)s%%，超过了 100%%。")
        yield Problem(None, "", Message.of(words, sum=f"{float(total * 100):g}"))
    seen: dict[tuple[str, str], int] = {}
    for number, row in enumerate(table.rows):
        key = _once(row)
        if key is not None and (first := seen.setdefault(key, number)) != number:
            words = N_("与第 %(first)s 行说的是同一类学校，请合并成一行。")
            yield Problem(number, "school" if row.school_id else "class", Message.of(words, first=first + 1))
        if row.kind is RowKind.BONUS and not _has_cap(table, row, options):
            words = N_("没有规定这里的每校件数，加额不起作用。请先加一行「每校不多于」。")
            yield Problem(number, "amount", Message(words))


def _once(row: TableRow) -> tuple[str, str] | None:
    if row.kind is RowKind.CAP:
        return "cap", row.where.get("class", "")
    return ("school", str(row.school_id)) if row.kind is RowKind.SCHOOL and row.school_id else None


def _has_cap(table: QuotaTable, bonus: TableRow, options: Options) -> bool:
    own = {one.school_id for one in table.rows if one.kind is RowKind.SCHOOL}
    caps = {one.where.get("class", "") for one in table.rows if one.kind is RowKind.CAP}
    if bonus.school_id is not None:
        school_class = options.schools.get(bonus.school_id, ("", None))[1] or GENERAL
        return bonus.school_id in own or bool(caps & {"", school_class})
    return bool(caps) if "class" not in bonus.where else bool(caps & {"", bonus.where["class"]})


def read_table(data: Any) -> QuotaTable:
    """The table that `to_json` gave, or one from a file. Raises Invalid that names the place of what is wrong."""
    an_object(data, "table")
    rows = [_row(one, f"rows[{i}]") for i, one in enumerate(list_at(data, "rows"))]
    minimum = data.get("minimum_score")
    return QuotaTable(
        _count(data.get("total"), "total"),
        tuple(rows),
        None if minimum is None else _number(minimum, "minimum_score"),
        bool(data.get("may_stay_empty")),
    )


def _row(data: Any, place: str) -> TableRow:
    an_object(data, place)
    if data.get("kind") not in set(RowKind):
        raise at(f"{place}.kind", N_("不认识的规定「%(value)s」"), value=shown(data.get("kind")))
    where = an_object(data.get("where") or {}, f"{place}.where")
    percent = data.get("percent")
    return TableRow(
        RowKind(data["kind"]),
        {str(name): str(value) for name, value in where.items()},
        _count(data.get("count"), f"{place}.count"),
        None if percent is None else _number(percent, f"{place}.percent"),
        _count(data.get("school_id"), f"{place}.school_id"),
        str(data.get("why") or ""),
    )


def _count(value: Any, place: str) -> int | None:
    return None if value is None else whole_number(value, place, least=0)


def _number(value: Any, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        raise at(place, N_("应是数，现为 %(value)s"), value=shown(value))
    return value


def fitted_to(table: QuotaTable, options: Options) -> QuotaTable:
    """The table of another category or year, without the schools that are not here; what else does not fit stays to be mended."""
    kept = [row for row in table.rows if row.school_id is None or row.school_id in options.schools]
    return replace(table, rows=tuple(kept))

"""The page of a quota table as it is typed: rows come and go by buttons, and nothing typed is lost when something is wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from contest_portal.core.forms import typed_number
from contest_portal.core.text import N_, Message
from contest_portal.results.quotas.allocation.rules import (
    DIMENSIONS,
    MOST_ROWS,
    SPREAD,
    Options,
    Problem,
    QuotaTable,
    RowKind,
    TableRow,
    problems_of,
)

UNLIMITED = {"", "不限", "无"}
LONGEST_WHY = 100


@dataclass(frozen=True)
class TypedRow:
    """One row as typed: its kind, `where` by dimension ("": any), amount, school and reason."""

    kind: RowKind
    where: Mapping[str, str] = field(default_factory=dict)
    amount: str = ""
    school: str = ""
    why: str = ""

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What this kind of row may be about."""
        if self.kind in SPREAD:
            return DIMENSIONS
        return ("class",) if self.kind in {RowKind.CAP, RowKind.BONUS} else ()

    @property
    def names_a_school(self) -> bool:
        return self.kind in {RowKind.SCHOOL, RowKind.BONUS}


@dataclass(frozen=True)
class TypedTable:
    """The whole table as typed, with what is wrong with it by (row or None, field)."""

    total: str = ""
    minimum_score: str = ""
    may_stay_empty: bool = False
    rows: tuple[TypedRow, ...] = ()
    unread: tuple[Problem, ...] = ()

    def without(self, number: int) -> TypedTable:
        """Without one row."""
        return replace(self, rows=tuple(row for place, row in enumerate(self.rows) if place != number))

    def with_one_more(self, kind: str) -> TypedTable:
        """With a blank row of this kind at the end; unchanged for a kind that is none, or when there are too many."""
        if kind not in set(RowKind) or len(self.rows) >= MOST_ROWS:
            return self
        return replace(self, rows=(*self.rows, TypedRow(RowKind(kind))))


def as_typed(table: QuotaTable) -> TypedTable:
    """What the page shows of a table."""
    return TypedTable(
        total="" if table.total is None else str(table.total),
        minimum_score="" if table.minimum_score is None else f"{table.minimum_score:g}",
        may_stay_empty=table.may_stay_empty,
        rows=tuple(
            TypedRow(row.kind, dict(row.where), _amount(row), str(row.school_id or ""), row.why) for row in table.rows
        ),
    )


def _amount(row: TableRow) -> str:
    if row.percent is not None:
        return f"{row.percent:g}%"
    if row.count is None:
        return "不限" if row.kind in {RowKind.CAP, RowKind.SCHOOL} else ""
    return str(row.count)


def typed_table(values: Mapping[str, str]) -> TypedTable:
    """The table that a page posted. Rows of no kind are left out, which is told: the page was not whole, or an old one."""
    count = min(typed_number(values.get("rows")) or 0, MOST_ROWS)
    rows = [_typed_row(values, number) for number in range(count)]
    return TypedTable(
        total=values.get("total", "").strip(),
        minimum_score=values.get("minimum_score", "").strip(),
        may_stay_empty=bool(values.get("may_stay_empty")),
        rows=tuple(row for row in rows if row is not None),
        unread=tuple(_no_rule(number) for number, row in enumerate(rows, start=1) if row is None),
    )


def _no_rule(number: int) -> Problem:
    words = N_("原来第 %(number)s 行没有收到是哪种规定，没有读入。请核对下面的各行，需要的请重新添加。")
    return Problem(None, "", Message.of(words, number=number))


def _typed_row(values: Mapping[str, str], number: int) -> TypedRow | None:
    def value(name: str) -> str:
        return values.get(f"row-{number}-{name}", "").strip()

    if value("rule") not in set(RowKind):
        return None
    where = {dimension: value(dimension) for dimension in DIMENSIONS if value(dimension)}
    return TypedRow(RowKind(value("rule")), where, value("amount"), value("school"), value("why"))


def read_typed(typed: TypedTable, options: Options) -> tuple[QuotaTable, list[Problem]]:
    """The table, as far as it can be read, and everything that is wrong with it."""
    problems: list[Problem] = list(typed.unread)
    total = _whole(typed.total)
    if total is None and typed.total not in UNLIMITED:
        problems.append(Problem(None, "total", Message(N_("名额应为 0 或更大的整数，不限名额请留空。"))))
    minimum = _decimal(typed.minimum_score)
    if minimum is None and typed.minimum_score:
        problems.append(Problem(None, "minimum_score", Message(N_("最低分应是 0 到 100 之间的数；不设请留空。"))))
    rows = []
    for number, one in enumerate(typed.rows):
        row, unread = _read_row(one)
        rows.append(row)
        problems += [Problem(number, name, message) for name, message in unread]
    table = QuotaTable(total, tuple(rows), minimum, typed.may_stay_empty)
    told = {(one.row, one.field) for one in problems}
    return table, [*problems, *(one for one in problems_of(table, options) if (one.row, one.field) not in told)]


def _read_row(one: TypedRow) -> tuple[TableRow, list[tuple[str, Message]]]:
    unread: list[tuple[str, Message]] = []
    plain = unicodedata.normalize("NFKC", one.amount).replace(" ", "").removesuffix("件").removesuffix("个")
    count, percent = _whole(plain), _decimal(plain.removesuffix("%")) if plain.endswith("%") else None
    no_limit = plain in UNLIMITED
    if count is None and percent is None and not no_limit:
        unread.append(("amount", Message(N_("请填写件数，例如 6；或百分比，例如 20%。"))))
    if one.kind is RowKind.CAP and not plain:
        unread.append(("amount", Message(N_("请填写每校几件；不限请写「不限」。"))))
    if one.kind is RowKind.SCHOOL and not plain:
        unread.append(("amount", Message(N_("请填写这所学校几件；不限请写「不限」。"))))
    if len(one.why) > LONGEST_WHY:
        unread.append(("why", Message.of(N_("理由请在 %(most)s 字以内。"), most=LONGEST_WHY)))
    school = typed_number(one.school) if one.names_a_school else None
    where = {} if school is not None else {name: one.where[name] for name in one.dimensions if name in one.where}
    return TableRow(one.kind, where, count, percent, school, one.why), unread


def _whole(text: str) -> int | None:
    plain = unicodedata.normalize("NFKC", text)
    return int(plain) if re.fullmatch("[0-9]{1,9}", plain) else None


def _decimal(text: str) -> float | None:
    plain = unicodedata.normalize("NFKC", text)
    return float(plain) if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,4})?", plain) else None

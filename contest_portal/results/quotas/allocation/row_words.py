"""The rows of a quota table in words, as pages, reasons and contradictions name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from contest_portal.core.text import N_, Message
from contest_portal.results.quotas.allocation.rules import Options, QuotaTable, RowKind, TableRow

ROW_KINDS: dict[RowKind, str] = {
    RowKind.FLOOR: N_("不少于"),
    RowKind.CEILING: N_("不多于"),
    RowKind.SHARE: N_("固定份额"),
    RowKind.CAP: N_("每校不多于"),
    RowKind.SCHOOL: N_("指定学校"),
    RowKind.BONUS: N_("加额"),
}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Rows that cannot all hold: (number of the row in the table from 0, None for what is not a row; words), and by how many places."""

    rows: Sequence[tuple[int | None, Message]]
    missing: int

    @property
    def message(self) -> Message:
        words = N_("这些规定不能同时满足，至少差 %(missing)s 个名额：%(rows)s")
        return Message.of(words, missing=self.missing, rows="；".join(self._numbered()))

    def _numbered(self) -> list[str]:
        return [
            str(
                words
                if number is None
                else Message.of(N_("第 %(number)s 行 %(words)s"), number=number + 1, words=words)
            )
            for number, words in self.rows
        ]


def whom(row: TableRow, options: Options) -> str:
    """Which works or schools the row is about: 小学组、个人."""
    if row.school_id is not None:
        return options.name_of(row.school_id)
    return "、".join(options.word_of(dimension, value) for dimension, value in row.where.items())


def asked(table: QuotaTable, row: TableRow) -> int:
    """The number of places that a floor, a ceiling or a share comes to.

    A floor's share is rounded up, a ceiling's down, as the table's makers mean them; a fixed share is rounded down, so
    that shares of 100 % in all never ask for more places than there are; the rest is the free pool's.
    """
    if row.count is not None:
        return row.count
    exact = (row.share or 0) * (table.total or 0)
    return ceil(exact) if row.kind is RowKind.FLOOR else floor(exact)


def amount(table: QuotaTable, row: TableRow) -> str:
    """The number, with the percentage that it was written as: 6 件（20%）; 不限 without a limit."""
    if row.percent is not None:
        return f"{asked(table, row)} 件（{row.percent:g}%）"
    return "不限" if row.count is None else f"{row.count} 件"


def row_words(table: QuotaTable, row: TableRow, options: Options) -> Message:
    """The row as a sentence."""
    values = {"whom": whom(row, options), "amount": amount(table, row), "why": row.why}
    if row.kind is RowKind.CAP:
        words = N_("「%(whom)s」每校不多于 %(amount)s") if row.where else N_("每校不多于 %(amount)s")
    elif row.kind is RowKind.BONUS:
        words = N_("「%(whom)s」加 %(amount)s（%(why)s）") if values["whom"] else N_("每校加 %(amount)s（%(why)s）")
    else:
        words = {
            RowKind.FLOOR: N_("「%(whom)s」不少于 %(amount)s"),
            RowKind.CEILING: N_("「%(whom)s」不多于 %(amount)s"),
            RowKind.SHARE: N_("「%(whom)s」固定份额 %(amount)s"),
            RowKind.SCHOOL: N_("「%(whom)s」可到 %(amount)s"),
        }[row.kind]
    return Message(words, values)


def table_words(table: QuotaTable, options: Options) -> list[Message]:
    """The whole table, a sentence a row."""
    first = Message(N_("总名额不限")) if table.total is None else Message.of(N_("总名额 %(most)s 个"), most=table.total)
    words = [first, *(row_words(table, row, options) for row in table.rows)]
    if table.minimum_score is not None:
        words.append(Message.of(N_("得分不低于 %(score)s"), score=f"{table.minimum_score:g}"))
    if table.may_stay_empty:
        words.append(Message(N_("允许空缺")))
    return words

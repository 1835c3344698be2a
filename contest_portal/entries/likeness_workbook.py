"""The pairs of alike entries as a workbook."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from contest_portal.core.clock import local
from contest_portal.core.i18n import translate
from contest_portal.core.spreadsheets import Column, write_table
from contest_portal.core.spreadsheets.sheet import Value
from contest_portal.entries.queries.likeness import PairRow, Side
from contest_portal.entries.services.verdicts import PAIR_STATES


def pairs_workbook(rows: Iterable[PairRow]) -> bytes:
    """A line a pair, in the list's order."""
    columns = [
        *(Column(title, width) for title, width in _side_columns(_("作品"))),
        *(Column(title, width) for title, width in _side_columns(_("相似的作品"))),
        Column(_("类型"), 8),
        Column(_("相似度"), 10, "number"),
        Column(_("结论"), 10),
        Column(_("说明"), 36),
        Column(_("核对人"), 12),
        Column(_("核对时间"), 17, "datetime"),
        Column(_("发现时间"), 17, "datetime"),
    ]
    return write_table(columns, (_line(row) for row in rows), name=_("查重"), heading=[_("相似的作品")], landscape=True)


def _side_columns(name: str) -> list[tuple[str, float]]:
    return [
        (_("%(which)s编号", which=name), 20),
        (_("%(which)s题目", which=name), 30),
        (_("%(which)s年份", which=name), 8),
        (_("%(which)s学校", which=name), 24),
        (_("%(which)s作者", which=name), 16),
    ]


def _side(side: Side) -> tuple[Value, ...]:
    return side.number, side.title, side.year, side.school, side.authors


def _line(row: PairRow) -> tuple[Value, ...]:
    return (
        *_side(row.a),
        *_side(row.b),
        _("图画") if row.kind == "picture" else _("文字"),
        round(row.score, 3),
        translate(PAIR_STATES[row.state]),
        row.words,
        row.judged_by,
        local(row.judged_at) if row.judged_at else None,
        local(row.found_at),
    )

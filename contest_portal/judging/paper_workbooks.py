"""Workbooks of marks: the template that is filled in away from the site, and the list of what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _

from contest_portal.core.spreadsheets import Column, Notes, Table, write_table, write_workbook
from contest_portal.entries.queries.judges_texts import JudgesTexts, judges_texts
from contest_portal.judging.models import Round, ScoreSheet
from contest_portal.judging.paper_table import COMMENT, JUDGE, NUMBER, TASK, TITLE, TOTAL
from contest_portal.judging.queries.paper import PaperRow, Pile


def marks_template(row: Round, piles: Sequence[Pile], sheets: Mapping[int, ScoreSheet]) -> bytes:
    """A sheet for each category with a line for each task; what was scored already stands in it.

    The titles of columns are those that `paper_table` finds again, in Chinese whatever the reader's language.
    """
    texts = judges_texts([task.entry_id for pile in piles for task in pile.tasks], blind=row.is_blind)
    return write_workbook([*_tables(piles, sheets, texts), _notes(row)])


def _tables(piles: Sequence[Pile], sheets: Mapping[int, ScoreSheet], texts: JudgesTexts) -> list[Table]:
    tables = []
    for category in {pile.category.id: pile.category for pile in piles}.values():
        own = [pile for pile in piles if pile.category.id == category.id]
        rubric = own[0].rubric
        columns = [
            Column(TASK, 9, "number", note=_("请不要改动")),
            Column(NUMBER, 20, note=_("请不要改动")),
            Column(TITLE, 34),
            Column(JUDGE, 12),
            *(Column(f"{one.name}（{one.max_points:g}）", 12, "number") for one in rubric),
            Column(TOTAL, 9, "number", note=_("可不填；填写后与各项之和核对")),
            Column(COMMENT, 30),
        ]
        rows = []
        for pile in own:
            for task in pile.tasks:
                sheet = sheets.get(task.id)
                marks = [sheet.marks.get(one.code) if sheet else None for one in rubric]
                total = sum(mark for mark in marks if mark is not None) if sheet else None
                entry, comment = task.entry, sheet.comment if sheet else ""
                title = texts.title(entry.id, entry.title)
                rows.append((task.id, entry.number or "", title, pile.judge.name, *marks, total, comment))
        tables.append(Table(category.name, columns, rows, to_fill_in=True, landscape=True))
    return tables


def _notes(row: Round) -> Notes:
    return Notes(
        _("填写说明"),
        [
            f"{row.contest.name} {row.name}",
            _("一行是一名评委对一件作品的评分。请填写各评分项，最多一位小数；没有评的行请留空。"),
            _("「任务号」和「编号」用来对应作品，请不要改动，也不要增加行。"),
            _("填好后在「纸质评分表」页面上传。表中有一处错误，就不会导入任何内容。"),
        ],
    )


def paper_workbook(row: Round, lines: Iterable[PaperRow], words: Mapping[str, str]) -> bytes:
    """The list of paper sheets as its page shows it."""
    columns = [
        Column(_("评委"), 12),
        Column(_("编号"), 20),
        Column(_("作品"), 36),
        Column(_("类别"), 18),
        Column(_("状态"), 12),
        Column(_("录入人"), 12),
        Column(_("总分"), 8, "number"),
    ]
    rows = (
        (
            line.task.judge.name,
            line.task.entry.number or "",
            line.task.entry.title,
            line.task.entry.category.name,
            words[line.state],
            line.typed_by,
            line.total,
        )
        for line in lines
    )
    heading = [f"{row.contest.name} {row.name}"]
    return write_table(columns, rows, name=_("纸质评分表"), heading=heading, landscape=True)

"""Rounds as workbooks: the office's list, one round's progress, its tasks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _

from contest_portal.core.clock import local
from contest_portal.core.i18n import translate
from contest_portal.core.spreadsheets import Column, Table, write_table, write_workbook
from contest_portal.judging.queries.rounds import CategoryProgress, JudgeProgress, Progress, RoundRow, TaskRow
from contest_portal.judging.states import ROUND_STATES, TASK_STATES


def rounds_workbook(rows: Iterable[RoundRow]) -> bytes:
    """A line a round."""
    columns = [
        Column(_("轮次"), 16),
        Column(_("赛事"), 44),
        Column(_("类别"), 40),
        Column(_("状态"), 10),
        Column(_("截止时间"), 17, "datetime"),
        Column(_("已评"), 8, "number"),
        Column(_("应评"), 8, "number"),
    ]
    lines = (
        (
            row.round.name,
            row.round.contest.name,
            "、".join(place.category.name for place in row.round.categories),
            translate(ROUND_STATES[row.round.state]),  # type: ignore[index]
            local(row.round.closes_at),
            row.done,
            row.live,
        )
        for row in rows
    )
    return write_table(columns, lines, name=_("评审轮次"), landscape=True)


def progress_workbook(title: str, progress: Progress) -> bytes:
    """A sheet by judge and one by category."""
    return write_workbook([_by_judge(title, progress.judges), _by_category(title, progress.categories)])


def _by_judge(title: str, lines: Iterable[JudgeProgress]) -> Table:
    columns = [
        Column(_("评委"), 14),
        Column(_("已评"), 8, "number"),
        Column(_("应评"), 8, "number"),
        Column(_("草稿"), 8, "number"),
        Column(_("回避"), 8, "number"),
        Column(_("平均分"), 10, "number"),
        Column(_("最近一次"), 17, "datetime"),
    ]
    rows = [
        (
            line.judge.name,
            line.done,
            line.live,
            line.started,
            line.conflicts,
            None if line.mean is None else round(line.mean, 2),
            local(line.last_at) if line.last_at else None,
        )
        for line in lines
    ]
    return Table(_("按评委的进度"), columns, rows, heading=[title])


def _by_category(title: str, lines: Iterable[CategoryProgress]) -> Table:
    columns = [
        Column(_("类别"), 24),
        Column(_("作品"), 8, "number"),
        Column(_("已评"), 8, "number"),
        Column(_("应评"), 8, "number"),
        Column(_("评完的作品"), 12, "number"),
        Column(_("缺评阅的作品"), 14, "number"),
    ]
    rows = [(one.category.name, one.entries, one.done, one.live, one.finished, one.short) for one in lines]
    return Table(_("按类别的进度"), columns, rows, heading=[title])


def tasks_workbook(title: str, rows: Iterable[TaskRow]) -> bytes:
    """A line a task; a total only where its sheet is submitted."""
    columns = [
        Column(_("编号"), 20),
        Column(_("作品"), 36),
        Column(_("类别"), 16),
        Column(_("学校"), 26),
        Column(_("评委"), 12),
        Column(_("状态"), 10),
        Column(_("总分"), 8, "number"),
        Column(_("提交时间"), 17, "datetime"),
    ]
    lines = ((*_about(row), *_outcome(row)) for row in rows)
    return write_table(columns, lines, name=_("评审任务"), heading=[title], landscape=True)


def _about(row: TaskRow) -> tuple[str, ...]:
    entry = row.task.entry
    state = translate(TASK_STATES[row.task.state])  # type: ignore[index]
    return entry.number or "", entry.title, entry.category.name, entry.school.name, row.task.judge.name, state


def _outcome(row: TaskRow) -> tuple[float | None, datetime | None]:
    if row.task.state != "submitted" or row.submitted_at is None:
        return None, None
    return row.total, local(row.submitted_at)

"""A workbook of marks as it comes back: tasks found by their number, faults named by cell. Pure of any database."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contest_portal.contests.rules import Criterion
from contest_portal.core.spreadsheets.sheet import Row, Sheet, is_lossy, text_of
from contest_portal.core.text import N_, Message
from contest_portal.judging.marks import check_marks, paper_total

TASK, NUMBER, TITLE, JUDGE, TOTAL, COMMENT = N_("任务号"), N_("编号"), N_("作品"), N_("评委"), N_("合计"), N_("评语")
HEADER_WITHIN_ROWS = 15
MOST_COMMENT = 1000
_SAME = 0.005


@dataclass(frozen=True)
class KnownTask:
    """What the round knows of a task: the work's number, the judge's name and the rubric."""

    id: int
    number: str
    judge: str
    rubric: Sequence[Criterion]


@dataclass(frozen=True)
class MarkLine:
    """One task's marks, right in themselves."""

    task: KnownTask
    marks: Mapping[str, object]
    comment: str
    place: Message


@dataclass(frozen=True)
class MarkTable:
    """What was read: lines, faults as sentences with their places, and how many lines were left empty."""

    lines: Sequence[MarkLine]
    faults: Sequence[Message]
    empty: int


def read_marks(sheets: Sequence[Sheet], tasks: Mapping[int, KnownTask]) -> MarkTable:
    """The marks of all sheets that have a header with 「任务号」 and 「编号」. A row without any mark is left alone."""
    lines: list[MarkLine] = []
    faults: list[Message] = []
    seen: dict[int, Message] = {}
    empty = headers = 0
    for sheet in sheets:
        header = _header(sheet)
        if header is None:
            continue
        headers += 1
        number, places = header
        for row in sheet.rows:
            if row.number <= number or not text_of(row[places[TASK]]) + text_of(row[places[NUMBER]]):
                continue
            line = _line(sheet, row, places, tasks, seen)
            if line is None:
                empty += 1
            elif isinstance(line, MarkLine):
                lines.append(line)
            else:
                faults += line
    if not headers:
        faults.append(
            Message.of(
                N_("没有找到表头。请下载本轮的评分表模板，在模板中填写，不要改动「%(task)s」和「%(number)s」两列。"),
                task=TASK,
                number=NUMBER,
            )
        )
    return MarkTable(lines, faults, empty)


def _header(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    for row in sheet.rows[:HEADER_WITHIN_ROWS]:
        titles = {_plain(text_of(value)): place for place, value in reversed(list(enumerate(row.values)))}
        if {TASK, NUMBER} <= set(titles):
            return row.number, titles
    return None


def _plain(title: str) -> str:
    """A column's title without what stands in brackets: 「创新性（30）」 is 「创新性」."""
    return unicodedata.normalize("NFKC", title).partition("(")[0].strip()


def _line(
    sheet: Sheet, row: Row, places: Mapping[str, int], tasks: Mapping[int, KnownTask], seen: dict[int, Message]
) -> MarkLine | list[Message] | None:
    def cell(title: str) -> str:
        return " ".join(sheet.cell(row, places[title]).text.split()) if title in places else ""

    def wrong(title: str, message: Message) -> Message:
        return Message.of(N_("%(place)s：%(what)s"), place=sheet.cell(row, places[title]).place, what=message)

    code = cell(TASK)
    task = tasks.get(int(code)) if code.isdecimal() and len(code) < 10 else None
    if task is None:
        return [wrong(TASK, Message.of(N_("本轮没有任务号「%(code)s」。请使用本轮下载的模板。"), code=code[:20]))]
    place = sheet.cell(row, places[TASK]).place
    if cell(NUMBER) != task.number:
        told = N_("任务号 %(code)s 的作品编号应为 %(number)s，表中为「%(text)s」。请不要改动这两列。")
        return [wrong(NUMBER, Message.of(told, code=code, number=task.number, text=cell(NUMBER)[:40]))]
    if JUDGE in places and cell(JUDGE) and cell(JUDGE) != task.judge:
        told = N_("任务号 %(code)s 的评委应为%(judge)s，表中为「%(text)s」。")
        return [wrong(JUDGE, Message.of(told, code=code, judge=task.judge, text=cell(JUDGE)[:40]))]
    titles = {one.code: _plain(one.name) for one in task.rubric}
    if missing := [one.name for one in task.rubric if titles[one.code] not in places]:
        return [wrong(TASK, Message.of(N_("表中缺少评分项「%(name)s」一列。"), name=missing[0]))]
    typed = {code: cell(title) for code, title in titles.items()}
    if not any(typed.values()):
        return None
    if task.id in seen:
        return [wrong(TASK, Message.of(N_("任务号 %(code)s 在 %(place)s 已经填过。"), code=code, place=seen[task.id]))]
    seen[task.id] = place
    clean, problems = check_marks(typed, task.rubric)
    if problems:
        return [wrong(titles[criterion], message) for criterion, message in problems]
    if len(cell(COMMENT)) > MOST_COMMENT:
        told = N_("评语最多 %(most)s 个字，现有 %(count)s 个。")
        return [wrong(COMMENT, Message.of(told, most=MOST_COMMENT, count=len(cell(COMMENT))))]
    return _with_total(sheet, row, places, MarkLine(task, clean, cell(COMMENT), place))


def _with_total(sheet: Sheet, row: Row, places: Mapping[str, int], line: MarkLine) -> MarkLine | list[Message]:
    """The line, where the total that was typed (if one was) is the sum of its marks."""
    if TOTAL not in places:
        return line
    cell = sheet.cell(row, places[TOTAL])
    if not cell.text:
        return line
    own = paper_total(line.marks)  # type: ignore[arg-type]
    try:
        same = abs(float(cell.text) - own) < _SAME
    except ValueError:
        same = False
    if same and not is_lossy(cell.value):
        return line
    told = N_("合计应为 %(own)s，表中为「%(text)s」。请核对各项分数。")
    return [
        Message.of(
            N_("%(place)s：%(what)s"), place=cell.place, what=Message.of(told, own=f"{own:g}", text=cell.text[:20])
        )
    ]

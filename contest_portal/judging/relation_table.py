"""Relations of judges as an office uploads them: a matrix (judges down, schools or works across) or a list of pairs."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contest_portal.core.spreadsheets.sheet import Row, Sheet, place_of, text_of
from contest_portal.core.text import N_, Message
from contest_portal.judging.conflicts import plain_name

HEADER_WITHIN_ROWS = 15
MOST_RELATIONS = 5000
JUDGE, PHONE, TARGET, WHY = N_("评委"), N_("手机号"), N_("回避对象"), N_("原因")
JUDGE_NAMES = {"评委", "评委姓名", "姓名", "专家", "judge"}
PHONE_NAMES = {"手机号", "手机号码", "手机", "电话", "phone"}
TARGET_NAMES = {"回避对象", "学校", "学校全称", "作品编号", "编号", "学校或作品编号", "target"}
WHY_NAMES = {"原因", "缘由", "关系", "why"}
NO = {"", "0", "否", "无", "×", "x", "no", "-", "—"}
YES = {"1", "是", "√", "✓", "✔", "有", "回避", "yes", "y", "●", "o"}


@dataclass(frozen=True)
class Known:
    """What the office has: judges by plain name (several of one name: several ids) and by phone, schools by plain name,
    entries by number."""

    judges: Mapping[str, Sequence[int]]
    phones: Mapping[str, int]
    schools: Mapping[str, int]
    entries: Mapping[str, int]


@dataclass(frozen=True)
class RelationLine:
    """One relation that was read; `target` is the school's name or the entry's number as it was written."""

    judge_id: int
    judge: str
    target: str
    school_id: int | None
    entry_id: int | None
    why: str


@dataclass(frozen=True)
class RelationTable:
    """What was read, and what is wrong, each fault with its place. Nothing may be imported while there are faults."""

    lines: Sequence[RelationLine]
    faults: Sequence[Message]


def read_relations(sheet: Sheet, known: Known) -> RelationTable:
    """A list where the header names a target column, else a matrix. A relation that stands twice is read once."""
    header = next(
        (row for row in sheet.rows[:HEADER_WITHIN_ROWS] if JUDGE_NAMES & {_title(value) for value in row.values}), None
    )
    if header is None:
        told = N_("在「%(sheet)s」表的前 %(rows)s 行中没有找到「评委」一列。请下载模板对照。")
        return RelationTable([], [Message.of(told, sheet=sheet.name, rows=HEADER_WITHIN_ROWS)])
    titles = [_title(value) for value in header.values]
    reader = _Reader(sheet, known, titles)
    rows = [row for row in sheet.rows if row.number > header.number]
    if TARGET_NAMES & set(titles):
        reader.read_list(rows)
    else:
        reader.read_matrix(header, rows)
    lines = list({(one.judge_id, one.school_id, one.entry_id): one for one in reversed(reader.lines)}.values())[::-1]
    if len(lines) > MOST_RELATIONS:
        reader.faults.append(Message.of(N_("一次最多导入 %(most)s 条回避关系，请分成几个文件。"), most=MOST_RELATIONS))
    if not lines and not reader.faults:
        reader.faults.append(Message.of(N_("「%(sheet)s」表中没有任何回避关系。"), sheet=sheet.name))
    return RelationTable(lines, reader.faults)


def _title(value: object) -> str:
    return "".join(unicodedata.normalize("NFKC", text_of(value)).lower().split())  # type: ignore[arg-type]


class _Reader:
    """Collects relations and faults of one sheet."""

    def __init__(self, sheet: Sheet, known: Known, titles: Sequence[str]) -> None:
        self.sheet, self.known, self.titles = sheet, known, titles
        self.lines: list[RelationLine] = []
        self.faults: list[Message] = []

    def read_list(self, rows: Sequence[Row]) -> None:
        target_at, why_at = self._place(TARGET_NAMES), self._place(WHY_NAMES)
        for row in rows:
            target = self._text(row, target_at)
            if not target:
                continue
            judge = self._judge(row)
            found = self._target(target)
            if found is None:
                self._wrong(row, target_at, self._unknown(target))
            elif judge is not None:
                why = self._text(row, why_at) or str(N_("回避名单"))
                self.lines.append(RelationLine(judge[0], judge[1], target, *found, why))

    def read_matrix(self, header: Row, rows: Sequence[Row]) -> None:
        used = {self._place(JUDGE_NAMES), self._place(PHONE_NAMES)}
        columns: dict[int, tuple[str, tuple[int | None, int | None]]] = {}
        for place, value in enumerate(header.values):
            text = " ".join(text_of(value).split())
            if place in used or not text:
                continue
            found = self._target(text)
            if found is None:
                self._wrong(header, place, self._unknown(text))
            else:
                columns[place] = text, found
        for row in rows:
            marked = [place for place in columns if self._text(row, place).lower() not in NO]
            if not marked:
                continue
            judge = self._judge(row)
            for place in marked:
                text, found = columns[place]
                cell = self._text(row, place)
                why = str(N_("回避名单")) if cell.lower() in YES else cell
                if judge is not None:
                    self.lines.append(RelationLine(judge[0], judge[1], text, *found, why))

    def _judge(self, row: Row) -> tuple[int, str] | None:
        place, phone_at = self._place(JUDGE_NAMES), self._place(PHONE_NAMES)
        name, phone = self._text(row, place), self._text(row, phone_at)
        ids = self.known.judges.get(plain_name(name), ())
        if phone:
            by_phone = self.known.phones.get(phone)
            if by_phone is None or (ids and by_phone not in ids):
                self._wrong(row, phone_at, Message.of(N_("没有姓名和手机号都相符的评委「%(name)s」。"), name=name))
                return None
            return by_phone, name
        if len(ids) == 1:
            return ids[0], name
        told = N_("评委名单中没有「%(name)s」。") if not ids else N_("有多名评委叫「%(name)s」，请加「手机号」一列。")
        self._wrong(row, place, Message.of(told, name=name[:50]))
        return None

    def _target(self, text: str) -> tuple[int | None, int | None] | None:
        """(school id, entry id) of a school's full name or an entry's number."""
        if (school := self.known.schools.get(plain_name(text))) is not None:
            return school, None
        if (entry := self.known.entries.get(plain_name(text).upper())) is not None:
            return None, entry
        return None

    def _unknown(self, text: str) -> Message:
        return Message.of(N_("「%(text)s」既不是学校全称，也不是作品编号。"), text=text[:60])

    def _place(self, names: set[str]) -> int | None:
        return next((place for place, title in enumerate(self.titles) if title in names), None)

    def _text(self, row: Row, place: int | None) -> str:
        return "" if place is None else " ".join(self.sheet.cell(row, place).text.split())[:300]

    def _wrong(self, row: Row, place: int | None, message: Message) -> None:
        where = place_of(self.sheet.name, row.number, "" if place is None else self.sheet.cell(row, place).column)
        self.faults.append(Message.of(N_("%(place)s：%(what)s"), place=where, what=message))

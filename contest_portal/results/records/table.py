"""Awards from above and honours of schools as an office uploads them: a sheet of each, in any order of columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from contest_portal.core.spreadsheets.sheet import Row, Sheet, place_of, text_of
from contest_portal.core.text import N_, Message

HEADER_WITHIN_ROWS = 15
MOST_LINES = 2000
MOST_COUNT = 10_000
CONTEST, LEVEL, AWARD, COUNT = N_("赛事"), N_("级别"), N_("奖项"), N_("数量")
NUMBER, WORK, NOTE = N_("作品编号"), N_("获奖作品"), N_("备注")
SCHOOL, HONOUR, GIVEN_BY = N_("学校"), N_("荣誉"), N_("授予单位或级别")
LEVELS = {
    "": "",
    "不注明": "",
    **dict.fromkeys(("市", "市级"), "市"),
    **dict.fromkeys(("省", "省级"), "省"),
    **dict.fromkeys(("国家", "国家级", "全国"), "国家"),
}
_AWARD_TITLES = {
    "contest": {CONTEST, "上级赛事", "上级赛事名称", "赛事名称"},
    "award": {AWARD, "获奖等级", "等级"},
    "level": {LEVEL},
    "count": {COUNT},
    "number": {NUMBER, "编号"},
    "work": {WORK, "作品名称"},
    "note": {NOTE},
}
_HONOUR_TITLES = {
    "school": {SCHOOL, "学校全称", "学校名称"},
    "honour": {HONOUR, "荣誉名称"},
    "given_by": {GIVEN_BY, "授予单位"},
}
_MOST = {"contest": 100, "award": 30, "work": 200, "note": 500, "honour": 100, "given_by": 50}
"""Characters that a cell may have."""


@dataclass(frozen=True)
class Known:
    """What the office has: entries (id, title) by number in capitals, approved schools' ids by plain name."""

    entries: Mapping[str, tuple[int, str]]
    schools: Mapping[str, int]


@dataclass(frozen=True)
class AwardRecord:
    """An award from above that was read. `number`: of its entry, empty where it is in words."""

    contest_name: str
    level: str
    award: str
    count: int
    number: str
    entry_id: int | None
    work_title: str
    note: str

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two records the same one. How many is part of it: another number is another report."""
        return self.contest_name, self.level, self.award, self.count, self.entry_id, self.work_title, self.note


@dataclass(frozen=True)
class HonourRecord:
    """A school's honour that was read."""

    school: str
    school_id: int
    honour: str
    given_by: str

    @property
    def key(self) -> tuple[object, ...]:
        return self.school_id, self.honour, self.given_by


@dataclass
class RecordTables:
    """What a workbook holds. Nothing may be imported while there are faults; `ignored`: sheets that hold neither list."""

    awards: list[AwardRecord] = field(default_factory=list)
    honours: list[HonourRecord] = field(default_factory=list)
    faults: list[Message] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def read_records(sheets: Sequence[Sheet], known: Known) -> RecordTables:
    """Both lists, each fault with sheet, row and column. A sheet is known by its headings, whatever its name."""
    found = RecordTables()
    recognised = False
    for sheet in sheets:
        header, titles, places = _header(sheet)
        if header is None:
            found.ignored.append(sheet.name)
            continue
        recognised = True
        _Reader(sheet, known, found, places).read(titles, [row for row in sheet.rows if row.number > header.number])
    if not recognised:
        words = N_("工作簿的前 %(rows)s 行中没有找到「赛事」「奖项」或「学校」「荣誉」这些列。请下载模板对照。")
        found.faults.append(Message.of(words, rows=HEADER_WITHIN_ROWS))
    count = len(found.awards) + len(found.honours)
    if count > MOST_LINES:
        words = N_("表中有 %(count)s 条，一次最多导入 %(most)s 条，请分成几个文件。")
        found.faults.append(Message.of(words, count=count, most=MOST_LINES))
    if not count and not found.faults:
        found.faults.append(Message.of(N_("表中没有填写任何获奖或荣誉。")))
    return found


def plain_name(text: str) -> str:
    """A name as it is compared: full-width letters and spaces mended."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _header(sheet: Sheet) -> tuple[Row | None, str, dict[str, int]]:
    """(the row of headings, which list it heads, the place of each column); no row where neither list is headed."""
    for row in sheet.rows[:HEADER_WITHIN_ROWS]:
        cells = [plain_name(text_of(value)) for value in row.values]
        for kind, titles, needed in (
            ("award", _AWARD_TITLES, ("contest", "award")),
            ("honour", _HONOUR_TITLES, ("school", "honour")),
        ):
            places = {key: place for key, names in titles.items() for place, cell in enumerate(cells) if cell in names}
            if all(key in places for key in needed):
                return row, kind, places
    return None, "", {}


class _Reader:
    """Reads one sheet into `found`."""

    def __init__(self, sheet: Sheet, known: Known, found: RecordTables, places: Mapping[str, int]) -> None:
        self.sheet, self.known, self.found, self.places = sheet, known, found, places
        self.seen: dict[tuple[object, ...], int] = {}

    def read(self, kind: str, rows: Sequence[Row]) -> None:
        if kind == "honour" and "given_by" not in self.places:
            words = N_("「%(sheet)s」表缺少「授予单位或级别」一列。请下载模板对照。")
            self.found.faults.append(Message.of(words, sheet=self.sheet.name))
            return
        for row in rows:
            if not any(self._text(row, key) for key in self.places):
                continue
            before = len(self.found.faults)
            record = self._award(row) if kind == "award" else self._honour(row)
            if len(self.found.faults) > before or record is None:
                continue
            if (first := self.seen.setdefault(record.key, row.number)) != row.number:
                words = N_("与第 %(first)s 行完全相同。确是两项的，请合成一行并改写数量；否则请删去一行。")
                self._wrong(row, "", Message.of(words, first=first))
            elif isinstance(record, AwardRecord):
                self.found.awards.append(record)
            else:
                self.found.honours.append(record)

    def _award(self, row: Row) -> AwardRecord | None:
        contest, award = self._needed(row, "contest", CONTEST), self._needed(row, "award", AWARD)
        level = LEVELS.get(self._text(row, "level"))
        if level is None:
            words = N_("级别「%(text)s」无法识别，请填写市、省或国家，不注明的留空。")
            self._wrong(row, "level", Message.of(words, text=self._text(row, "level")[:20]))
        count = self._count(row)
        number = plain_name(self._text(row, "number")).upper()
        entry_id, title = self.known.entries.get(number, (None, ""))
        if number and entry_id is None:
            words = N_("没有编号为「%(number)s」的作品，请核对编号；不是本系统里的作品，请只写作品名称。")
            self._wrong(row, "number", Message.of(words, number=number[:40]))
        if number and count not in {None, 1}:
            words = N_("写了作品编号的，数量应是 1，这里是 %(count)s；几件作品获奖的，请一件一行。")
            self._wrong(row, "count", Message.of(words, count=count))
        work, note = self._within(row, "work"), self._within(row, "note")
        # The export names the work beside its number; that is no other work.
        work = "" if number and plain_name(work) == plain_name(title) else work
        if level is None or count is None:
            return None
        return AwardRecord(contest, level, award, count, number, entry_id, work, note)

    def _honour(self, row: Row) -> HonourRecord | None:
        school = self._needed(row, "school", SCHOOL)
        honour, given_by = self._needed(row, "honour", HONOUR), self._needed(row, "given_by", GIVEN_BY)
        school_id = self.known.schools.get(plain_name(school))
        if school and school_id is None:
            words = N_("没有找到学校「%(name)s」，请写学校全称。")
            self._wrong(row, "school", Message.of(words, name=school[:50]))
        return None if school_id is None else HonourRecord(school, school_id, honour, given_by)

    def _count(self, row: Row) -> int | None:
        """How many; an empty cell is one. None, with a fault, for anything but a whole number in its limits."""
        text = unicodedata.normalize("NFKC", self._text(row, "count")) or "1"
        if text.isascii() and text.isdigit() and len(text) <= len(str(MOST_COUNT)) and 1 <= int(text) <= MOST_COUNT:
            return int(text)
        words = N_("数量「%(text)s」应是 1 到 %(most)s 的整数。")
        self._wrong(row, "count", Message.of(words, text=text[:20], most=MOST_COUNT))
        return None

    def _needed(self, row: Row, key: str, name: str) -> str:
        if not self._text(row, key):
            self._wrong(row, key, Message.of(N_("「%(name)s」不能为空。"), name=Message.of(name)))
        return self._within(row, key)

    def _within(self, row: Row, key: str) -> str:
        text, most = self._text(row, key), _MOST.get(key, 100)
        if len(text) > most:
            self._wrong(row, key, Message.of(N_("有 %(count)s 个字，最多 %(most)s 个字。"), count=len(text), most=most))
        return text

    def _text(self, row: Row, key: str) -> str:
        place = self.places.get(key)
        return "" if place is None else " ".join(self.sheet.cell(row, place).text.split())

    def _wrong(self, row: Row, key: str, message: Message) -> None:
        column = self.sheet.cell(row, self.places[key]).column if key in self.places else ""
        place = place_of(self.sheet.name, row.number, column)
        self.found.faults.append(Message.of(N_("%(place)s：%(what)s"), place=place, what=message))

"""The lists that go up, as documents: the recommendation lists in their own columns, the quantity summary sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from contest_portal.contests.models import Category, Contest
from contest_portal.contests.rules import ListColumn as RuleColumn
from contest_portal.core.list_documents import ListColumn, ListDocument, ListSection
from contest_portal.results.lists.models import ShortlistLine
from contest_portal.results.lists.values import columns_of, row_of

# Widths in Chinese characters of the columns that need more or less room than others; by the column's key.
WIDTHS = {
    "position": 3,
    "number": 10,
    "title": 16,
    "sex": 3,
    "ethnic_group": 4,
    "birth_month": 5,
    "school": 11,
    "authors": 8,
    "group_name": 10,
    "tutors": 7,
    "tutor_employers": 11,
    "phone": 7,
    "summary": 24,
    "period": 11,
    "rank": 4,
}
USUAL_WIDTH = 5


def recommendation_document(
    contest: Contest, categories: Sequence[Category], lines: Sequence[ShortlistLine], *, full: bool
) -> ListDocument:
    """The recommendation list of these categories, a section each in its own columns; telephone numbers masked unless `full`."""
    sections = []
    for category in categories:
        rules = category.rules
        own = [line for line in lines if line.entry.category_id == category.id]
        rows = [row_of(number, line, rules, full=full) for number, line in enumerate(own, start=1)]
        columns = [_column(column) for column in columns_of(rules)]
        sections.append(ListSection(category.name, columns, rows, note=f"共 {len(own)} {category.measure}"))
    return ListDocument(
        title=f"{contest.feeds_into_title or contest.name}推荐名单",
        subtitle=contest.office.name,
        sections=sections,
        seal=f"推荐单位：{contest.office.name}",
        landscape=True,
    )


def _column(column: RuleColumn) -> ListColumn:
    return ListColumn(column.label, WIDTHS.get(column.key, USUAL_WIDTH), is_number=column.key in {"position", "rank"})


def quantity_document(
    contest: Contest, categories: Sequence[Category], lines: Sequence[ShortlistLine], on: date
) -> ListDocument:
    """The quantity summary sheet that goes up stamped: in the words of the notice, and as a table with its sum."""
    rows = quantity_rows(categories, lines)
    total = sum(row[4] for row in rows if isinstance(row[4], int))
    table = [
        ListColumn("类别", 17),
        ListColumn("学段组", 6),
        ListColumn("个人", 5, is_number=True),
        ListColumn("集体", 5, is_number=True),
        ListColumn("合计", 5, is_number=True),
        ListColumn("单位", 4),
    ]
    return ListDocument(
        title=f"{contest.feeds_into_title or contest.name}推荐数量汇总表",
        subtitle=f"辖区名称：{contest.office.region_name}",
        sections=[
            ListSection("汇总表", [ListColumn("推荐数量", 48)], [[line] for line in quantity_lines(categories, lines)]),
            ListSection("推荐数量汇总表", table, [*rows, ["合计", "", "", "", total, ""]]),
        ],
        notes=["注：各项目推荐数量应以分配名额为上限。", f"制表日期：{on.isoformat()}"],
        seal=f"推荐单位：{contest.office.name}",
    )


NUMERALS = "一二三四五六七八九十"


def quantity_lines(categories: Sequence[Category], lines: Sequence[ShortlistLine]) -> list[str]:
    """The quantities in the words of the notice: 一、小学科技创新成果项目：个人项目 12 项，集体项目 4 项 (domain.md §4).

    A category of projects has a line for 小学 and one for 中学, which tells its groups; any other has one line.
    """
    stated: list[str] = []
    for category in categories:
        rows = quantity_rows([category], lines)
        if category.rules.applicant_kind != "team_or_pupil":
            stated.append(f"{category.name}：共 {rows[0][4]} {category.measure}")
            continue
        for stage in ("小学", "中学"):
            own = [row for row in rows if (row[1] == "小学组") == (stage == "小学")]
            parts = [
                f"{f'{row[1]}　' if len(own) > 1 else ''}个人项目 {row[2]} {category.measure}，集体项目 {row[3]} {category.measure}"
                for row in own
            ]
            if parts:
                stated.append(f"{stage}{category.name}：{'；'.join(parts)}")
    return [f"{_numeral(place)}、{text}" for place, text in enumerate(stated, start=1)]


def _numeral(number: int) -> str:
    """一 … 十, 十一 …; beyond nineteen the figure."""
    if number <= len(NUMERALS):
        return NUMERALS[number - 1]
    return f"十{NUMERALS[number - 11]}" if number < 20 else str(number)


def quantity_rows(categories: Sequence[Category], lines: Sequence[ShortlistLine]) -> list[list[str | int]]:
    """[category, stage group, individual, group, all, measure word]; only team categories tell individual from group."""
    rows: list[list[str | int]] = []
    for category in categories:
        rules = category.rules
        own = [line for line in lines if line.entry.category_id == category.id]
        by_kind = rules.applicant_kind == "team_or_pupil"
        groups = rules.stage_groups if by_kind else ()
        for group in groups:
            staged = [line for line in own if line.entry.stage_code == group.code]
            teams = sum(len(line.entry.authors) > 1 for line in staged)
            rows.append([category.name, f"{group.name}组", len(staged) - teams, teams, len(staged), category.measure])
        if not groups:
            rows.append([category.name, "", "", "", len(own), category.measure])
    return rows

"""The lists as XLSX workbooks: the public list, the recommendation lists with their own columns, the quantity sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _

from contest_portal.contests.models import Category, Contest
from contest_portal.core.i18n import translate
from contest_portal.core.spreadsheets import Column, Table, write_workbook
from contest_portal.core.text import N_
from contest_portal.results.list_values import columns_of, row_of
from contest_portal.results.models import ShortlistLine
from contest_portal.results.public_list import Section
from contest_portal.results.queries.shortlists import LineView

DECISION_WORDS = {"in": N_("列入"), "tied": N_("并列待定"), "reserve": N_("候补"), "out": N_("不列入")}
WIDTHS = {
    "序号": 6,
    "姓名": 14,
    "学校": 26,
    "学校全称": 26,
    "单位": 26,
    "作品名称": 40,
    "项目名称": 40,
    "活动名称": 40,
    "编号": 20,
    "项目编号": 20,
    "作品说明": 60,
    "起止时间": 26,
    "辅导教师单位": 26,
    "联系电话": 15,
    "作者": 18,
}
SEAL_LINE = "推荐单位（盖章）：　　　　　　　　　　　　　　年　　月　　日"


def public_workbook(title: str, sections: Sequence[Section], digest: str) -> bytes:
    """One sheet a category in the public column order; the list's digest stands at the foot."""
    columns = [
        Column("序号", 6, "number"),
        Column("姓名", 24),
        Column("学校", 26),
        Column("作品名称", 60),
        Column("等级", 8),
    ]
    sheets = [
        Table(
            section.category,
            columns,
            [
                [line.number, line.names, line.school, titled(line.title, line.tutors), line.award]
                for line in section.lines
            ],
            heading=[title, section.category],
            footing=[f"名单校验码（SHA-256）：{digest}"],
        )
        for section in sections
    ]
    return write_workbook(sheets)


def titled(title: str, tutors: str) -> str:
    """The title with its tutors as published lists write them: 火星医院(指导老师:李老师)."""
    return f"{title}(指导老师:{tutors})" if tutors else title


def recommendation_workbook(
    contest: Contest, categories: Sequence[Category], lines: Sequence[ShortlistLine], *, full: bool
) -> bytes:
    """The lists that go up: one sheet a category with its own columns; telephone numbers masked unless `full`."""
    sheets = []
    for category in categories:
        rules = category.rules
        own = [line for line in lines if line.entry.category_id == category.id]
        columns = [
            Column(c.label, WIDTHS.get(c.label, 12), "number" if c.key in {"position", "rank"} else "text")
            for c in columns_of(rules)
        ]
        rows = [row_of(number, line, rules, full=full) for number, line in enumerate(own, start=1)]
        heading = [f"{contest.feeds_into_title or contest.name}推荐名单", f"{category.name}（{contest.office.name}）"]
        sheets.append(Table(category.name, columns, rows, heading=heading, footing=[SEAL_LINE], landscape=True))
    return write_workbook(sheets)


def committee_workbook(title: str, lines: Sequence[LineView], note: str) -> bytes:
    """Every line of a list with its points, chance and reason, as the office's page shows them."""
    columns = [
        Column(_("名次"), 6, "number"),
        Column(_("编号"), 20),
        Column(_("作品名称"), 34),
        Column(_("作者"), 18),
        Column(_("学校"), 26),
        Column(_("学段"), 8),
        Column(_("得分"), 9, "number"),
        Column(_("误差（±）"), 9, "number"),
        Column(_("入选把握"), 12),
        Column(_("入选把握（%）"), 10, "number"),
        Column(_("结论"), 10),
        Column(_("理由"), 40),
    ]
    rows = [
        (
            one.rank, one.number, one.title, one.names, one.school, one.stage, _rounded(one.score), _rounded(one.se),
            translate(one.chance_words[0]) if one.chance_words else "",
            None if one.chance is None else round(100 * one.chance, 1),
            translate(DECISION_WORDS[one.decision]), one.reason,
        )
        for one in lines
    ]  # fmt: skip
    footing = [text for text in (note, _("供科协和评委会内部使用，不对外公布。")) if text]
    return write_workbook([Table(_("名单"), columns, rows, heading=[title], footing=footing, landscape=True)])


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def quantity_workbook(
    contest: Contest, categories: Sequence[Category], lines: Sequence[ShortlistLine], on: date
) -> bytes:
    """The quantity summary sheet that goes up stamped: individual and group projects by category and stage."""
    columns = [
        Column("类别", 34),
        Column("学段组", 12),
        Column("个人", 10, "number"),
        Column("集体", 10, "number"),
        Column("合计", 10, "number"),
        Column("单位", 8),
    ]
    rows = quantity_rows(categories, lines)
    total = sum(row[4] for row in rows if isinstance(row[4], int))
    table = Table(
        "推荐数量汇总表",
        columns,
        [*rows, ["合计", "", "", "", total, ""]],
        heading=[
            f"{contest.feeds_into_title or contest.name}推荐数量汇总表",
            f"辖区名称：{contest.office.region_name}",
        ],
        footing=["注：各项目推荐数量应以分配名额为上限。", SEAL_LINE, f"制表日期：{on.isoformat()}"],
    )
    stated = Table(
        "汇总表",
        [Column("推荐数量", 96)],
        [[line] for line in quantity_lines(categories, lines)],
        heading=table.heading,
        footing=table.footing,
    )
    return write_workbook([stated, table])


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

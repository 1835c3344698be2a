"""Tables of a year's statistics: the same lines on the page and in the workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from contest_portal.core.i18n import translate
from contest_portal.core.list_documents import ListColumn, ListDocument, ListSection, Value
from contest_portal.core.text import N_
from contest_portal.people.models import Office
from contest_portal.reports import facts
from contest_portal.reports.grouping import OF_PEOPLE, OF_SCHOOLS, WORDS, By, Group, grouped

LOADS = {"tutors": N_("辅导教师工作量"), "judges": N_("评委工作量"), "quiet": N_("三年没有参加的学校")}
KINDS: dict[str, str] = {**{str(side): word for side, word in WORDS.items()}, **LOADS}
BARS = 30


@dataclass(frozen=True)
class Statistic:
    """One table, and its bars: (label, number) of the lines with most."""

    kind: str
    title: str
    section: ListSection
    bars_title: str
    bars: Sequence[tuple[str, int]]
    note: str = ""


def statistic(kind: str, office_id: int, year: int) -> Statistic:
    """The table of this kind; a key of KINDS."""
    if kind in LOADS:
        return TABLES[kind](office_id, year)
    by: By = next(side for side in WORDS if side == kind)
    groups = grouped(by, facts.works_of(office_id, year), facts.schools_of(office_id, year))
    section = _groups(by, groups)
    bars = [(str(row[0]), group.works) for row, group in zip(section.rows, groups, strict=True) if group.works]
    note = ""
    if by in OF_PEOPLE:
        note = _("一件作品有几名作者的，在他们各自所属的行里都计一件；各行相加可能多于作品总数。教师作品不在此列。")
    elif by in OF_SCHOOLS:
        note = _("学生数取名册中该年春季所在学年的人数。每千名学生参加人次＝上报参加的学生人次÷学生数×1000。")
    return Statistic(kind, _("按%(side)s", side=translate(WORDS[by])), section, _("征集作品（件）"), bars[:BARS], note)


def _groups(by: By, groups: Sequence[Group]) -> ListSection:
    columns = [
        ListColumn(translate(WORDS[by]), 10),
        ListColumn(_("征集"), 5, is_number=True),
        ListColumn(_("推荐"), 5, is_number=True),
        ListColumn(_("推荐比例"), 5, is_number=True),
        ListColumn(_("学生作者"), 5, is_number=True),
    ]
    if by in OF_SCHOOLS:
        columns += [
            ListColumn(_("学生数"), 5, is_number=True),
            ListColumn(_("参加人次"), 5, is_number=True),
            ListColumn(_("每千名学生参加人次"), 6, is_number=True),
        ]
    rows: list[list[Value]] = []
    for group in groups:
        label = translate(group.label) if group.label else _("（未填写）")
        share = "—" if group.share is None else f"{100 * group.share:.1f}%"
        row: list[Value] = [label, group.works, group.recommended, share, group.pupils]
        if by in OF_SCHOOLS:
            each = "—" if group.per_thousand is None else f"{group.per_thousand:.0f}"
            row += [group.enrolled, group.participants, each]
        rows.append(row)
    return ListSection("", columns, rows)


def _tutors(office_id: int, year: int) -> Statistic:
    loads = facts.tutor_loads(office_id, year)
    columns = [
        ListColumn(_("辅导教师"), 6),
        ListColumn(_("学校"), 10),
        ListColumn(_("辅导作品"), 5, is_number=True),
        ListColumn(_("推荐"), 5, is_number=True),
    ]
    section = ListSection("", columns, [[one.name, one.school, one.works, one.recommended] for one in loads])
    bars = [(f"{one.name}（{one.school}）", one.works) for one in loads[:BARS]]
    return Statistic("tutors", translate(LOADS["tutors"]), section, _("辅导作品（件）"), bars)


def _judges(office_id: int, year: int) -> Statistic:
    loads = facts.judge_loads(office_id, year)
    columns = [
        ListColumn(_("评委"), 6),
        ListColumn(_("工作单位"), 10),
        ListColumn(_("评审任务"), 5, is_number=True),
        ListColumn(_("已评"), 5, is_number=True),
        ListColumn(_("轮次"), 5, is_number=True),
    ]
    rows: list[list[Value]] = [[one.name, one.employer, one.tasks, one.scored, one.rounds] for one in loads]
    bars = [(one.name, one.tasks) for one in loads[:BARS]]
    return Statistic("judges", translate(LOADS["judges"]), ListSection("", columns, rows), _("评审任务（件）"), bars)


def _quiet(office_id: int, year: int) -> Statistic:
    schools = facts.quiet_schools(office_id, year)
    columns = [
        ListColumn(_("学校"), 10),
        ListColumn(_("乡镇（街道）"), 8),
        ListColumn(_("学生数"), 5, is_number=True),
        ListColumn(_("上一次参加的年份"), 6, is_number=True),
    ]
    never = _("从未")
    rows: list[list[Value]] = [[one.name, one.township, one.pupils, one.last_year or never] for one in schools]
    note = _(
        "这些学校从 %(first)s 年到 %(last)s 年没有征集到作品，也没有参加活动的场次。",
        first=year - facts.QUIET_YEARS + 1,
        last=year,
    )
    return Statistic("quiet", translate(LOADS["quiet"]), ListSection("", columns, rows), "", [], note)


TABLES: Mapping[str, Callable[[int, int], Statistic]] = {"tutors": _tutors, "judges": _judges, "quiet": _quiet}


def statistic_document(office: Office, year: int, one: Statistic) -> ListDocument:
    """The table to be given out."""
    title = _("%(year)s 年统计：%(title)s", year=year, title=one.title)
    return ListDocument(title=title, subtitle=office.name, sections=[one.section], notes=[one.note] if one.note else [])

"""The list of awards as a document: a section a category, the special awards, the tutors and schools."""

from __future__ import annotations

from collections.abc import Sequence

from contest_portal.contests.models import Contest
from contest_portal.core.list_documents import ListColumn, ListDocument, ListSection
from contest_portal.results.awards.models import MeritAward, SpecialAward
from contest_portal.results.naming import author_names
from contest_portal.results.public_list.content import Section

COLUMNS = (
    ListColumn("序号", 3, is_number=True),
    ListColumn("等级", 5),
    ListColumn("姓名", 8),
    ListColumn("学校", 12),
    ListColumn("作品名称", 18),
    ListColumn("学段", 4),
    ListColumn("指导老师", 7),
    ListColumn("编号", 10),
)


def award_document(
    contest: Contest, sections: Sequence[Section], special: Sequence[SpecialAward], merits: Sequence[MeritAward]
) -> ListDocument:
    """All awards of the contest that stand, as page, PDF and workbook show them."""
    parts = [
        ListSection(
            section.category,
            COLUMNS,
            [
                (one.number, one.award, one.names, one.school, one.title, one.stage, one.tutors, one.entry_number)
                for one in section.lines
            ],
            note=f"共 {len(section.lines)} {section.measure}" if section.lines else "本类别没有作品获奖",
        )
        for section in sections
    ]
    if special:
        parts.append(_special(special))
    for award in dict.fromkeys(one.award for one in merits):
        parts.append(_merits(award, [one for one in merits if one.award == award]))
    return ListDocument(
        title=f"{contest.name}获奖名单", subtitle=contest.office.name, sections=parts, seal=contest.office.name
    )


def _special(rows: Sequence[SpecialAward]) -> ListSection:
    columns = (
        ListColumn("序号", 3, is_number=True),
        ListColumn("奖项", 8),
        ListColumn("设奖单位", 10),
        ListColumn("姓名", 8),
        ListColumn("学校", 12),
        ListColumn("作品名称", 16),
        ListColumn("授奖理由", 16),
    )
    lines = [
        (number, one.name, one.sponsor, author_names(one.entry), one.entry.school.name, one.entry.title, one.reason)
        for number, one in enumerate(rows, start=1)
    ]
    return ListSection("专项奖", columns, lines, note=f"共 {len(lines)} 项")


def _merits(award: str, rows: Sequence[MeritAward]) -> ListSection:
    whose = [
        (one.teacher.name, one.teacher.school.name) if one.teacher else (one.school.name if one.school else "", "")
        for one in rows
    ]
    number = ListColumn("序号", 3, is_number=True)
    if any(one.teacher for one in rows):
        named: list[tuple[int | str, ...]] = [(place, *one) for place, one in enumerate(whose, start=1)]
        columns = (number, ListColumn("姓名", 10), ListColumn("所在学校", 18))
        return ListSection(award, columns, named, note=f"共 {len(named)} 名")
    schools = [(place, one[0]) for place, one in enumerate(whose, start=1)]
    return ListSection(award, (number, ListColumn("学校", 28)), schools, note=f"共 {len(schools)} 所")

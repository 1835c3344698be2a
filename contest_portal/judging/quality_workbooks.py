"""The quality of a category's sheets as a workbook: judges, works to look at again, scores far in favour, leanings."""

from __future__ import annotations

from flask_babel import gettext as _

from contest_portal.core.spreadsheets import Column, Table, write_workbook
from contest_portal.judging.diagnostics import Diagnosis
from contest_portal.judging.queries.quality import CategorySheets


def quality_workbook(found: CategorySheets, diagnosis: Diagnosis) -> bytes:
    """Four sheets, as the page shows them."""
    sheets = (_judges, _wide, _favours, _leanings)
    return write_workbook([sheet(found, diagnosis) for sheet in sheets])


def _judges(found: CategorySheets, diagnosis: Diagnosis) -> Table:
    columns = [
        Column(_("评委"), 12),
        *(
            Column(title, 10, "number")
            for title in (
                _("评阅"), _("平均分"), _("宽严"), _("宽严下限"), _("宽严上限"), _("给分高低差别"), _("与他人一致"), _("每份用时（秒）"),
                _("各项雷同"),
            )
        ),
    ]  # fmt: skip
    rows = [
        (
            found.judges[one.judge_id],
            one.sheets,
            *(_two(value) for value in (one.mean, one.severity, one.low, one.high, one.sd, one.agreement, one.seconds, one.halo)),
        )
        for one in diagnosis.judges
    ]  # fmt: skip
    return Table(_("评委"), columns, rows)


def _wide(found: CategorySheets, diagnosis: Diagnosis) -> Table:
    columns = [
        Column(_("编号"), 20),
        Column(_("作品"), 34),
        Column(_("分差"), 8, "number"),
        Column(_("最低"), 8, "number"),
        Column(_("最高"), 8, "number"),
        Column(_("个别分反常"), 10),
    ]
    rows = [
        (*found.entries[one.entry_id], one.spread, one.low, one.high, _("是") if one.beyond else "")
        for one in diagnosis.wide
    ]
    return Table(_("分差较大"), columns, rows)


def _favours(found: CategorySheets, diagnosis: Diagnosis) -> Table:
    columns = [
        Column(_("评委"), 12),
        Column(_("编号"), 20),
        Column(_("学校"), 28),
        Column(_("给分"), 8, "number"),
        Column(_("应有分"), 8, "number"),
        Column(_("高出"), 8, "number"),
    ]
    rows = [
        (
            found.judges[one.judge_id],
            found.entries[one.entry_id][0],
            found.schools.get(one.school or 0, ""),
            one.score,
            _two(one.expected),
            _two(one.score - one.expected),
        )
        for one in diagnosis.favours
    ]
    return Table(_("明显偏高"), columns, rows)


def _leanings(found: CategorySheets, diagnosis: Diagnosis) -> Table:
    columns = [
        Column(_("评委"), 12),
        Column(_("学校"), 28),
        Column(_("评阅"), 8, "number"),
        Column(_("平均高出"), 10, "number"),
    ]
    rows = [
        (found.judges[one.judge_id], found.schools.get(one.school, ""), one.sheets, _two(one.points))
        for one in diagnosis.leanings
    ]
    return Table(_("同校一贯偏高"), columns, rows)


def _two(value: float | None) -> float | None:
    return None if value is None else round(value, 2)

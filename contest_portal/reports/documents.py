"""The year's summary as one document: read as PDF, Word and workbook."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from contest_portal.core.i18n import translate
from contest_portal.core.list_documents import ListColumn, ListDocument, ListSection
from contest_portal.reports.annual import PRIMARY, SECONDARY, CategoryNumbers
from contest_portal.reports.parts import ORDINALS, TITLES
from contest_portal.reports.queries import AnnualNumbers, ContestNumbers
from contest_portal.reports.summary import Summary
from contest_portal.reports.trends import YearTotals, totals_section


def summary_document(numbers: AnnualNumbers, summary: Summary, years: Sequence[YearTotals]) -> ListDocument:
    """The five parts as paragraphs; tables of the categories, of the years, and of the numbers that the office changed."""
    told = summary.told()
    paragraphs = [
        f"（{ordinal}）{translate(TITLES[part.code])}。{text}"
        for ordinal, (part, text) in zip(ORDINALS, told, strict=False)
    ]
    sections = [
        *([_categories(numbers.main.categories, numbers.others)] if numbers.main else []),
        totals_section(years),
        *([_corrected(summary)] if summary.corrected() else []),
    ]
    return ListDocument(
        title=_("%(office)s%(year)s年青少年科技活动总结", office=numbers.office.name, year=numbers.year),
        notes=paragraphs,
        sections=sections,
        seal=numbers.office.name,
        landscape=False,
    )


def _categories(categories: Sequence[CategoryNumbers], others: Sequence[ContestNumbers]) -> ListSection:
    """The main contest by category; below its sum the year's other contests, so that all add up to the year's number."""
    columns = [
        ListColumn(_("类别"), 14),
        *(
            ListColumn(word, 5, is_number=True)
            for word in (_("征集"), _("推荐"), _("小学征集"), _("小学推荐"), _("中学征集"), _("中学推荐"))
        ),
    ]
    nothing = ("", "")
    rows = [
        [
            f"{one.name}（{one.measure}）",
            one.collected,
            one.recommended,
            *(one.stages.get(PRIMARY, nothing) if one.stages else nothing),
            *(one.stages.get(SECONDARY, nothing) if one.stages else nothing),
        ]
        for one in categories
    ]
    staged = [one for one in categories if one.stages]
    rows.append(
        [
            _("合计"),
            sum(one.collected for one in categories),
            sum(one.recommended for one in categories),
            *(sum(one.stages[stage][which] for one in staged) for stage in (PRIMARY, SECONDARY) for which in (0, 1)),
        ]
    )
    beside = [one for one in others if one.collected]
    blank = ("", "", "", "")
    rows += [
        [_("另有：%(contest)s", contest=one.contest.name), one.collected, one.recommended, *blank] for one in beside
    ]
    if beside:
        whole = [sum(one.collected for one in beside), sum(one.recommended for one in beside)]
        rows.append([_("全年各项赛事"), *(int(rows[len(categories)][at + 1]) + whole[at] for at in (0, 1)), *blank])
    return ListSection(_("各类别征集与推荐"), columns, rows)


def _corrected(summary: Summary) -> ListSection:
    columns = [
        ListColumn(_("数字"), 14),
        ListColumn(_("系统算得"), 8),
        ListColumn(_("改写为"), 8),
        ListColumn(_("理由"), 16),
    ]
    rows = [[number.key, number.value, value, why] for number, value, why in summary.corrected()]
    return ListSection(_("人工改写的数字"), columns, rows)

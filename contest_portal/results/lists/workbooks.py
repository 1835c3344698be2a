"""The committee's workbook of a list: every line with points, chance and reason."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from contest_portal.core.i18n import translate
from contest_portal.core.spreadsheets import Column, Table, write_workbook
from contest_portal.core.text import N_
from contest_portal.results.lists.queries.shortlists import LineView

DECISION_WORDS = {"in": N_("列入"), "tied": N_("并列待定"), "reserve": N_("候补"), "out": N_("不列入")}


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

"""The register of a contest's objections as a list for people. It does not say who objects."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from contest_portal.contests.models import Contest
from contest_portal.core.clock import local
from contest_portal.core.i18n import translate
from contest_portal.core.list_documents import ListColumn, ListDocument, ListSection
from contest_portal.results.objections.models import Objection
from contest_portal.results.objections.presentation import state_word
from contest_portal.results.objections.states import OUTCOMES


def register_of(contest: Contest, rows: Sequence[Objection]) -> ListDocument:
    """Number, work, step, last day, who handles and signs, outcome: of rows with entry, category, handler, second."""
    columns = [
        ListColumn(_("编号"), 10),
        ListColumn(_("类别"), 8),
        ListColumn(_("作品编号"), 11),
        ListColumn(_("作品名称"), 14),
        ListColumn(_("收到日期"), 6),
        ListColumn(_("状态"), 7),
        ListColumn(_("本步骤期限"), 6),
        ListColumn(_("经办人"), 5),
        ListColumn(_("签署人"), 5),
        ListColumn(_("处理结果"), 10),
        ListColumn(_("办结日期"), 6),
    ]
    lines = [
        [
            row.number,
            row.entry.category.name,
            row.entry.number,
            row.entry.title,
            local(row.received_at).date(),
            state_word(row.state),
            row.due_on,
            row.handler.name if row.handler else "",
            row.second.name if row.second else "",
            translate(OUTCOMES[row.outcome]) if row.outcome and row.decided_at else "",  # type: ignore[index]
            local(row.closed_at).date() if row.closed_at else None,
        ]
        for row in rows
    ]
    return ListDocument(_("异议登记表"), contest.name, [ListSection("", columns, lines)])

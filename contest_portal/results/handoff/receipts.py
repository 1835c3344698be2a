"""A receipt: number, time, hash, counts, and every entry with its number; the same on page, paper and workbook."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from contest_portal.core.i18n import minute, translate
from contest_portal.core.list_documents import ListColumn, ListDocument, ListSection
from contest_portal.results.handoff.models import Handoff
from contest_portal.results.handoff.queries.rows import LineView


def receipt_document(row: Handoff) -> ListDocument:
    """The receipt of this side for a hand-off that went up or was taken. Needs `lines` and their entries loaded."""
    is_out = row.direction == "out"
    counts = row.document.get("counts", [])
    total = sum(one["entries"] for one in counts)
    facts = [
        (_("收据号"), row.receipt_number or ""),
        (_("时间"), minute(row.receipt_at)),
        (_("报送单位"), row.contest.office.name if is_out else row.counterpart),
        (_("报送赛事"), row.contest.name if is_out else row.counterpart_contest),
        (_("收件单位"), row.counterpart if is_out else row.contest.office.name),
        (_("收件赛事"), row.counterpart_contest if is_out else row.contest.name),
        (_("第几版"), str(row.revision)),
        (_("本次上报编号"), row.uid),
        (_("对方收据号"), row.options.get("their_receipt", "")),
    ]
    names = {one["code"]: one["name"] for one in counts}
    return ListDocument(
        title=_("上报凭据") if is_out else _("收件凭据"),
        subtitle=row.contest.office.name,
        sections=[
            ListSection(
                _("凭据"), [ListColumn(_("项目"), 8), ListColumn(_("内容"), 40)], [pair for pair in facts if pair[1]]
            ),
            ListSection(
                _("数量"),
                [ListColumn(_("类别"), 20), ListColumn(_("件数"), 6, is_number=True)],
                [*((one["name"], one["entries"]) for one in counts), (_("合计"), total)],
            ),
            ListSection(
                _("作品"),
                [
                    ListColumn(_("序号"), 3, is_number=True),
                    ListColumn(_("报送编号"), 11),
                    ListColumn(_("收件编号") if not is_out else _("类别"), 11),
                    ListColumn(_("作品名称"), 22),
                ],
                [
                    (
                        number,
                        line.source_number,
                        names.get(line.category_code, line.category_code)
                        if is_out
                        else (line.entry.number or "" if line.entry else ""),
                        line.title,
                    )
                    for number, line in enumerate(row.lines, start=1)
                ],
                note=_("共 %(count)s 件", count=len(row.lines)),
            ),
        ],
        seal=row.contest.office.name,
        day=minute(row.receipt_at)[:10],
        digest=row.digest,
    )


def lines_document(row: Handoff, lines: Sequence[LineView]) -> ListDocument:
    """The entries of a hand-off and what became of each."""
    columns = [
        ListColumn(_("报送编号"), 11),
        ListColumn(_("作品名称"), 20),
        ListColumn(_("类别"), 12),
        ListColumn(_("本赛事编号"), 11),
        ListColumn(_("收件"), 6),
        ListColumn(_("状态"), 6),
        ListColumn(_("说明"), 16),
        ListColumn(_("奖项"), 16),
    ]
    return ListDocument(
        title=_("第 %(revision)s 版", revision=row.revision),
        sections=[
            ListSection(
                _("作品"),
                columns,
                [
                    (
                        line.source_number,
                        line.title,
                        line.category,
                        line.number,
                        translate(line.outcome),
                        translate(line.state) if line.state else "",
                        line.words,
                        "；".join(f"{one['contest']} {one['award']}" for one in line.awards),
                    )
                    for line in lines
                ],
            )
        ],
    )

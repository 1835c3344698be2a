"""A school's consents, an office's transfers and its messages as workbooks. No number of anybody is in them."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from contest_portal.core.clock import local
from contest_portal.core.i18n import translate
from contest_portal.core.spreadsheets import Column, write_table
from contest_portal.people.grades import grade_name
from contest_portal.people.models import Transfer
from contest_portal.people.queries.consents import ConsentRow
from contest_portal.people.queries.outbox import MessageRow


def consents_workbook(school_name: str, rows: Iterable[ConsentRow]) -> bytes:
    """A line a pupil who needs a guardian's consent, with the one that is recorded."""
    columns = [
        Column(_("姓名"), 12),
        Column(_("年级"), 10),
        Column(_("班级"), 10),
        Column(_("监护人"), 20),
        Column(_("签署日期"), 14, "date"),
        Column(_("状态"), 10),
    ]
    lines = (
        (
            row.student.name,
            translate(grade_name(row.student.grade)),
            row.student.class_name,
            _guardian(row),
            row.consent.signed_on if row.consent else None,
            _("已登记") if row.consent else _("未登记"),
        )
        for row in rows
    )
    return write_table(columns, lines, name=_("监护人同意书"), heading=[school_name])


def _guardian(row: ConsentRow) -> str:
    if row.consent is None:
        return ""
    return row.consent.guardian_name + _("（%(relation)s）", relation=translate(row.consent.relation))


def transfers_workbook(transfers: Iterable[Transfer], states: dict[str, str]) -> bytes:
    """A line a transfer. `states`: state → its word."""
    columns = [
        Column(_("学生"), 12),
        Column(_("原学校"), 28),
        Column(_("转入学校"), 28),
        Column(_("转入年级"), 16),
        Column(_("申请日期"), 14, "date"),
        Column(_("状态"), 10),
        Column(_("办理日期"), 14, "date"),
    ]
    lines = (
        (
            one.student.name,
            one.from_school.name,
            one.to_school.name,
            " ".join((translate(grade_name(one.grade)), one.class_name)).strip(),
            local(one.asked_at).date(),
            states[one.state],
            local(one.decided_at).date() if one.decided_at else None,
        )
        for one in transfers
    )
    return write_table(columns, lines, name=_("转学"))


def messages_workbook(
    rows: Iterable[MessageRow], states: dict[str, str], kinds: dict[str, str], ways: dict[str, str]
) -> bytes:
    """A line a mail or SMS: to whom, what kind, what became of it. Their texts stay on the page."""
    columns = [
        Column(_("收件人"), 12),
        Column(_("发送方式"), 10),
        Column(_("收件地址"), 24),
        Column(_("类型"), 18),
        Column(_("标题"), 40),
        Column(_("状态"), 10),
        Column(_("计划发送时间"), 17, "datetime"),
        Column(_("结束时间"), 17, "datetime"),
        Column(_("原因"), 40),
    ]
    lines = (
        (
            row.name,
            ways[row.message.channel],
            row.address,
            kinds.get(row.message.kind, row.message.kind),
            row.message.subject,
            states[row.message.state],
            local(row.message.next_at),
            local(row.message.ended_at) if row.message.ended_at else None,
            translate(row.reason) if row.reason else None,
        )
        for row in rows
    )
    return write_table(columns, lines, name=_("待发通知"), landscape=True)

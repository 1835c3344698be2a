"""Workbooks of schools: the template to fill in, and the list as it is."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from contest_portal.core.i18n import day, translate, yes_no
from contest_portal.core.spreadsheets import Column, Notes, Table, write_table, write_workbook
from contest_portal.people.queries.schools import SchoolRow
from contest_portal.people.school_kinds import FEATURE_CLASS, KINDS
from contest_portal.people.school_table import TITLES

_WIDTHS = {"name": 30, "code": 14, "kind": 16, "township": 16, "address": 30, "contact_phone": 16}


def template_workbook() -> bytes:
    """The workbook that an office fills in, with a sheet that explains the columns.

    Headings and choices stay Chinese in every language: that is what the reader of the table knows.
    """
    choices = {"kind": list(KINDS.values()), "is_urban": ["城区", "乡镇"], "is_feature": ["是", "否"]}
    columns = [
        Column(
            title,
            _WIDTHS.get(field, 12),
            choices=choices.get(field, ()),
            required=field in {"name", "kind"},
        )
        for field, title in TITLES.items()
    ]
    notes = [
        _("填写说明"),
        _("「学校全称」须与公章一致，证书上将照此印制。"),
        _(
            "「标识码」为 10 位数字：类型 2 位（21 小学、31 初中、34 高中或完全中学、36 中职、51 特教）、省份 2 位、顺序 6 位。没有可以不填。"
        ),
        _("「城乡」填「城区」或「乡镇」，不填按城区处理。「特色学校」填「是」或「否」，不填按否处理。"),
        _("已登记的学校按标识码或全称对应；空着的单元格保留原来的内容。"),
        _("列的顺序可以调整，不需要的列可以删去。上传后先看预览，确认后才会保存。"),
    ]
    return write_workbook([Table(_("学校"), columns, to_fill_in=True), Notes(_("说明"), notes)])


def list_workbook(rows: Iterable[SchoolRow], words: dict[str, dict[str, str]]) -> bytes:
    """The office's list. `words` gives the words of states and access on screen."""
    columns = [
        Column(_("序号"), 6, "number"),
        Column(_("学校全称"), 32),
        Column(_("标识码"), 14),
        Column(_("学校类型"), 16),
        Column(_("城乡"), 8),
        Column(_("乡镇（街道）"), 16),
        Column(_("特色学校"), 10),
        Column(_("状态"), 10),
        Column(_("管理员账号"), 12),
        Column(_("教师账号数"), 12, "number"),
        Column(_("联系人"), 12),
        Column(_("申请日期"), 12),
    ]
    lines = (
        (
            number,
            row.school.name,
            row.school.code,
            translate(KINDS[row.school.kind]),
            _("城区") if row.school.is_urban else _("乡镇"),
            row.school.township,
            yes_no(row.school.school_class == FEATURE_CLASS),
            words["state"][row.school.state],
            words["access"][row.access],
            row.teacher_count,
            row.school.contact_name,
            day(row.school.applied_at),
        )
        for number, row in enumerate(rows, start=1)
    )
    return write_table(columns, lines, name=_("学校"), landscape=True)

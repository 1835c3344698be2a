"""Workbooks of relations: the office's list, and the matrix to fill in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _

from contest_portal.core.clock import local
from contest_portal.core.spreadsheets import Column, Notes, Table, write_table, write_workbook
from contest_portal.judging.models import ConflictOfInterest
from contest_portal.judging.relation_table import JUDGE, TARGET, WHY
from contest_portal.judging.relation_words import kind_names, source_names, target_name


def relations_workbook(rows: Iterable[ConflictOfInterest], accounts: Mapping[int, str]) -> bytes:
    """A line a relation, those that were ended too."""
    columns = [
        Column(_("评委"), 12),
        Column(_("回避对象"), 36),
        Column(_("缘由"), 14),
        Column(_("原因"), 36),
        Column(_("来源"), 14),
        Column(_("登记人"), 12),
        Column(_("登记时间"), 17, "datetime"),
        Column(_("解除时间"), 17, "datetime"),
        Column(_("解除原因"), 30),
    ]
    kinds, sources = kind_names(), source_names()
    lines = (
        (
            row.judge.name,
            target_name(row),
            kinds[row.kind],
            row.why,
            sources[row.source],
            accounts.get(row.recorded_by or 0, ""),
            local(row.recorded_at),
            local(row.ended_at) if row.ended_at else None,
            row.ended_why,
        )
        for row in rows
    )
    return write_table(columns, lines, name=_("回避关系"), landscape=True)


def relations_template(schools: Sequence[str], judges: Sequence[str]) -> bytes:
    """A matrix of the office's judges and schools, and a list for works. Headings stay Chinese, as they are found again."""
    matrix = Table(
        _("回避矩阵"),
        [Column(JUDGE, 12), *(Column(name, 12) for name in schools)],
        [(name, *("" for _school in schools)) for name in judges],
        to_fill_in=True,
        landscape=True,
    )
    listed = Table(_("回避清单"), [Column(JUDGE, 12), Column(TARGET, 40), Column(WHY, 40)], to_fill_in=True)
    notes = Notes(
        _("填写说明"),
        [
            _("「回避矩阵」：评委须回避某校的，在对应的格内写「是」或写明原因；列也可以换成作品编号。"),
            _("「回避清单」：一行一条，「回避对象」写学校全称或作品编号。两张表可以只用一张。"),
            _("有同名评委的，请加「手机号」一列。本单位学校的作品、本人辅导的作品自动回避，不必填写。"),
            _("表中有一处错误，就不会导入任何内容。已登记的关系不会重复登记。"),
        ],
    )
    return write_workbook([matrix, listed, notes])

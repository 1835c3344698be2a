"""The office's list of contests as a workbook."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from contest_portal.contests.models import Contest
from contest_portal.contests.presenting import state_name
from contest_portal.core.clock import local
from contest_portal.core.i18n import yes_no
from contest_portal.core.spreadsheets import Column, write_table


def contests_workbook(contests: Iterable[Contest]) -> bytes:
    """A line a contest, with how many categories it has."""
    columns = [
        Column(_("赛事"), 44),
        Column(_("年度"), 8, "number"),
        Column(_("练习赛"), 8),
        Column(_("状态"), 10),
        Column(_("类别"), 8, "number"),
        Column(_("申报截止"), 17, "datetime"),
    ]
    rows = (
        (
            one.name,
            one.year,
            yes_no(one.is_practice),
            state_name(one),
            len(one.categories),
            local(one.submission_closes_at) if one.submission_closes_at else None,
        )
        for one in contests
    )
    return write_table(columns, rows, name=_("赛事"))

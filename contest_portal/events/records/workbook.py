"""The year's activities as a workbook."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from contest_portal.core.spreadsheets import Column, write_table
from contest_portal.events.records.models import ActivityRecord


def activities_workbook(activities: Sequence[ActivityRecord]) -> bytes:
    """A line an activity, a column a figure: those that any of them has, in the order in which they come."""
    labels = list(dict.fromkeys(figure["label"] for one in activities for figure in one.figures))
    rows = []
    for one in activities:
        values = {figure["label"]: figure["value"] for figure in one.figures}
        rows.append([one.name, *(values.get(label) for label in labels)])
    columns = [Column(_("活动名称"), 36), *(Column(label, 16, "number") for label in labels)]
    return write_table(columns, rows, name=_("科普活动"), landscape=True)

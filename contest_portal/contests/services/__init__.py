"""The verbs of contests: creating them, changing call, timetable and rules, opening and closing."""

from contest_portal.contests.services.attachments import add_attachment, remove_attachment
from contest_portal.contests.services.categories import add_category, change_rules, move_category, remove_category
from contest_portal.contests.services.creating import (
    copy_contest,
    create_contest_from_template,
    create_contest_from_text,
    parsed,
)
from contest_portal.contests.services.editing import (
    ContestDates,
    change_call,
    change_settings,
    change_state,
    change_timetable,
)

__all__ = [
    "ContestDates",
    "add_attachment",
    "add_category",
    "change_call",
    "change_rules",
    "change_settings",
    "change_state",
    "change_timetable",
    "copy_contest",
    "create_contest_from_template",
    "create_contest_from_text",
    "move_category",
    "parsed",
    "remove_attachment",
    "remove_category",
]

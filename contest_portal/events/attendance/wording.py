"""What parties and their needs are called on pages and lists, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from contest_portal.core.i18n import translate
from contest_portal.events.attendance.models import CheckIn
from contest_portal.events.booking.models import Booking, BookingGroup
from contest_portal.people.grades import grade_name


def classes(groups: Sequence[BookingGroup]) -> str:
    """三年级2班（45）、三年级3班（44）."""
    return _("、").join(_("%(name)s（%(pupils)s）", name=_class_name(one), pupils=one.pupils) for one in groups)


def needs(booking: Booking) -> str:
    """What the party asked for, in one line; empty where nothing."""
    parts = [
        *([_("需要接送车")] if booking.needs_bus else []),
        *([_("轮椅 %(count)s 位", count=booking.wheelchairs)] if booking.wheelchairs else []),
        *([booking.note.strip()] if booking.note.strip() else []),
    ]
    return _("；").join(parts)


def party_name(row: CheckIn) -> str:
    """The school of a party that had booked, or what a walk-in party called itself."""
    return row.booking.school.name if row.booking is not None else row.party_name


def counts(pupils: int, adults: int) -> str:
    """学生 40 人，带队 2 人."""
    return _("学生 %(pupils)s 人，带队 %(adults)s 人", pupils=pupils, adults=adults)


def _class_name(group: BookingGroup) -> str:
    grade = translate(grade_name(group.grade)) if group.grade else ""
    return f"{grade}{group.class_name}" or _("未分班")

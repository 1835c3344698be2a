"""A file that comes must find room: in the space of its school, and in what the category gives each school."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.contests.rules import SlotRules
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid
from contest_portal.core.i18n import size as size_text
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.space import NOTHING_PARKED, Parked, Space, space_for
from contest_portal.people.models import School


class NoSpace(Invalid):
    """The school has no room for the file; `message` says what is used, what is allowed and what it needs."""


def lock_school(school_id: int) -> None:
    """Within a unit of work files of one school come one after another, so that two at once are counted right."""
    if db.session.info.get("work") is not None:
        db.session.execute(select(School.id).where(School.id == school_id).with_for_update(key_share=True))


def require_space(entry: Entry, slot: SlotRules, size_bytes: int, *, instead: Parked = NOTHING_PARKED) -> None:
    """Raise NoSpace at the slot where a file of that size finds no room; what it replaces makes room for it, and so does
    what a batch holds of it already (`instead`)."""
    lock_school(entry.school_id)
    replaced = [one.id for one in entry.files if slot.max_files == 1 and one.slot_code == slot.code]
    school, category = space_for(entry.school, entry.category, without=replaced, instead=instead)
    field = f"slot-{slot.code}"
    if not category.holds(size_bytes):
        source = N_(
            "本校在「%(category)s」的文件最多 %(limit)s，已用 %(used)s，这个文件有 %(needed)s，放不下。"
            "请先移除不需要的文件，或与主办单位联系。"
        )
        raise NoSpace("entries.no_space", _message(source, category, size_bytes, entry.category.name), field=field)
    if not school.holds(size_bytes):
        source = N_(
            "本校的文件空间共 %(limit)s，已用 %(used)s，这个文件有 %(needed)s，放不下。"
            "请先移除不需要的文件，或请主办单位增加空间。"
        )
        raise NoSpace("entries.no_space", _message(source, school, size_bytes), field=field)


def _message(source: str, space: Space, size_bytes: int, category: str = "") -> Message:
    return Message.of(
        source,
        category=category,
        limit=size_text(space.limit or 0),
        used=size_text(space.used),
        needed=size_text(size_bytes),
    )

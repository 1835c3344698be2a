"""Which work somebody means who writes its title and an author: for objections about a work that stands on no list."""

from __future__ import annotations

import unicodedata

from sqlalchemy import or_, select

from contest_portal.core.database import db
from contest_portal.entries.models import Author, Entry
from contest_portal.people.models import Student, Teacher

LONGEST_TITLE = 200
TAKING_PART = ("submitted", "returned", "accepted", "rejected")


def work_named(contest_id: int, title: str, author: str) -> Entry | None:
    """The work of that title by that person or group, accepted ones first; None where there is none. One statement.

    Both must be right, so that the form tells nobody who takes part. Quotation marks, spaces and width do not count.
    """
    rows = db.session.scalars(
        select(Entry)
        .outerjoin(Author, Author.entry_id == Entry.id)
        .outerjoin(Student, Student.id == Author.student_id)
        .outerjoin(Teacher, Teacher.id == Author.teacher_id)
        .where(
            Entry.contest_id == contest_id,
            Entry.state.in_(TAKING_PART),
            or_(Student.name == author, Teacher.name == author, Entry.group_name == author),
        )
        .order_by(Entry.state != "accepted", Entry.id)
    ).unique()
    return next((one for one in rows if _plain(one.title) == _plain(title)), None)


def _plain(title: str) -> str:
    kept = (one for one in unicodedata.normalize("NFKC", title).casefold() if not one.isspace())
    return "".join(one for one in kept if one not in "《》〈〉“”\"'「」")

"""Whose names public lists hide although they are up: a consent was taken back, or the person was erased.

Nothing is kept: each look asks anew, so that a name goes at once, and comes back when a guardian agrees again.
"""

from __future__ import annotations

from sqlalchemy import or_, select

from contest_portal.core.database import db
from contest_portal.entries.models import Author, Entry
from contest_portal.people.models import Student, Teacher
from contest_portal.people.queries.consents import taken_back
from contest_portal.results.public_list.hiding import Authors


def hidden_authors(contest_id: int) -> dict[str, Authors]:
    """Works of the contest, by number, of whose authors somebody may be shown no longer. One or two statements."""
    gone = or_(Student.erased_at.is_not(None), taken_back())
    rows = db.session.execute(
        select(Entry.id, Student.id.label("student_id"))
        .join(Author, Author.entry_id == Entry.id)
        .join(Student, Student.id == Author.student_id)
        .where(Entry.contest_id == contest_id, Entry.number.is_not(None), gone)
    ).all()
    if not rows:
        return {}
    students = {row.student_id for row in rows}
    people = db.session.execute(
        select(Entry.number, Author.student_id, Student.name.label("pupil"), Teacher.name.label("teacher"))
        .join(Author, Author.entry_id == Entry.id)
        .outerjoin(Student, Student.id == Author.student_id)
        .outerjoin(Teacher, Teacher.id == Author.teacher_id)
        .where(Entry.id.in_({row.id for row in rows}))
    ).all()
    found: dict[str, tuple[set[str], set[str]]] = {}
    for row in people:
        hidden, shown = found.setdefault(row.number, (set(), set()))
        (hidden if row.student_id in students else shown).add(row.pupil or row.teacher)
    return {number: Authors(frozenset(hidden), frozenset(shown)) for number, (hidden, shown) in found.items()}

"""Whose an entry is, on the side of its school."""

from __future__ import annotations

from contest_portal.core.actor import Actor, Role
from contest_portal.entries.models import Entry


def is_of_the_school(actor: Actor, entry: Entry) -> bool:
    """Whether the actor works on this entry for its school."""
    if actor.school_id is None or actor.school_id != entry.school_id:
        return False
    return actor.is_in(Role.SCHOOL_MANAGER) or (actor.is_in(Role.TEACHER) and is_own(actor, entry))


def is_own(actor: Actor, entry: Entry) -> bool:
    """Whether the actor made the entry, tutors it or is an author of it."""
    if entry.created_by is not None and entry.created_by == actor.account_id:
        return True
    people = {tutor.teacher_id for tutor in entry.tutors} | {author.teacher_id for author in entry.authors}
    return actor.teacher_id is not None and actor.teacher_id in people

"""Numbers of people that pages show masked, opened in full for one person at a time; each opening is recorded."""

from __future__ import annotations

from typing import Literal

from contest_portal.core.actor import Actor
from contest_portal.core.database import unit_of_work
from contest_portal.core.errors import NotFound
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.queries.screening_sheet import as_submitted, people_of

What = Literal["id_number", "phone"]


def open_number(actor: Actor, entry_id: int, person: str, what: What) -> str:
    """The full ID number or telephone of an author or tutor of the entry, named by the key that its page uses
    (`student-12`, `teacher-3`); an empty text where none is on record. Raises NotFound for anybody else."""
    with unit_of_work(actor, f"people.open_{what}") as work:
        entry = as_submitted(entry_by_id(entry_id))
        row = people_of(entry).get(person)
        if row is None:
            raise NotFound
        work.record(row, after={"entry_id": entry_id})
        numbers = {"id_number": row.id_number, "phone": getattr(row, "phone", None)}
        return numbers[what] or ""

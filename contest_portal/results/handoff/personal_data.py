"""What hand-offs hold about a person: by which number of the sender they are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import or_, select

from contest_portal.core.database import Work, db
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Author, Entry, Tutor
from contest_portal.entries.personal_data import name_change_in
from contest_portal.people.privacy.own_holdings import plain
from contest_portal.people.privacy.registry import Fate, Held, Person, eraser, holder
from contest_portal.results.handoff.models import CorrectedFile, HandoffLine, HandoffRecord

TITLE_LENGTH = 200


@holder("handoff_record")
def records(person: Person) -> Iterable[Held]:
    """The sender's numbers for the person."""
    column = HandoffRecord.student_id if person.kind == "student" else HandoffRecord.teacher_id
    rows = db.session.scalars(select(HandoffRecord).where(column == person.id))
    why = Message(N_("只有编号。已报送给上级单位的信息，请告知上级单位一并处理。"))
    yield Held("handoff", Message(N_("报送对应")), Fate.KEPT, why, [plain(one) for one in rows])


@eraser
def erase_from_handoffs(work: Work, person: Person) -> Mapping[str, int]:
    """The name goes from titles of lines and names of files; what was signed and sent stays as it was."""
    counts = {"handoff_line": 0, "corrected_file": 0}
    for entry in work.session.scalars(select(Entry).where(Entry.id.in_(_of(person)))).all():
        change = name_change_in(work, entry, person)
        for line in work.session.scalars(select(HandoffLine).where(HandoffLine.entry_id == entry.id)):
            line.title = change(line.title)[:TITLE_LENGTH]
            counts["handoff_line"] += 1
        for file in work.session.scalars(select(CorrectedFile).where(CorrectedFile.entry_id == entry.id)):
            file.file_name = change(file.file_name)[-TITLE_LENGTH:]
            counts["corrected_file"] += 1
    return counts


def _of(person: Person) -> Any:
    if person.kind == "student":
        return select(Author.entry_id).where(Author.student_id == person.id)
    guided = select(Tutor.entry_id).where(Tutor.teacher_id == person.id)
    return select(Author.entry_id).where(or_(Author.teacher_id == person.id, Author.entry_id.in_(guided)))

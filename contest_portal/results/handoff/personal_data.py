"""What hand-offs hold about a person: by which number of the sender they are known."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.core.text import N_, Message
from contest_portal.people.privacy.own_holdings import plain
from contest_portal.people.privacy.registry import Fate, Held, Person, holder
from contest_portal.results.handoff.models import HandoffRecord


@holder("handoff_record")
def records(person: Person) -> Iterable[Held]:
    """The sender's numbers for the person."""
    column = HandoffRecord.student_id if person.kind == "student" else HandoffRecord.teacher_id
    rows = db.session.scalars(select(HandoffRecord).where(column == person.id))
    why = Message(N_("只有编号。已报送给上级单位的信息，请告知上级单位一并处理。"))
    yield Held("handoff", Message(N_("报送对应")), Fate.KEPT, why, [plain(one) for one in rows])

"""What judging holds about a pupil: whom a judge may not read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from contest_portal.core.database import Work, db
from contest_portal.core.text import N_, Message
from contest_portal.judging.models import ConflictOfInterest
from contest_portal.people.privacy.own_holdings import plain
from contest_portal.people.privacy.registry import Fate, Held, Person, eraser, holder


@holder("conflict_of_interest")
def conflicts(person: Person) -> Iterable[Held]:
    """Conflicts of interest that name the pupil."""
    if person.kind == "student":
        rows = db.session.scalars(select(ConflictOfInterest).where(ConflictOfInterest.student_id == person.id))
        why = Message(N_("证明评审回避过；事由中的文字删除。"))
        yield Held("conflicts", Message(N_("评委回避")), Fate.NAMELESS, why, [plain(one) for one in rows])


@eraser
def erase_from_judging(work: Work, person: Person) -> Mapping[str, int]:
    """That a judge did not read stays; how the two are related goes."""
    if person.kind != "student":
        return {}
    rows = work.session.scalars(select(ConflictOfInterest).where(ConflictOfInterest.student_id == person.id)).all()
    for row in rows:
        row.why = ""
    return {"conflict_of_interest": len(rows)}

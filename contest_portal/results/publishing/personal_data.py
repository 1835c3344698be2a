"""Public lists on which a person stands: what was published stays as it was, its archive shows no whole name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import or_, select

from contest_portal.core.database import db
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Author, Entry, Tutor
from contest_portal.people.privacy.own_holdings import plain
from contest_portal.people.privacy.registry import Fate, Held, Person, holder
from contest_portal.results.awards.models import MeritAward
from contest_portal.results.publishing.models import Publication

_STAYS = {
    "student": Message(N_("公示是已作出的公开行为，连同校验码原样存档；网上改为「张**」，公示期满后一律如此。")),
    "teacher": Message(N_("公示是已作出的公开行为，连同校验码原样存档；公示期满后网上只显示「张**」。")),
}


@holder("publication")
def public_lists(person: Person) -> Iterable[Held]:
    """Lines of public lists about works in which the person has a part, not about others of the same name."""
    of = Author.student_id if person.kind == "student" else Author.teacher_id
    mine = [select(Author.entry_id).where(of == person.id)]
    mine += [select(Tutor.entry_id).where(Tutor.teacher_id == person.id)] if person.kind == "teacher" else []
    works = db.session.execute(
        select(Entry.contest_id, Entry.number).where(or_(*(Entry.id.in_(wanted) for wanted in mine)))
    ).all()
    contests, numbers = {one.contest_id for one in works}, {one.number for one in works if one.number}
    rows = db.session.scalars(select(Publication).where(Publication.contest_id.in_(contests)).order_by(Publication.id))
    found = [
        {"publication_id": one.id, "title": one.title, "version": one.version, "state": one.state, **line}
        for one in rows
        for line in _lines(one.content, numbers, person.name)
    ]
    yield Held("lists", Message(N_("公示名单")), Fate.KEPT, _STAYS[person.kind], found)


@holder("merit_award")
def merits(person: Person) -> Iterable[Held]:
    """Prizes of a teacher as a tutor."""
    if person.kind == "teacher":
        rows = db.session.scalars(select(MeritAward).where(MeritAward.teacher_id == person.id))
        why = Message(N_("只有编号，姓名随名册一起去掉。"))
        yield Held("merits", Message(N_("优秀辅导教师")), Fate.NAMELESS, why, [plain(one) for one in rows])


def _lines(content: Mapping[str, Any], numbers: Collection[str], name: str) -> Iterable[dict[str, Any]]:
    """The lines of these works; of lines without a work (a tutor's prize) those with the name."""
    for section in content.get("sections", ()):
        for line in section.get("lines", ()):
            number = line.get("entry_number", "")
            if number in numbers or (not number and name in line.get("names", "").split("、")):
                yield {
                    "category": section.get("category", ""),
                    "line": line.get("number"),
                    "award": line.get("award", ""),
                }

"""Objections and personal data: an open case keeps what it is about; who objected is forgotten some years later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, union, update
from sqlalchemy.orm import InstrumentedAttribute

from contest_portal.contests.models import Contest
from contest_portal.core.database import Work, db
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Author, Tutor
from contest_portal.people.privacy.registry import Person, keeps, reason_to_keep
from contest_portal.people.privacy.rules import Rule, add_rule
from contest_portal.results.objections.models import Objection
from contest_portal.results.objections.states import OPEN

FORGOTTEN = "（已删除）"
"""In the place of what an objector had said of themselves. It is data, not a text of the page."""


@reason_to_keep
def open_cases(person: Person) -> Iterable[Message]:
    """A case about a work of the person is open."""
    works = or_(*(Objection.entry_id.in_(wanted.where(column == person.id)) for wanted, column in _works(person.kind)))
    for number in db.session.scalars(select(Objection.number).where(works, Objection.state.in_(OPEN))):
        yield Message.of(N_("此人的作品有未办结的异议（%(number)s）。请办结后再删除。"), number=number)


@keeps
def persons_of_open_cases(kind: str) -> Select[Any]:
    """Authors and tutors of works about which a case is open."""
    open_works = select(Objection.entry_id).where(Objection.state.in_(OPEN))
    found = [
        select(column).where(column.is_not(None), column.class_.entry_id.in_(open_works))
        for _wanted, column in _works(kind)
    ]
    return select(union(*found).subquery().c[0])


def _works(kind: str) -> list[tuple[Select[Any], InstrumentedAttribute[Any]]]:
    """Statements of works, each with the column that says whose they are."""
    if kind == "student":
        return [(select(Author.entry_id), Author.student_id)]
    return [(select(Author.entry_id), Author.teacher_id), (select(Tutor.entry_id), Tutor.teacher_id)]


def _old_cases(before: datetime, office_id: int | None) -> ColumnElement[bool]:
    own = Objection.contest_id.in_(select(Contest.id).where(Contest.office_id == office_id))
    return and_(own, Objection.state.not_in(OPEN), Objection.closed_at < before, Objection.secret_digest != "")


def _forget_objectors(work: Work, ids: Sequence[int]) -> None:
    change = update(Objection).where(Objection.id.in_(ids))
    emptied = {"objector_name": FORGOTTEN, "objector_unit": FORGOTTEN, "objector_phone": FORGOTTEN}
    work.session.execute(
        change.values(**emptied, objector_id_number=None, secret_digest="").execution_options(synchronize_session=False)
    )


add_rule(
    Rule(
        "objectors",
        Message(N_("异议人的姓名、单位、电话、身份证号（自办结起）")),
        Message(N_("异议的理由、处理和答复")),
        3 * 365,
        180,
        Objection.id,
        _old_cases,
        _forget_objectors,
    )
)

"""One entry with everything that its pages and its checks need, in a constant number of statements."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.entries.models import Author, Entry, EntryFile, Tutor
from contest_portal.people.models import School, Student, Teacher


def with_everything(statement: Select[Any]) -> Select[Any]:
    """The statement on entries with contest, office, category, school, people and files loaded: three more statements."""
    return statement.options(
        joinedload(Entry.contest).joinedload(Contest.office),
        joinedload(Entry.category).joinedload(Category.contest),
        joinedload(Entry.school).joinedload(School.office),
        selectinload(Entry.authors).joinedload(Author.student).joinedload(Student.school),
        selectinload(Entry.authors).joinedload(Author.teacher).joinedload(Teacher.school),
        selectinload(Entry.tutors).joinedload(Tutor.teacher).joinedload(Teacher.school),
        selectinload(Entry.files).joinedload(EntryFile.blob),
    )


def entry_by_id(entry_id: int) -> Entry:
    """The entry with everything loaded. Raises NotFound."""
    row: Entry | None = db.session.scalar(with_everything(select(Entry).where(Entry.id == entry_id)))
    if row is None:
        raise NotFound
    return row


def entry_in_brief(entry_id: int) -> Entry:
    """The entry with its contest, category and school, for deciding whether it may be written to: who writes reads the
    rest afresh anyway. Raises NotFound."""
    brief = (joinedload(Entry.category), joinedload(Entry.contest), joinedload(Entry.school))
    row: Entry | None = db.session.scalar(select(Entry).where(Entry.id == entry_id).options(*brief))
    if row is None:
        raise NotFound
    return row


def locked_entry(entry_id: int) -> Entry:
    """The same within a unit of work, its row locked until the end and everything read afresh. Raises NotFound."""
    statement = with_everything(select(Entry).where(Entry.id == entry_id))
    row: Entry | None = db.session.scalar(statement.with_for_update(of=Entry).execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    return row


def locked_entries(entry_ids: Collection[int]) -> dict[int, Entry]:
    """As `locked_entry`, of many in a constant number of statements; those that are there, by id."""
    statement = with_everything(select(Entry).where(Entry.id.in_(entry_ids)).order_by(Entry.id))
    rows = db.session.scalars(statement.with_for_update(of=Entry).execution_options(populate_existing=True))
    return {row.id: row for row in rows}


def entry_by_number(number: str, contest_id: int | None = None) -> Entry:
    """The newest entry of that number; `contest_id` where several contests number alike. Raises NotFound."""
    rows = entries_by_number(number)
    row = next((one for one in rows if contest_id in {None, one.contest_id}), None)
    if row is None:
        raise NotFound
    return row


def entries_by_number(number: str) -> list[Entry]:
    """The entries of that number, the newest contest's first: offices may number alike."""
    statement = select(Entry).where(Entry.number == number).order_by(Entry.contest_id.desc())
    return list(db.session.scalars(with_everything(statement)))

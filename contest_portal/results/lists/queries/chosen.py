"""The entries on the approved shortlists, with the people and school behind each, for lists of every kind."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from contest_portal.contests.models import Category
from contest_portal.core.database import db
from contest_portal.entries.models import Author, Entry, EntryFile, Tutor
from contest_portal.people.models import School, Student, Teacher
from contest_portal.results.lists.models import Shortlist, ShortlistLine
from contest_portal.results.loading import categories_of
from contest_portal.results.naming import public_line
from contest_portal.results.public_list.content import Section

AWARD_WORD = "推荐"


def chosen_lines(contest_id: int, category_id: int | None = None) -> list[ShortlistLine]:
    """The lines that go up and still stand, by category, stage group and place, each with everything a list names."""
    entry = contains_eager(ShortlistLine.entry)
    statement = (
        select(ShortlistLine)
        .join(Shortlist, Shortlist.id == ShortlistLine.shortlist_id)
        .join(Entry, Entry.id == ShortlistLine.entry_id)
        .join(Category, Category.id == Entry.category_id)
        .where(
            Shortlist.contest_id == contest_id,
            Shortlist.state == "approved",
            ShortlistLine.decision == "in",
            Entry.state == "accepted",
        )
        .options(
            entry,
            entry.joinedload(Entry.school).joinedload(School.office),
            entry.subqueryload(Entry.authors).joinedload(Author.student).joinedload(Student.school),
            entry.subqueryload(Entry.authors).joinedload(Author.teacher).joinedload(Teacher.school),
            entry.subqueryload(Entry.tutors).joinedload(Tutor.teacher).joinedload(Teacher.school),
            entry.subqueryload(Entry.files).joinedload(EntryFile.blob),
        )
        .order_by(Category.position, ShortlistLine.position)
    )
    if category_id is not None:
        statement = statement.where(Entry.category_id == category_id)
    lines = list(db.session.scalars(statement).unique())
    stages = {
        category.id: {group.code: place for place, group in enumerate(category.rules.stage_groups)}
        for category in categories_of(contest_id)
    }
    positions = {category_id: place for place, category_id in enumerate(stages)}
    return sorted(
        lines,
        key=lambda line: (
            positions[line.entry.category_id],
            stages[line.entry.category_id].get(line.entry.stage_code, 99),
            line.position,
        ),
    )


def public_sections(contest_id: int) -> list[Section]:
    """The public list: a section a category, lines numbered within it."""
    lines = chosen_lines(contest_id)
    sections = []
    for category in categories_of(contest_id):
        rules = category.rules
        own = [line for line in lines if line.entry.category_id == category.id]
        if own:
            public = tuple(
                public_line(number, line.entry, rules, AWARD_WORD) for number, line in enumerate(own, start=1)
            )
            sections.append(Section(category.name, category.measure, public))
    return sections

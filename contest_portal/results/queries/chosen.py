"""The entries on the approved shortlists, with the people and school behind each, for lists of every kind."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from contest_portal.contests.models import Category, Contest
from contest_portal.contests.rules import CategoryRules
from contest_portal.core.database import db
from contest_portal.entries.models import Author, Entry, EntryFile, Tutor
from contest_portal.people.grades import grade_name
from contest_portal.people.models import School, Student, Teacher
from contest_portal.results.models import Shortlist, ShortlistLine
from contest_portal.results.public_list import PublicLine, Section

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


def categories_of(contest_id: int) -> Sequence[Category]:
    """The contest's categories in order."""
    return db.session.scalars(
        select(Category).where(Category.contest_id == contest_id).order_by(Category.position)
    ).all()


def contest_with_categories(contest_id: int) -> Contest | None:
    """The contest with office and categories, or None."""
    return db.session.scalar(
        select(Contest)
        .where(Contest.id == contest_id)
        .options(joinedload(Contest.office), selectinload(Contest.categories), joinedload(Contest.feeds_into))
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


def public_line(number: int, entry: Entry, rules: CategoryRules, award: str) -> PublicLine:
    """An entry as a line with the public's fields only."""
    group = rules.stage_group(entry.stage_code)
    return PublicLine(
        number=number,
        names=author_names(entry),
        school=entry.school.name,
        title=entry.title,
        award=award,
        tutors="、".join(tutor.teacher.name for tutor in entry.tutors),
        stage=group.name if group else "",
        entry_number=entry.number or "",
        grade=grade_words(entry),
        discipline=entry.discipline or "",
    )


def grade_words(entry: Entry) -> str:
    """The authors' grades, each once."""
    grades = [author.student.grade for author in entry.authors if author.student]
    return "、".join(dict.fromkeys(str(grade_name(grade)) for grade in grades))


def author_names(entry: Entry) -> str:
    """The authors joined by 、, or the group's name."""
    people = [author.student or author.teacher for author in entry.authors]
    return "、".join(person.name for person in people if person) or entry.group_name

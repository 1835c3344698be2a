"""Reads of the awards that stand, for lists of every kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import contains_eager, joinedload

from contest_portal.contests.models import Category
from contest_portal.core.database import db
from contest_portal.entries.models import Author, Entry, Tutor
from contest_portal.results.awards.models import AwardLine, AwardList
from contest_portal.results.loading import categories_of
from contest_portal.results.naming import public_line
from contest_portal.results.public_list.content import Section


def given_lines(contest_id: int, category_id: int | None = None) -> list[AwardLine]:
    """The awards that stand: of approved lists, not cancelled, of works that still take part; by category, level, stage, rank."""
    statement = with_works().where(
        AwardList.contest_id == contest_id,
        AwardList.state == "approved",
        AwardLine.state == "given",
        Entry.state == "accepted",
    )
    if category_id is not None:
        statement = statement.where(AwardList.category_id == category_id)
    lines = list(db.session.scalars(statement.options(contains_eager(AwardLine.award_list))).unique())
    categories = categories_of(contest_id)
    place = {category.id: number for number, category in enumerate(categories)}
    stages = {
        category.id: {group.code: number for number, group in enumerate(category.rules.stage_groups)}
        for category in categories
    }
    levels = {
        line.award_list_id: {name: number for number, name in enumerate(line.award_list.places)} for line in lines
    }
    return sorted(
        lines,
        key=lambda line: (
            place[line.entry.category_id],
            levels[line.award_list_id].get(line.award, 99),
            stages[line.entry.category_id].get(line.entry.stage_code, 99),
            line.position,
        ),
    )


def award_sections(contest_id: int) -> list[Section]:
    """The awards as a public list: a section a category, lines by level and stage group, numbered within it. A category whose
    approved list gives none has a section without lines."""
    lines = given_lines(contest_id)
    is_approved = exists().where(AwardList.category_id == Category.id, AwardList.state == "approved")
    approved = select(Category).where(Category.contest_id == contest_id, is_approved).order_by(Category.position)
    sections = []
    for category in db.session.scalars(approved):
        own = [line for line in lines if line.entry.category_id == category.id]
        rules = category.rules
        public = tuple(public_line(number, line.entry, rules, line.award) for number, line in enumerate(own, start=1))
        sections.append(Section(category.name, category.measure, public))
    return sections


def approved_award_ids(contest_id: int) -> list[int]:
    """The approved lists of the contest, by id."""
    return sorted(
        db.session.scalars(
            select(AwardList.id).where(AwardList.contest_id == contest_id, AwardList.state == "approved")
        )
    )


def awards_by_entry(entry_ids: Sequence[int]) -> dict[int, str]:
    """Work → its award that stands."""
    rows = db.session.execute(
        select(AwardLine.entry_id, AwardLine.award)
        .join(AwardList, AwardList.id == AwardLine.award_list_id)
        .where(AwardList.state == "approved", AwardLine.state == "given", AwardLine.entry_id.in_(entry_ids))
    )
    return {row.entry_id: row.award for row in rows}


def with_works() -> Any:
    """Award lines, each with its work and all that a list names of it."""
    entry = contains_eager(AwardLine.entry)
    return (
        select(AwardLine)
        .join(AwardList, AwardList.id == AwardLine.award_list_id)
        .join(Entry, Entry.id == AwardLine.entry_id)
        .options(
            entry,
            entry.joinedload(Entry.school),
            entry.subqueryload(Entry.authors).options(joinedload(Author.student), joinedload(Author.teacher)),
            entry.subqueryload(Entry.tutors).joinedload(Tutor.teacher),
        )
    )

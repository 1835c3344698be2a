"""The entries of a school or a teacher: a page of them, how many stand in each state, what is left of the quota."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import contains_eager

from contest_portal.contests.models import Category, Contest
from contest_portal.core.actor import Actor, Role
from contest_portal.core.database import db
from contest_portal.core.listing import Listing, Page, paginate, sorted_by
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Author, Entry, Tutor
from contest_portal.entries.queries.allowances import allowances_of_school
from contest_portal.entries.states import STANDING
from contest_portal.people.models import School, Student, Teacher

FILTERS = ("q", "contest", "category", "state", "approval")


@dataclass(frozen=True)
class EntryRow:
    """An entry in the school's list; `authors` are names joined by 、, the group's name where a group enters. `tutors`
    is empty on the page, which does not show them."""

    entry: Entry
    authors: str
    tutors: str


def own_entries(actor: Actor, listing: Listing) -> Page[EntryRow]:
    """A page of the entries that the actor works on: the school's for its manager, a teacher's own."""
    statement = _filtered(scope_of(actor), listing)
    columns = {
        "updated": Entry.updated_at,
        "number": (Entry.number.is_(None), Entry.number),
        "title": Entry.title,
        "category": (Category.contest_id, Category.position),
        "state": Entry.state,
        "submitted": Entry.submitted_at,
    }
    page = paginate(sorted_by(statement, listing, columns, tie=Entry.id), listing)
    return Page(_rows(page.rows, with_tutors=False), page.total, listing)


def all_own_entries(actor: Actor, listing: Listing) -> list[EntryRow]:
    """Every entry that the filters let through, for the export."""
    return _rows(db.session.scalars(_filtered(scope_of(actor), listing).order_by(Category.position, Entry.id)).all())


def state_counts(actor: Actor, listing: Listing) -> dict[str, int]:
    """How many entries stand in each state under the other filters."""
    others = Listing(filters={name: value for name, value in listing.filters.items() if name != "state"})
    statement = _filtered(scope_of(actor), others).with_only_columns(Entry.state, func.count(Entry.id))
    return {row[0]: row[1] for row in db.session.execute(statement.group_by(Entry.state))}


def scope_of(actor: Actor) -> Select[Any]:
    """The entries that the actor works on, with category and contest: the school's for its manager, a teacher's own."""
    statement = (
        select(Entry)
        .join(Entry.category)
        .join(Entry.contest)
        .options(contains_eager(Entry.category), contains_eager(Entry.contest))
        .where(Entry.school_id == actor.school_id)
    )
    return statement if actor.is_in(Role.SCHOOL_MANAGER) else statement.where(_own(actor))


def _own(actor: Actor) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [Entry.created_by == actor.account_id]
    if actor.teacher_id is not None:
        conditions.append(exists().where(Tutor.entry_id == Entry.id, Tutor.teacher_id == actor.teacher_id))
        conditions.append(exists().where(Author.entry_id == Entry.id, Author.teacher_id == actor.teacher_id))
    return or_(*conditions)


def _filtered(statement: Select[Any], listing: Listing) -> Select[Any]:
    if (contest_id := listing.get_int("contest")) is not None:
        statement = statement.where(Entry.contest_id == contest_id)
    if (category_id := listing.get_int("category")) is not None:
        statement = statement.where(Entry.category_id == category_id)
    if state := listing.get("state"):
        statement = statement.where(Entry.state == state)
    if listing.get("approval"):
        statement = statement.where(Entry.approval_asked_at.is_not(None), Entry.school_approved_at.is_(None))
    if words := listing.get("q"):
        statement = statement.where(
            or_(
                Entry.title.contains(words, autoescape=True),
                Entry.number.contains(words, autoescape=True),
                Entry.group_name.contains(words, autoescape=True),
                exists().where(
                    Author.entry_id == Entry.id,
                    Author.student_id == Student.id,
                    Student.name.contains(words, autoescape=True),
                ),
                exists().where(
                    Author.entry_id == Entry.id,
                    Author.teacher_id == Teacher.id,
                    Teacher.name.contains(words, autoescape=True),
                ),
            )
        )
    return statement


def _rows(entries: Iterable[Entry], *, with_tutors: bool = True) -> list[EntryRow]:
    found = list(entries)
    ids = [entry.id for entry in found]
    authors, tutors = author_names(ids), tutor_names(ids) if with_tutors else {}
    return [
        EntryRow(entry, entry.group_name or "、".join(authors.get(entry.id, ())), "、".join(tutors.get(entry.id, ())))
        for entry in found
    ]


def author_names(entry_ids: Collection[int]) -> dict[int, list[str]]:
    """Entry → its authors' names in their order, in one statement."""
    if not entry_ids:
        return {}
    return _names(
        select(Author.entry_id, func.coalesce(Student.name, Teacher.name))
        .outerjoin(Student, Author.student_id == Student.id)
        .outerjoin(Teacher, Author.teacher_id == Teacher.id)
        .where(Author.entry_id.in_(entry_ids))
        .order_by(Author.entry_id, Author.position)
    )


def tutor_names(entry_ids: Collection[int]) -> dict[int, list[str]]:
    """Entry → its tutors' names in their order, in one statement."""
    if not entry_ids:
        return {}
    return _names(
        select(Tutor.entry_id, Teacher.name)
        .join(Teacher, Tutor.teacher_id == Teacher.id)
        .where(Tutor.entry_id.in_(entry_ids))
        .order_by(Tutor.entry_id, Tutor.position)
    )


def _names(statement: Select[int, str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for entry_id, name in db.session.execute(statement):
        found.setdefault(entry_id, []).append(name)
    return found


def contests_to_enter(office_id: int | None) -> list[Contest]:
    """The office's open contests with their categories, those whose submission ends first at the top."""
    statement = (
        select(Contest)
        .outerjoin(Contest.categories)
        .options(contains_eager(Contest.categories))
        .where(Contest.office_id == office_id, Contest.state == "open")
        .order_by(Contest.submission_closes_at.is_(None), Contest.submission_closes_at, Contest.id, Category.position)
    )
    return list(db.session.scalars(statement).unique())


def approvals_awaited(actor: Actor) -> Select[int]:
    """Counts the entries that wait for the manager's word, for the navigation."""
    return select(func.count(Entry.id)).where(
        Entry.school_id == actor.school_id,
        Entry.approval_asked_at.is_not(None),
        Entry.school_approved_at.is_(None),
    )


@dataclass(frozen=True)
class QuotaLine:
    """A category with the school's quota: how many may be submitted, how many are. `limit` None: no quota. `why`: the office's
    reason where the school has a number of its own. `left_in_all`: what the contest's limit on all works of a school leaves;
    None: it has none."""

    category: Category
    used: int
    limit: int | None
    why: str = ""
    left_in_all: int | None = None

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.used)

    @property
    def may_submit(self) -> int | None:
        """How many more can go in: within the category and within all. None: as many as they like."""
        return min((one for one in (self.left, self.left_in_all) if one is not None), default=None)


def quota_lines(school_id: int, contests: Collection[Contest]) -> dict[int, list[QuotaLine]]:
    """Contest → its categories with what the school has used and may submit, in three statements."""
    categories = [category for contest in contests for category in contest.categories]
    counted = db.session.execute(
        select(Entry.category_id, func.count(Entry.id))
        .where(
            Entry.school_id == school_id,
            Entry.category_id.in_([category.id for category in categories]),
            Entry.state.in_(STANDING),
        )
        .group_by(Entry.category_id)
    )
    used = {row[0]: row[1] for row in counted}
    school_class = db.session.scalar(select(School.school_class).where(School.id == school_id))
    own = allowances_of_school(school_id, [category.id for category in categories])
    lines: dict[int, list[QuotaLine]] = {}
    for category in categories:
        quota = category.rules.school_quota
        allowed = own.get(category.id) if quota else None
        limit = allowed.count if allowed else quota.count_for(school_class) if quota else None
        line = QuotaLine(category, used.get(category.id, 0), limit, allowed.why if allowed else "")
        lines.setdefault(category.contest_id, []).append(line)
    left = {contest.id: _left_in_all(contest, lines.get(contest.id, ())) for contest in contests}
    return {one: [replace(line, left_in_all=left[one]) for line in of_contest] for one, of_contest in lines.items()}


def total_notes(contests: Iterable[Contest], lines: Mapping[int, Sequence[QuotaLine]]) -> dict[int, list[Message]]:
    """Contest → what its limit on all works of a school leaves to this one; only of contests that have such a limit."""
    notes = {}
    for contest in contests:
        if contest.school_total is not None:
            used = sum(line.used for line in lines.get(contest.id, ()))
            words = N_("每校各类别合计最多 %(limit)s 件：本校已提交 %(used)s 件，还可提交 %(left)s 件。")
            left = _left_in_all(contest, lines.get(contest.id, ()))
            notes[contest.id] = [Message.of(words, limit=contest.school_total, used=used, left=left)]
    return notes


def _left_in_all(contest: Contest, lines: Sequence[QuotaLine]) -> int | None:
    if contest.school_total is None:
        return None
    return max(0, contest.school_total - sum(line.used for line in lines))

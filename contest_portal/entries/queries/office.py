"""The office's list of a contest's entries, as a page and as a table to download; the exceptions it has granted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, literal, or_, select, union_all
from sqlalchemy.orm import contains_eager, joinedload, load_only

from contest_portal.contests.models import Category, Contest
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.listing import Listing, Page, paginate, sorted_by
from contest_portal.entries.late_files import LateFiles
from contest_portal.entries.models import Author, Entry, EntryFile, ScreeningDecision, Tutor
from contest_portal.entries.queries.submitted import submitted_snapshots
from contest_portal.entries.states import COLLECTED_STATES
from contest_portal.media.models import Blob
from contest_portal.people.models import School, Student, Teacher

FILTERS = ("q", "category", "state", "stage", "school", "mark")
MARKS = ("late", "upload", "overdue", "resubmitted")
LISTED_STATES = ("submitted", "returned", "accepted", "rejected", "withdrawn")
COUNTED = "counted"
"""The filter for what counts as collected."""
SECONDARY, SECONDARY_PARTS = "中学", {"初中", "高中"}
SEPARATOR = "、"
SHOWN_PICTURES = ("jpeg", "png", "webp")


@dataclass(frozen=True)
class OfficeRow:
    """A line of the list. Title and people are those of the last submitted version; `grounds` say why it was returned
    or rejected, where that is its last decision, `late_upload` its files that were still on their way at the deadline,
    `overdue` that a returned entry was not mended in time, `is_edited` that its school has edited it since;
    `decision_id` is that of the last decision (0: none), `picture` the blob of the first picture where pictures were
    asked for."""

    id: int
    number: str
    title: str
    category: str
    measure: str
    stage: str
    discipline: str
    school: str
    authors: str
    tutors: str
    state: str
    submitted_at: datetime | None
    submission_count: int
    is_late: bool
    late_upload: LateFiles | None
    overdue: bool
    is_edited: bool
    grounds: str
    decision_id: int
    picture: int | None


def contest_with_categories(contest_id: int) -> Contest:
    """The contest with its categories, in one statement. Raises NotFound."""
    row = (
        db.session.scalars(select(Contest).where(Contest.id == contest_id).options(joinedload(Contest.categories)))
        .unique()
        .one_or_none()
    )
    if row is None:
        raise NotFound
    return row


def entries_page(contest: Contest, listing: Listing) -> Page[OfficeRow]:
    """A page of the entries that have come in, in five statements at most whatever the size."""
    page = paginate(_listed(contest, listing), listing)
    rows = rows_of(contest.categories, page.rows, [entry.id for entry in page.rows])
    return Page(rows, page.total, listing)


def entries_to_export(contest: Contest, listing: Listing) -> list[OfficeRow]:
    """All that the list's filters show, in its order."""
    statement = _listed(contest, listing)
    ids = statement.order_by(None).with_only_columns(Entry.id)
    return rows_of(contest.categories, db.session.scalars(statement).all(), ids)


def _listed(contest: Contest, listing: Listing) -> Select[Any]:
    statement = (
        select(Entry)
        .join(School, School.id == Entry.school_id)
        .options(contains_eager(Entry.school).load_only(School.name))
        .where(Entry.contest_id == contest.id, Entry.state.in_(LISTED_STATES))
    )
    for name, column in (("category", Entry.category_id), ("school", Entry.school_id)):
        if listing.get(name):
            statement = statement.where(column == (listing.get_int(name) or 0))
    if (state := listing.get("state")) in LISTED_STATES:
        statement = statement.where(Entry.state == state)
    elif state == COUNTED:
        statement = statement.where(Entry.state.in_(COLLECTED_STATES))
    if stage := listing.get("stage"):
        statement = statement.where(Entry.stage_code.in_(_stage_codes(contest, stage)))
    statement = _marked(statement, listing.get("mark"))
    if words := listing.get("q"):
        statement = statement.where(
            or_(
                Entry.title.icontains(words, autoescape=True),
                Entry.number.icontains(words, autoescape=True),
                Entry.group_name.icontains(words, autoescape=True),
                Entry.id.in_(_entries_by(Student, Author.student_id, contest, words)),
                Entry.id.in_(_entries_by(Teacher, Author.teacher_id, contest, words)),
            )
        )
    columns = {
        "number": Entry.number,
        "title": Entry.title,
        "category": (Entry.category_id, Entry.stage_code),
        "school": School.name,
        "state": Entry.state,
        "submitted": Entry.submitted_at,
    }
    return sorted_by(statement, listing, columns, tie=Entry.id)


def _marked(statement: Select[Any], mark: str) -> Select[Any]:
    if mark == "late":
        return statement.where(Entry.is_late)
    if mark == "upload":
        return statement.where(Entry.late_upload_finished_at <= Entry.submitted_at)
    if mark == "overdue":
        return statement.where(Entry.state == "returned", Entry.fix_until < now())
    if mark == "resubmitted":
        return statement.where(Entry.submission_count > 1)
    return statement


def _entries_by(person: type[Student | Teacher], column: Any, contest: Contest, words: str) -> Select[Any]:
    return (
        select(Author.entry_id)
        .join(person, person.id == column)
        .where(person.office_id == contest.office_id, person.name.contains(words, autoescape=True))
    )


def rows_of(
    categories: Sequence[Category], entries: Sequence[Entry], ids: Any, *, pictures: bool = False
) -> list[OfficeRow]:
    """The lines of entries of the categories, their schools loaded; `ids` as a list, or as a select of the same entries
    where they are many. Two statements, one more where entries are being edited, one more for pictures."""
    if not entries:
        return []
    by_id = {category.id: category for category in categories}
    stages = {category.id: stage_names(category) for category in categories}
    authors, tutors = _people(ids)
    decisions = _last_decisions(ids)
    edited_ids = [entry.id for entry in entries if entry.has_unsubmitted_changes]
    edited = submitted_snapshots(edited_ids) if edited_ids else {}
    first_pictures = _first_pictures(ids) if pictures else {}
    moment = now()
    rows = []
    for entry in entries:
        category = by_id[entry.category_id]
        row = OfficeRow(
            id=entry.id,
            number=entry.number or "",
            title=entry.title,
            category=category.name,
            measure=category.measure,
            stage=stages[category.id].get(entry.stage_code, ""),
            discipline=entry.discipline,
            school=entry.school.name,
            authors=SEPARATOR.join(authors[entry.id]) or entry.group_name,
            tutors=SEPARATOR.join(tutors[entry.id]),
            state=entry.state,
            submitted_at=entry.submitted_at,
            submission_count=entry.submission_count,
            is_late=entry.is_late,
            late_upload=entry.late_upload,
            overdue=entry.state == "returned" and entry.fix_until is not None and entry.fix_until < moment,
            is_edited=entry.has_unsubmitted_changes,
            grounds=_grounds(decisions.get(entry.id)),
            decision_id=decisions[entry.id].id if entry.id in decisions else 0,
            picture=first_pictures.get(entry.id),
        )
        rows.append(_as_submitted(row, edited[entry.id]) if entry.id in edited else row)
    return rows


def _as_submitted(row: OfficeRow, snapshot: Mapping[str, Any]) -> OfficeRow:
    """The line with what its school can edit as the last submitted version says."""
    pictures = [file["blob_id"] for file in snapshot["files"] if file["kind"] in SHOWN_PICTURES]
    return replace(
        row,
        title=snapshot["title"],
        stage=snapshot["stage"]["name"],
        discipline=snapshot["discipline"],
        authors=SEPARATOR.join(one["name"] for one in snapshot["authors"]) or snapshot["group_name"],
        tutors=SEPARATOR.join(one["name"] for one in snapshot["tutors"]),
        picture=pictures[0] if row.picture and pictures else None,
    )


def stage_names(category: Category) -> dict[str, str]:
    """Code → name of the category's stage groups, read without making rules of the whole document."""
    return {group["code"]: group["name"] for group in category.rules_document.get("stage_groups", ())}


def stage_choices(contest: Contest) -> list[tuple[str, str]]:
    """(code, name) of the stage groups of all the contest's categories, each once; 中学 where 初中 and 高中 are apart."""
    found: dict[str, str] = {}
    for category in contest.categories:
        found = stage_names(category) | found
    return [*found.items(), *([(SECONDARY, SECONDARY)] if set(found.values()) >= SECONDARY_PARTS else [])]


def _stage_codes(contest: Contest, asked: str) -> list[str]:
    """The stage groups' codes that were asked for: by code, or by a name such as 小学 or 中学."""
    wanted = SECONDARY_PARTS | {SECONDARY} if asked == SECONDARY else {asked}
    names = {code: name for category in contest.categories for code, name in stage_names(category).items()}
    return [code for code, name in names.items() if code == asked or name in wanted]


def _people(ids: Collection[int] | Select[Any]) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """The names of the entries' authors and of their tutors, each by entry in their order."""
    authors = (
        select(
            literal(0).label("part"),
            Author.entry_id,
            Author.position.label("place"),
            func.coalesce(Student.name, Teacher.name),
        )
        .outerjoin(Student, Student.id == Author.student_id)
        .outerjoin(Teacher, Teacher.id == Author.teacher_id)
        .where(Author.entry_id.in_(ids))
    )
    tutors = (
        select(literal(1), Tutor.entry_id, Tutor.position, Teacher.name)
        .join(Teacher, Teacher.id == Tutor.teacher_id)
        .where(Tutor.entry_id.in_(ids))
    )
    found: tuple[dict[int, list[str]], dict[int, list[str]]] = (defaultdict(list), defaultdict(list))
    for part, entry_id, _position, name in db.session.execute(union_all(authors, tutors).order_by("part", "place")):
        found[part][entry_id].append(name)
    return found


def _last_decisions(ids: Collection[int] | Select[Any]) -> dict[int, Row[Any]]:
    """The last decision on each entry that has one."""
    last = (
        select(func.max(ScreeningDecision.id))
        .where(ScreeningDecision.entry_id.in_(ids))
        .group_by(ScreeningDecision.entry_id)
    )
    rows = db.session.execute(
        select(
            ScreeningDecision.id,
            ScreeningDecision.entry_id,
            ScreeningDecision.decision,
            ScreeningDecision.reasons,
            ScreeningDecision.words,
        ).where(ScreeningDecision.id.in_(last))
    )
    return {row.entry_id: row for row in rows}


def _grounds(decision: Row[Any] | None) -> str:
    if decision is None or decision.decision not in {"return", "reject"}:
        return ""
    return "；".join([*map(str, decision.reasons), *([decision.words] if decision.words else [])])


def _first_pictures(ids: Collection[int] | Select[Any]) -> dict[int, int]:
    """The blob of the first picture of each entry that has one."""
    rows = db.session.execute(
        select(EntryFile.entry_id, EntryFile.blob_id)
        .join(Blob, Blob.id == EntryFile.blob_id)
        .where(EntryFile.entry_id.in_(ids), Blob.kind.in_(SHOWN_PICTURES))
        .order_by(EntryFile.id.desc())
    )
    return {row.entry_id: row.blob_id for row in rows}


def school_choices(office_id: int) -> list[tuple[int, str]]:
    """(id, name) of the office's schools that may enter, by name."""
    rows = db.session.execute(
        select(School.id, School.name)
        .where(School.office_id == office_id, School.state == "approved")
        .order_by(School.name, School.id)
    )
    return [(row.id, row.name) for row in rows]


@dataclass(frozen=True)
class GrantedException:
    """An exception that the office has granted: for which entry of which school, until when, why."""

    entry_id: int
    number: str
    title: str
    category: str
    school: str
    state: str
    until: datetime
    is_over: bool
    why: str


def exceptions_of(contest: Contest) -> list[GrantedException]:
    """The contest's exceptions, those that end last first."""
    rows = db.session.scalars(
        select(Entry)
        .join(School, School.id == Entry.school_id)
        .options(
            contains_eager(Entry.school).load_only(School.name),
            load_only(
                Entry.number, Entry.title, Entry.state, Entry.category_id, Entry.exception_until, Entry.exception_why
            ),
        )
        .where(Entry.contest_id == contest.id, Entry.exception_until.is_not(None))
        .order_by(Entry.exception_until.desc(), Entry.id)
    )
    names = {category.id: category.name for category in contest.categories}
    moment = now()
    return [
        GrantedException(
            one.id,
            one.number or "",
            one.title,
            names[one.category_id],
            one.school.name,
            one.state,
            one.exception_until,
            one.exception_until < moment,
            one.exception_why,
        )
        for one in rows
        if one.exception_until is not None
    ]

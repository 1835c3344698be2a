"""How much space a school's files take, and how much it has.

Counted are the files that lie in entries of contests not yet archived, the same content once for the school, and every
upload on its way with its whole announced size: what was promised a place keeps it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import Select, String, case, cast, func, select

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import db
from contest_portal.entries.models import Entry, EntryFile
from contest_portal.entries.queries.uploads import TARGET, UNDER_WAY
from contest_portal.media.models import Blob, Upload
from contest_portal.people.models import School

GB = 1024**3
MB = 1024**2


@dataclass(frozen=True)
class Space:
    """Bytes used and allowed; `limit` None: not limited here."""

    used: int
    limit: int | None

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.used)

    @property
    def percent(self) -> int:
        """How full it is, 0 to 100."""
        return 0 if not self.limit else min(100, self.used * 100 // self.limit)

    def holds(self, size_bytes: int) -> bool:
        """Whether so much more fits."""
        return self.limit is None or self.used + size_bytes <= self.limit


def school_limit(school: School) -> int:
    """The bytes that the school's files may take together: what the office set for it, else the deployment's default."""
    gigabytes = school.space_gb if school.space_gb is not None else current_app.config["SETTINGS"].school_space_gb
    return int(gigabytes) * GB


def category_limit(category: Category) -> int | None:
    """The bytes that one school's files may take in the category; None where the category sets no limit of its own."""
    limit = category.rules_document.get("school_space_mb")
    return None if limit is None else int(limit) * MB


def space_for(school: School, category: Category, *, without: Collection[int] = ()) -> tuple[Space, Space]:
    """The school's space in all and in the category, in two statements. `without`: files (their ids) that make room."""
    files = _contents(school.id, without).add_columns(
        func.max(case((Entry.category_id == category.id, 1), else_=0)).label("is_here")
    )
    uploads = _on_their_way(school.id).add_columns(
        case((Entry.category_id == category.id, 1), else_=0).label("is_here")
    )
    in_all, here = 0, 0
    for statement in (files, uploads):
        part = statement.subquery()
        inside = func.coalesce(func.sum(case((part.c.is_here == 1, part.c.size_bytes), else_=0)), 0)
        total, own = db.session.execute(select(func.coalesce(func.sum(part.c.size_bytes), 0), inside)).one()
        in_all, here = in_all + int(total), here + int(own)
    return Space(in_all, school_limit(school)), Space(here, category_limit(category))


def school_space(school: School) -> Space:
    """The school's space in all, in one statement."""
    parts = (_contents(school.id, ()).subquery(), _on_their_way(school.id).subquery())
    sums = [select(func.coalesce(func.sum(part.c.size_bytes), 0)).scalar_subquery() for part in parts]
    return Space(sum(map(int, db.session.execute(select(*sums)).one())), school_limit(school))


@dataclass(frozen=True)
class CategoryUse:
    """What one category of a contest takes of a school's space: files, and uploads on their way among them."""

    contest: str
    category: str
    files: int
    space: Space


def uses_of(school: School) -> list[CategoryUse]:
    """The categories in which the school has files, those that take most first; three statements."""
    contents = _contents(school.id, (), by_category=True).subquery()
    coming = _on_their_way(school.id).add_columns(Entry.category_id.label("category_id")).subquery()
    found: dict[int, list[int]] = {}
    for part in (contents, coming):
        rows = db.session.execute(
            select(part.c.category_id, func.count(), func.sum(part.c.size_bytes)).group_by(part.c.category_id)
        )
        for category_id, count, size in rows:
            total = found.setdefault(category_id, [0, 0])
            total[0], total[1] = total[0] + count, total[1] + int(size)
    categories = db.session.execute(
        select(Category, Contest.name).join(Contest, Contest.id == Category.contest_id).where(Category.id.in_(found))
    )
    uses = [
        CategoryUse(contest, one.name, found[one.id][0], Space(found[one.id][1], category_limit(one)))
        for one, contest in categories
    ]
    return sorted(uses, key=lambda use: (-use.space.used, use.contest, use.category))


def _contents(school_id: int, without: Collection[int], *, by_category: bool = False) -> Select[*tuple[Any, ...]]:
    """A row for each content (in each category, if asked) that lies in an entry of the school."""
    statement: Select[*tuple[Any, ...]] = (
        select(Blob.id, Blob.size_bytes.label("size_bytes"))
        .join(EntryFile, EntryFile.blob_id == Blob.id)
        .join(Entry, Entry.id == EntryFile.entry_id)
        .join(Contest, Contest.id == Entry.contest_id)
        .where(Entry.school_id == school_id, Contest.state != "archived", EntryFile.id.not_in(without))
        .group_by(Blob.id, Blob.size_bytes)
    )
    if by_category:
        return statement.add_columns(Entry.category_id.label("category_id")).group_by(Entry.category_id)
    return statement


def _on_their_way(school_id: int) -> Select[*tuple[Any, ...]]:
    """A row for each open upload to an entry of the school."""
    return (
        select(Upload.size_bytes.label("size_bytes"))
        .join(Entry, cast(Entry.id, String) == Upload.subject)
        .where(Upload.target == TARGET, Upload.state.in_(UNDER_WAY), Entry.school_id == school_id)
    )

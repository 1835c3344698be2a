"""How much space a school's files take, and how much it has.

Counted are the files that lie in entries and batches of contests not yet archived, the same content once for the school,
and every upload on its way with its whole announced size: what was promised a place keeps it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import Select, String, Subquery, case, cast, func, select, union_all

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import db
from contest_portal.entries.models import Entry, EntryFile
from contest_portal.entries.models_batch import BatchItem, BatchSource, PaintingBatch
from contest_portal.entries.queries.uploads import BATCH_TARGET, TARGET, UNDER_WAY
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


@dataclass(frozen=True)
class Parked:
    """Pictures and ZIPs of batches (ids of their rows) that are not to be counted, because what is asked for is theirs."""

    items: Collection[int] = ()
    sources: Collection[int] = ()


NOTHING_PARKED = Parked()


def space_for(
    school: School, category: Category, *, without: Collection[int] = (), instead: Parked = NOTHING_PARKED
) -> tuple[Space, Space]:
    """The school's space in all and in the category, in two statements. `without`: files (their ids) that make room."""
    in_all, here = 0, 0
    held = _held(school.id, without, instead)
    is_here = func.max(case((held.c.category_id == category.id, 1), else_=0)).label("is_here")
    contents = select(func.max(held.c.size_bytes).label("size_bytes"), is_here).group_by(held.c.blob_id).subquery()
    coming = _on_their_way(school.id)
    for part, condition in ((contents, contents.c.is_here == 1), (coming, coming.c.category_id == category.id)):
        inside = func.coalesce(func.sum(case((condition, part.c.size_bytes), else_=0)), 0)
        total, own = db.session.execute(select(func.coalesce(func.sum(part.c.size_bytes), 0), inside)).one()
        in_all, here = in_all + int(total), here + int(own)
    return Space(in_all, school_limit(school)), Space(here, category_limit(category))


def school_space(school: School) -> Space:
    """The school's space in all, in one statement."""
    held = _held(school.id)
    contents = select(held.c.blob_id, held.c.size_bytes).distinct().subquery()
    parts = (contents, _on_their_way(school.id))
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
    held, coming = _held(school.id), _on_their_way(school.id)
    contents = select(held.c.blob_id, held.c.category_id, held.c.size_bytes).distinct().subquery()
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


def _held(school_id: int, without: Collection[int] = (), instead: Parked = NOTHING_PARKED) -> Subquery:
    """A row for each place of a content with the school: in an entry, in a batch as a picture that is no draft yet, or as
    a ZIP or workbook that is still to be read."""
    of_batches = (PaintingBatch.school_id == school_id, Contest.state != "archived")
    files = (
        select(EntryFile.blob_id, Entry.category_id)
        .join(Entry, Entry.id == EntryFile.entry_id)
        .join(Contest, Contest.id == Entry.contest_id)
        .where(Entry.school_id == school_id, Contest.state != "archived", EntryFile.id.not_in(without))
    )
    pictures = _in_batches(BatchItem).where(
        *of_batches,
        BatchItem.entry_id.is_(None),
        BatchItem.removed_at.is_(None),
        BatchItem.id.not_in(instead.items),
    )
    sources = _in_batches(BatchSource).where(
        *of_batches, BatchSource.blob_id.is_not(None), BatchSource.id.not_in(instead.sources)
    )
    places = union_all(files, pictures, sources).subquery()
    return (
        select(places.c.blob_id, places.c.category_id, Blob.size_bytes)
        .join_from(places, Blob, Blob.id == places.c.blob_id)
        .subquery()
    )


def _in_batches(model: type[BatchItem | BatchSource]) -> Select[*tuple[Any, ...]]:
    return (
        select(model.blob_id, PaintingBatch.category_id)
        .join(PaintingBatch, PaintingBatch.id == model.batch_id)
        .join(Category, Category.id == PaintingBatch.category_id)
        .join(Contest, Contest.id == Category.contest_id)
    )


def _on_their_way(school_id: int) -> Subquery:
    """A row for each open upload to an entry or a batch of the school."""
    wanted = [
        select(Upload.size_bytes, model.category_id)
        .join(model, cast(model.id, String) == Upload.subject)
        .where(Upload.target == target, Upload.state.in_(UNDER_WAY), model.school_id == school_id)
        for model, target in ((Entry, TARGET), (PaintingBatch, BATCH_TARGET))
    ]
    return union_all(*wanted).subquery()

"""Batches of pictures: the school's own, their rows and sources, the roster that names are matched with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from contest_portal.contests.models import Category
from contest_portal.core.actor import Actor, Role
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.models import Job
from contest_portal.entries.batch.pupils import Pupil, Pupils
from contest_portal.entries.batch.workbook import Line
from contest_portal.entries.models_batch import BatchItem, BatchSource, PaintingBatch
from contest_portal.people.models import School, Student, Teacher


def batch_by_id(batch_id: int) -> PaintingBatch:
    """The batch with its category, contest and school. Raises NotFound."""
    row = db.session.scalar(
        select(PaintingBatch)
        .where(PaintingBatch.id == batch_id)
        .options(
            joinedload(PaintingBatch.category).joinedload(Category.contest),
            joinedload(PaintingBatch.school),
            joinedload(PaintingBatch.creator),
        )
    )
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True)
class ItemOf:
    """A picture of a batch, and which small picture of it is wanted."""

    batch: PaintingBatch
    item: BatchItem
    derivative: str = ""


def item_of(batch_id: int, item_id: int, derivative: str = "") -> ItemOf:
    """The batch's row. Raises NotFound for a row of another batch."""
    batch = batch_by_id(batch_id)
    item = db.session.scalar(
        select(BatchItem)
        .where(BatchItem.id == item_id, BatchItem.batch_id == batch_id)
        .options(joinedload(BatchItem.blob))
    )
    if item is None:
        raise NotFound
    return ItemOf(batch, item, derivative)


@dataclass(frozen=True)
class BatchLine:
    """A batch in the list of those that were begun: how many of its pictures are drafts."""

    batch: PaintingBatch
    pictures: int
    made: int


def batches_of(actor: Actor, category: Category) -> list[BatchLine]:
    """The batches of the category that the actor may open, the newest first: the school's for its manager, one's own."""
    statement = (
        select(PaintingBatch, func.count(BatchItem.id), func.count(BatchItem.entry_id))
        .outerjoin(BatchItem, (BatchItem.batch_id == PaintingBatch.id) & BatchItem.removed_at.is_(None))
        .where(PaintingBatch.category_id == category.id, PaintingBatch.school_id == actor.school_id)
        .group_by(PaintingBatch.id)
        .order_by(PaintingBatch.id.desc())
        .options(joinedload(PaintingBatch.creator))
        .limit(50)
    )
    if not actor.is_in(Role.SCHOOL_MANAGER):
        statement = statement.where(PaintingBatch.created_by == actor.account_id)
    return [BatchLine(*row) for row in db.session.execute(statement)]


def pupils_of(school: School) -> Pupils:
    """The school's pupils on the roster, to match names with, in one statement."""
    rows = db.session.execute(
        select(Student.id, Student.name, Student.grade, Student.class_name, Student.initials)
        .where(Student.school_id == school.id, Student.state == "active")
        .order_by(Student.grade, Student.class_name, Student.id)
    )
    return Pupils((Pupil(*row) for row in rows), school.name, school.kind)


def teachers_of(school_id: int) -> Sequence[Teacher]:
    """The school's teachers, by name."""
    return db.session.scalars(
        select(Teacher)
        .where(Teacher.school_id == school_id, Teacher.state == "active")
        .order_by(Teacher.initials, Teacher.name, Teacher.id)
    ).all()


def items_of(batch_id: int) -> Sequence[BatchItem]:
    """All rows of the batch with their files, in the order in which they came."""
    return db.session.scalars(
        select(BatchItem)
        .where(BatchItem.batch_id == batch_id)
        .options(joinedload(BatchItem.blob))
        .order_by(BatchItem.id)
    ).all()


def sources_of(batch_id: int) -> Sequence[BatchSource]:
    return db.session.scalars(
        select(BatchSource).where(BatchSource.batch_id == batch_id).order_by(BatchSource.id)
    ).all()


def read_workbooks(batch_id: int) -> list[int]:
    """The ids of the workbooks that were read."""
    wanted = select(BatchSource.id).where(
        BatchSource.batch_id == batch_id, BatchSource.kind == "workbook", BatchSource.state == "done"
    )
    return list(db.session.scalars(wanted.order_by(BatchSource.id)))


def job_key(source_id: int) -> str:
    """The key of the job that reads the source."""
    return f"batch-source-{source_id}"


def given_up(sources: Sequence[BatchSource]) -> list[BatchSource]:
    """Those that still wait although their job was given up."""
    waiting = {job_key(source.id): source for source in sources if source.state == "waiting"}
    if not waiting:
        return []
    failed = db.session.scalars(select(Job.key).where(Job.key.in_(list(waiting)), Job.state == "failed"))
    return [waiting[key] for key in failed]


def lines_of(sources: Sequence[BatchSource]) -> list[Line]:
    """The rows of the batch's workbooks, the newest workbook's first: it decides."""
    return [Line(**line) for source in reversed(sources) for line in source.lines]

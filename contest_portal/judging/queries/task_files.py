"""The files of a work as its judge may see them, and one of them asked for by its address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, NotFound
from contest_portal.core.text import N_
from contest_portal.entries.models import Entry, EntryFile
from contest_portal.entries.queries.blind import masks_of
from contest_portal.judging.models import Assignment, Round
from contest_portal.media.blind_copies import derivative_of_copy, kind_of_copy
from contest_portal.media.facts import FILMS, PICTURES, FileFacts, Kind
from contest_portal.media.models import Blob
from contest_portal.media.previews import FilePreviews
from contest_portal.media.queries import previews_of
from contest_portal.media.serving import name_under_number


def own_task_head(task_id: int) -> Assignment:
    """The task with round, judge and work, and nothing of its files: one statement, for saving. Raises NotFound."""
    row = db.session.scalar(
        select(Assignment)
        .where(Assignment.id == task_id)
        .options(joinedload(Assignment.round), joinedload(Assignment.judge), joinedload(Assignment.entry))
    )
    if row is None:
        raise NotFound
    return row


def task(task_id: int) -> Assignment:
    """The task with round, judge and work as its page needs them: two statements. Raises NotFound."""
    found = tasks([task_id])
    if not found:
        raise NotFound
    return found[0]


def tasks(task_ids: Sequence[int]) -> list[Assignment]:
    """Tasks with round, judge, work and files, in that order: two statements."""
    rows = db.session.scalars(
        select(Assignment)
        .where(Assignment.id.in_(task_ids))
        .options(
            joinedload(Assignment.round).joinedload(Round.contest),
            joinedload(Assignment.judge),
            joinedload(Assignment.entry).joinedload(Entry.category),
            joinedload(Assignment.entry).selectinload(Entry.files).joinedload(EntryFile.blob),
        )
    ).all()
    return sorted(rows, key=lambda row: task_ids.index(row.id))


@dataclass(frozen=True)
class TaskFile:
    """A file of the work as a judge sees it. `look`: picture, film, pdf, other, or hidden where a blind round cannot show
    it; `name` says nothing of anybody. `copy`: the state of what the judge gets of the file itself in a blind round
    (ready, coming, failed); ready in others. `blob`: the content that the judge gets, in every look; where parts of the
    file are masked it is the masked one, None until that is made."""

    id: int
    look: str
    label: str
    name: str
    facts: FileFacts
    previews: FilePreviews
    copy: str
    blob: Blob | None

    @property
    def is_under_way(self) -> bool:
        return self.copy == "coming" or self.previews.is_under_way


def task_files(row: Assignment) -> list[TaskFile]:
    """The files that the task's judge may see, in the order of the category's slots: two statements, three where not all
    previews are ready."""
    files: list[TaskFile] = []
    masks = masks_of(row.entry_id)
    shown_blobs = {
        file.id: masks[file.blob_id].masked_blob if file.blob_id in masks else file.blob for file in row.entry.files
    }
    previews = previews_of([blob.id for blob in shown_blobs.values() if blob is not None])
    for slot in row.entry.category.rules.slots:
        if not slot.judges_see and row.round.is_blind:
            continue
        own = [file for file in row.entry.files if file.slot_code == slot.code]
        for position, file in enumerate(own, start=1):
            label = slot.label if len(own) == 1 else f"{slot.label} {position}"
            blob = shown_blobs[file.id]
            kind = Kind((blob or file.blob).kind)
            copy = kind_of_copy(kind) if row.round.is_blind else kind
            name = name_under_number(row.entry.number or "", slot.code, position, copy or kind)
            look = _look(kind) if copy else "hidden"
            made = previews[blob.id].of_judges() if blob else FilePreviews()
            state = _copy_state(kind, made) if row.round.is_blind else "ready"
            if blob is None:
                state = "failed" if masks[file.blob_id].state == "failed" else "coming"
            shown = made if row.round.is_blind else made.without("blind")
            facts = FileFacts.from_json((blob or file.blob).facts)
            files.append(TaskFile(file.id, look, label, name, facts, shown, state, blob))
    return files


def _copy_state(kind: Kind, made: FilePreviews) -> str:
    wanted = derivative_of_copy(kind)
    found = made.get(wanted) if wanted else None
    if found is not None and found.state in {"ready", "failed"}:
        return found.state
    return "coming"


def file_of_task(row: Assignment, file_id: int) -> tuple[Blob, TaskFile]:
    """What the task's judge gets of a file, and the file as it is shown. Raises NotFound, Conflict while the masked copy
    is being made."""
    shown = next((file for file in task_files(row) if file.id == file_id), None)
    if shown is None or (shown.blob is None and shown.copy == "failed"):
        raise NotFound
    if shown.blob is None:
        raise Conflict("media.preparing", N_("匿名副本正在准备，请稍后再看。"))
    return shown.blob, shown


@dataclass(frozen=True)
class WantedFile:
    """A file asked for by address. `look`: original, screen, thumb, poster, film720, tiles or pages; `place`: which tile
    (level, column, row), which page."""

    task: Assignment
    file_id: int
    look: str
    place: tuple[int, ...] = ()


def wanted_file(task_id: int, file_id: int, look: str, *place: int) -> WantedFile:
    """The request with its task. Raises NotFound."""
    return WantedFile(task(task_id), file_id, look, place)


def _look(kind: Kind) -> str:
    if kind in PICTURES:
        return "picture"
    if kind is Kind.PDF:
        return "pdf"
    return "film" if kind in FILMS else "other"
